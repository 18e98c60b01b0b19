//! The blocks together, around an ideal array: the sums are the integer product of inputs and weights.

use super::phase::{Encoding, Phase};
use super::weights::cells_of_row;
use super::xbar_input_driver::{self, model::phases};
use super::xbar_shift_add::{
    self, Scheme,
    model::{Converted, Sums, Total},
};
use fastrand::Rng;

/// A crossbar of signed weights, one row for each input.
struct Crossbar {
    driver: xbar_input_driver::Params,
    adder: xbar_shift_add::Params,
    weights: Vec<Vec<i64>>,
}

impl Crossbar {
    /// Weights in rows that are driven in so many blocks.
    fn new(adder: xbar_shift_add::Params, weights: Vec<Vec<i64>>) -> Crossbar {
        let rows = weights.len() as u32;
        let driver = xbar_input_driver::Params {
            rows,
            rows_at_once: Some(rows.div_ceil(adder.row_blocks)),
            input_bits: adder.input_bits,
            encoding: adder.encoding,
            lanes: 1,
        };
        Crossbar { driver, adder, weights }
    }

    /// The sums that come out of the blocks.
    fn sums(&self, inputs: &[i64], skip_zeros: bool) -> Vec<Total> {
        let array: Vec<Vec<u64>> =
            self.weights.iter().map(|weights| cells_of_row(&self.adder, weights)).collect();
        let modulo: Vec<u64> =
            inputs.iter().map(|input| *input as u64 & ((1 << self.driver.input_bits) - 1)).collect();
        let phases = phases(&self.driver, &modulo, skip_zeros);
        let (mut sums, mut totals) = (Sums::new(&self.adder), vec![]);
        for (number, driven) in phases.iter().enumerate() {
            let phase = Phase {
                bit: Some(driven.slot.bit.into()),
                subtract: Some(self.driver.subtracts(driven.slot).into()),
                last: u64::from(number + 1 == phases.len()),
            };
            for column in 0..self.adder.columns() as usize {
                let rows = array.iter().zip(&driven.rows).filter(|(_, is_driven)| **is_driven);
                let current: u64 = rows.map(|(cells, _)| cells[column]).sum();
                let code = current.min((1 << self.adder.adc_bits) - 1);
                totals
                    .extend(sums.take(&Converted { code, saturated: false, phase }).map(|(_, total)| total));
            }
        }
        totals
    }

    /// The product of the integers.
    fn product(&self, inputs: &[i64]) -> Vec<Total> {
        let sum = |output: usize| -> i64 {
            inputs.iter().zip(&self.weights).map(|(input, weights)| input * weights[output]).sum()
        };
        let total = |output| Total { sum: sum(output).into(), ..Total::default() };
        (0..self.adder.outputs as usize).map(total).collect()
    }
}

const ENCODINGS: [Encoding; 3] = [Encoding::Unsigned, Encoding::TwosComplement, Encoding::SignMagnitude];
const SCHEMES: [Scheme; 3] = [Scheme::DifferentialPair, Scheme::NegativeCount, Scheme::DummyColumn];

/// A sum of 30 cells of 4 bits is at most 450.
const ROWS: usize = 30;
const ADC_BITS: u32 = 9;

fn is_exact(adder: xbar_shift_add::Params, rng: &mut Rng) {
    let half = 1i64 << (adder.weight_bits() - 1);
    let outputs = adder.outputs;
    let mut weight = |_| if rng.u8(..3) == 0 { -half } else { rng.i64(-half..half) };
    let weights: Vec<Vec<i64>> = (0..ROWS).map(|_| (0..outputs).map(&mut weight).collect()).collect();
    let top = 1i64 << (adder.input_bits - 1);
    let range = if adder.encoding == Encoding::Unsigned { 0..2 * top } else { -top..top };
    let input = |_| if rng.u8(..3) == 0 { range.start } else { rng.i64(range.clone()) };
    let inputs: Vec<i64> = (1..ROWS).map(input).chain([range.end - 1]).collect();
    let crossbar = Crossbar::new(adder, weights);
    for skip_zeros in [false, true] {
        let (found, expected) = (crossbar.sums(&inputs, skip_zeros), crossbar.product(&inputs));
        assert_eq!(found, expected, "{:?}, skip_zeros: {skip_zeros}", crossbar.adder);
    }
}

#[test]
fn an_ideal_array_gives_the_integer_product_in_every_scheme() {
    let mut rng = Rng::with_seed(1);
    let all = ENCODINGS.iter().flat_map(|encoding| SCHEMES.map(|scheme| (*encoding, scheme)));
    for ((encoding, scheme), input_bits) in all.flat_map(|both| (1..=8).map(move |bits| (both, bits))) {
        for (cell_bits, slices, row_blocks) in [(1, 8, 1), (2, 3, 4), (4, 2, 2), (3, 1, 3)] {
            let weights = xbar_shift_add::Params { cell_bits, slices, scheme, ..Default::default() };
            is_exact(
                xbar_shift_add::Params { adc_bits: ADC_BITS, input_bits, encoding, row_blocks, ..weights },
                &mut rng,
            );
        }
    }
}

#[test]
fn the_last_phase_subtracts_even_if_all_before_it_are_left_out() {
    let adder = xbar_shift_add::Params { outputs: 1, row_blocks: 1, ..Default::default() };
    let crossbar = Crossbar::new(adder, vec![vec![3], vec![-5]]);
    assert_eq!(crossbar.sums(&[-128, -128], true), [Total { sum: 256, ..Total::default() }]);
    // And a vector of zeros has its sums.
    assert_eq!(crossbar.sums(&[0, 0], true), [Total { sum: 0, ..Total::default() }]);
}

#[test]
fn with_an_offset_the_whole_sum_must_fit_the_converter() {
    // Weights of 0 in 64 rows of 4-bit cells: the product is 0, but the stored codes of the highest slice come to 512.
    let adder = |adc_bits| xbar_shift_add::Params {
        adc_bits,
        input_bits: 1,
        encoding: Encoding::Unsigned,
        scheme: Scheme::DummyColumn,
        outputs: 1,
        row_blocks: 1,
        ..Default::default()
    };
    let crossbar = Crossbar::new(adder(10), vec![vec![0]; 64]);
    assert_eq!(crossbar.sums(&[1; 64], false), [Total { sum: 0, ..Total::default() }]);
    let full = Crossbar::new(adder(10), vec![vec![127]; 64]);
    assert_eq!(full.sums(&[1; 64], false), [Total { sum: 64 * 127, ..Total::default() }]);
    // The dummy column comes to 512 too: with 9 bits it saturates, and a column that does not no longer fits it.
    let narrow = Crossbar::new(adder(9), vec![vec![-16]; 64]);
    assert_ne!(narrow.sums(&[1; 64], false), narrow.product(&[1; 64]));
}
