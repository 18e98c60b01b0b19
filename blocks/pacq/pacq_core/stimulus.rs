//! Random products in a memory, with what goes wrong, and the coverage points that they reach.

use super::host::HostKind;
use super::job::{Job, Matrix, Outcome};
use super::model::{Ended, Machine, Phase, REST};
use super::params::{Host, Params};
use super::registers::Registers;
use crate::common::float_stimulus::{corner_weighted, normal, truncated};
use crate::common::lanes::joined;
use crate::common::registers::{self, accesses};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::{Bits, Bundle, Encoded};
use parts::float::FloatFormat;
use parts::registers::{FieldRef, Response};
use std::ops::Range;

const FP16: FloatFormat = FloatFormat::FP16;
/// More cycles than any product of a test takes.
const FOR_EVER: u32 = u32::MAX;
/// An address that no memory of a test has.
const NOWHERE: u64 = 0xf000_0000;

impl Stimulus for Params {
    /// Two products of random sizes, the first of which may go wrong.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let name = match self.host {
            Host::Stream => "random products",
            Host::Axi => "random accesses to registers",
        };
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let registers = Registers::new(&params);
            match params.host {
                Host::Stream => products(&params, index, &mut rng, &mut |beat| emit(0, beat)),
                Host::Axi => accesses(&registers.map, registers.start, &mut rng, emit),
            }
        };
        Space { name: name.into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        match self.host {
            // Longer than the longest command, which waits until the core is at rest.
            Host::Stream => u64::from(REST),
            Host::Axi => 10,
        }
    }

    fn coverage(&self) -> Coverage<'_> {
        match self.host {
            Host::Stream => Coverage::new(POINTS, Observer(Machine::new(self))),
            Host::Axi => Coverage::of_beats(registers::POINTS, |_, hit| hit(0)),
        }
    }
}

/// The place of C among the matrices.
const C: usize = 4;

/// What goes wrong with a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Nothing,
    Size,
    Group,
    /// An operand or C is out of place, from a row on.
    Place(usize),
    Abort,
    AbortAtSomeTime,
    Reset,
}

/// In turn, so that few cases have met all.
fn wrong(index: u64, rng: &mut Rng) -> Wrong {
    match index % 9 {
        1 => Wrong::Abort,
        2 => Wrong::Place(rng.usize(..4)),
        3 => Wrong::Size,
        4 => Wrong::Place(C),
        5 => Wrong::Reset,
        6 => Wrong::Group,
        8 => Wrong::AbortAtSomeTime,
        _ => Wrong::Nothing,
    }
}

/// A product that goes wrong or not, and one that must not hear of it.
fn products(params: &Params, index: u64, rng: &mut Rng, send: &mut dyn FnMut(&[Bits])) {
    let registers = Registers::new(params);
    let mut host = Commands { params, registers: &registers, send };
    let wrong = wrong(index, rng);
    if wrong != Wrong::Nothing {
        let scene = Scene::new(params, rng);
        host.product(&scene, wrong, rng);
    }
    let scene = Scene::new(params, rng);
    host.product(&scene, Wrong::Nothing, rng);
}

/// Matrices in memory.
struct Scene {
    job: Job<u64>,
    /// The bytes of each operand and of C, and what they are.
    places: [Range<usize>; 5],
    /// From address 0 on.
    image: Vec<u8>,
}

/// Sizes, of which the most common are small.
fn sizes(params: &Params, rng: &mut Rng) -> [u64; 4] {
    let block = params.block_columns();
    let m = match rng.u8(..8) {
        0 => rng.u32(params.rows + 1..params.rows + 8),
        1 => 16,
        2 => rng.u32(17..=params.rows),
        _ => rng.u32(1..16),
    };
    let n = match rng.u8(..8) {
        0 => rng.u32(params.strip() + 1..params.strip() + 9),
        1 => block,
        2 => rng.u32(block + 1..=2 * block),
        _ => rng.u32(1..block),
    };
    let most = params.max_k.min(48);
    let k = match rng.u8(..4) {
        0 => params.max_k.min(params.tile.max_group),
        1 => 16,
        _ => rng.u32(1..=most),
    };
    let k = if rng.bool() { k } else { k.min(20) };
    let group = [0, 16, 32][rng.usize(..3)];
    let is_long = group == 0 && k > params.tile.max_group;
    [m, n, k, if is_long { 16 } else { group }].map(u64::from)
}

