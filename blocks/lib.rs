//! The hardware blocks: parameters, RTL, golden model and stimulus of each, and their registry.

#[cfg(test)]
mod any_input;
pub mod beats;
pub mod block;
pub mod channel;
pub mod common;
pub mod configurations;
pub mod crossbar;
pub mod float;
pub mod golden;
pub mod limbs;
pub mod loas;
pub mod meadow;
pub mod nonlinear;
pub mod pacq;
pub mod parameters;
pub mod paths;
pub mod registry;
pub mod respike;
pub mod sensing;
pub mod statten;
pub mod stimulus;
pub mod top;
