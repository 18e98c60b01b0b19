//! Weights that others have quantised: codes, and a line for each group that says what they stand for.

use super::groups::Groups;
use super::packed::Packed;
use blocks::pacq::weights::{Quantised, Scheme, fp16_to_f64};
use half::f16;
use std::fmt;

/// The most that rounded scales and zero points may move a weight, in steps, where codes stay.
const TOLERANCE: f64 = 1.0 / 16.0;

/// A matrix of codes: a weight is scale x (code - zero point), or scale x code + offset.
pub struct Coded {
    pub k: usize,
    pub n: usize,
    /// Bits of a code.
    pub bits: u32,
    /// How inputs are grouped.
    pub groups: Groups,
    /// Row by row, a row for each input in the file's order.
    pub codes: Vec<u8>,
    /// Of groups in rows, one for each output.
    pub scales: Vec<f64>,
    /// In the same order.
    pub zeros: Zeros,
}

/// Where the lines of groups are zero.
pub enum Zeros {
    /// At codes.
    Codes(Vec<u8>),
    /// Not at codes only: what is added to the scaled code.
    Offsets(Vec<f64>),
}

/// Why a matrix is not what the datapath takes.
#[derive(Clone, Debug, PartialEq)]
pub enum Inexact {
    /// Codes have more than 4 bits.
    Bits(u32),
    /// Groups are no whole tiles.
    Group(usize),
    /// The scale of a group and an output is no FP16 number.
    Scale { group: usize, output: usize, scale: f64 },
    /// The zero point of a group and an output is no code.
    Zero { group: usize, output: usize, zero: f64 },
}

impl fmt::Display for Inexact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Inexact::Bits(bits) => write!(f, "its codes have {bits} bits: the datapath takes 2 and 4"),
            Inexact::Group(length) => {
                write!(f, "its groups have {length} inputs: the hardware has groups of a multiple of 16")
            }
            Inexact::Scale { group, output, scale } => {
                write!(f, "the scale {scale} of group {group} and output {output} is no FP16 number")
            }
            Inexact::Zero { group, output, zero } => write!(
                f,
                "group {group} of output {output} is zero at {zero}: its minimum is no multiple of the scale that a \
                 zero point can hold"
            ),
        }
    }
}

/// A scale and a zero point that the datapath takes.
type Fitted = (u16, u8);

impl Coded {
    /// A scale that is no number, if there is one: its place among the scales.
    pub fn not_finite(&self) -> Option<usize> {
        let offset = match &self.zeros {
            Zeros::Codes(_) => None,
            Zeros::Offsets(offsets) => offsets.iter().position(|offset| !offset.is_finite()),
        };
        self.scales.iter().position(|scale| !scale.is_finite()).or(offset)
    }

    /// A weight, exactly.
    pub fn weight(&self, group: usize, input: usize, output: usize) -> f64 {
        let place = group * self.n + output;
        let code = f64::from(self.codes[input * self.n + output]);
        match &self.zeros {
            Zeros::Codes(zeros) => self.scales[place] * (code - f64::from(zeros[place])),
            Zeros::Offsets(offsets) => self.scales[place] * code + offsets[place],
        }
    }

    /// The group of each input.
    pub fn group_of_inputs(&self) -> Vec<usize> {
        let mut groups = vec![0; self.k];
        for row in 0..self.k {
            groups[self.groups.input(row)] = row / self.groups.length;
        }
        groups
    }

    /// The same weights as the datapath takes them.
    pub fn exactly(&self) -> Result<Packed, Inexact> {
        self.fitted(|place| self.fit(place))
    }

    /// The same codes with scales and zero points rounded, where that moves no weight far. Gives the most that it moves
    /// one, in steps.
    pub fn nearly(&self) -> Option<(Packed, f64)> {
        let mut worst = 0_f64;
        let packed = self.fitted(|place| {
            let (fitted, moved) = self.round(place).ok_or(Inexact::Bits(self.bits))?;
            worst = worst.max(moved);
            Ok(fitted)
        });
        packed.ok().filter(|_| worst <= TOLERANCE).map(|packed| (packed, worst))
    }

