//! The write DMA.

use super::memory::{Behaviour, FAST, Memory, fails_at_pages};
use super::{BYTES, Command, LONG, SHAPE, Source};
use crate::support::Bench;
use fastrand::Rng;
use parts::axi::write_dma::write_dma;

/// Runs the commands with random data and compares the memory byte by byte; returns the cycles.
fn run(commands: &[Command], behaviour: Behaviour, stalls: u8, seed: u64) -> (u64, Memory) {
    let mut bench = Bench::new(|design| write_dma(design, &SHAPE));
    let mut memory = Memory::new(behaviour, seed);
    let (mut rng, mut expected) = (Rng::with_seed(seed), memory.bytes.clone());
    let (mut beats, mut errors) = (vec![], vec![]);
    for command in commands {
        let rows = command.row_addresses();
        errors.push(rows.iter().flatten().any(|address| (behaviour.fails)(address / BYTES * BYTES)));
        for part in rows.iter().flat_map(|row| row.chunks(BYTES)) {
            // Lanes beyond the end of the row have other bytes.
            let beat = rng.u32(..);
            beats.push(u64::from(beat));
            part.iter().zip(beat.to_le_bytes()).for_each(|(address, byte)| expected[*address] = byte);
        }
    }
    let (mut source, mut data) = (Source::new(commands.to_vec()), Source::new(beats));
    let (mut done, mut cycles) = (0, 0);
    while done < commands.len() {
        let command = source.offer(rng.u8(..4) >= stalls);
        bench.set("command_valid", command.is_some().into());
        command.inspect(|command| command.offer(&mut bench));
        let beat = data.offer(rng.u8(..4) >= stalls);
        bench.set("in_valid", beat.is_some().into());
        beat.inspect(|beat| bench.set("in_data", **beat));
        bench.set("done_ready", (rng.u8(..4) >= stalls).into());
        memory.drive_writes(&mut bench);
        source.see(bench.fires("command"));
        data.see(bench.fires("in"));
        if bench.fires("done") {
            assert_eq!(bench.get("done_error"), u64::from(errors[done]), "{:?}", commands[done]);
            done += 1;
        }
        memory.see_writes(&mut bench);
        bench.tick();
        cycles += 1;
        assert!(cycles < 1_000_000, "it hangs");
    }
    assert!(source.is_empty() && data.is_empty());
    assert!(memory.bytes == expected, "the memory differs");
    assert!(bench.violations().is_empty(), "{:?}", bench.violations());
    (cycles, memory)
}

#[test]
fn any_matrix_is_written() {
    let mut rng = Rng::with_seed(2);
    let commands: Vec<Command> = (0..300).map(|_| Command::random(&mut rng)).collect();
    for (seed, latency, stalls) in [(1, 1, 0), (2, 20, 1), (3, 3, 2)] {
        let behaviour = Behaviour { latency, stalls, fails: fails_at_pages, ..FAST };
        let (_, memory) = run(&commands, behaviour, stalls, seed);
        assert_eq!(memory.most_pending, SHAPE.outstanding as usize, "bursts under way at once");
    }
}

#[test]
fn data_does_not_wait_until_an_address_is_taken() {
    let mut rng = Rng::with_seed(4);
    let commands: Vec<Command> = (0..30).map(|_| Command::random(&mut rng)).collect();
    for stalls in [0, 2] {
        run(&commands, Behaviour { latency: 5, stalls, waits_for_data: true, ..FAST }, stalls, 4);
    }
}

#[test]
fn every_alignment_and_length() {
    for address in 0..BYTES as u64 {
        let commands = Command::of_every_length(address);
        run(&commands, FAST, 1, address);
    }
}

#[test]
fn a_beat_a_cycle() {
    let beats = (LONG.row_bytes * LONG.rows) as f64 / BYTES as f64;
    let rate = |behaviour| beats / run(&[LONG], behaviour, 0, 3).0 as f64;
    assert!(rate(FAST) > 0.995, "{}", rate(FAST));
    let slow = Behaviour { latency: 8, ..FAST };
    assert!(rate(slow) > 0.98, "{}", rate(slow));
}
