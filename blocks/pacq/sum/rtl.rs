//! Sums in hardware.

use super::{ACTIVATION_BITS, FIXED_EXPONENT, Form};
use hdl::{Bundle, Module, Signal, bit_length};
use parts::arithmetic::carry_save;
use parts::arithmetic::negate::negated;
use parts::float::FloatFormat;
use parts::float::fields::unpack;
use parts::float::scaled::Scaled;

/// A sum in fixed point.
#[derive(Clone, Copy, Bundle)]
pub struct FixedSum<T> {
    /// Two's complement, in steps of 2^-24.
    pub steps: T,
    /// A term was plus infinity, or NaN.
    pub positive_infinite: T,
    /// A term was minus infinity, or NaN.
    pub negative_infinite: T,
}

/// A term of a sum: a magnitude under an exponent field of FP16, with its sign.
#[derive(Clone, Copy)]
pub struct Term<'m> {
    /// 1 bit.
    pub sign: Signal<'m>,
    /// In units of the last place of an FP16 significand.
    pub magnitude: Signal<'m>,
    /// At least 1.
    pub exponent: Signal<'m>,
    /// The term is NaN: its magnitude is then 0.
    pub nan: Signal<'m>,
    /// The term is infinite: its magnitude is then 0.
    pub infinite: Signal<'m>,
}

impl<'m> FixedSum<Signal<'m>> {
    /// Adds terms up.
    pub fn of_terms(m: &'m Module, terms: &[Term<'m>]) -> FixedSum<Signal<'m>> {
        // The largest exponent of a finite number shifts its last bit by 29 places.
        let most = FloatFormat::FP16.exponent_ones() - 2;
        let signed_width = terms[0].magnitude.width() + 1;
        let placed_width = signed_width + most;
        let width = placed_width + bit_length(terms.len() as u128 - 1);
        let placed = |(index, term): (usize, &Term<'m>)| {
            m.scope(&format!("term{index}"), || {
                // Negated where it is narrow: behind the shift, more bits would toggle.
                let signed = negated(term.magnitude.zext(signed_width), term.sign).named("signed");
                // A place too many, so that the exponent needs no subtraction, which would make every bit glitch.
                let shifted = signed.sext(placed_width + 1) << term.exponent;
                shifted.high(placed_width).named("placed").sext(width)
            })
        };
        let parts = terms.iter().enumerate().map(placed).collect();
        let any = |flag: &dyn Fn(&Term<'m>) -> Signal<'m>| {
            m.concat_lsb(&terms.iter().map(flag).collect::<Vec<_>>()).any()
        };
        FixedSum {
            steps: carry_save::sum(parts).named("sum_of_terms"),
            positive_infinite: any(&|term| term.nan | (term.infinite & !term.sign))
                .named("positive_infinite"),
            negative_infinite: any(&|term| term.nan | (term.infinite & term.sign)).named("negative_infinite"),
        }
    }

    /// The value of a sum, `bits` wide, which must hold it.
    pub fn unpacked(m: &'m Module, form: Form, packed: Signal<'m>, bits: u32) -> FixedSum<Signal<'m>> {
        match form {
            Form::Fixed { bits: given } => FixedSum {
                steps: packed.low(given).sext(bits),
                positive_infinite: packed.bit(given),
                negative_infinite: packed.bit(given + 1),
            },
            Form::Float(format) => FixedSum::of_float(m, format, packed, bits),
        }
    }

    /// The last place of an FP16 number is worth at least one step. In other formats, bits worth less than a step are
    /// 0.
    fn of_float(m: &'m Module, format: FloatFormat, encoding: Signal<'m>, bits: u32) -> FixedSum<Signal<'m>> {
        let float = unpack(m, format, encoding);
        // With this exponent field, the last place is worth one step.
        let last = FIXED_EXPONENT + format.bias() + format.fraction_bits as i32;
        // With the smallest exponent field that matters, the hidden bit is worth one step.
        let (below, least) = match last {
            ..=1 => (0, 1),
            _ => (format.fraction_bits, last - format.fraction_bits as i32),
        };
        let width = bits + below;
        let significand = float.significand.gated(!(float.nan | float.infinite));
        let places = (float.exponent - least as u64).named("places");
        let shifted = if width >= significand.width() {
            significand.zext(width) << places
        } else {
            (significand << places).low(width)
        };
        let magnitude = shifted.high(bits).named("steps_above_zero");
        FixedSum {
            steps: negated(magnitude, float.sign).named("steps"),
            positive_infinite: float.nan | (float.infinite & !float.sign),
            negative_infinite: float.nan | (float.infinite & float.sign),
        }
    }

    /// The sum with another one, as wide as this.
    pub fn plus(self, other: FixedSum<Signal<'m>>) -> FixedSum<Signal<'m>> {
        FixedSum {
            steps: self.steps + other.steps.sext(self.steps.width()),
            positive_infinite: self.positive_infinite | other.positive_infinite,
            negative_infinite: self.negative_infinite | other.negative_infinite,
        }
    }

    /// The sum where `enable` is 1, else 0.
    pub fn gated(self, enable: Signal<'m>) -> FixedSum<Signal<'m>> {
        FixedSum {
            steps: self.steps.gated(enable),
            positive_infinite: self.positive_infinite & enable,
            negative_infinite: self.negative_infinite & enable,
        }
    }

    /// In the form of fixed point.
    pub fn packed(self, m: &'m Module) -> Signal<'m> {
        m.concat(&[self.negative_infinite, self.positive_infinite, self.steps])
    }

    /// Rounded to nearest even.
    pub fn round(self, m: &'m Module, format: FloatFormat) -> Signal<'m> {
        let width = self.steps.width();
        let sign = self.steps.msb();
        let nan = self.positive_infinite & self.negative_infinite;
        let infinite = self.positive_infinite | self.negative_infinite;
        let exponent = i64::from(width) - 1 + i64::from(FIXED_EXPONENT + format.bias());
        let scaled = Scaled {
            sign: infinite.mux(self.negative_infinite, sign),
            magnitude: negated(self.steps, sign).named("absolute"),
            exponent: m.lit(exponent as u128, bit_length(exponent as u128) + 1),
            nan,
            infinite,
        };
        scaled.round(m, format, exponent)
    }
}

/// The exact sum of FP16 activations.
pub struct ActivationSum;

impl ActivationSum {
    /// Adds up encodings.
    pub fn of<'m>(m: &'m Module, activations: &[Signal<'m>]) -> FixedSum<Signal<'m>> {
        let term = |(index, activation): (usize, &Signal<'m>)| {
            m.scope(&format!("a{index}"), || {
                let float = unpack(m, FloatFormat::FP16, *activation);
                let magnitude = float.significand.gated(!(float.nan | float.infinite));
                let (sign, exponent) = (float.sign, float.exponent);
                Term { sign, magnitude, exponent, nan: float.nan, infinite: float.infinite }
            })
        };
        let terms: Vec<Term> = activations.iter().enumerate().map(term).collect();
        FixedSum::of_terms(m, &terms)
    }

    /// Width of a sum of `count` activations.
    pub fn bits(count: u64) -> u32 {
        ACTIVATION_BITS + bit_length(u128::from(count) - 1) + 1
    }
}