impl Scene {
    /// Matrices that fit the memory.
    fn new(params: &Params, rng: &mut Rng) -> Scene {
        loop {
            if let Some(scene) = Scene::try_new(params, rng) {
                return scene;
            }
        }
    }

    fn try_new(params: &Params, rng: &mut Rng) -> Option<Scene> {
        let [m, n, k, group] = sizes(params, rng);
        let shape = params.tile.shape();
        let groups = if group == 0 { 1 } else { k.div_ceil(group) };
        let of_groups = n.div_ceil(shape.group_n.into());
        let results = n * u64::from(params.result_bits() / 8);
        // Rows and bytes of a row.
        let matrices = [
            (m, 2 * k),
            (k, 2 * n.div_ceil(shape.lanes().into())),
            (groups, 2 * of_groups),
            (groups, of_groups),
            (m, results),
        ];
        let mut end = rng.u64(..u64::from(params.bytes()));
        let mut place = |(rows, row_bytes): (u64, u64)| {
            let stride = row_bytes + [0, 0, rng.u64(..9)][rng.usize(..3)];
            let matrix = Matrix { address: end, stride };
            let bytes = end as usize..(end + (rows - 1) * stride + row_bytes) as usize;
            end = bytes.end as u64 + [0, rng.u64(..9)][rng.usize(..2)];
            (matrix, bytes)
        };
        let [a, b, scales, zeros, c] = matrices.map(&mut place);
        let size = params.ram().words as usize * params.bytes() as usize;
        if c.1.end > size {
            return None;
        }
        let image_end = c.1.end.next_multiple_of(params.bytes() as usize);
        let mut image: Vec<u8> = (0..image_end).map(|_| rng.u8(..)).collect();
        let kind = rng.u8(..4);
        fill(&mut image[a.1.clone()], || activation(kind, rng));
        fill(&mut image[scales.1.clone()], || truncated(FP16, normal(rng) as f32 * 0.02) as u16);
        let job = Job { m, n, k, group, a: a.0, b: b.0, scales: scales.0, zeros: zeros.0, c: c.0 };
        Some(Scene { job, places: [a.1, b.1, scales.1, zeros.1, c.1], image })
    }

    /// The same with a matrix out of place: from its second row on, if it has several.
    fn misplaced(&self, place: usize, rng: &mut Rng) -> Job<u64> {
        let mut job = self.job;
        let matrices = [&mut job.a, &mut job.b, &mut job.scales, &mut job.zeros, &mut job.c];
        let matrix = matrices.into_iter().nth(place).expect("one of five");
        match rng.bool() {
            true => matrix.address = NOWHERE,
            false => matrix.stride = NOWHERE,
        }
        job
    }
}

/// Fills bytes with halves, whether they begin at an even place or not.
fn fill(bytes: &mut [u8], mut half: impl FnMut() -> u16) {
    bytes.chunks_mut(2).for_each(|pair| pair.copy_from_slice(&half().to_le_bytes()[..pair.len()]));
}

fn activation(kind: u8, rng: &mut Rng) -> u16 {
    match kind {
        0 if rng.u8(..32) == 0 => corner_weighted(FP16, rng) as u16,
        1 => rng.u16(..0x800) | (rng.u16(..) & 0x8000),
        _ => truncated(FP16, normal(rng) as f32) as u16,
    }
}

/// What sends commands.
struct Commands<'a> {
    params: &'a Params,
    registers: &'a Registers,
    send: &'a mut dyn FnMut(&[Bits]),
}

