//! Numbers and masks.

pub mod carry_save;
pub mod count;
pub mod digits;
pub mod leading_zeros;
pub mod lowest_one;
pub mod negate;
pub mod prefix;
pub mod shift;
pub mod tree;
