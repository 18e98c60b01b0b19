//! Latency and bandwidth.

use super::{FAST, bench, write_word};
use crate::support::Bench;
use parts::axi::axi_ram::Memory;

/// Ports of bursts of 4 beats, at the beginning of the memory.
const BURST: [(&str, u64); 3] = [("len", 3), ("size", 2), ("burst", 1)];

fn set_burst(bench: &mut Bench, channel: &str) {
    BURST.iter().for_each(|(name, value)| bench.set(&format!("s_axi_{channel}{name}"), *value));
}

/// Cycles until a port is 1.
fn until(bench: &mut Bench, port: &str) -> u32 {
    let mut cycles = 0;
    while bench.get(port) == 0 {
        bench.tick();
        cycles += 1;
        assert!(cycles < 2000, "it never is");
    }
    cycles
}

#[test]
fn latencies() {
    for is_unordered in [false, true] {
        for latency in [6, 7, 33, 1024] {
            let memory = Memory { latency, is_unordered, rate: 1, ..FAST };
            let mut bench = bench(&memory);
            set_burst(&mut bench, "ar");
            set_burst(&mut bench, "aw");
            bench.set("s_axi_arvalid", 1);
            assert!(bench.fires("s_axi_ar"));
            bench.tick();
            bench.set("s_axi_arvalid", 0);
            assert_eq!(until(&mut bench, "s_axi_rvalid") + 1, latency, "reads");

            bench.set("s_axi_awvalid", 1);
            bench.tick();
            bench.set("s_axi_awvalid", 0);
            for last in [0, 0, 0, 1] {
                bench.set("s_axi_wvalid", 1);
                bench.set("s_axi_wlast", last);
                until(&mut bench, "s_axi_wready");
                bench.tick();
            }
            bench.set("s_axi_wvalid", 0);
            assert_eq!(until(&mut bench, "s_axi_bvalid") + 1, latency, "writes");
        }
    }
}

/// What a master does without a pause.
#[derive(Clone, Copy)]
struct Load {
    reads: bool,
    writes: bool,
    /// Reads have IDs in turn, not always 0.
    has_ids: bool,
    /// Each so many cycles the host writes.
    host: Option<u64>,
}

const BOTH: Load = Load { reads: true, writes: true, has_ids: true, host: None };

/// Beats that were read and written in a number of cycles, after the first ones.
fn beats(memory: &Memory, load: Load, cycles: u64) -> [u64; 2] {
    let Load { reads, writes, has_ids, host } = load;
    let mut bench = bench(memory);
    ["ar", "aw"].iter().for_each(|channel| set_burst(&mut bench, channel));
    // Apart from each other.
    bench.set("s_axi_awaddr", 64);
    for (port, is_on) in [("ar", reads), ("r", reads), ("aw", writes), ("w", writes), ("b", writes)] {
        let member = if matches!(port, "r" | "b") { "ready" } else { "valid" };
        bench.set(&format!("s_axi_{port}{member}"), is_on.into());
    }
    let counts = |bench: &mut Bench| ["read_beats", "written_beats"].map(|port| bench.get(port));
    let (mut before, mut asked) = ([0; 2], 0);
    for cycle in 0..100 + cycles {
        if cycle == 100 {
            before = counts(&mut bench);
        }
        let is_last = counts(&mut bench)[1] % 4 == 3;
        bench.set("s_axi_wlast", is_last.into());
        let is_asked = bench.fires("s_axi_ar");
        match host.is_some_and(|interval| cycle % interval == 0) {
            true => write_word(&mut bench, 100, cycle),
            false => bench.tick(),
        }
        asked += u64::from(is_asked);
        bench.set("s_axi_arid", asked % 4 * u64::from(has_ids));
    }
    assert!(bench.violations().is_empty(), "{:?}", bench.violations());
    let after = counts(&mut bench);
    [after[0] - before[0], after[1] - before[1]]
}

#[test]
fn a_beat_of_each_kind_a_cycle() {
    for is_unordered in [false, true] {
        let memory = Memory { is_unordered, ..FAST };
        for has_ids in [false, true] {
            assert_eq!(beats(&memory, Load { has_ids, ..BOTH }, 1000), [1000, 1000]);
        }
    }
}

/// The rate of both together, of which each gets half; or of one of them alone, at most a beat a cycle.
#[test]
fn bandwidth_is_the_rate() {
    const CYCLES: u64 = 8192;
    for rate in [1, 40, 64, 200, 255, 256, 300, 384, 450] {
        let memory = Memory { rate, is_unordered: rate % 3 == 0, ..FAST };
        let most = u64::from(rate) * CYCLES / 256;
        let is_near = |found: u64, expected: u64| found.abs_diff(expected) <= 4.max(expected / 200);
        let [read, written] = beats(&memory, BOTH, CYCLES);
        assert!(is_near(read, most / 2) && is_near(written, most / 2), "{rate}: {read}, {written}");
        for (reads, writes) in [(true, false), (false, true)] {
            let found = beats(&memory, Load { reads, writes, ..BOTH }, CYCLES).iter().sum();
            assert!(is_near(found, most.min(CYCLES)), "{rate}: {found}");
        }
    }
}

/// A host that takes each second cycle, or each fourth, shuts nobody out.
#[test]
fn the_host_leaves_a_turn_to_all() {
    for interval in [2, 4] {
        let [read, written] =
            beats(&Memory { rate: 64, ..FAST }, Load { host: Some(interval), ..BOTH }, 4096);
        assert!(read.abs_diff(512) < 8 && written.abs_diff(512) < 8, "{read}, {written}");
    }
}