impl Commands<'_> {
    fn command(&mut self, kind: HostKind, address: u64, data: Bits) {
        let widths = self.params.command();
        let kind = Bits::truncated(kind.code(), widths.kind);
        (self.send)(&[kind, Bits::truncated(address.into(), widths.address), data]);
    }

    fn word(&self, word: u32) -> Bits {
        Bits::truncated(word.into(), self.params.bus_bits())
    }

    fn set(&mut self, field: FieldRef, value: u64) {
        let address = self.registers.map.address(field).into();
        let data = self.word(value as u32);
        self.command(HostKind::WriteRegister, address, data);
    }

    /// Sets the field of CONTROL at a bit.
    fn control(&mut self, bit: u32) {
        self.set(self.registers.start, 1 << bit);
    }

    fn get(&mut self, field: FieldRef) {
        let address = self.registers.map.address(field).into();
        let data = self.word(0);
        self.command(HostKind::ReadRegister, address, data);
    }

    fn wait(&mut self, cycles: u32) {
        let data = self.word(cycles);
        self.command(HostKind::Wait, 0, data);
    }

    /// Fills the memory, runs a product, and looks at what has become of it.
    fn product(&mut self, scene: &Scene, wrong: Wrong, rng: &mut Rng) {
        let bytes = self.params.bytes() as usize;
        for (place, word) in scene.image.chunks(bytes).enumerate() {
            let lanes: Vec<i64> = word.iter().map(|byte| (*byte).into()).collect();
            self.command(HostKind::WriteMemory, (place * bytes) as u64, joined(8, &lanes));
        }
        let job = self.job(scene, wrong, rng);
        let fields = self.registers.job.members().into_iter().zip(job.members());
        fields.for_each(|((_, field), (_, value))| self.set(field, value));
        self.set(self.registers.enable, 1);
        self.set(self.registers.done, 1);
        self.control(START);
        self.end(wrong, rng);
        self.look();
        let Range { start, end } = scene.places[C].clone();
        for word in start / bytes..end.div_ceil(bytes) {
            let data = self.word(0);
            self.command(HostKind::ReadMemory, (word * bytes) as u64, data);
        }
    }

    /// The product that is started.
    fn job(&self, scene: &Scene, wrong: Wrong, rng: &mut Rng) -> Job<u64> {
        let job = scene.job;
        match wrong {
            Wrong::Nothing | Wrong::AbortAtSomeTime => job,
            Wrong::Size => match rng.u8(..4) {
                0 => Job { m: 0, ..job },
                1 => Job { n: 0, ..job },
                2 => Job { k: 0, ..job },
                _ => Job { k: u64::from(self.params.max_k) + rng.u64(1..3), group: 16, ..job },
            },
            Wrong::Group if rng.bool() => {
                Job { group: (u64::from(self.params.tile.max_group) + 1).next_multiple_of(16), ..job }
            }
            Wrong::Group => Job { group: 16 + [1, 2, 4, 8][rng.usize(..4)], ..job },
            Wrong::Place(place) => scene.misplaced(place, rng),
            // It writes its first rows again and again.
            Wrong::Abort | Wrong::Reset => {
                let again = |matrix: Matrix<u64>| Matrix { stride: 0, ..matrix };
                Job { m: 0xffff, a: again(job.a), c: again(job.c), ..job }
            }
        }
    }

    /// Waits until the product has ended, or ends it.
    fn end(&mut self, wrong: Wrong, rng: &mut Rng) {
        match wrong {
            Wrong::Nothing | Wrong::Size | Wrong::Group | Wrong::Place(_) => self.wait(FOR_EVER),
            Wrong::AbortAtSomeTime => {
                self.wait(rng.u32(..400));
                self.control(ABORT);
                self.wait(FOR_EVER);
            }
            Wrong::Abort => {
                self.wait(rng.u32(..1000));
                self.meddle(rng);
                self.control(ABORT);
                self.wait(FOR_EVER);
            }
            Wrong::Reset => {
                self.wait(rng.u32(..1000));
                self.meddle(rng);
                self.control(RESET);
                self.wait(REST);
            }
        }
    }

    /// What is refused while a product is at work.
    fn meddle(&mut self, rng: &mut Rng) {
        self.look();
        let fields = self.registers.job.members();
        let (_, field) = &fields[rng.usize(..fields.len())];
        self.set(*field, rng.u64(..4));
        self.get(*field);
        self.control(START);
    }

    /// Reads what the core writes, except what depends on time.
    fn look(&mut self) {
        let Registers { outcome, done, counts, .. } = self.registers;
        let fields = [
            *outcome,
            *done,
            counts.read_beats,
            counts.written_beats,
            counts.a_beats,
            counts.b_beats,
            counts.scale_beats,
        ];
        fields.into_iter().for_each(|field| self.get(field));
    }
}

