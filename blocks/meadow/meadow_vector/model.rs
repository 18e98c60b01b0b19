//! The model of a row, in plain integers.

use super::params::{ELEMENT_BITS, First, NARROW_BITS, NARROW_SHIFT_BITS, Norm, Op, Params};
use crate::common::lanes::flag;
use crate::meadow::meadow_attention_head::params::{COUNT_BITS, MULTIPLIER_BITS};
use crate::meadow::meadow_requantize::SHIFT_BITS;
use crate::meadow::meadow_requantize::model::Multiplier;
use crate::nonlinear::layer_norm::model::{LayerNorm, Row};
use hdl::{Bits, Encoded};

/// The numbers of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// Rows.
    pub rows: u32,
    /// Words of a row of `a`.
    pub beats: u32,
    /// Words of a row of `b`.
    pub b_beats: u32,
    /// What is made of an element of each.
    pub op: Op,
    /// Scale of what is made.
    pub scale: Multiplier,
    /// The norm; none where its code has no meaning.
    pub norm: Option<Norm>,
    /// Epsilon of the norm, as in `layer_norm`.
    pub epsilon: u64,
    /// What leaves through `first`.
    pub first: First,
    /// Whether normalised elements leave through `second`.
    pub second: bool,
    /// Places by which those are shifted.
    pub narrow_shift: u32,
}

/// What can be wrong with a job.
pub const FAULTS: [&str; 6] = [
    "no rows",
    "no words, or too many",
    "words of b that do not suit the operation",
    "unknown norm",
    "no output",
    "norm without an output, or output without a norm",
];

impl Job {
    /// The job of a beat.
    pub fn of_beat(beat: &[Bits]) -> Job {
        let number = |field: usize| beat[field].to_u64() as u32;
        let code = |field: usize| u128::from(beat[field].to_u64());
        Job {
            rows: number(0),
            beats: number(1),
            b_beats: number(2),
            op: Op::from_code(code(3)).expect("every code is an operation"),
            scale: Multiplier { multiplier: beat[4].to_u64(), shift: number(5) },
            norm: Norm::from_code(code(6)),
            epsilon: beat[7].to_u64(),
            first: First::from_code(code(8)).expect("every code is an output"),
            second: beat[9].bit(0),
            narrow_shift: number(10),
        }
    }

    /// The beat of the job.
    pub fn beat(&self, params: &Params) -> Vec<Bits> {
        let bits = |number: u128, width: u32| Bits::truncated(number, width);
        vec![
            bits(self.rows.into(), COUNT_BITS),
            bits(self.beats.into(), params.beats_bits()),
            bits(self.b_beats.into(), params.beats_bits()),
            bits(self.op.code(), Op::WIDTH),
            bits(self.scale.multiplier.into(), MULTIPLIER_BITS),
            bits(self.scale.shift.into(), SHIFT_BITS),
            self.norm.map_or(Bits::ones(Norm::WIDTH), |norm| bits(norm.code(), Norm::WIDTH)),
            bits(self.epsilon.into(), params.norm().epsilon_bits()),
            bits(self.first.code(), First::WIDTH),
            flag(self.second),
            bits(self.narrow_shift.into(), NARROW_SHIFT_BITS),
        ]
    }

    /// Which of the [faults](FAULTS) it has.
    pub fn faults(&self, params: &Params) -> [bool; FAULTS.len()] {
        let suits = match self.op {
            Op::Copy => true,
            Op::Sum | Op::Product => self.b_beats == self.beats,
            Op::Rotary => (1..=self.beats).contains(&self.b_beats),
        };
        let has_beats = (1..=params.beats()).contains(&self.beats);
        let gives_normal = self.second || self.first == First::Normal;
        [
            self.rows == 0,
            !has_beats,
            has_beats && !suits,
            self.norm.is_none(),
            !self.second && self.first == First::None,
            self.norm.is_some_and(|norm| (norm != Norm::None) != gives_normal),
        ]
    }

