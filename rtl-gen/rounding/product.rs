//! Products of matrices on all cores.

use ndarray::linalg::general_mat_mul;
use ndarray::parallel::prelude::*;
use ndarray::{Array2, ArrayView2, Axis};

/// The least number of rows or columns for a core.
const LEAST: usize = 32;

/// A product, bit for bit the same on any number of cores: each element is one core's sum.
pub fn product(a: ArrayView2<f32>, b: ArrayView2<f32>) -> Array2<f32> {
    let mut result = Array2::zeros((a.nrows(), b.ncols()));
    let part = |length: usize| length.div_ceil(rayon::current_num_threads()).max(LEAST);
    // What both cores read should be small.
    if result.nrows() >= result.ncols() {
        let size = part(result.nrows());
        let rows = result.axis_chunks_iter_mut(Axis(0), size).into_par_iter();
        rows.zip(a.axis_chunks_iter(Axis(0), size))
            .for_each(|(mut result, a)| general_mat_mul(1.0, &a, &b, 0.0, &mut result));
    } else {
        let size = part(result.ncols());
        let columns = result.axis_chunks_iter_mut(Axis(1), size).into_par_iter();
        columns
            .zip(b.axis_chunks_iter(Axis(1), size))
            .for_each(|(mut result, b)| general_mat_mul(1.0, &a, &b, 0.0, &mut result));
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(seed: u64, rows: usize, columns: usize) -> Array2<f32> {
        let mut rng = fastrand::Rng::with_seed(seed);
        Array2::from_shape_fn((rows, columns), |_| rng.f32() - 0.5)
    }

    #[test]
    fn it_is_the_same_on_any_number_of_cores() {
        for (rows, inner, columns) in [(70, 300, 41), (33, 513, 190), (1, 1, 1), (5, 7, 300)] {
            let (a, b) = (random(1, rows, inner), random(2, inner, columns));
            let on = |cores| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(cores).build().unwrap();
                pool.install(|| product(a.view(), b.view()))
            };
            let one = on(1);
            assert!([2, 3, 8].into_iter().all(|cores| on(cores) == one));
            let wide = a.mapv(f64::from).dot(&b.mapv(f64::from));
            assert!(one.iter().zip(&wide).all(|(found, exact)| (f64::from(*found) - exact).abs() < 1e-4));
        }
    }
}
