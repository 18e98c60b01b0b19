//! The accuracy of probabilities: their errors, and their sums.

use super::Params;
use super::model::{Row, Softmax};
use crate::common::float_stimulus::normal;
use fastrand::Rng;

/// Scores of a natural unit.
const UNIT: f64 = 32.0 / std::f64::consts::LN_2;

/// The model for probabilities of `bits` bits.
struct Precision {
    model: Softmax,
    output_bits: u32,
}

impl Precision {
    fn new(length: u32, output_bits: u32) -> Precision {
        Precision {
            model: Softmax::new(&Params { lanes: 8, length, output_bits, ..Params::default() }),
            output_bits,
        }
    }

    /// The probabilities of a row, as fractions.
    fn probabilities(&self, scores: &[i8]) -> Vec<f64> {
        let scores: Vec<Option<i8>> = scores.iter().copied().map(Some).collect();
        let row = scores.chunks(8).fold(Row::default(), |row, beat| self.model.add(row, beat));
        let step = f64::from(1 << self.output_bits).recip();
        scores.into_iter().map(|score| self.model.probability(row, score) as f64 * step).collect()
    }

    /// The sum of a row's probabilities, ideally 1.
    fn mass(&self, scores: &[i8]) -> f64 {
        self.probabilities(scores).iter().sum()
    }

    /// The worst error against real arithmetic of the scores of a row.
    fn error(&self, scores: &[i8]) -> f64 {
        self.errors(scores).into_iter().fold(0.0, f64::max)
    }

    /// The error of each score of a row.
    fn errors(&self, scores: &[i8]) -> Vec<f64> {
        let real = |score: &i8| (f64::from(*score) / 32.0).exp2();
        let sum: f64 = scores.iter().map(real).sum();
        let found = self.probabilities(scores).into_iter();
        found.zip(scores).map(|(found, score)| (found - real(score) / sum).abs()).collect()
    }
}

/// A row of normally distributed scores, whose standard deviation is in natural units.
fn normal_row(rng: &mut Rng, length: u32, deviation: f64) -> Vec<i8> {
    (0..length).map(|_| (normal(rng) * deviation * UNIT) as i8).collect()
}

/// The worst error over rows of many shapes and lengths.
fn worst_of_normal_rows(output_bits: u32) -> f64 {
    let mut rng = Rng::with_seed(1);
    let mut worst: f64 = 0.0;
    for length in [8, 16, 64, 128, 512] {
        let precision = Precision::new(length, output_bits);
        for round in 0..400 {
            let deviation = [0.3, 1.0, 2.0, 4.0, 4.0, 8.0][rng.usize(..6)];
            let mut scores = normal_row(&mut rng, length, deviation);
            if round % 5 == 0 {
                scores[rng.usize(..length as usize)] = rng.i8(0..);
            }
            worst = worst.max(precision.error(&scores));
        }
    }
    worst
}

/// The worst error over rows with one score above others that are equal: their powers are all rounded the same way.
fn worst_of_one_above_others(output_bits: u32) -> f64 {
    let mut worst: f64 = 0.0;
    for length in [8, 64, 128, 512] {
        let precision = Precision::new(length, output_bits);
        for one in 96..=i8::MAX {
            for others in (i8::MIN..one).step_by(3) {
                let mut scores = vec![others; length as usize];
                scores[0] = one;
                worst = worst.max(precision.error(&scores));
            }
        }
    }
    worst
}

#[test]
fn eight_bits_are_within_a_two_hundredth() {
    let worst = [worst_of_normal_rows(8), worst_of_one_above_others(8)];
    println!("worst errors of 8 bits: {worst:.5?}");
    assert!(worst.iter().all(|worst| (0.001..0.005).contains(worst)), "{worst:?}");
}

#[test]
fn sixteen_bits_are_within_a_thousandth() {
    let worst = [worst_of_normal_rows(16), worst_of_one_above_others(16)];
    println!("worst errors of 16 bits: {worst:.6?}");
    assert!(worst.iter().all(|worst| *worst < 0.001), "{worst:?}");
}

