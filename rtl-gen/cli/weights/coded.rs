//! Weights that are quantised already: codes, with a scale and a zero point or an offset for each group.

use super::groups::Groups;
use super::packed::Packed;
use blocks::pacq::weights::{Quantised, Scheme, fp16_to_f64};
use half::f16;
use std::fmt;

/// The largest change of a weight, in steps, for which rounded scales and zero points keep the codes.
const TOLERANCE: f64 = 1.0 / 16.0;

/// A matrix of codes: a weight is scale x (code - zero point), or scale x code + offset.
pub struct Coded {
    pub k: usize,
    pub n: usize,
    /// Bits per code.
    pub bits: u32,
    /// How inputs are grouped.
    pub groups: Groups,
    /// Row by row, a row for each input in the file's order.
    pub codes: Vec<u8>,
    /// A row for each group, a column for each output.
    pub scales: Vec<f64>,
    /// In the same order.
    pub zeros: Zeros,
}

/// The zero of each group.
pub enum Zeros {
    /// As codes.
    Codes(Vec<u8>),
    /// As an offset that is added to the scaled code; the zero need not be a code.
    Offsets(Vec<f64>),
}

/// Why the datapath cannot represent a matrix exactly.
#[derive(Clone, Debug, PartialEq)]
pub enum Inexact {
    /// Codes have more than 4 bits.
    Bits(u32),
    /// Groups are not a whole number of tiles.
    Group(usize),
    /// The scale of a group and an output is not an FP16 number.
    Scale { group: usize, output: usize, scale: f64 },
    /// The zero point of a group and an output is not a code.
    Zero { group: usize, output: usize, zero: f64 },
}

impl fmt::Display for Inexact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Inexact::Bits(bits) => write!(f, "its codes have {bits} bits: the datapath takes 2 or 4"),
            Inexact::Group(length) => {
                write!(f, "its groups have {length} inputs: the hardware needs a multiple of 16")
            }
            Inexact::Scale { group, output, scale } => {
                write!(f, "the scale {scale} of group {group}, output {output} is not an FP16 number")
            }
            Inexact::Zero { group, output, zero } => write!(
                f,
                "the zero of group {group}, output {output} is at code {zero}: a zero point must be an integer in the \
                 range of the codes"
            ),
        }
    }
}

/// A scale and a zero point in the form that the datapath takes.
type Fitted = (u16, u8);

impl Coded {
    /// The first scale that is not a number, if any, by its index.
    pub fn not_finite(&self) -> Option<usize> {
        let offset = match &self.zeros {
            Zeros::Codes(_) => None,
            Zeros::Offsets(offsets) => offsets.iter().position(|offset| !offset.is_finite()),
        };
        self.scales.iter().position(|scale| !scale.is_finite()).or(offset)
    }

    /// The exact value of a weight.
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

    /// The same weights in the form that the datapath takes.
    pub fn exactly(&self) -> Result<Packed, Inexact> {
        self.fitted(|place| self.fit(place))
    }

    /// The same codes with rounded scales and zero points, if that changes every weight only a little. Also gives the
    /// largest change, in steps.
    pub fn nearly(&self) -> Option<(Packed, f64)> {
        let mut worst = 0_f64;
        let packed = self.fitted(|place| {
            let (fitted, moved) = self.round(place).ok_or(Inexact::Bits(self.bits))?;
            worst = worst.max(moved);
            Ok(fitted)
        });
        packed.ok().filter(|_| worst <= TOLERANCE).map(|packed| (packed, worst))
    }

    /// Bits per code in packed words.
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

    /// The exact scale and zero point at an index.
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
            // A quotient that only rounds to an integer is not one.
            Zeros::Offsets(offsets) => -zero * scale == offsets[place],
        };
        match is_code && is_exact {
            true => Ok((rounded.to_bits(), zero as u8)),
            false => Err(Inexact::Zero { group, output, zero }),
        }
    }

    /// The rounded scale and zero point at an index, and the largest change of a weight, in steps.
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
        // Codes between the ends change less.
        let worst = moved(0.0).max(moved(f64::from((1u32 << self.bits) - 1)));
        Some(((rounded.to_bits(), zero as u8), worst))
    }

    fn greatest_zero(&self) -> f64 {
        if self.bits == 2 { 3.0 } else { 15.0 }
    }
}
