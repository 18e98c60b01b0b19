//! The golden model: counting, bit after bit.

use super::params::{Params, Select};
use crate::golden::PureModel;
use crate::golden::{GoldenModel, Reference};
use crate::limbs::{extract, insert};
use hdl::limbs_for;

/// What the block answers.
pub struct Golden {
    params: Params,
}

impl Golden {
    /// The model for these parameters.
    pub fn new(params: &Params) -> Golden {
        Golden { params: params.clone() }
    }
}

impl PureModel for Golden {
    fn answer(&self, beat: &[u64], answer: &mut [u64], specified: &mut [u64]) {
        let Params { lanes, select, inclusive, .. } = self.params;
        let width = self.params.count_bits();
        let position = match select {
            Select::All => None,
            Select::One => Some(beat[limbs_for(lanes)] as u32),
        };
        let mut before = 0;
        for lane in 0..lanes {
            let bit = extract(beat, lane, 1);
            let count = if inclusive { before + bit } else { before };
            match position {
                None => insert(answer, lane * width, width, count),
                Some(position) if position == lane => answer[0] = count,
                Some(_) => {}
            }
            before += bit;
        }
        if position.is_some_and(|position| position >= lanes) {
            specified.fill(0);
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::pure(Golden::new(self))
    }
}
