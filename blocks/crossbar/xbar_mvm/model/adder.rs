//! The shift-adds, cycle by cycle: sums are in a register of each two cycles after the last conversion of their output.

use crate::crossbar::xbar_shift_add::Params;
use crate::crossbar::xbar_shift_add::model::{Converted, Sums, Total};

/// A sum of each converter, and whether it is the last output.
#[derive(Clone)]
pub struct Given {
    /// By converter.
    pub totals: Vec<Total>,
    /// The output is the last one.
    pub last: bool,
}

/// The shift-adds of all converters of an array.
pub struct Adders {
    outputs: usize,
    sums: Vec<Sums>,
    /// In the registers before those of the results.
    partial: Option<Given>,
    /// What is offered.
    pub given: Option<Given>,
}

impl Adders {
    /// After a reset.
    pub fn new(params: &Params, adcs: u32) -> Adders {
        let sums = (0..adcs).map(|_| Sums::new(params)).collect();
        Adders { outputs: params.outputs as usize, sums, partial: None, given: None }
    }

    /// Whether conversions are taken in a cycle.
    pub fn is_ready(&self, out_ready: bool) -> bool {
        self.given.is_none() || out_ready
    }

    /// The cycle ends, with a conversion of each converter.
    pub fn clock(&mut self, out_ready: bool, converted: Option<Vec<Converted>>) {
        if !self.is_ready(out_ready) {
            return;
        }
        self.given = self.partial.take();
        let Some(converted) = converted else { return };
        let complete: Vec<(usize, Total)> = self
            .sums
            .iter_mut()
            .zip(&converted)
            .filter_map(|(sums, converted)| sums.take(converted))
            .collect();
        if let Some((output, _)) = complete.first() {
            let last = output + 1 == self.outputs;
            let totals = complete.iter().map(|(_, total)| *total).collect();
            self.partial = Some(Given { totals, last });
        }
    }
}