/// Bits of CONTROL.
const START: u32 = 0;
const ABORT: u32 = 1;
const RESET: u32 = 2;

/// Names of the coverage points.
const POINTS: [&str; 18] = [
    "product",
    "several panels",
    "several strips",
    "several blocks of rows",
    "several blocks of columns",
    "rows that are no multiple of a block",
    "columns that are no multiple of a word",
    "k that is no multiple of a tile",
    "several groups",
    "odd address",
    "stride that is longer than a row",
    "size refused",
    "group refused",
    "read error",
    "write error",
    "write refused while busy",
    "aborted",
    "reset while busy",
];

const SIZE_REFUSED: usize = 11;
const GROUP_REFUSED: usize = 12;
const READ_ERROR: usize = 13;
const WRITE_ERROR: usize = 14;
const LOCKED: usize = 15;
const ABORTED: usize = 16;
const RESET_BUSY: usize = 17;

/// Finds the coverage points of products.
struct Observer(Machine);

impl Observer {
    fn begun(&self, hit: &mut dyn FnMut(usize)) {
        let (params, job) = (self.0.params(), self.0.job());
        let (rows, strip) = (u64::from(params.rows), u64::from(params.strip()));
        let is_reached = [
            true,
            job.m > rows,
            job.n > strip,
            job.m > 16,
            job.n > params.block_columns().into(),
            !job.m.is_multiple_of(16),
            !job.n.is_multiple_of(params.tile.shape().lanes().into()),
            !job.k.is_multiple_of(16),
            job.group > 0 && job.k > job.group,
            [job.a, job.b, job.scales, job.zeros, job.c]
                .iter()
                .any(|matrix| !matrix.address.is_multiple_of(2)),
            job.a.stride > 2 * job.k,
        ];
        report_reached(&is_reached, hit);
    }
}

impl Observe for Observer {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let machine = &mut self.0;
        let before = machine.phase;
        let answer = machine.command(beat);
        let now = machine.phase;
        let is_refused = answer.is_some_and(|(_, response)| response == Response::SlaveError);
        let of_outcome = match machine.outcome {
            Some(Outcome::BadSize) => Some(SIZE_REFUSED),
            Some(Outcome::BadGroup) => Some(GROUP_REFUSED),
            Some(
                Outcome::None | Outcome::Done | Outcome::ReadError | Outcome::WriteError | Outcome::Aborted,
            )
            | None => None,
        };
        of_outcome.into_iter().for_each(&mut *hit);
        if is_refused && before == Phase::Endless {
            hit(LOCKED);
        }
        if before == Phase::Stopping && now == Phase::Idle {
            hit(ABORTED);
        }
        if before == Phase::Endless && now == Phase::Resetting {
            hit(RESET_BUSY);
        }
        let Phase::Running(Ended { outcome: Some(outcome), .. }) = now else { return };
        if before == Phase::Idle {
            match outcome {
                Outcome::Done => self.begun(hit),
                Outcome::ReadError => hit(READ_ERROR),
                Outcome::WriteError => hit(WRITE_ERROR),
                Outcome::None | Outcome::BadSize | Outcome::BadGroup | Outcome::Aborted => {}
            }
        }
    }
}
