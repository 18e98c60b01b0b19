//! Stimulus and coverage points.

use super::model::Golden;
use super::params::Params;
use crate::common::lanes::flag;
use crate::loas::loas_inner_join::model::Pairing;
use crate::loas::masks::{matches, ones, ones_below, part, random_mask};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng};
use fastrand::Rng;
use hdl::Bits;

/// Names of the coverage points.
const POINTS: [&str; 9] = [
    "row of one chunk",
    "row of several chunks",
    "silent chunk of A",
    "chunk of A that fires at every step",
    "word of all ones",
    "word with a silent step",
    "mask of B with all its weights",
    "weight at its least",
    "column in two beats of a chunk",
];

/// Names of the coverage points; those of wrong beats of B and of sums only if there can be such.
pub fn points(params: &Params) -> Vec<&'static str> {
    let wrong = [
        (params.may_lack_weights(), "match without a weight"),
        (params.may_lack_group(), "group that there is not"),
    ];
    let wrong = wrong.into_iter().filter(|(can_be, _)| *can_be).map(|(_, point)| point);
    let leaves = params.weights_until_a_difference_leaves().map(|_| "only the difference leaves its range");
    POINTS.into_iter().chain(wrong).chain(leaves).collect()
}

impl Stimulus for Params {
    /// A tile: a row of A in one to three chunks, each with some groups of B.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index: u64, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let groups = u64::from(params.columns / params.group);
            let directed = params.weights_until_a_difference_leaves().filter(|_| rng.u8(..8) == 0);
            if let Some(weights) = directed {
                return difference_leaves(&params, rng.u64(..groups), weights, emit);
            }
            let chunks = rng.u8(1..=3);
            for chunk in 1..=chunks {
                let a = chunk_of_a(&params, &mut rng, chunk == chunks);
                emit(0, &a);
                let beats = rng.u64(1..=groups.min(4) + 1);
                for beat in 1..=beats {
                    let group = rng.u64(..groups);
                    emit(1, &chunk_of_b(&params, &mut rng, &a[0], group, beat == beats));
                }
            }
        };
        Space { name: "random tiles".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(self.columns) + 50
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(points(self), Observer::new(self))
    }
}

/// A chunk of a row; in one out of four, every word is all ones.
pub fn chunk_of_a(params: &Params, rng: &mut Rng, is_last: bool) -> [Bits; 3] {
    let Params { mask_bits, time_steps, .. } = *params;
    let mask = random_mask(rng, mask_bits);
    let fires_always = rng.u8(..4) == 0;
    let mut words = Bits::zero(mask_bits * time_steps);
    for (offset, _) in ones(&mask).enumerate() {
        // A neuron in the mask fires in at least one step.
        let all = (1u64 << time_steps) - 1;
        let word = if fires_always { all } else { rng.u64(1..=all) };
        words.insert(offset as u32 * time_steps, &Bits::truncated(word.into(), time_steps));
    }
    [mask, words, flag(is_last)]
}

/// Some of the columns of a group, with masks of A among them.
pub fn chunk_of_b(params: &Params, rng: &mut Rng, a: &Bits, group: u64, is_last: bool) -> [Bits; 4] {
    let Params { mask_bits, values, weight_bits, .. } = *params;
    let mut masks = Bits::zero(params.group * mask_bits);
    let extreme = rng.u8(..4) == 0;
    // An error stays until reset, so it must be rare.
    let is_wrong = rng.u8(..64) == 0;
    let mut weights = Bits::zero(params.group * values * weight_bits);
    for place in 0..params.group {
        let wanted = match rng.u8(..8) {
            0 => a.clone(),
            1..=3 => Bits::zero(mask_bits),
            _ => random_mask(rng, mask_bits),
        };
        // No more ones than there are weights, at random positions.
        let mut positions: Vec<u32> = ones(&wanted).collect();
        rng.shuffle(&mut positions);
        if !is_wrong {
            positions.truncate(values as usize);
        }
        positions.iter().for_each(|position| masks.set_bit(place * mask_bits + position, true));
        for value in 0..values {
            let weight = if extreme { 1 << (weight_bits - 1) } else { rng.u64(..) };
            weights.insert((place * values + value) * weight_bits, &Bits::from_limbs(weight_bits, &[weight]));
        }
    }
    let group = group + u64::from(is_wrong && params.may_lack_group());
    [masks, weights, Bits::truncated(group.into(), params.group_bits()), flag(is_last)]
}

