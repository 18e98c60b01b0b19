//! Products of small matrices, and the coverage points they reach.

use super::model::inputs;
use super::packets::totals;
use super::params::{Params, Sizes};
use super::registers::Registers;
use crate::common::float_stimulus::{corner_weighted, normal, truncated};
use crate::common::lanes::{flag, joined};
use crate::pacq::pacq_dp::stimulus::typical_word;
use crate::pacq::tile::{DEPTH, ROWS, WORDS};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use hdl::Bits;
use parts::float::FloatFormat;
use parts::registers::RegisterFile;
use std::cmp::Ordering;
use std::collections::VecDeque;

const FP16: FloatFormat = FloatFormat::FP16;

/// Names of the coverage points.
pub const POINTS: [&str; 12] = [
    "one block of results",
    "several blocks of rows",
    "several blocks of columns",
    "rows that are no multiple of a tile",
    "columns that are no multiple of a tile",
    "k that is no multiple of a tile",
    "k that is no multiple of a beat",
    "k that is no multiple of the group",
    "one group",
    "refused product",
    "stream that ends early",
    "stream with beats in excess",
];

const REFUSED: usize = 9;
const EARLY: usize = 10;
const EXCESS: usize = 11;

impl Stimulus for Params {
    /// One or two products of random sizes up to 40, and some illegal ones between them, which are refused.
    fn random(&self, seed: u64) -> Space {
        products(self, "random", move |params, index| {
            let mut rng = case_rng(seed, index);
            let count = rng.usize(1..=2);
            let sizes = (0..count).map(|_| random_sizes(params, &mut rng)).collect();
            (sizes, rng)
        })
    }

    /// Products of two blocks of results and four groups.
    fn typical(&self, seed: u64) -> Space {
        products(self, "typical", move |params, index| {
            let n = 2 * WORDS * params.tile.shape().lanes();
            (vec![Sizes { m: ROWS, n, k: 128, group: 32 }], case_rng(seed, index))
        })
    }

    fn gap_between_cases(&self) -> Option<u32> {
        // A product is refused while another one waits, so cases must not overlap. After the last result, the tile
        // still finishes the block, whose other results are dropped.
        Some(2 * self.tile.cycles() + 64)
    }

    fn cycles_per_case(&self) -> u64 {
        12 * u64::from(self.tile.cycles())
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(POINTS, Observer::new(self))
    }
}

fn random_sizes(params: &Params, rng: &mut fastrand::Rng) -> Sizes {
    let most = 2 * WORDS * params.tile.shape().lanes() + 3;
    let mut size =
        |most: u32| if rng.bool() { rng.u32(1..=most) } else { rng.u32(1..=most).next_multiple_of(16) };
    let (m, n, k) = (size(20), size(most), size(40));
    let group = [0, 16, 32][rng.usize(..3)];
    match rng.u8(..12) {
        0 => Sizes { m: 0, n, k, group },
        1 => Sizes { m, n, k, group: group + 8 },
        2 => Sizes { m, n, k: params.tile.max_group + 1, group: 0 },
        _ => Sizes { m, n, k: k.min(params.tile.max_group), group },
    }
}

fn products(
    params: &Params,
    name: &str,
    products: impl Fn(&Params, u64) -> (Vec<Sizes>, fastrand::Rng) + Send + Sync + 'static,
) -> Space {
    let params = params.clone();
    let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
        let (products, mut rng) = products(&params, index);
        for sizes in products {
            access(&params, &mut rng, emit);
            begin(&params, sizes, emit);
            if sizes.is_legal(&params) {
                matrices(&params, sizes, &mut rng, emit);
            }
        }
    };
    Space { name: name.into(), cases: u64::MAX, make: Box::new(make), make_many: None }
}

/// Writes the sizes, and starts.
pub fn begin(params: &Params, sizes: Sizes, emit: &mut dyn FnMut(usize, &[Bits])) {
    let registers = Registers::new(params);
    let sizes = registers.sizes(sizes).into_iter();
    for (field, value) in sizes.chain([(registers.start, 1)]) {
        let [address, data] = registers.write(field, value);
        emit(inputs::WRITE_ADDRESS, &address);
        emit(inputs::WRITE_DATA, &data);
    }
}

