//! Every truncation and every single wrong bit of small containers: the block stops cleanly, and takes the next container. And how
//! many cycles a container takes.

use crate::modes::{Mode, described};
use blocks::block::elaborate;
use blocks::meadow::packing::{Choice, Dictionaries, Options, Rows, Scheme, Shape, pack};
use blocks::stimulus::Space;
use hdl::Bits;
use sim::{Compiled, Simulator};
use testbenches::driver::Testbench;

/// Bytes of a beat at these parameters.
const BEAT: usize = 8;
const PARAMETERS: &str = "lanes=8 packet_bits=64 unique=64 classes=1";

/// A container of few weights that has the scheme.
fn container(choice: Choice) -> Vec<u8> {
    let k = if choice == Choice::Raw { 4 } else { 24 };
    let weights: Vec<u8> = (0..16 * k as u32).map(|place| (place * place % 11 % 4) as u8).collect();
    let shape = Shape::of(16, k, Rows::Outputs).expect("it is legal");
    let dictionaries = Dictionaries { packet_bits: 64, ..Dictionaries::default() };
    let packed =
        pack(&weights, shape, &Options { choice, lanes: 8, classes: 1, dictionaries }).expect("it is legal");
    assert_eq!(packed.refused, None);
    packed.bytes
}

fn beats(bytes: &[u8], emit: &mut dyn FnMut(usize, &[Bits])) {
    for (number, beat) in bytes.chunks(BEAT).enumerate() {
        let is_last = (number + 1) * BEAT >= bytes.len();
        let data = u64::from_le_bytes(beat.try_into().expect("a whole beat"));
        emit(0, &[Bits::from_limbs(64, &[data]), Bits::truncated(is_last.into(), 1)]);
    }
}

/// Runs wrong containers, each with the right one behind it, which proves that nothing hangs and nothing is left over.
fn run(right: Vec<u8>, cases: usize, wrong: impl Fn(usize, &mut Vec<u8>) + Send + Sync + 'static) {
    let Mode { block, .. } = described("weight_unpacker", PARAMETERS);
    let netlist = elaborate(&*block).expect("it elaborates");
    let mut simulator = Compiled::new(&netlist, sim::Options::default()).expect("it simulates");
    let testbench = Testbench::new(&*block, simulator.ports(), &netlist.clocking, 1).expect("the ports fit");
    let make = move |case: u64, emit: &mut dyn FnMut(usize, &[Bits])| {
        let mut damaged = right.clone();
        wrong(case as usize, &mut damaged);
        beats(&damaged, emit);
        if case.is_multiple_of(16) {
            beats(&right, emit);
        }
    };
    let space =
        Space { name: "wrong containers".into(), cases: cases as u64, make: Box::new(make), make_many: None };
    testbench
        .run(&mut simulator, &space, 0..cases as u64, &mut ())
        .expect("the block answers as the model does");
}

#[test]
fn every_truncation() {
    for choice in [Choice::Raw, Choice::Meadow, Choice::Huffman] {
        let right = container(choice);
        run(right.clone(), right.len() / BEAT - 1, |case, bytes| bytes.truncate((case + 1) * BEAT));
    }
}

#[test]
fn every_wrong_bit() {
    for choice in [Choice::Raw, Choice::Meadow, Choice::Huffman] {
        let right = container(choice);
        run(right.clone(), 8 * right.len(), |case, bytes| bytes[case / 8] ^= 1 << (case % 8));
    }
}

/// Cycles from the first beat of a container to the last beat of its weights, where nothing stalls.
fn cycles(parameters: &str, beat: usize, bytes: &[u8]) -> u64 {
    let Mode { block, .. } = described("weight_unpacker", parameters);
    let netlist = elaborate(&*block).expect("it elaborates");
    let mut simulator = Compiled::new(&netlist, sim::Options::default()).expect("it simulates");
    let ports = ["rst_n", "in_valid", "in_ready", "in_data", "in_last", "out_valid", "out_ready", "out_last"];
    let [rst_n, in_valid, in_ready, in_data, in_last, out_valid, out_ready, out_last] =
        simulator.ports_named(ports).expect("they are there");
    simulator.poke_u64(rst_n, 0);
    simulator.tick();
    [rst_n, in_valid, out_ready].into_iter().for_each(|port| simulator.poke_u64(port, 1));
    let (mut place, mut cycles) = (0, 0);
    loop {
        let beat = &bytes[place.min(bytes.len() - beat)..][..beat];
        let limbs: Vec<u64> =
            beat.chunks(8).map(|limb| u64::from_le_bytes(limb.try_into().expect("8 bytes"))).collect();
        simulator.poke(in_data, &Bits::from_limbs(8 * beat.len() as u32, &limbs));
        simulator.poke_u64(in_last, u64::from(place + beat.len() >= bytes.len()));
        place += if simulator.peek_u64(in_ready) == 1 { beat.len() } else { 0 };
        cycles += 1;
        if simulator.peek_u64(out_valid) & simulator.peek_u64(out_last) == 1 {
            return cycles;
        }
        simulator.tick();
        assert!(cycles < 100_000, "it does not end");
    }
}

#[test]
fn throughput_is_as_the_page_says() {
    let weights: Vec<u8> =
        (0..128 * 128u64).map(|place| (place * place % 31 * (place / 128 % 4) % 9) as u8).collect();
    let shape = Shape::of(128, 128, Rows::Outputs).expect("it is legal");
    let rows = weights.len() as u64 / 16;
    for (choice, classes) in
        [(Choice::Raw, 1), (Choice::Huffman, 1), (Choice::Huffman, 4), (Choice::Meadow, 1)]
    {
        let options = Options { choice, lanes: 16, classes, dictionaries: Dictionaries::default() };
        let packed = pack(&weights, shape, &options).expect("it is legal");
        let table = match &packed.header.scheme {
            Scheme::Raw => 0,
            Scheme::Huffman { classes: 1, .. } => 64 + 13 + 257 + 2,
            Scheme::Huffman { classes, .. } => u64::from(*classes) * (64 + 13 + 257) + 2 + 128 / 8,
            Scheme::Meadow(dictionary) => u64::from(dictionary.unique.next_multiple_of(32)),
        };
        let took = cycles("lanes=16", 16, &packed.bytes);
        println!("{}: {took} cycles, {rows} beats, {table} for its table", packed.header.scheme.name());
        assert!(
            took <= table + rows + 11 + if choice == Choice::Meadow { rows / 4 } else { 0 },
            "{choice:?}: {took}"
        );
    }
}
