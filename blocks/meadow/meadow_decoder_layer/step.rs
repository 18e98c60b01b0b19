//! The steps of a layer, as they lie in memory: 64 bytes each, one after the other.
//!
//! ```text
//! word  bits 31..16            bits 15..0
//!  0    reserved, local, options  options, kind
//!  1, 2                 a: address, stride
//!  3, 4                 b: address, stride
//!  5, 6                 y: address, stride
//!  7, 8                 c: address, stride
//!  9,10                 d: address, stride
//! 11    inner                  rows
//! 12    valid                  columns
//! 13    shift                  multiplier
//! 14                    extra
//! 15    more                   position
//! ```

use super::params::{ADDRESS_BITS, COUNT_BITS};
use hdl::{Bundle, Encoded};

/// Bytes of a step.
pub const STEP_BYTES: u32 = 64;

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encoded)]
pub enum Kind {
    /// A product of tokens and weights.
    Product,
    /// A head of attention.
    Attention,
    /// An operation on rows, and a norm.
    Rows,
    /// The end of the list.
    End,
}

/// The function of a product's results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encoded)]
pub enum Function {
    /// None.
    None,
    /// The rectified linear unit.
    Relu,
    /// The Gaussian error linear unit.
    Gelu,
    /// The sigmoid linear unit.
    Silu,
}

/// A matrix in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Bundle)]
pub struct Matrix<T> {
    /// Byte address of the first row.
    pub address: T,
    /// Bytes from a row to the next.
    pub stride: T,
}

impl Matrix<u64> {
    /// The address of a row.
    pub fn row(&self, row: u64) -> u64 {
        self.address + row * self.stride
    }
}

/// Which matrices of a step are in on-chip memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Bundle)]
pub struct OnChip<T> {
    /// a.
    pub a: T,
    /// b.
    pub b: T,
    /// y.
    pub y: T,
    /// c.
    pub c: T,
    /// d.
    pub d: T,
}

/// The fields of a step, from the lowest bits of the first word on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Bundle)]
pub struct Step<T> {
    /// [`Kind`].
    pub kind: T,
    /// 1: the operands do not depend on steps that may still be at work.
    pub overlaps: T,
    /// Products and attention, 1: the tokens are those of the last such step.
    pub keeps: T,
    /// Products: [`Function`].
    pub function: T,
    /// Products, 1: results have 16 bits.
    pub is_wide: T,
    /// Attention, 1: a token sees no key behind its own position.
    pub causal: T,
    /// Attention, 1: keys that no token of a group sees are left out.
    pub skip: T,
    /// Rows: the operation.
    pub operation: T,
    /// Rows: the norm.
    pub norm: T,
    /// Rows: what the first result is.
    pub first: T,
    /// Rows, 1: there is a second result. Products, with on-chip memory, 1: the results go to y and to d, of which one is there.
    pub second: T,
    /// Rows: places of the second result.
    pub narrow_shift: T,
    /// Products and attention, 1: b is a container of packed weights.
    pub packed: T,
    /// Matrices in on-chip memory, whose addresses are those of that memory; all 0 where there is none.
    pub local: OnChip<T>,
    /// Products, 1: only the rows of weights are read whose element of the token is not 0.
    pub sparse: T,
    /// 0.
    pub reserved: T,
    /// Tokens; rows.
    pub a: Matrix<T>,
    /// Weights, or their container, whose stride is its size in bytes; second operands of rows.
    pub b: Matrix<T>,
    /// Results.
    pub y: Matrix<T>,
    /// Keys; gains and biases.
    pub c: Matrix<T>,
    /// Values; second results; where the results of a product go besides.
    pub d: Matrix<T>,
    /// Tokens; rows.
    pub rows: T,
    /// Elements of a token; of a row.
    pub inner: T,
    /// Columns of weights; keys; elements of a row of b.
    pub columns: T,
    /// Attention: keys that count.
    pub valid: T,
    /// Scale behind a function; of scores; of rows.
    pub multiplier: T,
    /// Its shift.
    pub shift: T,
    /// Attention: the multiplier of the results in the lower half, and the shift in the upper one; rows: the lower bits of epsilon.
    pub extra: T,
    /// Attention: position of the first token among the keys.
    pub position: T,
    /// Rows: the upper bits of epsilon.
    pub more: T,
}

const MATRIX: Matrix<u32> = Matrix { address: ADDRESS_BITS, stride: ADDRESS_BITS };

/// The widths.
pub const STEP: Step<u32> = Step {
    kind: 2,
    overlaps: 1,
    keeps: 1,
    function: 2,
    is_wide: 1,
    causal: 1,
    skip: 1,
    operation: 2,
    norm: 2,
    first: 2,
    second: 1,
    narrow_shift: 4,
    packed: 1,
    local: OnChip { a: 1, b: 1, y: 1, c: 1, d: 1 },
    sparse: 1,
    reserved: 5,
    a: MATRIX,
    b: MATRIX,
    y: MATRIX,
    c: MATRIX,
    d: MATRIX,
    rows: COUNT_BITS,
    inner: COUNT_BITS,
    columns: COUNT_BITS,
    valid: COUNT_BITS,
    multiplier: 16,
    shift: 16,
    extra: 32,
    position: COUNT_BITS,
    more: 16,
};

impl Step<u64> {
    /// The bytes in memory. A field's bits beyond its width are lost.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bits = vec![];
        for ((_, width), (_, value)) in STEP.members().into_iter().zip(self.members()) {
            bits.extend((0..width).map(|bit| (value >> bit & 1) as u8));
        }
        bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |byte, bit| byte << 1 | bit)).collect()
    }

    /// The step of these bytes.
    pub fn of_bytes(bytes: &[u8]) -> Step<u64> {
        let mut bits = bytes.iter().flat_map(|byte| (0..8).map(move |bit| u64::from(byte >> bit & 1)));
        STEP.map(|width| (0..*width).fold(0, |value, bit| value | bits.next().unwrap_or(0) << bit))
    }

    /// The second scale of attention.
    pub fn output_scale(&self) -> (u64, u64) {
        (self.extra & 0xffff, self.extra >> 16)
    }

    /// It is a product whose results go to y and to d.
    pub fn has_both_results(&self) -> bool {
        self.kind == Kind::Product.code() as u64 && self.second == 1
    }

    /// What is added to the radicand of a norm.
    pub fn epsilon(&self) -> u64 {
        self.more << 32 | self.extra
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_have_the_bytes_of_the_page() {
        assert_eq!(STEP.packed_width(), 8 * STEP_BYTES);
        let step = Step {
            kind: Kind::Rows.code() as u64,
            norm: 2,
            packed: 1,
            local: OnChip { b: 1, d: 1, ..OnChip::default() },
            sparse: 1,
            a: Matrix { address: 0x1234_5678, stride: 9 },
            rows: 7,
            inner: 0x102,
            extra: 3 << 16 | 5,
            more: 0xab,
            ..Step::default()
        };
        let bytes = step.bytes();
        assert_eq!((bytes.len(), &bytes[4..9]), (64, &[0x78, 0x56, 0x34, 0x12, 9][..]));
        assert_eq!(bytes[2..4], [0x50, 0x06]);
        assert_eq!(bytes[44..48], [7, 0, 2, 1]);
        assert_eq!(bytes[56..60], [5, 0, 3, 0]);
        assert_eq!(bytes[62], 0xab);
        assert_eq!(Step::of_bytes(&bytes), step);
        assert_eq!(step.output_scale(), (5, 3));
        assert_eq!(step.epsilon(), 0xab_0003_0005);
    }
}
