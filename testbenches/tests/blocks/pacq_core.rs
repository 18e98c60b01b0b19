//! PacQ's core: the cycles of the page, and products that are aborted at any time. Every answer that does not depend on
//! time is compared with the golden model.

use crate::run::Run;
use blocks::block::elaborate;
use blocks::channel::Ports;
use blocks::pacq::pacq_core::{Host, HostKind, Job, Machine, Matrix, Outcome, Params, Registers};
use blocks::pacq::pacq_tile;
use fastrand::Rng;
use hdl::{Bits, Bundle, Encoded};
use parts::registers::FieldRef;

/// Bits of CONTROL.
const START: u32 = 1;
const ABORT: u32 = 2;
/// More cycles than a product takes.
const FOR_EVER: u32 = u32::MAX;

/// The core with its memory, and its golden model.
struct Core {
    run: Run,
    answers: usize,
    machine: Machine,
    registers: Registers,
    params: Params,
}

impl Core {
    fn new(params: Params) -> Core {
        Core {
            run: Run::of(&elaborate(&params).expect("it elaborates"), params.interface()),
            answers: 0,
            machine: Machine::new(&params),
            registers: Registers::new(&params),
            params,
        }
    }

    /// Does a command; returns the word of its answer, if it has one.
    fn command(&mut self, kind: HostKind, address: u32, data: Bits) -> Option<Bits> {
        let widths = self.params.command();
        let kind = Bits::truncated(kind.code(), widths.kind);
        let beat = vec![kind, Bits::truncated(address.into(), widths.address), data];
        let expected = self.machine.command(&beat);
        self.run.pending[0].push_back(beat);
        while !self.run.pending[0].is_empty() {
            self.run.cycle(&[]);
        }
        let (word, response) = expected?;
        self.answers += 1;
        self.run.until(0, self.answers, &[]);
        let answer = self.run.answers[0][self.answers - 1].1.clone();
        assert_eq!(answer[1].to_u64(), response.code() as u64, "response");
        if let Some(word) = word {
            assert_eq!(answer[0], word, "answer");
        }
        Some(answer[0].clone())
    }

    fn word(&self, word: u32) -> Bits {
        Bits::truncated(word.into(), self.params.bus_bits())
    }

    fn set(&mut self, field: FieldRef, value: u32) {
        self.command(HostKind::WriteRegister, self.registers.map.address(field), self.word(value));
    }

    fn get(&mut self, field: FieldRef) -> u32 {
        let address = self.registers.map.address(field);
        let word = self.command(HostKind::ReadRegister, address, self.word(0)).expect("a read is answered");
        word.slice(31, 0).to_u64() as u32
    }

    fn wait(&mut self, cycles: u32) {
        self.command(HostKind::Wait, 0, self.word(cycles));
    }

    /// Tells the core of a product, and starts it.
    fn start(&mut self, job: &Job<u64>) {
        let fields = self.registers.job.members().into_iter().zip(job.members());
        fields.for_each(|((_, field), (_, value))| self.set(field, value as u32));
        self.set(self.registers.enable, 1);
        self.set(self.registers.done, 1);
        self.set(self.registers.start, START);
    }

    /// How the last product ended.
    fn outcome(&mut self) -> Outcome {
        Outcome::from_code((self.get(self.registers.outcome) >> 1).into()).expect("it is a code")
    }

    /// Writes all of an image to memory.
    fn fill(&mut self, image: &[u8]) {
        let bytes = self.params.bytes() as usize;
        for (place, word) in image.chunks(bytes).enumerate() {
            let lanes = word.iter().rev().map(|byte| Bits::truncated((*byte).into(), 8)).collect::<Vec<_>>();
            let word = Bits::concat(&lanes);
            let data = Bits::concat(&[Bits::zero(8 * (bytes - lanes.len()) as u32 + 8), word]);
            let data = data.slice(self.params.bus_bits() - 1, 0);
            self.command(HostKind::WriteMemory, (place * bytes) as u32, data);
        }
    }

    /// Reads the rows of C: the golden model compares them.
    fn look_at_c(&mut self, job: &Job<u64>) {
        let bytes = u64::from(self.params.bytes());
        let end =
            job.c.address + (job.m - 1) * job.c.stride + job.n * u64::from(self.params.result_bits() / 8);
        for word in job.c.address / bytes..end.div_ceil(bytes) {
            self.command(HostKind::ReadMemory, (word * bytes) as u32, self.word(0));
        }
    }

