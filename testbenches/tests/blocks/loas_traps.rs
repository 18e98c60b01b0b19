//! Corner cases of LoAS's processing element that its paper or others got wrong, one by one.

use crate::modes::{Mode, described};
use blocks::block::elaborate;
use blocks::golden::GoldenModel;
use blocks::stimulus::Space;
use hdl::Bits;
use sim::{Compiled, Options, Simulator};
use testbenches::driver::{Stop, Testbench};

const MASK: u32 = 128;
const STEPS: u32 = 4;
const COLUMNS: u32 = 4;

/// The sums are just wide enough for 256 rows of K.
const ELEMENT: &str = "columns=4 values=128 max_k=256";

/// A chunk of A: the neurons that fire, and the spike word that all of them have.
type A = (Vec<u32>, u8);

/// A chunk of a column of B: the positions of its weights, and the value that all of them have.
type B = (Vec<u32>, i8);

/// Runs a row of chunks, with the same column of B at every place.
fn run(parameters: &str, chunks: Vec<(A, B)>) -> Result<u64, Stop> {
    let last = chunks.len() - 1;
    let pair = |(number, (a, b)): (usize, &(A, B))| (a_beat(a, number == last), b_beat(b));
    run_beats(parameters, chunks.iter().enumerate().map(pair).collect())
}

/// Runs a row of chunks: each with a beat of A and one of B.
fn run_beats(parameters: &str, chunks: Vec<([Bits; 3], [Bits; 4])>) -> Result<u64, Stop> {
    let Mode { block, .. } = described("loas_tppe", parameters);
    let netlist = elaborate(&*block).expect("it elaborates");
    let mut simulator = Compiled::new(&netlist, Options::default()).expect("it simulates");
    let testbench = Testbench::new(&*block, simulator.ports(), &netlist.clocking, 1).expect("the ports fit");
    let make = move |_: u64, emit: &mut dyn FnMut(usize, &[Bits])| {
        for (a, b) in &chunks {
            emit(0, a);
            emit(1, b);
        }
    };
    let space = Space { name: "trap".into(), cases: 8, make: Box::new(make), make_many: None };
    testbench.run(&mut simulator, &space, 0..8, &mut ()).map(|passed| passed.cycles)
}

fn a_beat((fires, word): &A, is_last: bool) -> [Bits; 3] {
    let (mut mask, mut words) = (Bits::zero(MASK), Bits::zero(MASK * STEPS));
    for (offset, position) in fires.iter().enumerate() {
        mask.set_bit(*position, true);
        words.insert(offset as u32 * STEPS, &Bits::truncated((*word).into(), STEPS));
    }
    [mask, words, Bits::truncated(is_last.into(), 1)]
}

fn b_beat((positions, value): &B) -> [Bits; 4] {
    let (mut masks, mut values) = (Bits::zero(COLUMNS * MASK), Bits::zero(COLUMNS * MASK * 8));
    for place in 0..COLUMNS {
        for (offset, position) in positions.iter().enumerate() {
            masks.set_bit(place * MASK + position, true);
            values.insert((place * MASK + offset as u32) * 8, &Bits::from_limbs(8, &[*value as u64]));
        }
    }
    [masks, values, Bits::zero(1), Bits::ones(1)]
}

fn all() -> Vec<u32> {
    (0..MASK).collect()
}

#[test]
fn joins_of_every_notable_size() {
    for count in [0, 1, 7, 8, 9, 127, 128] {
        for word in [0b1111, 0b1000, 0b0001, 0b0110] {
            run(ELEMENT, vec![((all(), word), ((0..count).collect(), -3))]).unwrap();
            run(ELEMENT, vec![(((MASK - count..MASK).collect(), word), (all(), 5))]).unwrap();
        }
    }
}

#[test]
fn the_first_and_the_last_bit() {
    for position in [0, 15, 16, 111, 112, 127] {
        run(ELEMENT, vec![((vec![position], 0b0101), (vec![position], 7))]).unwrap();
        run(ELEMENT, vec![((all(), 0b0101), (vec![position], 7))]).unwrap();
        run(ELEMENT, vec![((vec![position], 0b0101), (all(), 7))]).unwrap();
    }
}

#[test]
fn a_fibre_that_is_no_multiple_of_a_chunk() {
    // A chunk of 128 and a tail of 72.
    let tail: Vec<u32> = (0..72).collect();
    run(ELEMENT, vec![((all(), 0b1011), (all(), 1)), ((tail.clone(), 0b1011), (tail, 1))]).unwrap();
}

#[test]
fn silent_rows_and_chunks() {
    run(ELEMENT, vec![((vec![], 0), (all(), 1))]).unwrap();
    run(ELEMENT, vec![((vec![], 0), (all(), 1)), ((all(), 0b0010), (vec![], 1)), ((vec![], 0), (vec![], 0))])
        .unwrap();
}

#[test]
fn the_fifo_fills_while_the_ones_are_counted() {
    for depth in [1, 2, 8] {
        let parameters = format!("{ELEMENT} adders=4 fifo_depth={depth}");
        run(&parameters, vec![((all(), 0b0111), (all(), 2)), ((all(), 0b0111), (all(), 2))]).unwrap();
    }
}

#[test]
fn sums_reach_their_limit_and_do_not_overflow() {
    // 256 x -128 is the smallest 16-bit number.
    for (word, weight) in [(0b1111, -128), (0b1111, 127), (0b1010, -128), (0b1010, 127), (0b0001, -128)] {
        let chunk = || ((all(), word), (all(), weight));
        run(ELEMENT, vec![chunk(), chunk()]).unwrap();
    }
}

#[test]
fn narrow_sums_say_that_they_overflowed() {
    // 128 x 127 does not fit in 12 bits, 16 x 127 does: the model expects the overflow flag only in the first case.
    let narrow = format!("{ELEMENT} sum_bits=12");
    run(&narrow, vec![((all(), 0b1111), (all(), 127))]).unwrap();
    run(&narrow, vec![((all(), 0b1111), ((0..16).collect(), 127))]).unwrap();
}

#[test]
fn a_sum_may_overflow_though_its_two_parts_do_not() {
    // Three neurons fire, the second one not at the first step. The weights are 5, -3 and 5: the pseudo sum is 7 and the
    // correction -3, but the sum of the first step is 10.
    let element =
        "mask_bits=8 adders=4 columns=1 group=1 pipes=1 time_steps=2 weight_bits=4 sum_bits=4 values=4";
    let bits = |value, width| Bits::truncated(value, width);
    let row = (
        [bits(0x07, 8), bits(0b11_01_11, 16), Bits::ones(1)],
        [bits(0x07, 8), bits(0x5d5, 16), Bits::zero(1), Bits::ones(1)],
    );
    run_beats(element, vec![row.clone()]).unwrap();

    let GoldenModel::Sequential(mut model) = described("loas_tppe", element).block.golden() else {
        panic!("it has state")
    };
    let mut sums = vec![];
    model.accept(0, &row.0, &mut |_, beat| sums.push(beat.to_vec()));
    model.accept(1, &row.1, &mut |_, beat| sums.push(beat.to_vec()));
    // The first step wraps around to -6.
    let [wrapped, flags] = [bits(0x7a, 8), Bits::ones(1)].map(Some);
    assert_eq!(sums, [[wrapped, flags, Some(Bits::zero(1))]]);
}