    /// Whether all numbers are within their ranges.
    pub fn is_legal(&self, params: &Params) -> bool {
        !self.faults(params).contains(&true)
    }

    /// Words of `b` for a row.
    pub fn words_of_b(&self) -> u32 {
        match self.op {
            Op::Copy => 0,
            Op::Sum | Op::Product | Op::Rotary => self.b_beats,
        }
    }

    /// Whether the rows go through a norm.
    pub fn has_norm(&self) -> bool {
        self.norm.is_some_and(|norm| norm != Norm::None)
    }
}

/// The model of the block's rows.
pub struct Vector {
    params: Params,
    norm: LayerNorm,
}

impl Vector {
    /// The model for these parameters.
    pub fn new(params: &Params) -> Vector {
        Vector { params: params.clone(), norm: LayerNorm::new(&params.norm()) }
    }

    /// The results of a row of a legal job: the elements of `first` and of `second`. `b` is a row of `b_beats` words; `affine` has a
    /// gain and a bias for each element.
    pub fn row(&self, job: &Job, a: &[i64], b: &[i64], affine: &[(i64, i64)]) -> (Vec<i64>, Vec<i64>) {
        let elements = self.scaled(job, &sums(job.op, a, b));
        let normal = if job.has_norm() { self.normal(job, &elements, affine) } else { vec![] };
        let first = match job.first {
            First::None => vec![],
            First::Wide => elements,
            First::Narrow => narrow(&elements),
            First::Normal => normal.clone(),
        };
        (first, if job.second { shifted(job, &normal) } else { vec![] })
    }

    /// The scaled elements.
    pub fn scaled(&self, job: &Job, sums: &[i64]) -> Vec<i64> {
        let scaled = |sum: &i64| job.scale.scaled_to(ELEMENT_BITS, self.params.rounding, *sum);
        sums.iter().map(scaled).collect()
    }

    /// The normalised elements of a row.
    pub fn normal(&self, job: &Job, elements: &[i64], affine: &[(i64, i64)]) -> Vec<i64> {
        let elements: Vec<i32> = elements.iter().map(|element| *element as i32).collect();
        let gains: Vec<(i32, i32)> = affine.iter().map(|(gain, bias)| (*gain as i32, *bias as i32)).collect();
        let row = Row::new(&elements, job.epsilon, job.norm == Some(Norm::Rms));
        self.norm.results(row, &elements, &gains).into_iter().map(i64::from).collect()
    }
}

/// What an operation makes of a row of `a`, or of some of its words; `b` is repeated along it.
pub fn sums(op: Op, a: &[i64], b: &[i64]) -> Vec<i64> {
    let of_each = |of: fn(i64, i64) -> i64| a.iter().zip(b.iter().cycle()).map(|(a, b)| of(*a, *b)).collect();
    match op {
        Op::Copy => a.to_vec(),
        Op::Sum => of_each(|a, b| a + b),
        Op::Product => of_each(|a, b| a * b),
        Op::Rotary => {
            let turned = |(x, angle): (&[i64], &[i64])| {
                let (cosine, sine) = (angle[0], angle[1]);
                [x[0] * cosine - x[1] * sine, x[0] * sine + x[1] * cosine]
            };
            a.chunks(2).zip(b.chunks(2).cycle()).flat_map(turned).collect()
        }
    }
}

/// The nearest numbers of 8 bits.
pub fn narrow(elements: &[i64]) -> Vec<i64> {
    let greatest = (1 << (NARROW_BITS - 1)) - 1;
    elements.iter().map(|element| (*element).clamp(-greatest - 1, greatest)).collect()
}

