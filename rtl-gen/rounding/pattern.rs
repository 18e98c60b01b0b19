//! Numbers for tests, which are the same in NumPy.

use ndarray::Array2;

pub fn values(count: usize, seed: usize, scale: f64) -> impl Iterator<Item = f32> {
    (0..count).map(move |place| ((((place * 37 + seed * 11) % 101) as f64 / 101.0 - 0.5) * scale) as f32)
}

pub fn matrix(rows: usize, columns: usize, seed: usize, scale: f64) -> Array2<f32> {
    let values = values(rows * columns, seed, scale).collect();
    Array2::from_shape_vec((rows, columns), values).expect("there are as many")
}
