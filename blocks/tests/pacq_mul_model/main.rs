//! The golden model of `pacq_mul` against independent references: hardware doubles, `half`, `rustc_apfloat`,
//! and with the feature `softfloat` Berkeley SoftFloat; and the facts about the unit that it shows.

mod biased;
mod cases;
mod exact;
mod float_product;
mod literal;
mod reference;
mod rounded;
mod weight;

/// The widths of weight that the block is specified for, in bits.
const WEIGHT_BITS: [u32; 4] = [2, 3, 4, 8];
