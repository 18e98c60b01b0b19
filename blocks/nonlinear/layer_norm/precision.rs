//! The error of results against real arithmetic, in output steps.

use super::model::{LayerNorm, Row};
use super::params::{Norm, Params};
use crate::common::float_stimulus::normal;
use fastrand::Rng;

/// The worst and the mean error of many results.
#[derive(Clone, Copy, Debug, Default)]
struct Errors {
    worst: f64,
    sum: f64,
    count: f64,
}

impl Errors {
    fn add(&mut self, error: f64) {
        self.worst = self.worst.max(error);
        self.sum += error;
        self.count += 1.0;
    }

    fn mean(&self) -> f64 {
        self.sum / self.count
    }
}

/// A row in real arithmetic.
struct Real {
    length: i64,
    sum: i64,
    root: f64,
}

impl Real {
    fn new(elements: &[i32], is_rms: bool) -> Real {
        let values = || elements.iter().copied().map(i64::from);
        let (length, sum) = (elements.len() as i64, if is_rms { 0 } else { values().sum() });
        // Exact, where f64 would cancel.
        let squares: i64 = values().map(|value| value * value).sum();
        let radicand = i128::from(length) * i128::from(squares) - i128::from(sum) * i128::from(sum);
        Real { length, sum, root: (radicand as f64).sqrt() }
    }

    /// The result of an element, before it is rounded.
    fn result(&self, params: &Params, element: i32, (gain, bias): (i32, i32)) -> f64 {
        let normal = (self.length * i64::from(element) - self.sum) as f64 / self.root;
        (f64::from(gain) * normal + f64::from(bias)) / f64::from(1 << params.shift)
    }
}

/// Adds the errors of a row; those of saturated results are not counted.
fn add_row(errors: &mut Errors, model: &LayerNorm, params: &Params, elements: &[i32], gains: &[(i32, i32)]) {
    let is_rms = model.is_rms(false);
    let results = model.results(Row::new(elements, 0, is_rms), elements, gains);
    let (exact, greatest) = (Real::new(elements, is_rms), f64::from(1 << (params.output_bits - 1)) - 1.0);
    for (result, (element, gain)) in results.into_iter().zip(elements.iter().zip(gains)) {
        let real = exact.result(params, *element, *gain);
        if (-greatest - 1.0..=greatest).contains(&real) {
            errors.add((f64::from(result) - real).abs());
        }
    }
}

/// Rows of normally distributed elements, some around a mean and some with outliers; gains so that the results fill their range,
/// and biases up to half of it.
fn errors(params: &Params, rounds: u32) -> Errors {
    let (model, mut errors, mut rng) = (LayerNorm::new(params), Errors::default(), Rng::with_seed(1));
    let half = f64::from(1 << (params.input_bits - 1));
    let step = f64::from(1 << params.shift);
    for (length, round) in
        [64, 384, 768, 2048].into_iter().flat_map(|length| (0..rounds).map(move |round| (length, round)))
    {
        let (spread, mean) = (half / [4.0, 16.0, 64.0][rng.usize(..3)], half / 2.0 * (rng.f64() - 0.5));
        let clamped = |value: f64| value.round().clamp(-half, half - 1.0) as i32;
        let mut elements: Vec<i32> = (0..length).map(|_| clamped(mean + spread * normal(&mut rng))).collect();
        if round % 3 == 0 {
            elements[rng.usize(..length)] = clamped(half * (2.0 * rng.f64() - 1.0));
        }
        let range = f64::from(1 << (params.output_bits - 1));
        let greatest = f64::from(1 << (params.gain_bits - 1)) - 1.0;
        let mut gain = || {
            let gain = (range / 3.0 * step * (0.25 + rng.f64())).round().min(greatest);
            let bias = (range * step * (rng.f64() - 0.5)).round().clamp(-greatest, greatest);
            (gain as i32, bias as i32)
        };
        let gains: Vec<_> = (0..length).map(|_| gain()).collect();
        add_row(&mut errors, &model, params, &elements, &gains);
    }
    errors
}

/// The page's table: input bits, output bits, shift, norm, and the worst error.
const STATED: [(u32, u32, u32, Norm, f64); 8] = [
    (8, 8, 8, Norm::Layer, 0.5004),
    (16, 8, 8, Norm::Layer, 0.5007),
    (20, 8, 8, Norm::Layer, 0.5003),
    (16, 8, 8, Norm::Rms, 0.5004),
    (8, 16, 2, Norm::Layer, 0.5010),
    (16, 16, 2, Norm::Layer, 0.5008),
    (20, 16, 2, Norm::Layer, 0.5011),
    (16, 16, 2, Norm::Rms, 0.5010),
];

#[test]
fn results_are_as_exact_as_the_page_says() {
    let params = |(input_bits, output_bits, shift, norm, _): (u32, u32, u32, Norm, f64)| Params {
        length: 2048,
        input_bits,
        output_bits,
        shift,
        norm,
        ..Params::default()
    };
    let found = STATED.map(|stated| errors(&params(stated), 12));
    for (errors, stated) in found.iter().zip(STATED) {
        println!("{stated:?}: worst {:.5}, mean {:.5}", errors.worst, errors.mean());
    }
    for (errors, stated) in found.iter().zip(STATED) {
        // Rounding alone has a mean of a quarter.
        assert!((0.5..=stated.4).contains(&errors.worst), "{stated:?}: {}", errors.worst);
        assert!((0.248..0.252).contains(&errors.mean()), "{stated:?}: {}", errors.mean());
    }
}

