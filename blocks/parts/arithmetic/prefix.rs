#![doc = include_str!("prefix.md")]

use crate::Part;
use hdl::{Design, ModuleRef};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// See the page.
pub const PART: Part = Part {
    name: "prefix",
    summary: "prefix networks over any associative operator",
    page: include_str!("prefix.md"),
    example,
};

/// Structure of a prefix network of n values. The figures are for n a power of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Network {
    /// One after the other: n - 1 operators, as deep.
    Serial,
    /// Blocks of about the root of n, serial inside and among themselves: about 2n operators, twice the root deep.
    Blocked,
    /// Distances 1, 2, 4, ...: n log n operators, log n deep, every result read by two others at most.
    KoggeStone,
    /// Halves joined by one level: n/2 log n operators, log n deep, results read by up to n/2 others.
    Sklansky,
    /// Pairs, the network of half the size, and the values between: 2n operators, 2 log n deep.
    BrentKung,
    /// Kogge-Stone over pairs: n/2 log n operators, log n + 1 deep.
    HanCarlson,
    /// Ladner and Fischer's with one level deeper than the least.
    LadnerFischer1,
    /// The same with two levels.
    LadnerFischer2,
    /// The same with three levels.
    LadnerFischer3,
}

impl Network {
    /// Every structure.
    pub const ALL: [Network; 9] = [
        Network::Serial,
        Network::Blocked,
        Network::KoggeStone,
        Network::Sklansky,
        Network::BrentKung,
        Network::HanCarlson,
        Network::LadnerFischer1,
        Network::LadnerFischer2,
        Network::LadnerFischer3,
    ];

    /// For each of `values` the combination of it and all before. `join` combines a value with the one that follows.
    pub fn inclusive<T: Copy>(self, values: &[T], join: &mut dyn FnMut(T, T) -> T) -> Vec<T> {
        match self {
            Network::Serial => serial(values, join),
            Network::Blocked => blocked(values, join),
            Network::KoggeStone => kogge_stone(values, join),
            Network::Sklansky => ladner_fischer(0, values, join),
            Network::BrentKung => {
                over_pairs(values, join, &mut |pairs, join| Self::BrentKung.inclusive(pairs, join))
            }
            Network::HanCarlson => over_pairs(values, join, &mut |pairs, join| kogge_stone(pairs, join)),
            Network::LadnerFischer1 => ladner_fischer(1, values, join),
            Network::LadnerFischer2 => ladner_fischer(2, values, join),
            Network::LadnerFischer3 => ladner_fischer(3, values, join),
        }
    }
}

type Join<'j, T> = &'j mut dyn FnMut(T, T) -> T;

/// Computes the prefixes of values.
type Prefixes<'p, T> = &'p mut dyn FnMut(&[T], Join<T>) -> Vec<T>;

fn serial<T: Copy>(values: &[T], join: Join<T>) -> Vec<T> {
    let mut sums: Vec<T> = vec![];
    for &value in values {
        sums.push(sums.last().map_or(value, |&before| join(before, value)));
    }
    sums
}

fn blocked<T: Copy>(values: &[T], join: Join<T>) -> Vec<T> {
    let size = (values.len() as f64).sqrt().round().max(1.0) as usize;
    let mut sums: Vec<T> = vec![];
    for block in values.chunks(size) {
        let base = sums.last().copied();
        for local in serial(block, join) {
            sums.push(base.map_or(local, |base| join(base, local)));
        }
    }
    sums
}

fn kogge_stone<T: Copy>(values: &[T], join: Join<T>) -> Vec<T> {
    let mut sums = values.to_vec();
    let mut distance = 1;
    while distance < sums.len() {
        for place in (distance..sums.len()).rev() {
            sums[place] = join(sums[place - distance], sums[place]);
        }
        distance *= 2;
    }
    sums
}

