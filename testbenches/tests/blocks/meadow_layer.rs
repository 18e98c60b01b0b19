//! MEADOW's layer: the cycles of steps, lists behind lists that failed, packed weights, and the port that a processor sees.

use crate::modes::{Mode, described};
use crate::run::Run;
use blocks::block::elaborate;
use blocks::meadow::meadow_decoder_layer::step::{Kind, Matrix, Step};
use blocks::meadow::meadow_decoder_layer::{Host, Params, Registers};
use blocks::meadow::packing::{Choice, Dictionaries, Options as Packing, Rows, Shape, pack};
use fastrand::Rng;
use hdl::{Bits, Encoded};
use parts::registers::FieldRef;
use sim::{Compiled, Options, Simulator};
use std::collections::VecDeque;

/// Four tokens, tiles of 32 columns, 8 bytes in a beat.
pub const LAYER: &str =
    "tokens=4 d_head=32 inner=256 keys=64 row_length=256 token_words=512 host=stream memory_words=65536";

/// Where matrices are.
pub const A: u64 = 0x1000;
pub const KEYS: u64 = 0x4000;
const VALUES: u64 = 0x6000;
pub const Y: u64 = 0x8000;
const SECOND: u64 = 0x1_0000;
pub const WEIGHTS: u64 = 0x2_0000;

pub fn matrix(address: u64, stride: u64) -> Matrix<u64> {
    Matrix { address, stride }
}

pub fn product(rows: u64, inner: u64, columns: u64) -> Step<u64> {
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

pub fn rows(rows: u64, inner: u64, operation: u64, norm: u64, first: u64, second: u64) -> Step<u64> {
    let (a, b, c) = (matrix(A, 2 * inner), matrix(KEYS, 2 * inner), matrix(Y, 0));
    let (y, d) = (matrix(Y, 2 * inner), matrix(SECOND, inner));
    let kind = Kind::Rows.code() as u64;
    let step = Step { kind, operation, norm, first, second, a, b, c, y, d, ..Step::default() };
    Step { rows, inner, columns: inner, multiplier: 1, ..step }
}

/// How a list ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Ended {
    pub error: u64,
    pub steps: u64,
    pub cycles: u64,
    pub read: u64,
    pub written: u64,
}

/// The layer with its memory.
pub struct Layer {
    run: Run,
    answers: usize,
}

impl Layer {
    pub fn new(parameters: &str) -> Layer {
        Layer { run: Run::new("meadow_decoder_layer", parameters), answers: 0 }
    }

    fn command(&mut self, run: bool, write: bool, address: u64, data: u64) {
        let bits = |value: u64, width: u32| Bits::truncated(value.into(), width);
        let beat = vec![bits(run.into(), 1), bits(write.into(), 1), bits(address, 32), bits(data, 64)];
        self.run.pending[0].push_back(beat);
    }

    /// Runs a list of steps.
    pub fn list(&mut self, steps: &[Step<u64>]) -> Ended {
        self.write(0, &list(steps));
        self.command(true, false, 0, 0);
        let beat = self.answer();
        let [error, steps, cycles, read, written] = [1, 2, 3, 4, 5].map(|field| beat[field].to_u64());
        Ended { error, steps, cycles, read, written }
    }

    /// Writes whole words.
    pub fn write(&mut self, address: u64, bytes: &[u8]) {
        for (place, word) in (0..).zip(bytes.chunks(8)) {
            let word = word.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
            self.command(false, true, address + 8 * place, word);
        }
        while !self.run.pending[0].is_empty() {
            self.run.cycle(&[]);
        }
    }

    /// Reads words.
    pub fn read(&mut self, address: u64, words: u64) -> Vec<u64> {
        let word = |place| {
            self.command(false, false, address + 8 * place, 0);
            self.answer()[0].to_u64()
        };
        (0..words).map(word).collect()
    }

    fn answer(&mut self) -> Vec<Bits> {
        self.answers += 1;
        self.run.until(0, self.answers, &[]);
        self.run.answers[0][self.answers - 1].1.clone()
    }
}

/// The bytes of a list.
pub fn list(steps: &[Step<u64>]) -> Vec<u8> {
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
    let of_48 = |cycles| (vec![product(48, 256, 256)], cycles, 10_000, 1536);
    let of_36 = |cycles| (vec![product(36, 256, 256)], cycles, 9616, 1152);
    let layers = [
        ("", cases.into()),
        ("groups=2", vec![of_48(14_689), of_36(12_463)]),
        ("groups=2 lends=true", vec![of_48(11_107)]),
        ("groups=2 split_k=2", vec![of_48(14_663), of_36(11_562)]),
    ];
    for (parameters, cases) in layers {
        let mut layer = Layer::new(&format!("{LAYER} {parameters}"));
        for (steps, cycles, read, written) in cases {
            let ended = layer.list(&steps);
            // Memory answers in random order, so some cycles may differ.
            assert!(ended.cycles.abs_diff(cycles) <= 30 + cycles / 100, "{steps:?}: {ended:?}");
            let (steps, cycles) = (steps.len() as u64, ended.cycles);
            assert_eq!(ended, Ended { error: 0, steps, cycles, read, written });
        }
    }
}

