//! The binary search for the codes of a conversion.

use crate::crossbar::xbar_adc_sar::Params;

/// A conversion under way: the range in which the input of each converter lies begins at its code.
#[derive(Clone, Debug)]
pub struct Search {
    codes: Vec<u64>,
    /// Half the size of the ranges.
    half: u64,
    settle: u64,
    /// Clocks of the present trial so far.
    clocks: u64,
}

impl Search {
    /// The input may be anywhere.
    pub fn new(params: &Params, settle: u64) -> Search {
        Search { codes: vec![0; params.adcs as usize], half: 1 << (params.adc_bits - 1), settle, clocks: 0 }
    }

    /// The middle of each range.
    pub fn trials(&self) -> Vec<u64> {
        self.codes.iter().map(|code| code + self.half).collect()
    }

    /// The comparators decide in this clock.
    pub fn decides(&self) -> bool {
        self.clocks == self.settle
    }

    /// A decision in this clock is the last.
    pub fn is_last(&self) -> bool {
        self.decides() && self.half == 1
    }

    /// A clock ends, with what the comparators say. Gives the codes once they are known.
    pub fn clock(&mut self, above: &[bool]) -> Option<Vec<u64>> {
        if !self.decides() {
            self.clocks += 1;
            return None;
        }
        let is_last = self.is_last();
        self.clocks = 0;
        for (code, is_above) in self.codes.iter_mut().zip(above) {
            *code += if *is_above { self.half } else { 0 };
        }
        self.half /= 2;
        is_last.then(|| self.codes.clone())
    }
}