/// The least sum of probabilities over 200 rows of a length and a standard deviation.
fn least_mass(length: u32, output_bits: u32, deviation: f64) -> f64 {
    let precision = Precision::new(length, output_bits);
    let mut rng = Rng::with_seed(1);
    let masses = (0..200).map(|_| precision.mass(&normal_row(&mut rng, length, deviation)));
    masses.fold(f64::MAX, f64::min)
}

/// The page's table: by length, and for standard deviations of 1, 2 and 4, the least sum with 8 bits.
const LEAST_MASSES: [(u32, [f64; 3]); 4] = [
    (64, [0.97, 0.96, 0.94]),
    (128, [0.95, 0.93, 0.90]),
    (256, [0.90, 0.86, 0.81]),
    (512, [0.73, 0.73, 0.65]),
];

#[test]
fn mass_is_lost_as_the_page_says() {
    for (length, of_eight) in LEAST_MASSES {
        for (deviation, least) in [1.0, 2.0, 4.0].into_iter().zip(of_eight) {
            let found = [8, 16].map(|bits| least_mass(length, bits, deviation));
            println!("{length} scores, deviation {deviation}: {found:.4?}");
            assert!((least..least + 0.01).contains(&found[0]), "{length}, {deviation}: {found:?}");
            assert!(found[1] > 0.997, "{length}, {deviation}: {found:?}");
        }
    }
}

#[test]
fn of_equal_scores_all_or_nothing_is_left() {
    let mass = |length: u32, bits| Precision::new(4096, bits).mass(&vec![17; length as usize]);
    // All are rounded up, or all down.
    assert_eq!([mass(256, 8), mass(510, 8), mass(512, 8)], [1.0, 510.0 / 256.0, 0.0]);
    for length in [1, 3, 64, 512, 4096] {
        assert!((0.998..1.002).contains(&mass(length, 16)), "{length}: {}", mass(length, 16));
    }
}

/// Rows of attention: 40 for each of the standard deviations of 1, 2 and 4.
fn rows_of_attention(length: u32) -> Vec<Vec<i8>> {
    let mut rng = Rng::with_seed(1);
    let deviations = [1.0, 2.0, 4.0].into_iter().flat_map(|deviation| [deviation; 40]);
    deviations.map(|deviation| normal_row(&mut rng, length, deviation)).collect()
}

/// The page's table: for lengths and output bits, the worst error, the mean error in millionths, and the greatest and the mean
/// difference of the sum of a row from 1.
const OF_ATTENTION: [(u32, u32, [f64; 4]); 4] = [
    (512, 8, [0.0020, 770.0, 0.35, 0.20]),
    (2048, 8, [0.0020, 450.0, 1.0, 0.66]),
    (512, 16, [0.000017, 4.2, 0.0019, 0.0005]),
    (2048, 16, [0.00001, 4.2, 0.0076, 0.0018]),
];

/// The figures of rows of attention.
fn figures(length: u32, output_bits: u32) -> [f64; 4] {
    let precision = Precision::new(length, output_bits);
    let rows = rows_of_attention(length);
    let errors: Vec<f64> = rows.iter().flat_map(|row| precision.errors(row)).collect();
    let off: Vec<f64> = rows.iter().map(|row| (1.0 - precision.mass(row)).abs()).collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let most = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
    [most(&errors), 1e6 * mean(&errors), most(&off), mean(&off)]
}

#[test]
fn long_rows_are_as_exact_as_the_page_says() {
    let found = OF_ATTENTION.map(|(length, output_bits, _)| figures(length, output_bits));
    println!("of attention: {found:.6?}");
    for (found, (length, output_bits, stated)) in found.iter().zip(OF_ATTENTION) {
        let is_near = |(found, stated): (&f64, f64)| (0.9 * stated..=stated).contains(found);
        assert!(
            found.iter().zip(stated).all(is_near),
            "{length}, {output_bits} bits: {found:?}, stated {stated:?}"
        );
    }
}
