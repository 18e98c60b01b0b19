#![doc = include_str!("count.md")]

use crate::Part;
use crate::arithmetic::prefix::Network;
use hdl::{Design, Module, ModuleRef, Signal, bit_length};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// See the page.
pub const PART: Part = Part {
    name: "count",
    summary: "prefix sums and population counts of a mask",
    page: include_str!("count.md"),
    example,
};

/// How the adders of a network are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Adders {
    /// As `+`: the carry chains of FPGAs.
    Plus,
    /// As full adders, bit by bit: for standard cells, where synthesis turns a `+` into carry-lookahead, which costs
    /// area and, since the lower bits of a count arrive before the upper ones, time.
    Full,
}

/// A count with the greatest value that it can have, which decides its width.
#[derive(Clone, Copy)]
struct Count<'m> {
    value: Signal<'m>,
    greatest: u64,
}

/// For each bit of `mask`, from the least significant on, the number of ones up to and including it. Each count is just
/// wide enough: that of bit i has as many bits as i + 1.
pub fn running_counts<'m>(mask: Signal<'m>, network: Network, adders: Adders) -> Vec<Signal<'m>> {
    let ones: Vec<Count> = ones(mask).collect();
    values(&network.inclusive(&ones, &mut |low, high| add(adders, low, high)))
}

/// The same on top of `base`, which together with all ones is at most `greatest`. The first of the results is `base`.
pub fn running_counts_from<'m>(
    base: Signal<'m>,
    greatest: u64,
    mask: Signal<'m>,
    network: Network,
    adders: Adders,
) -> Vec<Signal<'m>> {
    let before = greatest - u64::from(mask.width());
    let base = Count { value: base.low(base.width().min(bit_length(before.into()))), greatest: before };
    let all: Vec<Count> = [base].into_iter().chain(ones(mask)).collect();
    values(&network.inclusive(&all, &mut |low, high| add(adders, low, high)))
}

/// The same from leaves of four bits, whose counts fit a 4-input LUT, under a Ladner-Fischer network of the leaves.
pub fn running_counts_of_leaves<'m>(mask: Signal<'m>, adders: Adders) -> Vec<Signal<'m>> {
    const LEAF: usize = 4;
    let bits = mask.split_lsb(1);
    let leaves: Vec<Vec<Count>> = bits.chunks(LEAF).map(leaf).collect();
    let totals: Vec<Count> = leaves.iter().map(|leaf| leaf[leaf.len() - 1]).collect();
    let totals = Network::LadnerFischer1.inclusive(&totals, &mut |low, high| add(adders, low, high));
    let mut counts = vec![];
    for (index, leaf) in leaves.iter().enumerate() {
        let (last, inner) = leaf.split_last().expect("a leaf has a bit");
        let base = index.checked_sub(1).map(|before| totals[before]);
        let with_base = |local: &Count<'m>| base.map_or(local.value, |base| add(adders, base, *local).value);
        counts.extend(inner.iter().map(with_base));
        counts.push(if index == 0 { last.value } else { totals[index].value });
    }
    counts
}

fn ones<'m>(mask: Signal<'m>) -> impl Iterator<Item = Count<'m>> {
    mask.split_lsb(1).into_iter().map(|value| Count { value, greatest: 1 })
}

fn values<'m>(counts: &[Count<'m>]) -> Vec<Signal<'m>> {
    counts.iter().map(|count| count.value).collect()
}

/// The running counts of up to four bits, each computed directly from its bits.
fn leaf<'m>(bits: &[Signal<'m>]) -> Vec<Count<'m>> {
    let count = |last: usize| {
        let value = population(&bits[..=last]);
        Count { value, greatest: last as u64 + 1 }
    };
    (0..bits.len()).map(count).collect()
}

fn add<'m>(adders: Adders, low: Count<'m>, high: Count<'m>) -> Count<'m> {
    let greatest = low.greatest + high.greatest;
    let width = bit_length(greatest.into());
    let (a, b) = (low.value.zext(width), high.value.zext(width));
    let value = match adders {
        Adders::Plus => a + b,
        Adders::Full => ripple(a, b),
    };
    Count { value, greatest }
}

