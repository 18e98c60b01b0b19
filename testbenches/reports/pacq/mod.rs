//! PacQ: what its hardware does, beside what its paper says.

pub mod gemm;
