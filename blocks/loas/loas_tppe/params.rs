//! The parameters of `loas_tppe`.

use crate::loas::loas_inner_join::{self, OffsetsA};
use crate::parameters::{ParameterError, Parameters, name_parts};
use hdl::{Bundle, bit_length, index_width};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Time steps, processed in parallel.
    #[default = 4]
    #[schemars(range(min = 2, max = 16))]
    pub time_steps: u32,
    /// Width of a weight, two's complement.
    #[default = 8]
    #[schemars(range(min = 2, max = 16))]
    pub weight_bits: u32,
    /// Width of a mask, which is one chunk of K: adders times a power of two.
    #[default = 128]
    #[schemars(range(min = 8, max = 1024), extend("x-tag" = "k"))]
    pub mask_bits: u32,
    /// Columns of B whose sums are kept.
    #[default = 32]
    #[schemars(extend("enum" = [1, 2, 4, 8, 16, 32, 64], "x-tag" = "c"))]
    pub columns: u32,
    /// Sets of sums: with 2, the next row is joined while the sums of the row before leave.
    #[default = 1]
    #[schemars(extend("enum" = [1, 2], "x-tag" = "sets"))]
    pub sum_sets: u32,
    /// Columns of B in a beat, at most columns.
    #[default = 4]
    #[schemars(extend("enum" = [1, 2, 4, 8]))]
    pub group: u32,
    /// Most weights that accompany a mask of B.
    #[default = 8]
    #[schemars(extend("enum" = [1, 2, 4, 8, 16, 32, 64, 128], "x-tag" = "v"))]
    pub values: u32,
    /// Matches per cycle, a divisor of group.
    #[default = 4]
    #[schemars(extend("enum" = [1, 2, 4]))]
    pub pipes: u32,
    /// Joins that can wait in each lane of the group.
    #[default = 1]
    #[schemars(range(min = 1, max = 4), extend("x-tag" = "q"))]
    pub queue_depth: u32,
    /// Depth of the FIFO of matches that wait for their spikes.
    #[default = 8]
    #[schemars(range(min = 1, max = 64), extend("x-tag" = "f"))]
    pub fifo_depth: u32,
    /// Whether the ones of A are counted in one cycle (`fast`), or a segment per cycle (`laggy`).
    #[default(OffsetsA::Laggy)]
    #[schemars(extend("x-tag" = ""))]
    pub offsets_a: OffsetsA,
    /// Width of a segment of A.
    #[default = 16]
    #[schemars(extend("enum" = [4, 8, 16, 32, 64], "x-tag" = "a"))]
    pub adders: u32,
    /// Longest fibre, which sets the default width of the sums.
    #[default = 4608]
    #[schemars(range(min = 1, max = 1_048_576))]
    pub max_k: u32,
    /// Width of a sum; a sum narrower than the default can overflow.
    #[default(None)]
    #[schemars(range(min = 4, max = 48), extend("x-default" = "weight_bits + max(1, ceil(log2(max_k))), which cannot overflow"))]
    pub sum_bits: Option<u32>,
    /// Skid buffers on the input streams: no combinational path from an input to a ready.
    #[default = false]
    #[schemars(extend("x-tag" = "skid"))]
    pub skid: bool,
}

impl Parameters for Params {
    fn resolved(&self) -> Params {
        Params { sum_bits: Some(self.sum_bits()), ..self.clone() }
    }

    fn validate(&self) -> Result<(), ParameterError> {
        let Params { columns, group, values, mask_bits, .. } = *self;
        let conflict = |message| Err(ParameterError::Conflict(message));
        if columns < group {
            return conflict(format!(
                "group must be at most columns: group is {group}, columns is {columns}"
            ));
        }
        if values > mask_bits {
            return conflict(format!(
                "values must be at most mask_bits: values is {values}, mask_bits is {mask_bits}"
            ));
        }
        if self.sum_bits() < self.weight_bits {
            return conflict(format!(
                "sum_bits must be at least weight_bits: sum_bits is {}, weight_bits is {}",
                self.sum_bits(),
                self.weight_bits
            ));
        }
        self.join().validate()
    }

    fn name_parts(&self) -> Vec<String> {
        let mut parts = vec![
            format!("t{}", self.time_steps),
            format!("w{}", self.weight_bits),
            format!("s{}", self.sum_bits()),
            format!("g{}", self.group),
            format!("p{}", self.pipes),
        ];
        parts.extend(name_parts(self));
        parts
    }
}

impl Params {
    /// The inner-join inside.
    pub fn join(&self) -> loas_inner_join::Params {
        loas_inner_join::Params {
            mask_bits: self.mask_bits,
            group: self.group,
            pipes: self.pipes,
            queue_depth: self.queue_depth,
            fifo_depth: self.fifo_depth,
            offsets_a: self.offsets_a,
            adders: self.adders,
            tag_bits: self.tag().packed_width(),
            skid: false,
        }
    }

    /// Width of the number of a place of sums: there is one per set and column.
    pub fn place_bits(&self) -> u32 {
        index_width((self.sum_sets * self.columns).into())
    }

    /// Width of the number of a group of columns.
    pub fn group_bits(&self) -> u32 {
        index_width((self.columns / self.group).into())
    }

    /// Width of a sum that cannot overflow: K weights of the least value.
    pub fn safe_sum_bits(&self) -> u32 {
        self.weight_bits + bit_length((self.max_k - 1).into()).max(1)
    }

    /// Width of a sum.
    pub fn sum_bits(&self) -> u32 {
        self.sum_bits.unwrap_or(self.safe_sum_bits())
    }

    /// Whether sums may overflow in fibres of `max_k` at most.
    pub fn may_overflow(&self) -> bool {
        self.sum_bits() < self.safe_sum_bits()
    }

    /// How many weights of a column make its sum leave the range, while the pseudo sum and the correction stay within, if
    /// the second of each four is the least but one with a neuron that is silent at first, and the others are the
    /// greatest. `None` if sums cannot overflow, or it takes more beats than a row is tried with.
    pub fn weights_until_a_difference_leaves(&self) -> Option<u32> {
        let added = (1u64 << (self.sum_bits() - 1)).div_ceil(self.greatest_weight());
        let weights = added + (added + 1) / 3;
        (self.may_overflow() && weights <= 16 * u64::from(self.values)).then_some(weights as u32)
    }

    /// The greatest weight.
    pub fn greatest_weight(&self) -> u64 {
        (1 << (self.weight_bits - 1)) - 1
    }

    /// Whether a mask can have more ones than weights come with it.
    pub fn may_lack_weights(&self) -> bool {
        self.values < self.mask_bits
    }

    /// Whether the number of a group can be one that there is not: where there is one group, it has a bit still.
    pub fn may_lack_group(&self) -> bool {
        self.columns == self.group
    }
}
