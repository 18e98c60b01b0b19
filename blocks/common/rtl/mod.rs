//! Hardware that several blocks share.

pub mod count;
pub mod digits;
pub mod fifo;
pub mod float;
pub mod float_product;
pub mod float_round;
pub mod float_sum;
pub mod fork;
pub mod held;
pub mod leading_zeros;
pub mod lowest_one;
pub mod module;
pub mod negate;
pub mod pipeline;
pub mod shift;
pub mod shift_queue;
pub mod skid;
pub mod slot;
pub mod store;