/// A row of one chunk in which a sum of each column of a group leaves its range in the first time step, but neither the
/// pseudo sum nor the correction: every neuron fires in the last step, and the one of each negative weight in no other.
fn difference_leaves(params: &Params, group: u64, weights: u32, emit: &mut dyn FnMut(usize, &[Bits])) {
    let Params { mask_bits, time_steps, values, weight_bits, .. } = *params;
    let is_negative = |position: u32| position % 4 == 1;
    let mut words = Bits::ones(mask_bits * time_steps);
    for position in (0..mask_bits).filter(|position| is_negative(*position)) {
        words.insert(position * time_steps, &Bits::truncated(1, time_steps));
    }
    emit(0, &[Bits::ones(mask_bits), words, flag(true)]);
    let greatest = params.greatest_weight();
    let beats = weights.div_ceil(values);
    for beat in 0..beats {
        let (first, count) = (beat * values % mask_bits, values.min(weights - beat * values));
        let mut masks = Bits::zero(params.group * mask_bits);
        let mut of_beat = Bits::zero(params.group * values * weight_bits);
        for (place, offset) in
            (0..params.group).flat_map(|place| (0..count).map(move |offset| (place, offset)))
        {
            masks.set_bit(place * mask_bits + first + offset, true);
            let weight = if is_negative(first + offset) { greatest.wrapping_neg() } else { greatest };
            of_beat
                .insert((place * values + offset) * weight_bits, &Bits::from_limbs(weight_bits, &[weight]));
        }
        let group = Bits::truncated(group.into(), params.group_bits());
        emit(1, &[masks, of_beat, group, flag(beat + 1 == beats)]);
    }
}

/// Finds the coverage points.
pub struct Observer<'p> {
    params: &'p Params,
    pairing: Pairing,
    /// The sums, if one can leave its range.
    sums: Option<Golden>,
    /// Chunks of the row so far, and groups of the chunk.
    chunks: u32,
    groups: Vec<u64>,
}

impl Observer<'_> {
    /// Nothing has been seen.
    pub fn new(params: &Params) -> Observer<'_> {
        let sums = params.weights_until_a_difference_leaves().map(|_| Golden::new(params));
        Observer { params, pairing: Pairing::default(), sums, chunks: 0, groups: vec![] }
    }
}

impl Observe for Observer<'_> {
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let Params { mask_bits, time_steps, values, weight_bits, group, .. } = *self.params;
        if let Some(sums) = &mut self.sums {
            sums.take(channel, beat, &mut |_| ());
            if sums.only_a_difference_left() {
                hit(points(self.params).len() - 1);
            }
        }
        let (chunks, groups) = (&mut self.chunks, &mut self.groups);
        self.pairing.accept(channel, beat, 3, |_, a, b| {
            let count = ones(&a[0]).count() as u32;
            let word = |offset: u32| part(&a[1], offset, time_steps);
            let full = (0..count).filter(|offset| word(*offset).is_ones()).count() as u32;
            let has_all = |place: u32| ones(&part(&b[0], place, mask_bits)).count() as u32 == values;
            let least = |value: u32| {
                let weight = part(&b[1], value, weight_bits);
                weight.to_u64() == 1 << (weight_bits - 1)
            };
            let reached = [
                false,
                false,
                count == 0,
                count > 0 && full == count,
                full > 0,
                full < count,
                (0..group).any(has_all),
                (0..group * values).any(least),
                groups.contains(&b[2].to_u64()),
            ];
            let mask = |place: u32| part(&b[0], place, mask_bits);
            let lacks_weight = |place: u32| {
                let mask = mask(place);
                matches(&a[0], &mask).into_iter().any(|position| ones_below(&mask, position) >= values)
            };
            let wrong = [
                (self.params.may_lack_weights(), (0..group).any(lacks_weight)),
                (self.params.may_lack_group(), !b[2].is_zero()),
            ];
            let wrong = wrong.into_iter().filter(|(can_be, _)| *can_be).map(|(_, is)| is);
            let reached: Vec<bool> = reached.into_iter().chain(wrong).collect();
            (0..reached.len()).filter(|point| reached[*point]).for_each(&mut *hit);
            groups.push(b[2].to_u64());
            if b[3].bit(0) {
                groups.clear();
                *chunks += 1;
                if a[2].bit(0) {
                    hit(if *chunks == 1 { 0 } else { 1 });
                    *chunks = 0;
                }
            }
        });
    }
}
