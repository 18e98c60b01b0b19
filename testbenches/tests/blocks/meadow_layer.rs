//! MEADOW's layer: the cycles of steps, lists behind lists that failed, and the port that a processor sees.

use crate::modes::{Mode, described};
use crate::run::Run;
use blocks::block::elaborate;
use blocks::meadow::meadow_decoder_layer::step::{Kind, Matrix, Step};
use blocks::meadow::meadow_decoder_layer::{Host, Params, Registers};
use hdl::{Bits, Encoded};
use parts::registers::FieldRef;
use sim::{Compiled, Options, Simulator};
use std::collections::VecDeque;

/// Four tokens, tiles of 32 columns, 8 bytes in a beat.
const LAYER: &str =
    "tokens=4 d_head=32 inner=256 keys=64 row_length=256 token_words=512 host=stream memory_words=65536";

/// Where matrices are.
const A: u64 = 0x1000;
const KEYS: u64 = 0x4000;
const VALUES: u64 = 0x6000;
const Y: u64 = 0x8000;
const SECOND: u64 = 0x1_0000;
const WEIGHTS: u64 = 0x2_0000;

fn matrix(address: u64, stride: u64) -> Matrix<u64> {
    Matrix { address, stride }
}

fn product(rows: u64, inner: u64, columns: u64) -> Step<u64> {
    let (a, b, y) = (matrix(A, inner), matrix(WEIGHTS, columns), matrix(Y, columns));
    Step {
        kind: Kind::Product.code() as u64,
        a,
        b,
        y,
        rows,
        inner,
        columns,
        multiplier: 1,
        ..Step::default()
    }
}

/// A head of attention; all but the first one have its tokens and do not wait.
fn attention(rows: u64, inner: u64, keys: u64, head: u64) -> Step<u64> {
    let again = u64::from(head > 0);
    let (a, b, y) = (matrix(A, inner), matrix(WEIGHTS, 32), matrix(Y + 32 * head, 128));
    let (c, d) = (matrix(KEYS, 32), matrix(VALUES, 32));
    let kind = Kind::Attention.code() as u64;
    let step = Step { kind, overlaps: again, keeps: again, a, b, c, d, y, rows, inner, ..Step::default() };
    Step { columns: keys, valid: keys, multiplier: 1, extra: 1, ..step }
}

fn rows(rows: u64, inner: u64, operation: u64, norm: u64, first: u64, second: u64) -> Step<u64> {
    let (a, b, c) = (matrix(A, 2 * inner), matrix(KEYS, 2 * inner), matrix(Y, 0));
    let (y, d) = (matrix(Y, 2 * inner), matrix(SECOND, inner));
    let kind = Kind::Rows.code() as u64;
    let step = Step { kind, operation, norm, first, second, a, b, c, y, d, ..Step::default() };
    Step { rows, inner, columns: inner, multiplier: 1, ..step }
}

/// How a list ended.
#[derive(Debug, PartialEq, Eq)]
struct Ended {
    error: u64,
    steps: u64,
    cycles: u64,
    read: u64,
    written: u64,
}

/// The layer with its memory.
struct Layer {
    run: Run,
    answers: usize,
}

impl Layer {
    fn new() -> Layer {
        Layer { run: Run::new("meadow_decoder_layer", LAYER), answers: 0 }
    }

    fn command(&mut self, run: bool, write: bool, address: u64, data: u64) {
        let bits = |value: u64, width: u32| Bits::truncated(value.into(), width);
        let beat = vec![bits(run.into(), 1), bits(write.into(), 1), bits(address, 32), bits(data, 64)];
        self.run.pending[0].push_back(beat);
    }

    /// Runs a list of steps.
    fn list(&mut self, steps: &[Step<u64>]) -> Ended {
        let bytes = list(steps);
        for (place, word) in (0..).zip(bytes.chunks(8)) {
            let word = word.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
            self.command(false, true, 8 * place, word);
        }
        self.command(true, false, 0, 0);
        self.answers += 1;
        self.run.until(0, self.answers, &[]);
        let (_, beat) = &self.run.answers[0][self.answers - 1];
        let [error, steps, cycles, read, written] = [1, 2, 3, 4, 5].map(|field| beat[field].to_u64());
        Ended { error, steps, cycles, read, written }
    }
}

