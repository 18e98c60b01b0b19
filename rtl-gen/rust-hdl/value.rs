//! Values of rust-hdl as values of ports.

use num_bigint::BigUint;
use rust_hdl_core::prelude::{Bit, Bits};

/// A value of a signal of rust-hdl.
pub trait Value: Sized {
    /// For a port of the same width.
    fn to_port(self) -> hdl::Bits;

    /// From a port of the same width.
    fn from_port(value: &hdl::Bits) -> Self;
}

impl Value for Bit {
    fn to_port(self) -> hdl::Bits {
        hdl::Bits::truncated(self.into(), 1)
    }

    fn from_port(value: &hdl::Bits) -> Bit {
        value.bit(0)
    }
}

impl<const N: usize> Value for Bits<N> {
    fn to_port(self) -> hdl::Bits {
        hdl::Bits::from_limbs(N as u32, &BigUint::from(self).to_u64_digits())
    }

    fn from_port(value: &hdl::Bits) -> Bits<N> {
        let halves = value.limbs().iter().flat_map(|limb| [*limb as u32, (limb >> 32) as u32]);
        BigUint::new(halves.collect()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn returns<const N: usize>() {
        let mut value = hdl::Bits::zero(N as u32);
        (0..N as u32)
            .filter(|index| index % 3 == 0 || index + 1 == N as u32)
            .for_each(|index| value.set_bit(index, true));
        let there = Bits::<N>::from_port(&value);
        assert!((0..N).all(|index| there.get_bit(index) == value.bit(index as u32)), "{value:?}");
        assert_eq!(there.to_port(), value);
        assert_eq!(Bits::<N>::from_port(&hdl::Bits::zero(N as u32)).to_port(), hdl::Bits::zero(N as u32));
    }

    #[test]
    fn values_of_any_width_come_back() {
        returns::<2>();
        returns::<32>();
        returns::<33>();
        returns::<64>();
        returns::<65>();
        returns::<1000>();
        assert!(Bit::from_port(&true.to_port()) && !Bit::from_port(&false.to_port()));
    }
}
