//! RMSNorm.

use ndarray::{Array1, Array2, ArrayView2, Axis, Zip};

/// Rows divided by their root mean square, times a gain for each element.
pub struct Norm {
    pub gains: Array1<f32>,
    pub epsilon: f32,
}

impl Norm {
    pub fn forward(&self, x: ArrayView2<f32>) -> Array2<f32> {
        let mut y = x.to_owned();
        for mut row in y.rows_mut() {
            let scale = self.reciprocal(row.fold(0.0, |sum, value| sum + value * value), row.len());
            Zip::from(&mut row).and(&self.gains).for_each(|value, gain| *value *= scale * gain);
        }
        y
    }

    /// The gradient of x, from that of the result.
    pub fn backward(&self, x: ArrayView2<f32>, gradient: ArrayView2<f32>) -> Array2<f32> {
        let mut result = &gradient * &self.gains.view().insert_axis(Axis(0));
        for (mut row, x) in result.rows_mut().into_iter().zip(x.rows()) {
            let scale = self.reciprocal(x.dot(&x), x.len());
            let along = row.dot(&x) * scale.powi(2) / x.len() as f32;
            Zip::from(&mut row).and(&x).for_each(|value, x| *value = scale * (*value - along * x));
        }
        result
    }

    fn reciprocal(&self, squares: f32, length: usize) -> f32 {
        1.0 / (squares / length as f32 + self.epsilon).sqrt()
    }
}
