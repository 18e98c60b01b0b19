//! A matrix whose weights are rounded softly: each is its lower code plus a share of a step, until it is hardened.

use crate::adam::{Moments, Step};
use crate::sigmoid::{inverse, rectified};
use blocks::pacq::weights::{Quantised, Scheme, fp16_to_f64};
use half::f16;
use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

/// The weight decay of tuned scales, as in the paper's code.
const DECAY: f32 = 1e-4;

/// A matrix in training.
pub struct Soft {
    scheme: Scheme,
    /// Codes less zero points, which may lie between integers: rows of inputs.
    levels: Vec<f32>,
    bands: Vec<Band>,
}

/// The rows of a group.
struct Band {
    groups: Vec<Group>,
    weights: Vec<SoftWeight>,
}

/// Weights that share a scale.
struct Group {
    scale: f32,
    zero: f32,
    factor: f32,
    moments: Moments,
}

/// A weight that is not hardened.
struct SoftWeight {
    /// Its place in the band.
    place: u32,
    lower: f32,
    logit: f32,
    slope: f32,
    moments: Moments,
}

/// What a matrix is between two rounds.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Of each weight: its level if it is hardened, otherwise the lower one.
    pub levels: Vec<f32>,
    /// Of each weight: what the sigmoid is taken of; NaN if it is hardened.
    pub logits: Vec<f32>,
    /// Of each group: what the sigmoid of its scale's factor is taken of.
    pub factors: Vec<f32>,
}

impl Group {
    /// The size of a step.
    fn step(&self) -> f32 {
        self.scale * 2.0 * rectified(self.factor).0
    }
}

impl Soft {
    /// Takes the scales and the zero points of codes that are rounded to nearest. The soft weights are the original ones, as far
    /// as the codes reach.
    pub fn new(weights: ArrayView2<f32>, nearest: &Quantised) -> Soft {
        let scheme = nearest.scheme;
        let scales = nearest.scales.iter().map(|scale| fp16_to_f64(*scale) as f32);
        let groups: Vec<(f32, f32)> = scales.zip(nearest.zeros.iter().map(|zero| f32::from(*zero))).collect();
        let steps = |row: usize, column: usize| {
            let (scale, zero) = groups[scheme.group_of(row, column)];
            (weights[(row, column)] / scale).clamp(-zero, f32::from(scheme.greatest()) - zero)
        };
        let places = || (0..scheme.k).flat_map(|row| (0..scheme.n).map(move |column| (row, column)));
        let levels: Vec<f32> = places().map(|(row, column)| steps(row, column).floor()).collect();
        let logits =
            places().zip(&levels).map(|((row, column), lower)| inverse(steps(row, column) - lower)).collect();
        let factors = vec![0.0; groups.len()];
        Soft::of(nearest, State { levels, logits, factors })
    }

    /// Continues from a state.
    pub fn of(nearest: &Quantised, state: State) -> Soft {
        let scheme = nearest.scheme;
        let size = scheme.group_k * scheme.n;
        let scales = nearest.scales.iter().zip(&nearest.zeros).zip(&state.factors);
        let mut groups = scales.map(|((scale, zero), factor)| Group {
            scale: fp16_to_f64(*scale) as f32,
            zero: f32::from(*zero),
            factor: *factor,
            moments: Moments::default(),
        });
        let bands = state.logits.chunks(size).zip(state.levels.chunks(size)).map(|(logits, levels)| Band {
            groups: groups.by_ref().take(scheme.group_columns()).collect(),
            weights: soft_weights(logits, levels),
        });
        let bands = bands.collect();
        let mut soft = Soft { scheme, levels: state.levels, bands };
        soft.refresh();
        soft
    }

    /// The state, for [`Soft::of`].
    pub fn state(&self) -> State {
        let mut levels = self.levels.clone();
        let mut logits = vec![f32::NAN; levels.len()];
        for (band, first) in self.bands.iter().zip((0..).step_by(self.band_size())) {
            for weight in &band.weights {
                let place = first + weight.place as usize;
                (levels[place], logits[place]) = (weight.lower, weight.logit);
            }
        }
        let factors = self.bands.iter().flat_map(|band| band.groups.iter().map(|group| group.factor));
        State { levels, logits, factors: factors.collect() }
    }

    fn band_size(&self) -> usize {
        self.scheme.group_k * self.scheme.n
    }