/// Each column's bias is its number, and all products are 0. Tiles of few rows come faster than the results of 8 groups leave.
#[test]
fn tiles_of_few_rows_have_the_tables_of_their_own() {
    let (rows, columns) = (8, 80);
    for split_k in [1, 2] {
        let mut layer = Layer::new(&format!(
            "tokens=1 groups=8 split_k={split_k} d_head=8 inner=8 keys=4 row_length=8 token_words=8 host=stream memory_words=32768"
        ));
        let tile_rows = |row: u64| (0..columns / 8).map(move |tile| 8 * tile + row);
        let record = |column: u64| column | 1 << 32;
        let table: Vec<u8> =
            (0..8).flat_map(tile_rows).flat_map(|column| record(column).to_le_bytes()).collect();
        layer.write(A, &[0; 64]);
        layer.write(WEIGHTS, &[table, vec![0; 8 * columns as usize]].concat());
        for inner in 1..4 {
            assert_eq!(layer.list(&[product(rows, inner, columns)]).error, 0);
            let results = layer.read(Y, rows * columns / 8);
            let bytes: Vec<u8> = results.iter().flat_map(|word| word.to_le_bytes()).collect();
            let expected: Vec<u8> = (0..rows).flat_map(|_| 0..columns as u8).collect();
            assert_eq!(bytes, expected, "split_k={split_k} inner={inner}");
        }
    }
}

#[test]
fn a_list_behind_one_that_failed_runs_as_if_it_were_the_first() {
    let mut layer = Layer::new(LAYER);
    let good = product(5, 100, 64);
    let first = layer.list(&[good]);
    let beyond = matrix(0x10_0000, 64);
    let alone = Step { rows: 1, ..good };
    let failures = [
        (vec![good, Step { rows: 0, ..good }], 1, 1),
        (vec![Step { a: beyond, ..good }, good], 2, 1),
        // The next step's weights are there when the list ends.
        (vec![Step { b: beyond, ..good }, good], 2, 1),
        (vec![Step { y: beyond, ..good }, good], 4, 1),
        (vec![good, Step { a: beyond, y: beyond, ..good }, good], 6, 2),
        (vec![good, Step { keeps: 1, rows: 4, ..good }], 1, 1),
        // Memory has no container; with a step behind whose weights are there, or a container that waits.
        (vec![Step { packed: 1, ..good }, good], 2, 1),
        (vec![Step { packed: 1, y: beyond, ..good }, good], 6, 1),
        (vec![good, Step { packed: 1, b: matrix(0x10_0000, 200), ..good }], 2, 2),
        (vec![Step { a: beyond, ..good }, Step { packed: 1, ..good }], 2, 1),
        (vec![good, Step { packed: 1, b: matrix(WEIGHTS, 1 << 24), ..good }], 1, 1),
        (vec![Step { packed: 1, b: matrix(WEIGHTS, 0), ..good }], 1, 0),
        (vec![Step { packed: 1, ..rows(1, 8, 0, 0, 1, 0) }], 1, 0),
        // Sparse products are of one token that is loaded, with weights that are not packed.
        (vec![Step { sparse: 1, ..good }], 1, 0),
        (vec![Step { sparse: 1, packed: 1, ..alone }], 1, 0),
        (vec![alone, Step { sparse: 1, keeps: 1, ..alone }], 1, 1),
        (vec![Step { sparse: 1, ..attention(1, 100, 8, 0) }], 1, 0),
        (vec![Step { sparse: 1, ..rows(1, 8, 0, 0, 1, 0) }], 1, 0),
        (vec![Step { sparse: 1, a: beyond, ..alone }, good], 2, 1),
        (vec![Step { sparse: 1, b: beyond, ..alone }, good], 2, 1),
        (vec![good, Step { sparse: 1, y: beyond, ..alone }, good], 4, 2),
        (vec![Step { sparse: 1, b: beyond, ..alone }, Step { sparse: 1, ..alone }], 2, 1),
    ];
    for (steps, error, done) in failures {
        let ended = layer.list(&steps);
        assert_eq!((ended.error, ended.steps), (error, done), "{steps:?}");
        let again = layer.list(&[good]);
        assert!(again.cycles.abs_diff(first.cycles) <= 30);
        assert_eq!(Ended { cycles: first.cycles, ..again }, first);
    }
}

