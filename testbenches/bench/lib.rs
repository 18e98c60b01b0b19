//! The benchmarks: designs, the engines that run them, and what is measured.

pub mod activity;
pub mod designs;
pub mod engine;
pub mod signature;
pub mod stimulus;
pub mod workload;
