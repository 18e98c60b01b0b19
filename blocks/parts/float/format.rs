//! Binary floating-point formats as IEEE 754 lays them out: sign, biased exponent, fraction.

/// A format by its field widths. Encodings are right-aligned in a `u32`: `width()` of at most 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FloatFormat {
    /// Width of the biased exponent field.
    pub exponent_bits: u32,
    /// Width of the fraction field, the hidden bit not counted.
    pub fraction_bits: u32,
}

/// The class of an encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FloatClass {
    /// 0 of either sign.
    Zero,
    /// A number without a hidden bit.
    Subnormal,
    /// A number with a hidden bit.
    Normal,
    /// Infinity of either sign.
    Infinite,
    /// Not a number.
    Nan,
}

impl FloatFormat {
    /// IEEE binary16: bias 15.
    pub const FP16: FloatFormat = FloatFormat { exponent_bits: 5, fraction_bits: 10 };
    /// bfloat16, the upper half of binary32: bias 127.
    pub const BF16: FloatFormat = FloatFormat { exponent_bits: 8, fraction_bits: 7 };
    /// IEEE binary32: bias 127.
    pub const FP32: FloatFormat = FloatFormat { exponent_bits: 8, fraction_bits: 23 };

    /// Bits of an encoding.
    pub const fn width(self) -> u32 {
        1 + self.exponent_bits + self.fraction_bits
    }

    /// Bits of a significand: the hidden bit and the fraction.
    pub const fn significand_bits(self) -> u32 {
        1 + self.fraction_bits
    }

    /// What the exponent field exceeds the exponent by.
    pub const fn bias(self) -> i32 {
        (1 << (self.exponent_bits - 1)) - 1
    }

    /// The exponent field of Inf and NaN: all ones.
    pub const fn exponent_ones(self) -> u32 {
        (1 << self.exponent_bits) - 1
    }

    /// The exponent of the smallest normal number, which subnormals share.
    pub const fn min_exponent(self) -> i32 {
        1 - self.bias()
    }

    /// The exponent of the largest finite numbers.
    pub const fn max_exponent(self) -> i32 {
        self.bias()
    }

    /// The sign bit.
    pub const fn sign(self, encoding: u32) -> bool {
        encoding >> (self.width() - 1) & 1 == 1
    }

    /// The biased exponent field as it stands: 0 for zeros and subnormals.
    pub const fn exponent_field(self, encoding: u32) -> u32 {
        encoding >> self.fraction_bits & self.exponent_ones()
    }

    /// The fraction field.
    pub const fn fraction(self, encoding: u32) -> u32 {
        encoding & ((1 << self.fraction_bits) - 1)
    }

    /// The class of `encoding`.
    pub const fn classify(self, encoding: u32) -> FloatClass {
        let field = self.exponent_field(encoding);
        match (field, self.fraction(encoding)) {
            (0, 0) => FloatClass::Zero,
            (0, _) => FloatClass::Subnormal,
            (_, 0) if field == self.exponent_ones() => FloatClass::Infinite,
            _ if field == self.exponent_ones() => FloatClass::Nan,
            _ => FloatClass::Normal,
        }
    }

    /// The biased exponent that goes with [`significand`](Self::significand): zeros and subnormals have that
    /// of the smallest normal number, 1.
    pub const fn effective_exponent(self, encoding: u32) -> u32 {
        match self.exponent_field(encoding) {
            0 => 1,
            field => field,
        }
    }

    /// The fraction below its hidden bit, which is 0 in zeros and subnormals: `significand_bits()` wide, its
    /// LSB worth 2^(effective exponent - bias - fraction_bits) in a finite number.
    pub const fn significand(self, encoding: u32) -> u32 {
        let hidden = (self.exponent_field(encoding) != 0) as u32;
        hidden << self.fraction_bits | self.fraction(encoding)
    }

    /// The encoding of the three fields, each of which must fit.
    pub const fn encode(self, sign: bool, exponent_field: u32, fraction: u32) -> u32 {
        (sign as u32) << (self.width() - 1) | exponent_field << self.fraction_bits | fraction
    }

    /// The zero of that sign.
    pub const fn zero(self, sign: bool) -> u32 {
        self.encode(sign, 0, 0)
    }

    /// The infinity of that sign.
    pub const fn infinity(self, sign: bool) -> u32 {
        self.encode(sign, self.exponent_ones(), 0)
    }

    /// The canonical quiet NaN: sign 0, exponent all ones, of the fraction the most significant bit only.
    pub const fn canonical_nan(self) -> u32 {
        self.encode(false, self.exponent_ones(), 1 << (self.fraction_bits - 1))
    }
}
