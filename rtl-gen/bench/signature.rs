//! The checksum of a run: a multiple-input signature register (MISR), as in the test of chips.

/// Folds every value of every output, in order, to 64 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signature(u64);

/// The feedback: x^64 + x^4 + x^3 + x + 1, which is primitive.
pub const FEEDBACK: u64 = 0x1b;

impl Signature {
    /// Takes one value in.
    #[inline]
    pub fn fold(&mut self, value: u64) {
        let carry = (self.0 as i64 >> 63) as u64;
        self.0 = self.0 << 1 ^ carry & FEEDBACK ^ value;
    }

    /// The checksum of all that was folded.
    pub fn value(self) -> u64 {
        self.0
    }
}
