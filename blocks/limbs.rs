//! Fields of any width in the 64-bit limbs of a beat.

/// Writes the low `width` bits of `value`, at most 64, at a bit of limbs that are zero there.
#[inline]
pub fn insert(limbs: &mut [u64], low: u32, width: u32, value: u64) {
    let value = value & hdl::top_limb_mask(width);
    let (limb, shift) = (low as usize / 64, low % 64);
    limbs[limb] |= value << shift;
    if shift + width > 64 {
        limbs[limb + 1] |= value >> (64 - shift);
    }
}

/// Reads `width` bits, at most 64, from a bit of limbs up.
#[inline]
pub fn extract(limbs: &[u64], low: u32, width: u32) -> u64 {
    let (limb, shift) = (low as usize / 64, low % 64);
    let mut value = limbs[limb] >> shift;
    if shift + width > 64 {
        value |= limbs[limb + 1] << (64 - shift);
    }
    value & hdl::top_limb_mask(width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_straddle_limbs() {
        let mut limbs = [0; 3];
        insert(&mut limbs, 62, 5, 0b10110);
        insert(&mut limbs, 67, 61, u64::MAX);
        insert(&mut limbs, 128, 64, 7);
        assert_eq!(limbs, [0b10 << 62, u64::MAX << 3 | 0b101, 7]);
        assert_eq!([extract(&limbs, 62, 5), extract(&limbs, 67, 61)], [0b10110, u64::MAX >> 3]);
        assert_eq!(extract(&limbs, 128, 64), 7);
    }
}