/// Reads any register, and writes any except START.
fn access(params: &Params, rng: &mut fastrand::Rng, emit: &mut dyn FnMut(usize, &[Bits])) {
    let registers = Registers::new(params);
    let bits = registers.map.address_bits();
    let any = |rng: &mut fastrand::Rng| Bits::truncated(rng.u32(..).into(), bits);
    emit(inputs::READ_ADDRESS, &[any(rng), Bits::zero(3)]);
    let mut data = rng.u32(..) & [u32::MAX, 0xffff, 0xff00, 0xff_0000][rng.usize(..4)];
    let address = any(rng);
    if address.to_u64() < 4 {
        data &= !1;
    }
    emit(inputs::WRITE_ADDRESS, &[address, Bits::truncated(rng.u32(..).into(), 3)]);
    emit(inputs::WRITE_DATA, &[Bits::truncated(data.into(), 32), Bits::truncated(rng.u32(..).into(), 4)]);
}

/// Sends the beats of a product, occasionally too few or too many in one stream.
struct Sender<'e> {
    emit: &'e mut dyn FnMut(usize, &[Bits]),
    /// Beats of A, B and scales: how many were made, and how many are to be sent.
    made: [u64; 3],
    count: [u64; 3],
}

impl Sender<'_> {
    fn send(&mut self, channel: usize, data: Bits) {
        let stream = channel - inputs::A;
        self.made[stream] += 1;
        if self.made[stream] <= self.count[stream] {
            let is_last = self.made[stream] == self.count[stream];
            (self.emit)(channel, &[data, flag(is_last)]);
        }
    }
}

/// The number of beats to send in each stream: occasionally one differs from what the product needs.
fn counts(params: &Params, sizes: Sizes, rng: &mut fastrand::Rng) -> [u64; 3] {
    let mut counts = totals(params, sizes);
    let count = &mut counts[rng.usize(..3)];
    match rng.u8(..6) {
        0 => *count = rng.u64(1..=*count),
        1 => *count += rng.u64(1..4),
        _ => {}
    }
    counts
}

/// The beats of random matrices, one block of results after the other.
fn matrices(params: &Params, sizes: Sizes, rng: &mut fastrand::Rng, emit: &mut dyn FnMut(usize, &[Bits])) {
    let shape = params.tile.shape();
    let mut sender = Sender { emit, made: [0; 3], count: counts(params, sizes, rng) };
    let kind = rng.u8(..4);
    let activation = |rng: &mut fastrand::Rng| match kind {
        0 if rng.u8(..32) == 0 => corner_weighted(FP16, rng) as u16,
        1 => rng.u16(..0x800) | (rng.u16(..) & 0x8000),
        _ => truncated(FP16, normal(rng) as f32) as u16,
    };
    let words = sizes.n.div_ceil(shape.lanes());
    let beats = sizes.k.div_ceil(shape.terms);
    for row in (0..sizes.m).step_by(ROWS as usize) {
        for column in (0..words).step_by(WORDS as usize) {
            let of_rows = (sizes.m - row).min(ROWS) * beats;
            let of_words = (words - column).min(WORDS);
            for _ in 0..of_rows {
                let beat: Vec<u16> = (0..shape.terms).map(|_| activation(rng)).collect();
                sender.send(inputs::A, joined(16, &beat));
            }
            for _ in 0..of_words * beats {
                let beat: Vec<u16> = (0..shape.terms).map(|_| typical_word(shape.weight_bits, rng)).collect();
                sender.send(inputs::B, joined(16, &beat));
            }
            for _ in 0..of_words * sizes.group_ends().len() as u32 {
                let scales: Vec<u16> =
                    (0..shape.scales()).map(|_| truncated(FP16, normal(rng) as f32 * 0.02) as u16).collect();
                let above = params.scale_bits() - 16 * shape.scales();
                let zeros = Bits::truncated(rng.u64(..).into(), above);
                sender.send(inputs::SCALE, Bits::concat(&[zeros, joined(16, &scales)]));
            }
        }
    }
    let widths = [params.a(), params.b(), params.scale()].map(|beat| beat.data.width());
    for (channel, width) in (inputs::A..).zip(widths) {
        let stream = channel - inputs::A;
        while sender.made[stream] < sender.count[stream] {
            sender.send(channel, Bits::ones(width));
        }
    }
}

