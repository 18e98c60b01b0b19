//! Packets of the streams, some of which are wrong.

use crate::common::lanes::{corner_weighted, joined, joined_within};
use crate::crossbar::xbar_macro::model::packet::Beat;
use crate::crossbar::xbar_macro::params::{
    BEAT_BITS, MULTIPLIER_AT, Output, PLACE_BITS, Params, SHIFT_AT, lane,
};
use fastrand::Rng;
use hdl::Bits;

/// What a packet is.
pub enum Kind {
    Vector,
    Partial,
    Table,
    Word { levels: Vec<u64>, mask: Vec<bool> },
}

/// A packet: seldom one with too few beats, too many, a number out of range, or sums that say that they are wrong.
pub fn packet(params: &Params, kind: Kind, rng: &mut Rng) -> Vec<Beat> {
    let is_marked = matches!(kind, Kind::Partial) && rng.u8(..4) == 0;
    let mut beats = match kind {
        Kind::Vector => vector(params, rng),
        Kind::Partial => partial(params, rng),
        Kind::Table => table(params, rng),
        Kind::Word { levels, mask } => word(params, &levels, &mask, rng),
    };
    match rng.u8(..16) {
        0 => beats.truncate(rng.usize(1..=beats.len())),
        1 => {
            let others = rng.usize(1..3);
            beats.extend(vec![beats[0].clone(); others]);
        }
        2..=4 => {
            let (number, bit) = (rng.usize(..beats.len()), rng.u32(..beats[0].width()));
            let flipped = Bits::truncated(1 - u128::from(beats[number].bit(bit)), 1);
            beats[number].insert(bit, &flipped);
        }
        _ => {}
    }
    let count = beats.len();
    // The mark of a vector may come with any of its sums.
    let first_marked = if is_marked { rng.usize(1..=count) } else { count + 1 };
    let beat = |(number, data)| Beat { data, last: number == count, user: number >= first_marked };
    (1..).zip(beats).map(beat).collect()
}

/// Numbers in the lanes of a beat, those behind them anything.
fn beat(width: u32, lane: u32, numbers: &[i64], rng: &mut Rng) -> Bits {
    let mut beat = Bits::truncated(rng.u128(..), width);
    beat.insert(0, &joined(lane, numbers));
    beat
}

fn vector(params: &Params, rng: &mut Rng) -> Vec<Bits> {
    let (mvm, width) = (&params.mvm, params.vector().data.width());
    let (bits, is_signed) = (mvm.input_bits, mvm.encoding.is_signed());
    let (kind, least) = (rng.u8(..3), if is_signed { -1i64 << (bits - 1) } else { 0 });
    let greatest = least + (1 << bits) - 1;
    let same = [0, least, greatest][rng.usize(..3)];
    let mut input = || match kind {
        0 => same,
        1 if rng.u8(..4) > 0 => 0,
        _ => rng.i64(least..=greatest),
    };
    let beats: Vec<Vec<i64>> =
        (0..mvm.driver().beats()).map(|_| (0..mvm.lanes).map(|_| input()).collect()).collect();
    beats.iter().map(|inputs| beat(width, lane(bits), inputs, rng)).collect()
}

fn partial(params: &Params, rng: &mut Rng) -> Vec<Bits> {
    let (bits, width) = (params.sum_bits(), params.partial().data.width());
    let is_small = rng.bool();
    let sum = |rng: &mut Rng| if is_small { rng.i64(-8..8) } else { corner_weighted(bits, rng) };
    let mut sums = || {
        let sums: Vec<i64> = (0..params.mvm.adcs).map(|_| sum(rng)).collect();
        beat(width, lane(bits), &sums, rng)
    };
    (0..params.mvm.outputs).map(|_| sums()).collect()
}

fn table(params: &Params, rng: &mut Rng) -> Vec<Bits> {
    (0..params.mvm.outputs * params.mvm.adcs).map(|_| entry(params, rng)).collect()
}

fn entry(params: &Params, rng: &mut Rng) -> Bits {
    let mut entry = Bits::zero(BEAT_BITS);
    match params.output {
        Output::Sums => {}
        Output::Scale => {
            let width = params.multiplier_bits;
            let multiplier = rng.u32(1 << (width - 1)..1 << width);
            let shift = rng.u32(width - 4..width + params.sum_bits()).min(63);
            entry.insert(0, &joined(MULTIPLIER_AT, &[corner_weighted(params.sum_bits(), rng)]));
            entry.insert(MULTIPLIER_AT, &Bits::truncated(multiplier.into(), width));
            entry.insert(SHIFT_AT, &Bits::truncated(shift.into(), BEAT_BITS - SHIFT_AT));
        }
        Output::Lif => {
            let threshold = rng.u64(..1 << (params.sum_bits() - 1)) >> rng.u32(..params.sum_bits());
            entry.insert(0, &Bits::truncated(threshold.into(), BEAT_BITS));
        }
    }
    entry
}

fn word(params: &Params, levels: &[u64], mask: &[bool], rng: &mut Rng) -> Vec<Bits> {
    // Seldom one behind the last.
    let mut number = |count: u32| if rng.u8(..24) == 0 { count } else { rng.u32(..count) };
    let place = [params.mvm.inputs_of_vector(), params.row_words()].map(&mut number);
    let mask: Vec<u64> = mask.iter().map(|cell| u64::from(*cell)).collect();
    let levels = levels.chunks(params.cells_of_beat() as usize);
    [joined_within(BEAT_BITS, PLACE_BITS, &place), joined_within(BEAT_BITS, 1, &mask)]
        .into_iter()
        .chain(levels.map(|levels| joined_within(BEAT_BITS, lane(params.mvm.device.cell_bits), levels)))
        .collect()
}
