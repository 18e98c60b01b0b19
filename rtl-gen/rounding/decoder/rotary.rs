//! Rotary positions: each pair of neighbouring elements of a head is turned by an angle that grows with the position.

use ndarray::{Array2, Axis};

/// Which way pairs are turned.
#[derive(Clone, Copy)]
pub enum Turn {
    Forward,
    /// The backward pass, which is also the reverse.
    Back,
}

/// Turns rows of heads, of which the first is at position 0.
pub fn turn(rows: &mut Array2<f32>, d_head: usize, base: f64, way: Turn) {
    let sign = match way {
        Turn::Forward => 1.0,
        Turn::Back => -1.0,
    };
    let rates: Vec<f64> = (0..d_head / 2).map(|pair| base.powf(-2.0 * pair as f64 / d_head as f64)).collect();
    for (position, mut row) in rows.axis_iter_mut(Axis(0)).enumerate() {
        let angles: Vec<(f32, f32)> = rates
            .iter()
            .map(|rate| {
                let (sine, cosine) = (sign * position as f64 * rate).sin_cos();
                (sine as f32, cosine as f32)
            })
            .collect();
        for mut head in row.exact_chunks_mut(d_head) {
            for (pair, (sine, cosine)) in angles.iter().enumerate() {
                let (even, odd) = (head[2 * pair], head[2 * pair + 1]);
                head[2 * pair] = even * cosine - odd * sine;
                head[2 * pair + 1] = even * sine + odd * cosine;
            }
        }
    }
}
