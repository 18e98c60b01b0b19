//! The enumerated spaces, and the distribution of random words.

use super::coverage::{coverage_points, observe};
use super::params::Params;
use crate::channel::Ports;
use crate::common::float_stimulus::{corner_weighted, normal, truncated};
use crate::limbs::insert;
use crate::stimulus::{Coverage, Space, Stimulus, case_rng};

impl Stimulus for Params {
    /// Every activation with every code in every lane; in dual mode also every pair of floats.
    ///
    /// Neighbouring lanes hold different codes, and each lane meets every code. This is sufficient: a lane's outputs
    /// depend only on the activation and on its own code, which a test shows on the netlist.
    fn spaces(&self) -> Vec<Space> {
        let lanes = {
            let params = self.clone();
            let cases = 1 << (16 + params.weight_bits);
            Space::of_limbs("activation x weight", cases, widths(&params), move |index, beat| {
                word(&params, (index & 0xffff) as u32, |lane| (index >> 16) + 5 * u64::from(lane), beat);
            })
        };
        let pairs = {
            let params = self.clone();
            Space::of_limbs("float x float", 1 << 32, widths(&params), move |index, beat| {
                float_pair((index & 0xffff) as u32, (index >> 16) as u32, beat);
            })
        };
        match self.dual_mode {
            false => vec![lanes],
            true => vec![lanes, pairs],
        }
    }

    /// Words with activations around the corners of the format, and any weights; in dual mode half are pairs.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        Space::of_limbs("random", u64::MAX, widths(&params), move |index, beat| {
            let mut rng = case_rng(seed, index);
            let activation = corner_weighted(params.format(), &mut rng);
            if params.dual_mode && rng.bool() {
                return float_pair(activation, corner_weighted(params.format(), &mut rng), beat);
            }
            word(&params, activation, |_| rng.u64(..), beat);
        })
    }

    /// Words as in a quantised language model: activations normally distributed, weights too, with the largest code at about
    /// three standard deviations; in dual mode no pairs of floats.
    fn typical(&self, seed: u64) -> Space {
        let params = self.clone();
        Space::of_limbs("typical", u64::MAX, widths(&params), move |index, beat| {
            let mut rng = case_rng(seed, index);
            let activation = truncated(params.format(), normal(&mut rng) as f32);
            let half = f64::from(1u32 << (params.weight_bits - 1));
            let code = |_| (normal(&mut rng) * half / 3.0 + half).round().clamp(0.0, 2.0 * half - 1.0) as u64;
            word(&params, activation, code, beat);
        })
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::of_beats(coverage_points(self), |beat, hit| observe(self, beat, hit))
    }
}

/// Widths of the input fields.
fn widths(params: &Params) -> Vec<u32> {
    params.interface().inputs[0].fields.iter().map(|field| field.width).collect()
}

/// An activation, and a code for each lane.
fn word(params: &Params, activation: u32, mut code: impl FnMut(u32) -> u64, beat: &mut [u64]) {
    let w = params.weight_bits;
    beat[0] = activation.into();
    for lane in 0..params.lanes() {
        insert(&mut beat[1..], lane * w, w, code(lane));
    }
}

/// The mode and the second float are the last two fields.
fn float_pair(a: u32, b: u32, beat: &mut [u64]) {
    let last = beat.len() - 1;
    (beat[0], beat[last - 1], beat[last]) = (a.into(), 1, b.into());
}
