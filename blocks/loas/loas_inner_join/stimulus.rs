//! Stimulus and coverage points.

use super::model::Pairing;
use super::params::Params;
use crate::loas::masks::{matches, part, random_mask};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng};
use hdl::Bits;

/// Names of the coverage points.
pub const POINTS: [&str; 9] = [
    "join empty",
    "join of 1 match",
    "join of 8 matches",
    "join of 9 matches or more",
    "join of every bit",
    "match at the first bit",
    "match at the last bit",
    "group empty",
    "A chunk empty",
];

impl Stimulus for Params {
    /// A chunk of A with one to six groups of B.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index: u64, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let bits = params.mask_bits;
            let chunk = random_mask(&mut rng, bits);
            emit(0, std::slice::from_ref(&chunk));
            let beats = rng.u8(1..=6);
            for beat in 1..=beats {
                let mut masks = Bits::zero(params.group * bits);
                for place in 0..params.group {
                    let mask = match rng.u8(..8) {
                        0 => chunk.clone(),
                        1..=3 => Bits::zero(bits),
                        _ => random_mask(&mut rng, bits),
                    };
                    masks.insert(place * bits, &mask);
                }
                let tags: Vec<u64> =
                    (0..hdl::limbs_for(params.group * params.tag_bits)).map(|_| rng.u64(..)).collect();
                let tags = Bits::from_limbs(params.group * params.tag_bits, &tags);
                emit(1, &[masks, tags, Bits::truncated((beat == beats).into(), 1)]);
            }
        };
        Space { name: "random joins".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        40
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(POINTS, Observer::new(self))
    }
}

/// Finds the coverage points.
pub struct Observer<'p> {
    params: &'p Params,
    pairing: Pairing,
}

impl Observer<'_> {
    /// Nothing has been seen.
    pub fn new(params: &Params) -> Observer<'_> {
        Observer { params, pairing: Pairing::default() }
    }
}

impl Observe for Observer<'_> {
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let Params { mask_bits, group, .. } = *self.params;
        self.pairing.accept(channel, beat, 2, |_, a, b| {
            let joins: Vec<Vec<u32>> =
                (0..group).map(|place| matches(&a[0], &part(&b[0], place, mask_bits))).collect();
            for join in &joins {
                let reached = [
                    join.is_empty(),
                    join.len() == 1,
                    join.len() == 8,
                    join.len() >= 9 || join.len() == mask_bits as usize,
                    join.len() == mask_bits as usize,
                    join.first() == Some(&0),
                    join.last() == Some(&(mask_bits - 1)),
                ];
                (0..reached.len()).filter(|point| reached[*point]).for_each(&mut *hit);
            }
            if joins.iter().all(Vec::is_empty) {
                hit(7);
            }
            if a[0].is_zero() {
                hit(8);
            }
        });
    }
}