/// The bytes of a list.
fn list(steps: &[Step<u64>]) -> Vec<u8> {
    let end = Step { kind: Kind::End.code() as u64, ..Step::default() };
    steps.iter().chain([&end]).flat_map(Step::bytes).collect()
}

#[test]
fn steps_take_the_cycles_of_the_page() {
    let heads: Vec<Step<u64>> = (0..4).map(|head| attention(48, 256, 48, head)).collect();
    let cases = [
        (vec![], 36, 8, 0),
        (vec![product(48, 256, 256)], 25_996, 10_000, 1536),
        (vec![product(1, 256, 256)], 8903, 8496, 32),
        (heads[..1].to_vec(), 5716, 2992, 192),
        (heads, 14_993, 7336, 768),
        (vec![rows(32, 256, 0, 0, 1, 0)], 2225, 2064, 2048),
        (vec![rows(32, 256, 1, 1, 3, 1)], 4501, 4240, 3072),
    ];
    let mut layer = Layer::new();
    for (steps, cycles, read, written) in cases {
        let ended = layer.list(&steps);
        // Memory answers in random order, so some cycles may differ.
        assert!(ended.cycles.abs_diff(cycles) <= 30 + cycles / 100, "{steps:?}: {ended:?}");
        assert_eq!(ended, Ended { error: 0, steps: steps.len() as u64, cycles: ended.cycles, read, written });
    }
}

#[test]
fn a_list_behind_one_that_failed_runs_as_if_it_were_the_first() {
    let mut layer = Layer::new();
    let good = product(5, 100, 64);
    let first = layer.list(&[good]);
    let beyond = matrix(0x10_0000, 64);
    let failures = [
        (vec![good, Step { rows: 0, ..good }], 1, 1),
        (vec![Step { a: beyond, ..good }, good], 2, 1),
        // The next step's weights are there when the list ends.
        (vec![Step { b: beyond, ..good }, good], 2, 1),
        (vec![Step { y: beyond, ..good }, good], 4, 1),
        (vec![good, Step { a: beyond, y: beyond, ..good }, good], 6, 2),
        (vec![good, Step { keeps: 1, rows: 4, ..good }], 1, 1),
    ];
    for (steps, error, done) in failures {
        let ended = layer.list(&steps);
        assert_eq!((ended.error, ended.steps), (error, done), "{steps:?}");
        let again = layer.list(&[good]);
        assert!(again.cycles.abs_diff(first.cycles) <= 30);
        assert_eq!(Ended { cycles: first.cycles, ..again }, first);
    }
}

/// A memory and a processor in front of the block's AXI ports.
struct Processor {
    simulator: Compiled,
    memory: Vec<u8>,
    /// Beats that are still to be read: ID, address, and whether it is the last of its burst.
    reads: VecDeque<(u64, u64, bool)>,
    /// Where data of the bursts of writes goes.
    writes: VecDeque<u64>,
    /// Bursts of writes that are to be answered.
    responses: u32,
    registers: Registers,
}

impl Processor {
    fn new(text: &str) -> Processor {
        let Mode { block, .. } = described("meadow_decoder_layer", text);
        let netlist = elaborate(&*block).expect("it elaborates");
        let mut simulator = Compiled::new(&netlist, Options::default()).expect("it simulates");
        let reset = simulator.port("rst_n").expect("it has a reset");
        simulator.tick();
        simulator.poke_u64(reset, 1);
        let registers = Registers::new(&Params { host: Host::Axi, ..Params::default() });
        let mut processor = Processor {
            simulator,
            memory: vec![0; 4096],
            reads: VecDeque::new(),
            writes: VecDeque::new(),
            responses: 0,
            registers,
        };
        for port in ["m_axi_arready", "m_axi_awready", "s_axi_bready", "s_axi_rready"] {
            processor.poke(port, 1);
        }
        processor
    }

    fn poke(&mut self, port: &str, value: u64) {
        let port = self.simulator.port(port).expect("the port is there");
        self.simulator.poke_u64(port, value);
    }

    fn peek(&mut self, port: &str) -> u64 {
        let port = self.simulator.port(port).expect("the port is there");
        self.simulator.peek_u64(port)
    }