/// Joins pairs, computes the prefixes of the pairs, and from those the ones in between.
fn over_pairs<T: Copy>(values: &[T], join: Join<T>, network: Prefixes<T>) -> Vec<T> {
    if values.len() < 2 {
        return values.to_vec();
    }
    let pairs: Vec<T> = values.chunks_exact(2).map(|pair| join(pair[0], pair[1])).collect();
    let pairs = network(&pairs, join);
    let sum = |(place, value): (usize, &T)| match (place % 2, place / 2) {
        (1, pair) => pairs[pair],
        (_, 0) => *value,
        (_, pair) => join(pairs[pair - 1], *value),
    };
    values.iter().enumerate().map(sum).collect()
}

/// Ladner and Fischer's P_k: P_0 joins a P_1 and a P_0 of half the size; the others are a P_(k-1) over pairs.
fn ladner_fischer<T: Copy>(k: u32, values: &[T], join: Join<T>) -> Vec<T> {
    if values.len() < 2 {
        return values.to_vec();
    }
    if k > 0 {
        return over_pairs(values, join, &mut |pairs, join| ladner_fischer(k - 1, pairs, join));
    }
    let half = values.len().next_power_of_two() / 2;
    let mut sums = halves(values, half, join);
    let base = sums[half - 1];
    sums[half..].iter_mut().for_each(|sum| *sum = join(base, *sum));
    sums
}

/// The prefixes of the lower half, and of the upper half by itself.
fn halves<T: Copy>(values: &[T], half: usize, join: Join<T>) -> Vec<T> {
    let mut sums = ladner_fischer(1, &values[..half], join);
    sums.extend(ladner_fischer(0, &values[half..], join));
    sums
}

fn example(design: &Design) -> ModuleRef {
    design.module("prefix", &["32"], |m| {
        let bits = m.input("mask", 32, "the bits").split_lsb(1);
        let seen = Network::Sklansky.inclusive(&bits, &mut |low, high| low | high);
        m.output("seen", m.concat_lsb(&seen), "a 1 from the lowest 1 on");
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values are spans, and only adjacent spans may be joined.
    #[test]
    fn every_network_joins_neighbours_from_the_first_on() {
        for network in Network::ALL {
            for count in 1..=130 {
                let values: Vec<(usize, usize)> = (0..count).map(|place| (place, place + 1)).collect();
                let mut join = |low: (usize, usize), high: (usize, usize)| {
                    assert_eq!(low.1, high.0, "{network:?} of {count}");
                    (low.0, high.1)
                };
                let sums = network.inclusive(&values, &mut join);
                assert!(sums.into_iter().eq((1..=count).map(|end| (0, end))), "{network:?} of {count}");
            }
        }
    }

    /// Number of operators and depth for 128 values, as published.
    #[test]
    fn sizes_and_depths_are_those_of_the_literature() {
        let measure = |network: Network| {
            let mut operators = 0;
            let mut join = |low: u32, high: u32| {
                operators += 1;
                low.max(high) + 1
            };
            let deepest = network.inclusive(&[0; 128], &mut join).into_iter().max();
            (operators, deepest.unwrap_or_default())
        };
        assert_eq!(measure(Network::Serial), (127, 127));
        assert_eq!(measure(Network::KoggeStone), (128 * 7 - 127, 7));
        assert_eq!(measure(Network::BrentKung), (2 * 128 - 2 - 7, 12));
        assert_eq!(measure(Network::HanCarlson), (64 + 64 * 6 - 63 + 63, 8));
        let [least, one, two, three] =
            [Network::Sklansky, Network::LadnerFischer1, Network::LadnerFischer2, Network::LadnerFischer3]
                .map(measure);
        assert_eq!([least.1, one.1, two.1, three.1], [7, 8, 9, 10]);
        assert!(least.0 > one.0 && one.0 > two.0 && two.0 > three.0, "{least:?} {one:?} {two:?} {three:?}");
    }
}