    /// Hardens all weights but a share: those that are nearest to the middle of a step stay soft. All moments become 0.
    pub fn harden(&mut self, share: f64) {
        let mut scores: Vec<(f32, usize, u32)> = vec![];
        for (number, band) in self.bands.iter().enumerate() {
            let score = |weight: &SoftWeight| (rectified(weight.logit).0 - 0.5).abs();
            scores.extend(band.weights.iter().map(|weight| (score(weight), number, weight.place)));
        }
        let kept = ((share * self.levels.len() as f64).ceil() as usize).min(scores.len());
        if kept < scores.len() {
            scores.select_nth_unstable_by(kept, |a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        }
        let mut is_kept = vec![false; self.levels.len()];
        let size = self.band_size();
        for (_, band, place) in &scores[..kept] {
            is_kept[band * size + *place as usize] = true;
        }
        let greatest = f32::from(self.scheme.greatest());
        let parts = self.levels.par_chunks_mut(size).zip(is_kept.par_chunks(size));
        parts.zip(&mut self.bands).for_each(|((levels, is_kept), band)| {
            band.harden(levels, is_kept, self.scheme, greatest);
        });
    }

    /// The weights that the levels stand for.
    pub fn weights(&self) -> Array2<f32> {
        let Scheme { k, n, .. } = self.scheme;
        let mut weights = self.levels.clone();
        let size = self.band_size();
        weights.par_chunks_mut(size).zip(&self.bands).for_each(|(weights, band)| {
            let steps = self.spread(band.groups.iter().map(Group::step));
            for row in weights.chunks_mut(n) {
                row.iter_mut().zip(&steps).for_each(|(weight, step)| *weight *= step);
            }
        });
        Array2::from_shape_vec((k, n), weights).expect("there is a level for each weight")
    }

    /// A value for each column from one for each group.
    fn spread(&self, values: impl Iterator<Item = f32>) -> Vec<f32> {
        let Scheme { n, group_n, .. } = self.scheme;
        values.flat_map(|value| std::iter::repeat_n(value, group_n)).take(n).collect()
    }

    /// Moves soft weights and scales by their gradients, from those of the weights.
    pub fn step(&mut self, gradient: &Array2<f32>, step: Step) {
        let gradient = gradient.as_slice().expect("products are in rows");
        let (size, scheme) = (self.band_size(), self.scheme);
        let parts = self.levels.par_chunks_mut(size).zip(gradient.par_chunks(size));
        parts.zip(&mut self.bands).for_each(|((levels, gradient), band)| {
            // Both gradients are those of the same weights: scales move after weights have theirs.
            let of_scales = band.gradients_of_factors(levels, gradient, scheme);
            band.step_weights(gradient, step, scheme);
            band.step_factors(&of_scales, step);
            band.refresh(levels, scheme);
        });
    }

    fn refresh(&mut self) {
        let (size, scheme) = (self.band_size(), self.scheme);
        let parts = self.levels.par_chunks_mut(size).zip(&mut self.bands);
        parts.for_each(|(levels, band)| band.refresh(levels, scheme));
    }

    /// Hardens all, and gives codes with tuned scales.
    pub fn finish(mut self) -> Quantised {
        self.harden(0.0);
        let scheme = self.scheme;
        let groups = || self.bands.iter().flat_map(|band| &band.groups);
        let scales = groups().map(|group| f16::from_f32(group.step()).to_bits()).collect();
        let zeros: Vec<u8> = groups().map(|group| group.zero as u8).collect();
        let places = (0..scheme.k).flat_map(|row| (0..scheme.n).map(move |column| (row, column)));
        let codes = places
            .zip(&self.levels)
            .map(|((row, column), level)| (level + f32::from(zeros[scheme.group_of(row, column)])) as u8)
            .collect();
        Quantised { scheme, codes, scales, zeros }
    }
}

fn soft_weights(logits: &[f32], levels: &[f32]) -> Vec<SoftWeight> {
    let weights = logits.iter().zip(levels).zip(0..).filter(|((logit, _), _)| !logit.is_nan());
    weights
        .map(|((logit, lower), place)| SoftWeight {
            place,
            lower: *lower,
            logit: *logit,
            slope: 0.0,
            moments: Moments::default(),
        })
        .collect()
}

impl Band {
    fn harden(&mut self, levels: &mut [f32], is_kept: &[bool], scheme: Scheme, greatest: f32) {
        let groups = &self.groups;
        self.weights.retain_mut(|weight| {
            let place = weight.place as usize;
            if !is_kept[place] {
                let most = greatest - groups[place % scheme.n / scheme.group_n].zero;
                let raised = if weight.logit > 0.0 { 1.0 } else { 0.0 };
                levels[place] = (weight.lower + raised).min(most);
            }
            weight.moments = Moments::default();
            is_kept[place]
        });
        self.groups.iter_mut().for_each(|group| group.moments = Moments::default());
    }

    fn gradients_of_factors(&self, levels: &[f32], gradient: &[f32], scheme: Scheme) -> Vec<f32> {
        let mut sums = vec![0.0; scheme.n];
        for (levels, gradient) in levels.chunks(scheme.n).zip(gradient.chunks(scheme.n)) {
            for ((sum, level), gradient) in sums.iter_mut().zip(levels).zip(gradient) {
                *sum += level * gradient;
            }
        }
        let groups = sums.chunks(scheme.group_n).zip(&self.groups);
        groups
            .map(|(sums, group)| sums.iter().sum::<f32>() * group.scale * 2.0 * rectified(group.factor).1)
            .collect()
    }

    fn step_weights(&mut self, gradient: &[f32], step: Step, scheme: Scheme) {
        let steps: Vec<f32> = self.groups.iter().map(Group::step).collect();
        for weight in &mut self.weights {
            let place = weight.place as usize;
            let slope = weight.slope * steps[place % scheme.n / scheme.group_n];
            weight.logit += step.of(&mut weight.moments, gradient[place] * slope);
        }
    }

    fn step_factors(&mut self, gradients: &[f32], step: Step) {
        for (group, gradient) in self.groups.iter_mut().zip(gradients) {
            group.factor += step.of(&mut group.moments, gradient + DECAY * group.factor);
        }
    }

    /// The levels of soft weights, and how these move with them.
    fn refresh(&mut self, levels: &mut [f32], scheme: Scheme) {
        for weight in &mut self.weights {
            let place = weight.place as usize;
            let most = f32::from(scheme.greatest()) - self.groups[place % scheme.n / scheme.group_n].zero;
            let (raised, slope) = rectified(weight.logit);
            let level = weight.lower + raised;
            // No code is above the greatest one.
            (levels[place], weight.slope) = if level > most { (most, 0.0) } else { (level, slope) };
        }
    }
}