/// Normalised elements for `second`: shifted right, rounded to nearest, half a step up, and saturated to 8 bits.
pub fn shifted(job: &Job, normal: &[i64]) -> Vec<i64> {
    let half = (1 << job.narrow_shift) >> 1;
    let of_element = |element: &i64| (element + half) >> job.narrow_shift;
    narrow(&normal.iter().map(of_element).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: Job = Job {
        rows: 1,
        beats: 2,
        b_beats: 2,
        op: Op::Copy,
        scale: Multiplier { multiplier: 1, shift: 0 },
        norm: Some(Norm::None),
        epsilon: 0,
        first: First::Wide,
        second: false,
        narrow_shift: 0,
    };

    fn params() -> Params {
        Params { lanes: 2, length: 8, ..Params::default() }
    }

    fn row(job: &Job, a: &[i64], b: &[i64]) -> (Vec<i64>, Vec<i64>) {
        assert!(job.is_legal(&params()), "{job:?}");
        Vector::new(&params()).row(job, a, b, &vec![(40, 8); a.len()])
    }

    #[test]
    fn operations_are_those_of_the_definition() {
        let a = [3, -4, 32767, -32768];
        let first = |op, b: &[i64]| row(&Job { op, ..JOB }, &a, b).0;
        assert_eq!(first(Op::Copy, &[]), a);
        assert_eq!(first(Op::Sum, &[1, 1, 1, -1]), [4, -3, 32767, -32768]);
        assert_eq!(first(Op::Product, &[-5, 5, 1, 2]), [-15, -20, 32767, -32768]);
        // A quarter turn, and two of a table of one pair.
        assert_eq!(first(Op::Rotary, &[0, 1, 0, -1]), [4, 3, -32768, -32767]);
        let half = Job { op: Op::Rotary, b_beats: 1, scale: Multiplier { multiplier: 1, shift: 1 }, ..JOB };
        assert_eq!(row(&half, &[3, -4, 5, 6], &[0, 1]).0, [2, 2, -3, 3]);
    }

    #[test]
    fn norms_have_gains_and_biases_and_narrow_results_are_rounded() {
        let layer = Job { norm: Some(Norm::Layer), first: First::Normal, second: true, ..JOB };
        // Deviations of 1 times 10, and 2.
        assert_eq!(row(&layer, &[7, 9, 7, 9], &[]), (vec![-8, 12, -8, 12], vec![-8, 12, -8, 12]));
        let eighth = Job { first: First::None, narrow_shift: 3, ..layer };
        assert_eq!(row(&eighth, &[7, 9, 7, 9], &[]), (vec![], vec![-1, 2, -1, 2]));
        let rms = Job { norm: Some(Norm::Rms), first: First::Narrow, narrow_shift: 1, ..layer };
        assert_eq!(row(&rms, &[200, 200, -200, -200], &[]).0, [127, 127, -128, -128]);
        assert_eq!(row(&rms, &[200, 200, -200, -200], &[]).1, [6, 6, -4, -4]);
    }

    #[test]
    fn jobs_out_of_range_are_refused() {
        let faulty = |job: Job| {
            let faults = job.faults(&params());
            FAULTS.into_iter().zip(faults).filter(|(_, has)| *has).map(|(name, _)| name).collect::<Vec<_>>()
        };
        let cases = [
            Job { rows: 0, ..JOB },
            Job { beats: 5, b_beats: 5, ..JOB },
            Job { op: Op::Sum, b_beats: 1, ..JOB },
            Job { norm: None, ..JOB },
            Job { first: First::None, ..JOB },
            Job { second: true, ..JOB },
        ];
        for (job, fault) in cases.into_iter().zip(FAULTS) {
            assert_eq!(faulty(job), [fault], "{job:?}");
        }
        for b_beats in [0, 3] {
            assert_eq!(faulty(Job { op: Op::Rotary, b_beats, ..JOB }), [FAULTS[2]]);
        }
        assert_eq!(faulty(Job { norm: Some(Norm::Rms), ..JOB }), [FAULTS[5]]);
        assert_eq!(Job::of_beat(&JOB.beat(&params())), JOB);
    }
}
