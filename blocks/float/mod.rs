//! Floating-point arithmetic: building blocks of systems, and baselines for them.

pub mod fp_add;
pub mod fp_mul;
