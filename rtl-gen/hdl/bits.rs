//! Bit vectors of any width: the values of constants, ports and signals.

use smallvec::SmallVec;
use std::fmt;

/// A bit vector of 1 bit or more, unsigned, little-endian in 64-bit limbs.
///
/// Bits above the width are always zero. Vectors of up to 256 bits need no allocation.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Bits {
    width: u32,
    limbs: SmallVec<[u64; 4]>,
}

/// Number of 64-bit limbs that hold `width` bits.
pub const fn limbs_for(width: u32) -> usize {
    width.div_ceil(64) as usize
}

/// A mask of the bits that the most significant limb of a `width`-bit vector may use.
pub const fn top_limb_mask(width: u32) -> u64 {
    match width % 64 {
        0 => u64::MAX,
        used => (1 << used) - 1,
    }
}

/// Bits needed to write `value`: 0 for 0, 1 for 1, 2 for 2 and 3.
pub const fn bit_length(value: u128) -> u32 {
    128 - value.leading_zeros()
}

/// Bits needed to number `count` things from 0, such as the addresses of a memory; at least 1.
pub const fn index_width(count: u64) -> u32 {
    if count <= 2 { 1 } else { 64 - (count - 1).leading_zeros() }
}

impl Bits {
    /// All zeros. Panics at width 0.
    pub fn zero(width: u32) -> Bits {
        assert!(width > 0, "a bit vector has at least one bit");
        Bits { width, limbs: SmallVec::from_elem(0, limbs_for(width)) }
    }

    /// All ones. Panics at width 0.
    pub fn ones(width: u32) -> Bits {
        Bits::from_limbs(width, &vec![u64::MAX; limbs_for(width)])
    }

    /// The low `width` bits of `value`. Panics at width 0.
    pub fn truncated(value: u128, width: u32) -> Bits {
        Bits::from_limbs(width, &[value as u64, (value >> 64) as u64])
    }

    /// `value` in `width` bits, or `None` if it does not fit.
    pub fn checked(value: u128, width: u32) -> Option<Bits> {
        (width > 0 && bit_length(value) <= width).then(|| Bits::truncated(value, width))
    }

    /// `value` in `width` bits of two's complement, or `None` if it does not fit.
    pub fn checked_signed(value: i128, width: u32) -> Option<Bits> {
        let magnitude_bits = bit_length(if value < 0 { !value } else { value } as u128);
        (magnitude_bits < width).then(|| {
            let mut bits = Bits::truncated(value as u128, width);
            if value < 0 {
                bits.limbs.iter_mut().skip(2).for_each(|limb| *limb = u64::MAX);
                bits.mask_top();
            }
            bits
        })
    }

    /// From little-endian limbs: missing ones are zero, bits above the width are dropped. Panics at width 0.
    pub fn from_limbs(width: u32, limbs: &[u64]) -> Bits {
        let mut bits = Bits::zero(width);
        for (to, from) in bits.limbs.iter_mut().zip(limbs) {
            *to = *from;
        }
        bits.mask_top();
        bits
    }

    /// Number of bits.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Little-endian 64-bit limbs.
    pub fn limbs(&self) -> &[u64] {
        &self.limbs
    }

    /// The value as an integer; panics if it has more than 64 bits.
    pub fn to_u64(&self) -> u64 {
        assert!(self.width <= 64, "{} bits do not fit a u64", self.width);
        self.limbs[0]
    }

    /// The value as an integer; panics if it has more than 128 bits.
    pub fn to_u128(&self) -> u128 {
        assert!(self.width <= 128, "{} bits do not fit a u128", self.width);
        self.limbs[0] as u128 | (self.limbs.get(1).copied().unwrap_or(0) as u128) << 64
    }

    /// The bit at `index`, where 0 is the least significant. Panics if `index` is beyond the width.
    pub fn bit(&self, index: u32) -> bool {
        assert!(index < self.width);
        self.limbs[index as usize / 64] >> (index % 64) & 1 == 1
    }

    /// Sets the bit at `index`. Panics if `index` is beyond the width.
    pub fn set_bit(&mut self, index: u32, value: bool) {
        assert!(index < self.width);
        let limb = &mut self.limbs[index as usize / 64];
        *limb = *limb & !(1 << (index % 64)) | (value as u64) << (index % 64);
    }

    /// True if every bit is zero.
    pub fn is_zero(&self) -> bool {
        self.limbs.iter().all(|&limb| limb == 0)
    }

    /// True if every bit is one.
    pub fn is_ones(&self) -> bool {
        *self == Bits::ones(self.width)
    }

    /// The most significant bit.
    pub fn sign(&self) -> bool {
        self.bit(self.width - 1)
    }

    /// The value modulo a number, which must not be 0.
    pub fn remainder(&self, modulus: u32) -> u32 {
        let modulus = u128::from(modulus);
        let limbs = self.limbs.iter().rev();
        limbs.fold(0, |rest: u128, limb| (rest << 64 | u128::from(*limb)) % modulus) as u32
    }

    /// Bits `high` down to `low`, both included. Panics if they are beyond the width, or if `low` is above `high`.
    pub fn slice(&self, high: u32, low: u32) -> Bits {
        assert!(low <= high && high < self.width);
        let width = high - low + 1;
        let (skip, shift) = ((low / 64) as usize, low % 64);
        let limb = |i: usize| self.limbs.get(i).copied().unwrap_or(0);
        let limbs: SmallVec<[u64; 4]> = (0..limbs_for(width))
            .map(|i| match shift {
                0 => limb(i + skip),
                _ => limb(i + skip) >> shift | limb(i + skip + 1) << (64 - shift),
            })
            .collect();
        Bits::from_limbs(width, &limbs)
    }

