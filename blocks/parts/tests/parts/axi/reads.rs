//! The read DMA.

use super::memory::{Behaviour, FAST, Memory, fails_at_pages};
use super::{BYTES, Command, LONG, SHAPE, Source};
use crate::support::Bench;
use fastrand::Rng;
use parts::axi::read_dma::read_dma;

/// A beat of `out`: data, bytes kept, last of its row, last of the matrix, error.
type Beat = [u64; 5];

/// What comes of a command.
fn expected(memory: &Memory, command: &Command, fails: fn(usize) -> bool) -> Vec<Beat> {
    let rows = command.row_addresses();
    // A beat of memory is read whole.
    let has_failed = rows.iter().flatten().any(|address| fails(address / BYTES * BYTES));
    let mut beats = vec![];
    for (number, row) in rows.iter().enumerate() {
        let parts = row.chunks(BYTES).enumerate();
        for (index, part) in parts {
            let data =
                part.iter().rev().fold(0, |word, address| word << 8 | u64::from(memory.bytes[*address]));
            let row_last = (index + 1) * BYTES >= row.len();
            let last = row_last && number + 1 == rows.len();
            let keep = (1 << part.len()) - 1;
            beats.push([data, keep, row_last.into(), last.into(), (last && has_failed).into()]);
        }
    }
    beats
}

/// Runs the commands and compares; returns the cycles that they take.
fn run(commands: &[Command], behaviour: Behaviour, stalls: u8, seed: u64) -> (u64, Memory) {
    let mut bench = Bench::new(|design| read_dma(design, &SHAPE));
    let mut memory = Memory::new(behaviour, seed);
    let mut rng = Rng::with_seed(seed);
    let expected: Vec<Beat> =
        commands.iter().flat_map(|command| expected(&memory, command, behaviour.fails)).collect();
    let mut source = Source::new(commands.to_vec());
    let (mut found, mut cycles) = (vec![], 0);
    while found.len() < expected.len() {
        let command = source.offer(rng.u8(..4) >= stalls);
        bench.set("command_valid", command.is_some().into());
        command.inspect(|command| command.offer(&mut bench));
        bench.set("out_ready", (rng.u8(..4) >= stalls).into());
        memory.drive_reads(&mut bench);
        source.see(bench.fires("command"));
        if bench.fires("out") {
            let names = ["data", "keep", "row_last", "last", "error"];
            let beat = names.map(|name| bench.get(&format!("out_{name}")));
            assert_eq!(beat, expected[found.len()], "beat {} of {commands:?}", found.len());
            found.push(beat);
        }
        memory.see_reads(&mut bench);
        bench.tick();
        cycles += 1;
        assert!(cycles < 1_000_000, "it hangs");
    }
    assert!(source.is_empty() && bench.get("out_valid") == 0);
    assert!(bench.violations().is_empty(), "{:?}", bench.violations());
    (cycles, memory)
}

#[test]
fn any_matrix_comes_in_order() {
    let mut rng = Rng::with_seed(1);
    let commands: Vec<Command> = (0..300).map(|_| Command::random(&mut rng)).collect();
    for (seed, is_unordered) in [(1, false), (2, true)] {
        for (latency, stalls) in [(1, 0), (20, 1), (3, 2)] {
            let behaviour = Behaviour { latency, stalls, is_unordered, fails: fails_at_pages, ..FAST };
            let (_, memory) = run(&commands, behaviour, stalls, seed);
            assert_eq!(memory.most_pending, SHAPE.outstanding as usize, "bursts under way at once");
        }
    }
}

#[test]
fn every_alignment_and_length() {
    for address in 0..BYTES as u64 {
        let commands = Command::of_every_length(address);
        run(&commands, Behaviour { is_unordered: true, ..FAST }, 1, address);
    }
}

/// Long rows come at a beat a cycle, also when memory is slow, as long as enough bursts are under way.
#[test]
fn a_beat_a_cycle() {
    let beats = (LONG.row_bytes * LONG.rows) as f64 / BYTES as f64;
    let rate = |behaviour, address| beats / run(&[Command { address, ..LONG }], behaviour, 0, 3).0 as f64;
    assert!(rate(FAST, 0) > 0.995, "{}", rate(FAST, 0));
    // 61 beats of memory for 60 of the stream.
    assert!(rate(FAST, 1) > 0.975, "{}", rate(FAST, 1));
    // 16 beats under way.
    let slow = Behaviour { latency: 11, ..FAST };
    assert!(rate(slow, 0) > 0.99, "{}", rate(slow, 0));
}

#[test]
fn an_empty_command_is_reported() {
    for zero in 0..3 {
        let mut bench = Bench::new(|design| read_dma(design, &SHAPE));
        let of = |index| u64::from(zero != index);
        let command =
            Command { address: 0, row_bytes: of(0), rows: of(1), stride: 0, tiles: of(2), tile_stride: 0 };
        command.offer(&mut bench);
        bench.set("command_valid", 1);
        bench.tick();
        bench.set("command_valid", 0);
        assert_eq!(bench.violations(), ["u_rows.command_is_not_empty"]);
        bench.tick();
        assert_eq!((bench.get("m_axi_arvalid"), bench.get("command_ready")), (0, 1));
    }
}

/// Cycles from a command to its first address, and from the data to the stream.
#[test]
fn latencies() {
    for (address, from_data) in [(0, 2), (1, 3)] {
        let mut bench = Bench::new(|design| read_dma(design, &SHAPE));
        Command { address, row_bytes: 12, rows: 1, stride: 0, tiles: 1, tile_stride: 0 }.offer(&mut bench);
        for (stream, value) in
            [("command_valid", 1), ("m_axi_arready", 1), ("m_axi_rvalid", 0), ("out_ready", 1)]
        {
            bench.set(stream, value);
        }
        let until = |bench: &mut Bench, port: &str| {
            let waits = |_: &u64| {
                let is_high = bench.get(port) == 1;
                bench.tick();
                bench.set("command_valid", 0);
                !is_high
            };
            (0..20).take_while(waits).count()
        };
        assert_eq!(until(&mut bench, "m_axi_arvalid"), 2);
        [("id", 0), ("data", 0), ("resp", 0), ("last", 0)]
            .iter()
            .for_each(|(name, value)| bench.set(&format!("m_axi_r{name}"), *value));
        bench.set("m_axi_rvalid", 1);
        assert_eq!(until(&mut bench, "out_valid"), from_data);
    }
}