/// Tiles of weights as trained ones are distributed: a normal distribution, with a standard deviation of 5.
fn tiles(rng: &mut Rng, d_head: usize, inner: usize, count: usize) -> Vec<u8> {
    let tile = |_| {
        let mut tile: Vec<u8> =
            (0..d_head).flat_map(|_| [rng.u8(..), rng.u8(..), 0, 0, 0, 128, 20, 0]).collect();
        // Of 100 bits.
        let weight = |_| (rng.u128(..1 << 100).count_ones() as u8).wrapping_sub(50);
        tile.extend((0..d_head * inner).map(weight));
        tile
    };
    (0..count).flat_map(tile).collect()
}

/// Tiles side by side, as the rows of a matrix.
fn side_by_side(tiles: &[u8], d_head: usize, inner: usize) -> Vec<u8> {
    let rows = inner + 8;
    let row = |row: usize| {
        tiles.chunks(rows * d_head).flat_map(move |tile| tile[row * d_head..][..d_head].to_vec())
    };
    (0..rows).flat_map(row).collect()
}

/// The container of tiles.
fn packed(tiles: &[u8], d_head: usize, choice: Choice) -> Vec<u8> {
    let shape = Shape::of(tiles.len() / d_head, d_head, Rows::Outputs).expect("it is legal");
    let options = Packing { choice, lanes: 8, classes: 1, dictionaries: Dictionaries::default() };
    let packed = pack(tiles, shape, &options).expect("it is legal");
    assert_eq!(packed.refused, None);
    packed.bytes
}

#[test]
fn packed_weights_take_fewer_cycles() {
    let rng = &mut Rng::with_seed(1);
    let tiles = tiles(rng, 32, 256, 8);
    let matrix_bytes = side_by_side(&tiles, 32, 256);
    let container = packed(&tiles, 32, Choice::Huffman);
    assert_eq!((tiles.len(), container.len()), (67_584, 38_656));
    let tokens: Vec<u8> = (0..48 * 256).map(|_| rng.u8(..)).collect();
    let mut layer = Layer::new(&format!("{LAYER} memory_rate=40"));
    layer.write(A, &tokens);
    let words = 48 * 256 / 8;
    // Rows, and the cycles without packing and with it.
    for (rows, cycles) in [(48, [75_861, 52_898]), (1, [54_842, 31_940])] {
        let step = product(rows, 256, 256);
        layer.write(WEIGHTS, &matrix_bytes);
        let plain = layer.list(&[step]);
        let results = layer.read(Y, words);
        layer.write(Y, &vec![0; 8 * words as usize]);
        layer.write(WEIGHTS, &container);
        let b = matrix(WEIGHTS, container.len() as u64);
        let with_container = layer.list(&[Step { packed: 1, b, ..step }]);
        assert_eq!(layer.read(Y, 32 * rows), results[..32 * rows as usize]);
        for (ended, cycles) in [plain, with_container].into_iter().zip(cycles) {
            assert_eq!((ended.error, ended.steps), (0, 1));
            assert!(ended.cycles.abs_diff(cycles) <= cycles / 100, "{ended:?}");
        }
    }
}

/// A token of 256 elements, of which `count` are not 0: the first one, the last one, and some between; or one within.
fn sparse_token(count: usize) -> Vec<u8> {
    let mut token = vec![0; 256];
    for number in 0..count {
        token[(255 * number).checked_div(count - 1).unwrap_or(100)] = number as u8 | 1;
    }
    token
}

#[test]
fn a_sparse_product_reads_the_rows_of_elements_that_are_not_0() {
    let rng = &mut Rng::with_seed(1);
    let weights = side_by_side(&tiles(rng, 32, 256, 8), 32, 256);
    let step = product(1, 256, 256);
    // Beats of memory in 256 cycles; of each number of elements that are not 0 the cycles.
    let cases = [
        (512, vec![(256, 9145), (128, 4776), (26, 1324), (1, 493), (0, 497)]),
        (40, vec![(128, 28_524), (26, 7518)]),
    ];
    for (rate, cases) in cases {
        let mut layer = Layer::new(&format!("{LAYER} memory_rate={rate}"));
        layer.write(WEIGHTS, &weights);
        for (count, cycles) in cases {
            layer.write(A, &sparse_token(count));
            let sparse = layer.list(&[Step { sparse: 1, ..step }]);
            // The list, the token, and of each tile the table and the rows.
            let read = 16 + 32 + 8 * 4 * (8 + count.max(1) as u64);
            assert!(sparse.cycles.abs_diff(cycles) <= 30 + cycles / 100, "{rate}, {count}: {sparse:?}");
            assert_eq!(sparse, Ended { error: 0, steps: 1, cycles: sparse.cycles, read, written: 32 });
            if rate == 512 {
                let results = layer.read(Y, 32);
                layer.write(Y, &[0; 256]);
                layer.list(&[step]);
                assert_eq!(layer.read(Y, 32), results);
            }
        }
    }
}

