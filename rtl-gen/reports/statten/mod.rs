//! Spiking attention: cycles of the layers of published networks on `statten`, measured by simulation of the RTL, beside their least
//! ones; and a small block of a network on `loas_array` and `statten`.

mod attention;
mod block;
mod shapes;
#[cfg(test)]
mod tests;

pub use attention::{Measured, measure};
pub use block::{Block, Product, block};
pub use shapes::{LAYERS, Layer, MASKED};

/// Firing rates of q, k and v, and the part of their channels that is silent.
pub const RATES: [[f64; 2]; 4] = [[0.05, 0.0], [0.15, 0.0], [0.3, 0.0], [0.15, 0.5]];
