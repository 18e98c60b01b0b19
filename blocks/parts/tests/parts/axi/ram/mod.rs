//! The AXI RAM.

mod copy;
mod golden;
mod random;
mod timing;

use super::{BYTES, SHAPE};
use crate::support::Bench;
use fastrand::Rng;
use parts::axi::Axi4;
use parts::axi::axi_ram::{Memory, axi_ram};

/// Without a limit, in order.
const FAST: Memory = Memory { words: 1024, latency: 6, rate: 512, is_unordered: false, fails_from: None };

/// One of the memory's own.
fn bench(memory: &Memory) -> Bench {
    Bench::new(|design| axi_ram(design, &SHAPE, memory))
}

/// The host writes a word.
fn write_word(bench: &mut Bench, address: u64, data: u64) {
    for (port, value) in
        [("host_valid", 1), ("host_write", 1), ("host_address", address), ("host_data", data)]
    {
        bench.set(port, value);
    }
    assert!(bench.fires("host"), "a write takes a cycle");
    bench.tick();
    bench.set("host_valid", 0);
}

/// The host reads a word.
fn read_word(bench: &mut Bench, address: u64) -> u64 {
    for (port, value) in
        [("host_valid", 1), ("host_write", 0), ("host_address", address), ("host_out_ready", 1)]
    {
        bench.set(port, value);
    }
    assert!(bench.fires("host"), "no read is under way");
    bench.tick();
    bench.set("host_valid", 0);
    let waits = (1..10).find(|_| {
        let comes = bench.fires("host_out");
        (!comes).then(|| bench.tick());
        comes
    });
    assert_eq!(waits, Some(3), "cycles to an answer");
    let word = bench.get("host_out_data");
    bench.tick();
    word
}

/// The host writes random words into all of the memory.
fn fill(bench: &mut Bench, words: u64, rng: &mut Rng) -> Vec<u8> {
    let write = |address| {
        let word = rng.u32(..);
        write_word(bench, address, word.into());
        word.to_le_bytes()
    };
    (0..words).flat_map(write).collect()
}

#[test]
fn the_host_writes_and_reads_every_word() {
    let memory = Memory { words: 37, ..FAST };
    let mut bench = bench(&memory);
    let bytes = fill(&mut bench, memory.words, &mut Rng::with_seed(1));
    for (address, word) in bytes.chunks(BYTES).enumerate() {
        let word = word.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        assert_eq!(read_word(&mut bench, address as u64), word);
    }
    assert!(bench.violations().is_empty());
    [("host_valid", 1), ("host_address", memory.words)]
        .iter()
        .for_each(|(name, value)| bench.set(name, *value));
    bench.tick();
    assert_eq!(bench.violations(), ["host_address_is_a_word"]);
}

#[test]
fn misuse_is_reported() {
    let burst = [("addr", 4096 - 8), ("len", 2), ("size", 2), ("burst", 1), ("valid", 1)];
    for (channel, assertion) in [("ar", "read_stays_within_4_kib"), ("aw", "write_stays_within_4_kib")] {
        let mut bench = bench(&FAST);
        burst.iter().for_each(|(name, value)| bench.set(&format!("s_axi_{channel}{name}"), *value));
        bench.set(&format!("s_axi_{channel}len"), 1);
        bench.tick();
        assert!(bench.violations().is_empty(), "the burst ends at the boundary");
        bench.set(&format!("s_axi_{channel}len"), 2);
        bench.tick();
        assert_eq!(bench.violations(), [assertion]);
    }
    let mut bench = bench(&FAST);
    burst.iter().for_each(|(name, value)| bench.set(&format!("s_axi_aw{name}"), *value));
    bench.set("s_axi_awaddr", 0);
    bench.tick();
    [("valid", 1), ("last", 1)].iter().for_each(|(name, value)| bench.set(&format!("s_axi_w{name}"), *value));
    bench.tick();
    assert_eq!(bench.violations(), ["last_is_where_the_burst_ends"]);
}

#[test]
fn corners_elaborate() {
    let small =
        Axi4 { address_bits: 13, select_bits: 0, data_bits: 1024, burst: 2, outstanding: 2, count_bits: 4 };
    let large =
        Axi4 { address_bits: 64, select_bits: 0, data_bits: 16, burst: 256, outstanding: 64, count_bits: 32 };
    let slow = Memory { words: 2, latency: 1024, rate: 1, is_unordered: true, fails_from: Some(0) };
    let cases = [
        (small, slow),
        (small, Memory { words: 64, fails_from: Some(63), ..FAST }),
        (large, slow),
        (large, Memory { words: 1 << 30, ..FAST }),
    ];
    for (shape, memory) in cases {
        memory.check(&shape).unwrap();
        let design = hdl::Design::new(hdl::Clocking::default());
        design.elaborate(axi_ram(&design, &shape, &memory)).unwrap();
    }
}

#[test]
fn numbers_out_of_range_are_named() {
    let errors = [
        (Memory { words: 1, ..FAST }, "`words` must be 2 to 16384, and is 1"),
        (Memory { words: 16385, ..FAST }, "`words` must be 2 to 16384, and is 16385"),
        (Memory { latency: 5, ..FAST }, "`latency` must be 6 to 1024, and is 5"),
        (Memory { latency: 1025, ..FAST }, "`latency` must be 6 to 1024, and is 1025"),
        (Memory { rate: 0, ..FAST }, "`rate` must be 1 to 512, and is 0"),
        (Memory { rate: 513, ..FAST }, "`rate` must be 1 to 512, and is 513"),
        (Memory { fails_from: Some(1024), ..FAST }, "`fails_from` must be 0 to 1023, and is 1024"),
    ];
    for (memory, error) in errors {
        assert_eq!(memory.check(&SHAPE), Err(error.to_string()));
    }
}

/// Nothing that comes in is seen at an output in the same cycle.
#[test]
fn outputs_come_from_registers() {
    for is_unordered in [false, true] {
        let design = hdl::Design::new(hdl::Clocking::default());
        let ram = axi_ram(&design, &SHAPE, &Memory { is_unordered, ..FAST });
        for (output, inputs) in design.combinational_paths(ram) {
            assert!(inputs.is_empty(), "{output} depends on {inputs:?}");
        }
    }
}