    /// Runs a product to its end; returns its cycles, and its stalls by A, B and C.
    fn run(&mut self, job: &Job<u64>) -> [u32; 4] {
        self.start(job);
        self.wait(FOR_EVER);
        assert_eq!(self.outcome(), Outcome::Done);
        let counts = &self.registers.counts;
        let [read, written] = [counts.read_beats, counts.written_beats];
        let fields = [counts.cycles, counts.stall_a, counts.stall_b, counts.stall_c];
        for field in [read, written] {
            self.get(field);
        }
        fields.map(|field| self.get(field))
    }
}

/// A core of 16 x `terms` bits with a memory of so many words.
fn params(tile: pacq_tile::Params, memory_words: u32) -> Params {
    Params { tile, host: Host::Stream, memory_words: Some(memory_words), ..Params::default() }
}

/// Matrices one after the other, of random numbers, and the memory that has them.
fn layer(params: &Params, [m, n, k, group]: [u64; 4]) -> (Job<u64>, Vec<u8>) {
    let lanes = u64::from(params.tile.shape().lanes());
    let groups = if group == 0 { 1 } else { k.div_ceil(group) };
    let mut rng = Rng::with_seed(1);
    let mut image: Vec<u8> = vec![];
    let mut matrix = |rows: u64, stride: u64, byte: &mut dyn FnMut(usize) -> u8| {
        let address = image.len() as u64;
        image.extend((0..(rows * stride) as usize).map(byte));
        Matrix { address, stride }
    };
    // The upper byte of an FP16 number between 1/4 and 4 in magnitude, or of a scale of about 1/64.
    let a = matrix(m, 2 * k, &mut |place| if place % 2 == 1 { 0x34 + rng.u8(..13) } else { rng.u8(..) });
    let b = matrix(k, 2 * n.div_ceil(lanes), &mut |_| rng.u8(..));
    let scales = matrix(groups, 2 * n, &mut |place| if place % 2 == 1 { 0x24 } else { rng.u8(..) });
    let zeros = matrix(groups, n, &mut |_| rng.u8(..16));
    let c = matrix(m, n * u64::from(params.result_bits() / 8), &mut |_| 0);
    (Job { m, n, k, group, a, b, scales, zeros, c }, image)
}

/// So many cycles, but for those that depend on the order in which memory answers.
fn is_about(found: u32, expected: u32) -> bool {
    found.abs_diff(expected) <= 60 + expected / 100
}

#[test]
fn a_layer_takes_the_cycles_of_the_page() {
    let tile = pacq_tile::Params { terms: 8, trees: 4, ..pacq_tile::Params::default() };
    let params = params(tile, 1 << 12);
    let (job, image) = layer(&params, [64, 96, 80, 32]);
    let mut core = Core::new(params);
    core.fill(&image);
    let found = core.run(&job);
    core.look_at_c(&job);
    let of_page = [6302, 840, 544, 0];
    assert!(found.iter().zip(of_page).all(|(found, cycles)| is_about(*found, cycles)), "{found:?}");
}

/// At whatever time a product is aborted, nothing of it is left: the next one has the results and the counts of its own.
#[test]
fn a_product_is_right_behind_one_that_was_aborted() {
    let tile = pacq_tile::Params { trees: 4, max_group: 32, ..pacq_tile::Params::default() };
    let params = Params { rows: 32, max_k: 32, columns: 8, memory_rate: Some(200), ..params(tile, 1 << 10) };
    let (job, image) = layer(&params, [40, 20, 20, 16]);
    let (next, _) = layer(&params, [40, 20, 20, 16]);
    let mut core = Core::new(params);
    core.fill(&image);
    let [cycles, ..] = core.run(&next);
    let mut aborted = 0;
    for time in (0..cycles).step_by(61) {
        core.start(&job);
        core.wait(time);
        core.set(core.registers.abort, ABORT);
        core.wait(FOR_EVER);
        let outcome = core.outcome();
        assert!(matches!(outcome, Outcome::Aborted | Outcome::Done), "after {time} cycles: {outcome:?}");
        aborted += u32::from(outcome == Outcome::Aborted);
        assert_eq!(core.get(core.registers.busy) & 1, 0);
        core.run(&next);
        core.look_at_c(&next);
    }
    assert!(aborted > cycles / 61 / 2, "{aborted} of {} were aborted", cycles / 61);
}
