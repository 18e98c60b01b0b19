//! Weights as a matrix of float32 with a row for each input and a column for each output.

use super::coded::Coded;
use super::floats::Floats;
use ndarray::Array2;

/// Floats, which have a row for each output unless they are transposed.
pub fn of_floats(floats: &Floats, is_transposed: bool) -> Array2<f32> {
    let Floats { rows, columns, values } = floats;
    let matrix =
        Array2::from_shape_fn((*rows, *columns), |(row, column)| values.at(row * columns + column) as f32);
    if is_transposed { matrix } else { matrix.reversed_axes().as_standard_layout().into_owned() }
}

/// What codes stand for, in the order of the layer's inputs.
pub fn of_coded(coded: &Coded) -> Array2<f32> {
    let groups = coded.group_of_inputs();
    Array2::from_shape_fn((coded.k, coded.n), |(input, output)| {
        coded.weight(groups[input], input, output) as f32
    })
}
