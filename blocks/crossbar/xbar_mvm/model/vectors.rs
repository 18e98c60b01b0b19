//! Whole vectors, without clocks.

use crate::crossbar::phase::Phase;
use crate::crossbar::weights::cells_of_row;
use crate::crossbar::xbar_array_model::model::Array;
use crate::crossbar::xbar_input_driver::model::phases;
use crate::crossbar::xbar_mvm::Params;
use crate::crossbar::xbar_shift_add::model::{Converted, Sums, Total};

/// Programmed arrays with their converters and shift-adds.
pub struct Programmed {
    params: Params,
    arrays: Vec<Array>,
    /// Phases that were sampled: what the noise of the next one depends on.
    samples: u32,
}

impl Programmed {
    /// With weights by input, then by output, of which a converter has `outputs` next to each other.
    pub fn new(params: &Params, weights: &[Vec<i64>]) -> Programmed {
        let model = |array| Array::new(&params.array_model(array));
        let mut arrays: Vec<Array> = (0..params.row_arrays).map(model).collect();
        let count = arrays.len();
        for (row, weights) in weights.iter().enumerate() {
            let of_converters = weights.chunks(params.outputs as usize);
            let cells: Vec<Vec<u64>> =
                of_converters.map(|weights| cells_of_row(&params.adder(), weights)).collect();
            for column in 0..params.columns() as usize {
                let levels: Vec<u64> = cells.iter().map(|cells| cells[column]).collect();
                arrays[row % count].load(row / count, column, &levels);
            }
        }
        Programmed { params: params.clone(), arrays, samples: 0 }
    }

    /// The sums of a vector by output, of inputs modulo 2^`input_bits`, whose phases that drive no row are left out.
    pub fn sums(&mut self, inputs: &[u64]) -> Vec<Total> {
        let driver = self.params.driver();
        let phases = phases(&driver, inputs, true);
        let (adcs, outputs) = (self.params.adcs as usize, self.params.outputs as usize);
        let mut sums: Vec<Sums> = (0..adcs).map(|_| Sums::new(&self.params.adder())).collect();
        let mut totals = vec![Total::default(); adcs * outputs];
        for (number, driven) in phases.iter().enumerate() {
            let phase = Phase {
                bit: Some(driven.slot.bit.into()),
                subtract: Some(driver.subtracts(driven.slot).into()),
                last: u64::from(number + 1 == phases.len()),
            };
            let rows = self.rows_of_arrays(&driven.rows);
            for column in 0..self.params.columns() as usize {
                for (adc, sums) in sums.iter_mut().enumerate() {
                    let converted = self.converted(&rows, adc, column, phase);
                    if let Some((output, total)) = sums.take(&converted) {
                        totals[adc * outputs + output] = total;
                    }
                }
            }
            self.samples = self.samples.wrapping_add(1);
        }
        totals
    }

    /// The rows of each array: neighbours are under each other.
    fn rows_of_arrays(&self, rows: &[bool]) -> Vec<Vec<bool>> {
        let count = self.arrays.len();
        (0..count).map(|array| rows.iter().skip(array).step_by(count).copied().collect()).collect()
    }

    /// The codes of a converter's column in all arrays, added.
    fn converted(&self, rows: &[Vec<bool>], adc: usize, column: usize, phase: Phase<u64>) -> Converted {
        let code = |(array, rows): (&Array, &Vec<bool>)| array.code_of(rows, adc, column, self.samples);
        let codes: Vec<u64> = self.arrays.iter().zip(rows).map(code).collect();
        let greatest = (1 << self.params.read_out.adc_bits) - 1;
        Converted { code: codes.iter().sum(), saturated: codes.contains(&greatest), phase }
    }
}
