//! The tables of published arrays: their products are those of the integers but for errors that an application can bear.

use super::Mvm;
use super::tests::{TIMES, product, program, run};
use crate::crossbar::device::Device;
use crate::crossbar::pins::ArrayPlace;
use crate::crossbar::xbar_mvm::Params;
use crate::crossbar::xbar_shift_add::Scheme;
use crate::parameters::Parameters;
use fastrand::Rng;
use serde_json::Value;

/// The greatest error of a table, as a part of the products.
const MOST: f64 = 0.5;

/// The parameters of a table: a line is a comment, or a name and a number or a string, which JSON writes alike.
fn parameters(table: &str) -> Params {
    let mut all = serde_json::to_value(Params::default()).unwrap();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.split_once(" = ").unwrap_or_else(|| panic!("{line}"));
        all[name] = serde_json::from_str::<Value>(value).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
    let params: Params = serde_json::from_value(all).unwrap();
    params.validate().unwrap();
    params
}

fn root_mean_square(values: &[f64]) -> f64 {
    (values.iter().map(|value| value.powi(2)).sum::<f64>() / values.len() as f64).sqrt()
}

/// The error of products of random vectors and weights, as a part of them.
fn error(params: &Params, rng: &mut Rng) -> f64 {
    let half = 1i64 << (params.adder().weight_bits() - 1);
    let least = if params.encoding.is_signed() { -1i64 << (params.input_bits - 1) } else { 0 };
    let outputs = params.outputs * params.adcs;
    let inputs = 0..params.inputs_of_vector();
    let weights: Vec<Vec<i64>> =
        inputs.clone().map(|_| (0..outputs).map(|_| rng.i64(-half..half)).collect()).collect();
    let vectors: Vec<Vec<i64>> = (0..2)
        .map(|_| inputs.clone().map(|_| rng.i64(least..least + (1 << params.input_bits))).collect())
        .collect();
    let mut mvm = Mvm::new(params);
    program(&mut mvm, params, &weights);
    // A code stands for as many steps of a cell as that of the converters.
    let step = f64::from(params.adc_step()) / 256.0;
    let found = run(&mut mvm, params, &vectors, TIMES).0.concat();
    let expected: Vec<f64> =
        vectors.iter().flat_map(|inputs| product(inputs, &weights)).map(|value| value as f64).collect();
    let errors = found.iter().zip(&expected).map(|(found, expected)| *found as f64 * step - expected);
    root_mean_square(&errors.collect::<Vec<_>>()) / root_mean_square(&expected)
}

#[test]
fn the_products_of_every_table_are_near_those_of_the_integers() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/crossbar/devices");
    let mut rng = Rng::with_seed(1);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let error = error(&parameters(&std::fs::read_to_string(&path).unwrap()), &mut rng);
        assert!(error < MOST, "{}: {error:.3} of the products", path.display());
    }
}

fn refused(changed: Params, expected: &str) {
    assert_eq!(changed.validate().unwrap_err().to_string(), expected);
}

#[test]
fn what_makes_no_sense_is_refused_by_name_and_value() {
    let device = Device { adc_step: Some(3840), ..Device::default() };
    let params = Params { device, ..Params::default() };
    refused(params.clone(), "adc_step needs array = `model`: adc_step is 3840, array is `external`");
    refused(
        Params { array: ArrayPlace::Model, scheme: Scheme::NegativeCount, ..params },
        "adc_step must be at most 256 with scheme = `negative_count`: adc_step is 3840",
    );
}