/// A sum of two numbers of equal widths, by full adders.
fn ripple<'m>(a: Signal<'m>, b: Signal<'m>) -> Signal<'m> {
    let m = a.module();
    let mut carry = m.lit(0, 1);
    let mut sum = vec![];
    for (a, b) in a.split_lsb(1).into_iter().zip(b.split_lsb(1)) {
        let half = a ^ b;
        sum.push(half ^ carry);
        carry = (a & b) | (half & carry);
    }
    m.concat_lsb(&sum)
}

/// The number of ones among single bits: full adders until two rows are left, then an adder.
pub fn population<'m>(bits: &[Signal<'m>]) -> Signal<'m> {
    population_modulo(bits, bit_length(bits.len() as u128))
}

/// The low `width` bits of the number of ones.
pub fn population_modulo<'m>(bits: &[Signal<'m>], width: u32) -> Signal<'m> {
    let m = bits[0].module();
    let width = width.min(bit_length(bits.len() as u128));
    let mut columns: Vec<Vec<Signal>> = vec![vec![]; width as usize];
    columns[0] = bits.to_vec();
    while columns.iter().any(|column| column.len() > 2) {
        columns = reduced(&columns);
    }
    let row = |index: usize| {
        let bit = |column: &Vec<Signal<'m>>| column.get(index).copied().unwrap_or_else(|| m.lit(0, 1));
        m.concat_lsb(&columns.iter().map(bit).collect::<Vec<_>>())
    };
    if columns.iter().all(|column| column.len() < 2) { row(0) } else { row(0) + row(1) }
}

/// One level of full adders: three bits of a column at a time become a sum, and a carry in the next column.
fn reduced<'m>(columns: &[Vec<Signal<'m>>]) -> Vec<Vec<Signal<'m>>> {
    let mut next = vec![vec![]; columns.len()];
    for (weight, column) in columns.iter().enumerate() {
        let triples = column.chunks_exact(3);
        next[weight].extend(triples.remainder());
        for triple in triples {
            let half = triple[0] ^ triple[1];
            next[weight].push(half ^ triple[2]);
            if let Some(carries) = next.get_mut(weight + 1) {
                // A multiplexer needs fewer 4-input LUTs than a majority function.
                carries.push(half.mux(triple[2], triple[0]));
            }
        }
    }
    next
}

/// A 1 in each bit of a number below `position`, of `width` bits. `position` is as wide as an index of them. Bits are
/// in groups of 16: all bits in the groups below the position are set, and in its own group the bits below it.
pub fn below<'m>(m: &'m Module, position: Signal<'m>, width: u32) -> Signal<'m> {
    const PLACE_BITS: u32 = 4;
    if position.width() <= PLACE_BITS {
        return thermometer(m, position).low(width);
    }
    let place = thermometer(m, position.low(PLACE_BITS)).named("place");
    let group = position.high(position.width() - PLACE_BITS);
    let bits = (0..width.div_ceil(1 << PLACE_BITS)).map(|index| {
        let number = m.lit(index.into(), group.width());
        let (all, own) = (group.gt(number).named("group_below"), group.eq(number).named("group_own"));
        place.gated(own) | all.repeat(place.width())
    });
    m.concat_lsb(&bits.collect::<Vec<_>>()).low(width)
}

/// A thermometer code: bit i is 1 if i is below the value.
fn thermometer<'m>(m: &'m Module, value: Signal<'m>) -> Signal<'m> {
    let levels = (0..1u64 << value.width()).map(|bit| value.gt(m.lit(bit.into(), value.width())));
    m.concat_lsb(&levels.collect::<Vec<_>>())
}

fn example(design: &Design) -> ModuleRef {
    design.module("count", &["16"], |m| {
        let counts = running_counts(m.input("mask", 16, "the bits"), Network::Sklansky, Adders::Plus);
        let counts: Vec<Signal> = counts.iter().map(|count| count.zext(5)).collect();
        m.output("counts", m.concat_lsb(&counts), "5 bits a count, that of bit 0 lowest");
    })
}