/// Any gain of an element for which a bias brings the result into its range, and the bias that brings it nearest to the middle
/// of two steps.
fn near_a_tie(rng: &mut Rng, params: &Params, row: &Real, element: i32) -> (i32, i32) {
    let step = f64::from(1 << params.shift);
    let greatest = (1 << (params.gain_bits - 1)) - 1;
    let range = 1 << (params.output_bits - 1);
    let normal = row.result(params, element, (1 << params.shift, 0));
    let product = (f64::from(range) + f64::from(greatest) / step) * (2.0 * rng.f64() - 1.0);
    // A cast to i32 saturates.
    let gain = ((product / normal * step) as i32).clamp(-greatest, greatest);
    let target = f64::from(rng.i32(-range..range)) + 0.5;
    let bias = ((target - row.result(params, element, (gain, 0))) * step) as i32;
    (gain, bias.clamp(-greatest, greatest))
}

/// Rows at the limits: one element apart from equal others, two values in turn, elements around 0.
fn errors_of_corners(params: &Params) -> Errors {
    let (model, mut errors, mut rng) = (LayerNorm::new(params), Errors::default(), Rng::with_seed(1));
    let half = 1 << (params.input_bits - 1);
    for round in 0..100 {
        let length = [2, 3, 64, 768, 2048][rng.usize(..5)];
        let (one, other) = (rng.i32(-half..half), rng.i32(-half..half));
        let place = rng.usize(..length);
        let element = |own: usize| match round % 4 {
            0 if own == place => one,
            0 => other,
            1 if own.is_multiple_of(2) => half - 1,
            1 => -half,
            2 => i32::from(own == place),
            _ => rng.i32(-1..=1) + i32::from(own == 0),
        };
        let elements: Vec<i32> = (0..length).map(element).collect();
        if elements.iter().all(|own| *own == elements[0]) {
            continue;
        }
        let row = Real::new(&elements, false);
        let gains: Vec<_> = elements.iter().map(|own| near_a_tie(&mut rng, params, &row, *own)).collect();
        add_row(&mut errors, &model, params, &elements, &gains);
    }
    errors
}

#[test]
fn corners_are_within_a_hundredth_of_rounding() {
    for (output_bits, gain_bits, shift) in [(8, 16, 8), (8, 8, 3), (8, 16, 7), (16, 16, 2), (16, 16, 0)] {
        let params = Params { length: 2048, output_bits, gain_bits, shift, ..Params::default() };
        for input_bits in [8, 20] {
            let errors = errors_of_corners(&Params { input_bits, ..params.clone() });
            println!("corners, {input_bits} to {output_bits} bits, shift {shift}: worst {:.5}", errors.worst);
            assert!(errors.worst < 0.51, "{input_bits} to {output_bits} bits, {shift}: {errors:?}");
        }
    }
}

/// The open LayerNorm with integers of 32 bits, for rows of 768: it multiplies the sum by N_INV = 1398101, 2^30 / 768, in place of a
/// division, rounds the mean down, takes squares of elements without their lower 6 bits, and rounds the root down. Its result is
/// the element over the root of the sum of squared deviations, with 30 fraction bits.
fn of_rounded_statistics(elements: &[i32]) -> Vec<f64> {
    const N_INV: i64 = 1_398_101;
    let values = || elements.iter().copied().map(i64::from);
    let sum: i64 = values().sum();
    let mean = (sum * N_INV) >> 30;
    let squares: i64 = values().map(|value| (value >> 6).pow(2)).sum();
    let root = (squares - ((mean * sum) >> 12)).isqrt() << 6;
    let factor = (1 << 31) / root;
    let result = |value: i64| ((value - mean) * factor) >> 1;
    values().map(|value| result(value) as f64 / f64::from(1 << 30)).collect()
}

#[test]
fn rounded_statistics_cost_more_than_a_step() {
    let params = Params { length: 768, ..Params::default() };
    let (model, mut ours, mut theirs, mut rng) =
        (LayerNorm::new(&params), Errors::default(), Errors::default(), Rng::with_seed(1));
    let gains = vec![(32 << params.shift, 0); 768];
    for _ in 0..20 {
        let mean = 8192.0 * (rng.f64() - 0.5);
        let elements: Vec<i32> =
            (0..768).map(|_| (mean + 2048.0 * normal(&mut rng)).round() as i32).collect();
        add_row(&mut ours, &model, &params, &elements, &gains);
        let row = Real::new(&elements, false);
        for (result, element) in of_rounded_statistics(&elements).into_iter().zip(&elements) {
            let result = (32.0 * 768.0f64.sqrt() * result).round();
            theirs.add((result - row.result(&params, *element, gains[0])).abs());
        }
    }
    println!(
        "ours {:.4} {:.4}, rounded statistics {:.4} {:.4}",
        ours.worst,
        ours.mean(),
        theirs.worst,
        theirs.mean()
    );
    assert!(ours.worst < 0.51 && theirs.worst > 1.0, "{ours:?}, {theirs:?}");
}
