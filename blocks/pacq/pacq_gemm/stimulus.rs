//! Products of small matrices, and the coverage points they reach.

use super::model::{group_ends, inputs};
use super::packets::totals;
use super::params::{ADDRESS_BITS, Params, Sizes, registers};
use crate::block::Observe;
use crate::common::float::FloatFormat;
use crate::common::float_stimulus::{corner_weighted, normal, truncated};
use crate::pacq::pacq_dp::stimulus::{side_by_side, typical_word};
use crate::pacq::tile::{DEPTH, ROWS, WORDS};
use crate::stimulus::{Space, case_rng, report_reached};
use hdl::Bits;
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

/// Products of random sizes up to 40, between them some that are refused.
pub fn random(params: &Params, seed: u64) -> Space {
    products(params, "random", move |params, index| {
        let mut rng = case_rng(seed, index);
        let most = 2 * WORDS * params.tile.shape().lanes() + 3;
        let mut size =
            |most: u32| if rng.bool() { rng.u32(1..=most) } else { rng.u32(1..=most).next_multiple_of(16) };
        let (m, n, k) = (size(20), size(most), size(40));
        let group = [0, 16, 32][rng.usize(..3)];
        let sizes = match rng.u8(..12) {
            0 => Sizes { m: 0, n, k, group },
            1 => Sizes { m, n, k, group: group + 8 },
            2 => Sizes { m, n, k: params.tile.max_group + 1, group: 0 },
            _ => Sizes { m, n, k: k.min(params.tile.max_group), group },
        };
        (sizes, rng)
    })
}

/// Products of two blocks of results and four groups.
pub fn typical(params: &Params, seed: u64) -> Space {
    products(params, "typical", move |params, index| {
        let n = 2 * WORDS * params.tile.shape().lanes();
        (Sizes { m: ROWS, n, k: 128, group: 32 }, case_rng(seed, index))
    })
}

fn products(
    params: &Params,
    name: &str,
    sizes: impl Fn(&Params, u64) -> (Sizes, fastrand::Rng) + Send + Sync + 'static,
) -> Space {
    let params = params.clone();
    let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
        let (sizes, mut rng) = sizes(&params, index);
        begin(sizes, emit);
        read(&mut rng, emit);
        if sizes.is_legal(&params) {
            matrices(&params, sizes, &mut rng, emit);
        }
    };
    Space { name: name.into(), cases: u64::MAX, make: Box::new(make), make_many: None }
}

/// Writes the sizes, and starts.
pub fn begin(sizes: Sizes, emit: &mut dyn FnMut(usize, &[Bits])) {
    let Sizes { m, n, k, group } = sizes;
    let writes = [
        (registers::M, m),
        (registers::N, n),
        (registers::K, k),
        (registers::GROUP, group),
        (registers::START, 1),
    ];
    for (address, data) in writes {
        emit(inputs::WRITE_ADDRESS, &[Bits::truncated(address.into(), ADDRESS_BITS), Bits::zero(3)]);
        emit(inputs::WRITE_DATA, &[Bits::truncated(data.into(), 32), Bits::ones(4)]);
    }
}

/// Reads any register, and writes to one that cannot be written.
fn read(rng: &mut fastrand::Rng, emit: &mut dyn FnMut(usize, &[Bits])) {
    let address = Bits::truncated((rng.u32(..8) * 4).into(), ADDRESS_BITS);
    emit(inputs::READ_ADDRESS, &[address, Bits::zero(3)]);
    let (address, data) = match rng.u8(..4) {
        0 => (registers::STATUS, rng.u32(..)),
        1 => (registers::K, 0x1_0000 | rng.u32(..0x1_0000)),
        2 => (registers::START, 0),
        _ => (registers::M + 2, 1),
    };
    emit(inputs::WRITE_ADDRESS, &[Bits::truncated(address.into(), ADDRESS_BITS), Bits::zero(3)]);
    emit(inputs::WRITE_DATA, &[Bits::truncated(data.into(), 32), Bits::ones(4)]);
}

/// Sends the beats of a product, of one stream too few or too many.
struct Sender<'e> {
    emit: &'e mut dyn FnMut(usize, &[Bits]),
    /// Beats that have been made, and that are to be sent, of A, B and scales.
    made: [u64; 3],
    count: [u64; 3],
}

impl Sender<'_> {
    fn send(&mut self, channel: usize, data: Bits) {
        let stream = channel - inputs::A;
        self.made[stream] += 1;
        if self.made[stream] <= self.count[stream] {
            let is_last = self.made[stream] == self.count[stream];
            (self.emit)(channel, &[data, Bits::truncated(is_last.into(), 1)]);
        }
    }
}

/// How many beats are sent of each stream: now and then of one of them not as many as the product has.
fn counts(params: &Params, sizes: Sizes, rng: &mut fastrand::Rng) -> [u64; 3] {
    let mut counts = totals(params, sizes);
    let count = &mut counts[rng.usize(..3)];
    match rng.u8(..12) {
        0 => *count = rng.u64(1..=*count),
        1 => *count += rng.u64(1..4),
        _ => {}
    }
    counts
}

/// The beats of random matrices, block of results after block.
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
                sender.send(inputs::A, side_by_side(&beat));
            }
            for _ in 0..of_words * beats {
                let beat: Vec<u16> = (0..shape.terms).map(|_| typical_word(shape.weight_bits, rng)).collect();
                sender.send(inputs::B, side_by_side(&beat));
            }
            for _ in 0..of_words * group_ends(sizes).len() as u32 {
                let scales: Vec<u16> =
                    (0..shape.scales()).map(|_| truncated(FP16, normal(rng) as f32 * 0.02) as u16).collect();
                let above = params.scale_bits() - 16 * shape.scales();
                let zeros = Bits::truncated(rng.u64(..).into(), above);
                sender.send(inputs::SCALE, Bits::concat(&[zeros, side_by_side(&scales)]));
            }
        }
    }
    let widths = [params.a(), params.b(), params.scale()].map(|fields| fields[0].width);
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
    address: Option<u32>,
    data: Option<u32>,
    sizes: Sizes,
    streams: [Stream; 3],
}

/// What has come of a stream.
#[derive(Default)]
struct Stream {
    /// Beats since the last `tlast`.
    beats: u64,
    /// Numbers of beats up to a `tlast`.
    ended: VecDeque<u64>,
    /// Beats of products that have started.
    wanted: VecDeque<u64>,
}

impl Stream {
    /// Whether a product had other beats than it wanted, where it is known.
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
        let (sizes, streams) = Default::default();
        Observer { params: params.clone(), address: None, data: None, sizes, streams }
    }

    fn start(&mut self, hit: &mut dyn FnMut(usize)) {
        let (sizes, shape) = (self.sizes, self.params.tile.shape());
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
            is_legal && group_ends(sizes).len() == 1,
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
            inputs::WRITE_DATA => self.data = Some(beat[0].to_u64() as u32),
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
        let (Some(address), Some(data)) = (self.address, self.data) else { return };
        (self.address, self.data) = (None, None);
        match address {
            registers::M => self.sizes.m = data,
            registers::N => self.sizes.n = data,
            registers::K if data <= 0xffff => self.sizes.k = data,
            registers::GROUP => self.sizes.group = data,
            registers::START if data == 1 => {
                self.start(hit);
                self.compare(hit);
            }
            _ => {}
        }
    }
}