    /// Overwrites the bits from `low` up with `part`. Panics if it does not fit.
    pub fn insert(&mut self, low: u32, part: &Bits) {
        assert!(low + part.width <= self.width);
        let (skip, shift) = ((low / 64) as usize, low % 64);
        for (i, &limb) in part.limbs.iter().enumerate() {
            let mask = if i + 1 == part.limbs.len() { top_limb_mask(part.width) } else { u64::MAX };
            let to = &mut self.limbs[i + skip];
            *to = *to & !(mask << shift) | limb << shift;
            if shift > 0 && mask >> (64 - shift) != 0 {
                let to = &mut self.limbs[i + skip + 1];
                *to = *to & !(mask >> (64 - shift)) | limb >> (64 - shift);
            }
        }
    }

    /// The parts joined, the most significant first, like Verilog's `{a, b}`. Panics if there are none.
    pub fn concat(parts: &[Bits]) -> Bits {
        let mut joined = Bits::zero(parts.iter().map(|part| part.width).sum());
        let mut low = 0;
        for part in parts.iter().rev() {
            joined.insert(low, part);
            low += part.width;
        }
        joined
    }

    /// Extended to `width` bits with zeros. Panics if `width` is narrower.
    pub fn zero_extend(&self, width: u32) -> Bits {
        assert!(width >= self.width);
        Bits::from_limbs(width, &self.limbs)
    }

    /// Parses hexadecimal digits (an optional `0x`, `_` as a separator); the error says what is wrong.
    pub fn parse_hex(text: &str, width: u32) -> Result<Bits, String> {
        let digits: String = text.strip_prefix("0x").unwrap_or(text).replace('_', "");
        if digits.is_empty() {
            return Err(format!("\"{text}\" has no hexadecimal digit"));
        }
        if width == 0 {
            return Err(format!("\"{text}\" does not fit 0 bits"));
        }
        let mut bits = Bits::zero(width);
        for (place, digit) in digits.chars().rev().enumerate() {
            let value = digit
                .to_digit(16)
                .ok_or_else(|| format!("\"{digit}\" in \"{text}\" is not a hexadecimal digit"))?;
            for bit in (0..4).filter(|bit| value >> bit & 1 == 1) {
                let index = 4 * place as u32 + bit;
                if index >= width {
                    return Err(format!("\"{text}\" does not fit {width} bits"));
                }
                bits.set_bit(index, true);
            }
        }
        Ok(bits)
    }

    fn mask_top(&mut self) {
        let mask = top_limb_mask(self.width);
        *self.limbs.last_mut().expect("at least one limb") &= mask;
    }
}

impl From<bool> for Bits {
    fn from(value: bool) -> Bits {
        Bits::truncated(value as u128, 1)
    }
}

/// Hexadecimal, one digit for every four bits, without a prefix.
impl fmt::LowerHex for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..self.width.div_ceil(4)).rev().try_for_each(|digit| {
            let high = (4 * digit + 3).min(self.width - 1);
            write!(f, "{:x}", self.slice(high, 4 * digit).to_u64())
        })
    }
}

/// Binary, one digit per bit.
impl fmt::Binary for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..self.width).rev().try_for_each(|bit| f.write_str(if self.bit(bit) { "1" } else { "0" }))
    }
}

/// As a Verilog literal: `8'hff`.
impl fmt::Display for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}'h{self:x}", self.width)
    }
}

impl fmt::Debug for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_and_inserts_agree_across_limbs() {
        for width in [1, 7, 63, 64, 65, 130, 300] {
            let mut value = Bits::zero(width);
            (0..width).filter(|i| (i * i + 3 * i) % 7 < 3).for_each(|i| value.set_bit(i, true));
            for low in 0..width {
                for high in (low..width).step_by(5) {
                    let part = value.slice(high, low);
                    (low..=high).for_each(|i| assert_eq!(part.bit(i - low), value.bit(i)));
                    let mut copy = Bits::ones(width);
                    copy.insert(low, &part);
                    assert_eq!(copy.slice(high, low), part);
                    assert!((0..low).chain(high + 1..width).all(|i| copy.bit(i)));
                }
            }
        }
    }

    #[test]
    fn signed_values_fit_exactly_their_range() {
        assert_eq!(Bits::checked_signed(-8, 4), Some(Bits::truncated(8, 4)));
        assert_eq!(Bits::checked_signed(-9, 4), None);
        assert_eq!(Bits::checked_signed(8, 4), None);
        assert_eq!(Bits::checked_signed(-1, 200), Some(Bits::ones(200)));
        assert_eq!([Bits::checked(0, 0), Bits::checked_signed(0, 0)], [None, None]);
    }

    #[test]
    fn hexadecimal_reads_back_what_it_writes() {
        let value = Bits::parse_hex("0x1f_0123456789abcdef0", 73).unwrap();
        assert_eq!(format!("{value:x}"), "1f0123456789abcdef0");
        assert!(Bits::parse_hex("100", 8).is_err());
        assert!(Bits::parse_hex("xg", 8).is_err());
        assert!(Bits::parse_hex("0", 0).is_err());
    }

    #[test]
    fn an_index_has_the_width_of_the_last_one() {
        assert_eq!([1, 2, 3, 4, 5, 8, 9].map(index_width), [1, 1, 2, 2, 3, 3, 4]);
    }
}
