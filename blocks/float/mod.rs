//! Floating-point arithmetic: what systems are compared with, and built from.

pub mod fp_add;
pub mod fp_mul;
