//! The gated product of a feed-forward network: SiLU(gate) x up.

use ndarray::{Array2, Zip};

pub fn forward(gate: &Array2<f32>, up: &Array2<f32>) -> Array2<f32> {
    Zip::from(gate).and(up).map_collect(|gate, up| gate * logistic(*gate) * up)
}

/// The gradients of the gate and of what it lets through.
pub fn backward(gate: &Array2<f32>, up: &Array2<f32>, gradient: &Array2<f32>) -> (Array2<f32>, Array2<f32>) {
    let of_gate = Zip::from(gate).and(up).and(gradient).map_collect(|gate, up, gradient| {
        let logistic = logistic(*gate);
        gradient * up * logistic * (1.0 + gate * (1.0 - logistic))
    });
    let of_up = Zip::from(gate).and(gradient).map_collect(|gate, gradient| gradient * gate * logistic(*gate));
    (of_gate, of_up)
}

fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}