#[test]
fn tokens_are_not_kept_from_list_to_list() {
    let mut layer = Layer::new(LAYER);
    let step = product(1, 256, 32);
    assert_eq!(layer.list(&[step, Step { keeps: 1, ..step }]).error, 0);
    let Ended { error, steps, .. } = layer.list(&[Step { keeps: 1, ..step }]);
    assert_eq!((error, steps), (1, 0));
}

#[test]
fn rows_that_are_left_out_need_not_be_there() {
    let mut layer = Layer::new(LAYER);
    // Of 264 rows with the table, memory has the first 108.
    let step = Step { b: matrix((65_536 * 8) - 108 * 256, 256), sparse: 1, ..product(1, 256, 256) };
    let mut token = vec![0; 256];
    token[99] = 1;
    layer.write(A, &token);
    assert_eq!(layer.list(&[step, step]).error, 0);
    token[100] = 1;
    layer.write(A, &token);
    let Ended { error, steps, .. } = layer.list(&[step, step]);
    assert_eq!((error, steps), (2, 1));
    token[100] = 0;
    layer.write(A, &token);
    assert_eq!(layer.list(&[step, step]).error, 0);
}

#[test]
fn every_wrong_byte_of_a_container_is_an_error() {
    let parameters = "tokens=1 d_head=8 inner=16 keys=4 row_length=8 token_words=4 unpacker=all host=stream memory_words=512";
    let mut layer = Layer::new(parameters);
    let (a, y, weights) = (0x100, 0x200, 0x300);
    for choice in [Choice::Raw, Choice::Huffman] {
        let mut container = packed(&tiles(&mut Rng::with_seed(1), 8, 16, 2), 8, choice);
        let b = matrix(weights, container.len() as u64);
        let good = Step { a: matrix(a, 16), b, y: matrix(y, 16), packed: 1, ..product(1, 16, 16) };
        layer.write(weights, &container);
        let first = layer.list(&[good, good]);
        assert_eq!((first.error, first.steps), (0, 2));
        let results = layer.read(y, 2);
        for place in 0..container.len() {
            container[place] ^= 1 << (place % 8);
            layer.write(weights, &container);
            let ended = layer.list(&[good, good]);
            assert_eq!((ended.error, ended.steps), (2, 1), "{choice:?}, byte {place}");
            container[place] ^= 1 << (place % 8);
            layer.write(weights, &container);
            if place % 32 == 0 {
                let again = layer.list(&[good, good]);
                assert_eq!((again.error, again.steps, layer.read(y, 2)), (0, 2, results.clone()));
            }
        }
    }
}

/// A memory and a processor in front of the block's AXI ports.
pub struct Processor {
    simulator: Compiled,
    pub memory: Vec<u8>,
    /// Beats that are still to be read: ID, address, and whether it is the last of its burst.
    reads: VecDeque<(u64, u64, bool)>,
    /// Where data of the bursts of writes goes.
    writes: VecDeque<u64>,
    /// Bursts of writes that are to be answered.
    responses: u32,
    registers: Registers,
}

impl Processor {
    pub fn new(text: &str) -> Processor {
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

    /// No assertion has failed.
    pub fn check(&self) {
        assert!(self.simulator.violations().is_empty(), "{:?}", self.simulator.violations());
    }

    /// A cycle, in which memory answers.
    pub fn cycle(&mut self) {
        let next = self.reads.front().copied();
        self.poke("m_axi_rvalid", next.is_some().into());
        if let Some((id, address, is_last)) = next {
            let bytes = &self.memory[address as usize..][..8];
            let word = bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
            self.poke("m_axi_rid", id);
            self.poke("m_axi_rdata", word);
            self.poke("m_axi_rlast", is_last.into());
        }
        if next.is_some() && self.peek("m_axi_rready") == 1 {
            self.reads.pop_front();
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

    pub fn set(&mut self, field: FieldRef, data: u64) -> u64 {
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

    pub fn get(&mut self, field: FieldRef) -> u64 {
        self.read(self.registers.map.address(field).into())
    }

    /// Reads the register at an address.
    pub fn read(&mut self, address: u64) -> u64 {
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
    processor.check();
}
