//! The parameters of `loas_tppe`.

use crate::loas::loas_inner_join::{self, OffsetsA};
use crate::parameters::{Legal, Parameter, ParameterError, name_parts};
use hdl::{bit_length, index_width};
use serde::{Deserialize, Serialize};

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Time steps T.
    pub time_steps: u32,
    /// Bits of a weight.
    pub weight_bits: u32,
    /// Bits of a mask.
    pub mask_bits: u32,
    /// Live outputs: columns of B whose sums are kept.
    pub columns: u32,
    /// Masks of B in a beat.
    pub group: u32,
    /// Weights in a mask of B.
    pub values: u32,
    /// Matches a cycle.
    pub pipes: u32,
    /// Joins that wait for each place of the group.
    pub queue_depth: u32,
    /// Matches that wait for their spikes.
    pub fifo_depth: u32,
    /// How offsets in A are made.
    pub offsets_a: OffsetsA,
    /// Bits of a segment of A, whose ones are counted in a cycle.
    pub adders: u32,
    /// The longest fibre K, which decides the width of the sums.
    pub max_k: u32,
    /// Bits of a sum, where they are to be fewer.
    pub sum_bits: Option<u32>,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            time_steps: 4,
            weight_bits: 8,
            mask_bits: 128,
            columns: 32,
            group: 4,
            values: 8,
            pipes: 4,
            queue_depth: 1,
            fifo_depth: 8,
            offsets_a: OffsetsA::Laggy,
            adders: 16,
            max_k: 4608,
            sum_bits: None,
        }
    }
}

/// The parameters for help, documentation and checks.
pub fn parameters() -> Vec<Parameter> {
    let of = Parameter::of::<Params>;
    let integer = |min, max| Legal::Integer { min, max };
    let one_of = |values: &[&'static str]| Legal::OneOf(values.to_vec());
    vec![
        of("time_steps", "time steps, all at once", integer(2, 16)),
        of("weight_bits", "bits of a weight, two's complement", integer(2, 16)),
        of("mask_bits", "bits of a mask", integer(8, 1024)),
        of("columns", "columns of B whose sums are kept", one_of(&["1", "2", "4", "8", "16", "32", "64"])),
        of("group", "columns of B in a beat", one_of(&["1", "2", "4", "8"])),
        of(
            "values",
            "weights that a mask of B has at most",
            one_of(&["1", "2", "4", "8", "16", "32", "64", "128"]),
        ),
        of("pipes", "matches a cycle", one_of(&["1", "2", "4"])),
        of("queue_depth", "joins that wait for each place of the group", integer(1, 4)),
        of("fifo_depth", "matches that wait for their spikes", integer(1, 64)),
        of(
            "offsets_a",
            "the ones of A are counted at once, or a segment a cycle",
            one_of(&["fast", "laggy"]),
        ),
        of("adders", "bits of a segment of A", one_of(&["4", "8", "16", "32", "64"])),
        of("max_k", "the longest fibre, which decides the width of the sums", integer(1, 1 << 20)),
        of("sum_bits", "bits of a sum; fewer than the default may overflow", integer(4, 48))
            .derived("weight_bits + the bits of max_k - 1: no sum can overflow"),
    ]
}

impl Params {
    /// Refuses combinations that make no sense.
    pub fn validate(&self) -> Result<(), ParameterError> {
        let Params { columns, group, values, mask_bits, .. } = *self;
        let conflict = |message| Err(ParameterError::Conflict(message));
        if columns < group {
            return conflict(format!(
                "group is to be columns or fewer: group is {group}, columns is {columns}"
            ));
        }
        if values > mask_bits {
            return conflict(format!(
                "values is to be mask_bits or fewer: values is {values}, mask_bits is {mask_bits}"
            ));
        }
        if self.sum_bits() < self.weight_bits {
            return conflict(format!(
                "sum_bits is to be weight_bits or more: sum_bits is {}, weight_bits is {}",
                self.sum_bits(),
                self.weight_bits
            ));
        }
        self.join().validate()
    }

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
            tag_bits: self.tag_bits(),
        }
    }

    /// A column's number, and the weights of its mask.
    pub fn tag_bits(&self) -> u32 {
        self.column_bits() + self.values * self.weight_bits
    }

    /// Width of the number of a column.
    pub fn column_bits(&self) -> u32 {
        index_width(self.columns.into())
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

    /// Whether a mask can have more ones than weights come with it.
    pub fn may_lack_weights(&self) -> bool {
        self.values < self.mask_bits
    }

    /// Whether the number of a group can be one that there is not: where there is one group, it has a bit still.
    pub fn may_lack_group(&self) -> bool {
        self.columns == self.group
    }

    /// What distinguishes the module's name.
    pub fn name_parts(&self) -> Vec<String> {
        let tags = [
            ("k", "mask_bits"),
            ("c", "columns"),
            ("v", "values"),
            ("q", "queue_depth"),
            ("f", "fifo_depth"),
            ("", "offsets_a"),
            ("a", "adders"),
        ];
        let mut parts = vec![
            format!("t{}", self.time_steps),
            format!("w{}", self.weight_bits),
            format!("s{}", self.sum_bits()),
            format!("g{}", self.group),
            format!("p{}", self.pipes),
        ];
        parts.extend(name_parts(self, &tags));
        parts
    }
}