/// Finds the coverage points of products.
pub struct Observer {
    params: Params,
    registers: Registers,
    file: RegisterFile,
    address: Option<u32>,
    /// Write data with its strobes.
    data: Option<(u32, u32)>,
    streams: [Stream; 3],
}

/// The beats of a stream so far.
#[derive(Default)]
struct Stream {
    /// Beats since the last `tlast`.
    beats: u64,
    /// For each `tlast`, the number of beats up to it.
    ended: VecDeque<u64>,
    /// The number of beats that each started product needs.
    wanted: VecDeque<u64>,
}

impl Stream {
    /// Whether the next product had too few beats or too many, if known.
    fn compare(&mut self) -> Option<Ordering> {
        if self.ended.is_empty() {
            return None;
        }
        let wanted = self.wanted.pop_front()?;
        self.ended.pop_front().map(|beats| beats.cmp(&wanted))
    }
}

impl Observer {
    /// At the start of a run.
    pub fn new(params: &Params) -> Observer {
        let registers = Registers::new(params);
        let file = RegisterFile::new(registers.map.clone());
        let streams = Default::default();
        Observer { params: params.clone(), registers, file, address: None, data: None, streams }
    }

    fn start(&mut self, hit: &mut dyn FnMut(usize)) {
        let (sizes, shape) = (self.registers.written(&self.file), self.params.tile.shape());
        let columns = WORDS * shape.lanes();
        let is_legal = sizes.is_legal(&self.params);
        let is_reached = [
            sizes.m <= ROWS && sizes.n <= columns,
            sizes.m > ROWS,
            sizes.n > columns,
            sizes.m % ROWS > 0,
            sizes.n % columns > 0,
            sizes.k % DEPTH > 0,
            sizes.k % shape.terms > 0,
            sizes.group > 0 && sizes.k > sizes.group && sizes.k % sizes.group > 0,
            is_legal && sizes.group_ends().len() == 1,
        ];
        if is_legal {
            report_reached(&is_reached, hit);
            let totals = totals(&self.params, sizes);
            self.streams.iter_mut().zip(totals).for_each(|(stream, total)| stream.wanted.push_back(total));
        } else {
            hit(REFUSED);
        }
    }

    fn compare(&mut self, hit: &mut dyn FnMut(usize)) {
        for stream in &mut self.streams {
            match stream.compare() {
                Some(Ordering::Less) => hit(EARLY),
                Some(Ordering::Greater) => hit(EXCESS),
                Some(Ordering::Equal) | None => {}
            }
        }
    }
}

impl Observe for Observer {
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        match channel {
            inputs::WRITE_ADDRESS => self.address = Some(beat[0].to_u64() as u32),
            inputs::WRITE_DATA => self.data = Some((beat[0].to_u64() as u32, beat[1].to_u64() as u32)),
            inputs::A | inputs::B | inputs::SCALE => {
                let stream = &mut self.streams[channel - inputs::A];
                stream.beats += 1;
                if !beat[1].is_zero() {
                    stream.ended.push_back(std::mem::take(&mut stream.beats));
                    self.compare(hit);
                }
            }
            _ => {}
        }
        let (Some(address), Some((data, strobes))) = (self.address, self.data) else { return };
        (self.address, self.data) = (None, None);
        if self.file.sets(address, data, strobes, self.registers.start) {
            self.start(hit);
            self.compare(hit);
        }
        self.file.write(address, data, strobes);
    }
}