    /// Bits of codes in packed words.
    fn packed_bits(&self) -> Result<u32, Inexact> {
        match self.bits {
            2 => Ok(2),
            3 | 4 => Ok(4),
            other => Err(Inexact::Bits(other)),
        }
    }

    fn fitted(&self, mut fit: impl FnMut(usize) -> Result<Fitted, Inexact>) -> Result<Packed, Inexact> {
        let Coded { k, n, .. } = *self;
        let weight_bits = self.packed_bits()?;
        let group_k = self.groups.length;
        if group_k < k && !group_k.is_multiple_of(16) {
            return Err(Inexact::Group(group_k));
        }
        let lines: Vec<Fitted> = (0..self.scales.len()).map(&mut fit).collect::<Result<_, _>>()?;
        let rows = (0..k).map(|row| self.groups.input(row));
        let codes = rows.flat_map(|input| self.codes[input * n..(input + 1) * n].iter().copied()).collect();
        let (scales, zeros) = lines.into_iter().unzip();
        let scheme = Scheme { k, n, weight_bits, group_k, group_n: 1 };
        let quantised = Quantised { scheme, codes, scales, zeros };
        Ok(Packed { quantised, order: self.groups.order.clone() })
    }

    /// The scale and the zero point of a place, exactly.
    fn fit(&self, place: usize) -> Result<Fitted, Inexact> {
        let (group, output) = (place / self.n, place % self.n);
        let scale = self.scales[place];
        let rounded = f16::from_f64(scale);
        if f64::from(rounded) != scale {
            return Err(Inexact::Scale { group, output, scale });
        }
        let zero = match &self.zeros {
            Zeros::Codes(zeros) => f64::from(zeros[place]),
            Zeros::Offsets(offsets) if scale == 0.0 && offsets[place] == 0.0 => 0.0,
            Zeros::Offsets(offsets) => -offsets[place] / scale,
        };
        let is_code = zero.fract() == 0.0 && (0.0..=self.greatest_zero()).contains(&zero);
        let is_exact = match &self.zeros {
            Zeros::Codes(_) => true,
            // A quotient that rounds to an integer is none yet.
            Zeros::Offsets(offsets) => -zero * scale == offsets[place],
        };
        match is_code && is_exact {
            true => Ok((rounded.to_bits(), zero as u8)),
            false => Err(Inexact::Zero { group, output, zero }),
        }
    }

    /// The scale and the zero point of a place, rounded, and the most that this moves a weight, in steps.
    fn round(&self, place: usize) -> Option<(Fitted, f64)> {
        let scale = self.scales[place];
        let rounded = f16::from_f64(scale);
        let step = fp16_to_f64(rounded.to_bits());
        let offset = match &self.zeros {
            Zeros::Codes(zeros) => -scale * f64::from(zeros[place]),
            Zeros::Offsets(offsets) => offsets[place],
        };
        if !rounded.is_finite() || (step == 0.0) != (scale == 0.0 && offset == 0.0) {
            return None;
        }
        if step == 0.0 {
            return Some(((rounded.to_bits(), 0), 0.0));
        }
        let zero = (-offset / scale).round_ties_even();
        if !(0.0..=self.greatest_zero()).contains(&zero) {
            return None;
        }
        let moved = |code: f64| ((scale * code + offset - step * (code - zero)) / step).abs();
        // Between the ends it moves less.
        let worst = moved(0.0).max(moved(f64::from((1u32 << self.bits) - 1)));
        Some(((rounded.to_bits(), zero as u8), worst))
    }

    fn greatest_zero(&self) -> f64 {
        if self.bits == 2 { 3.0 } else { 15.0 }
    }
}