    /// A cycle, in which memory answers.
    fn cycle(&mut self) {
        let next = self.reads.pop_front();
        self.poke("m_axi_rvalid", next.is_some().into());
        if let Some((id, address, is_last)) = next {
            let bytes = &self.memory[address as usize..][..8];
            let word = bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
            self.poke("m_axi_rid", id);
            self.poke("m_axi_rdata", word);
            self.poke("m_axi_rlast", is_last.into());
        }
        if self.peek("m_axi_arvalid") == 1 {
            let [id, address, last] = ["id", "addr", "len"].map(|name| self.peek(&format!("m_axi_ar{name}")));
            self.reads.extend((0..=last).map(|beat| (id, address + 8 * beat, beat == last)));
        }
        if self.peek("m_axi_awvalid") == 1 {
            let address = self.peek("m_axi_awaddr");
            self.writes.push_back(address);
        }
        self.poke("m_axi_wready", (!self.writes.is_empty()).into());
        if self.peek("m_axi_wvalid") == 1 && !self.writes.is_empty() {
            self.store();
        }
        self.poke("m_axi_bvalid", (self.responses > 0).into());
        self.responses -= u32::from(self.responses > 0 && self.peek("m_axi_bready") == 1);
        self.simulator.tick();
    }

    /// Writes a beat.
    fn store(&mut self) {
        let data = self.peek("m_axi_wdata").to_le_bytes();
        let strobes = self.peek("m_axi_wstrb");
        let address = self.writes[0];
        for lane in (0..8).filter(|lane| strobes >> lane & 1 == 1) {
            self.memory[address as usize + lane] = data[lane];
        }
        self.writes[0] += 8;
        if self.peek("m_axi_wlast") == 1 {
            self.writes.pop_front();
            self.responses += 1;
        }
    }

    fn set(&mut self, field: FieldRef, data: u64) -> u64 {
        let address = self.registers.map.address(field).into();
        for port in ["s_axi_awvalid", "s_axi_wvalid"] {
            self.poke(port, 1);
        }
        self.poke("s_axi_awaddr", address);
        self.poke("s_axi_wdata", data);
        self.poke("s_axi_wstrb", 15);
        self.cycle();
        for port in ["s_axi_awvalid", "s_axi_wvalid"] {
            self.poke(port, 0);
        }
        while self.peek("s_axi_bvalid") == 0 {
            self.cycle();
        }
        let response = self.peek("s_axi_bresp");
        self.cycle();
        response
    }

    fn get(&mut self, field: FieldRef) -> u64 {
        let address = self.registers.map.address(field).into();
        self.poke("s_axi_arvalid", 1);
        self.poke("s_axi_araddr", address);
        self.cycle();
        self.poke("s_axi_arvalid", 0);
        while self.peek("s_axi_rvalid") == 0 {
            self.cycle();
        }
        let data = self.peek("s_axi_rdata");
        self.cycle();
        data
    }
}

#[test]
fn a_processor_starts_a_list_and_is_interrupted() {
    let mut processor = Processor::new("tokens=1 d_head=8 inner=8 keys=4 row_length=8 token_words=4");
    let copy = Step { rows: 2, inner: 8, a: matrix(512, 16), y: matrix(1024, 32), ..rows(2, 8, 0, 0, 1, 0) };
    processor.memory[256..][..128].copy_from_slice(&list(&[copy]));
    processor.memory[512..544].copy_from_slice(&(1..33).collect::<Vec<u8>>());
    let Registers { start, list, busy, steps, done, enable, .. } = Registers::new(&Params::default());
    assert_eq!(
        [(list, 256), (enable, 1), (start, 1)].map(|(field, data)| processor.set(field, data)),
        [0; 3]
    );
    assert_eq!(processor.get(busy), 1);
    assert_eq!(processor.set(start, 1), 2, "a list is at work");
    for _ in 0..1000 {
        processor.cycle();
    }
    assert_eq!(processor.peek("irq"), 1);
    assert_eq!([busy, steps, done].map(|field| processor.get(field)), [0, 1, 1]);
    assert_eq!(processor.set(done, 1), 0);
    assert_eq!(processor.peek("irq"), 0);
    let copied = [&processor.memory[1024..1040], &processor.memory[1056..1072]].concat();
    assert_eq!(copied, (1..33).collect::<Vec<u8>>());
    assert!(processor.simulator.violations().is_empty(), "{:?}", processor.simulator.violations());
}
