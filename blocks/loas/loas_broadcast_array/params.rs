//! The parameters of `loas_broadcast_array`.

use crate::loas::loas_plif;
use crate::parameters::{ParameterError, Parameters, name_parts};
use hdl::bit_length;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Rows of spikes, each with a processing element and a neuron.
    #[default = 16]
    #[schemars(extend("enum" = [1, 2, 4, 8, 16, 32], "x-name" = "r"))]
    pub rows: u32,
    /// Rows in a beat of A, at most rows.
    #[default = 4]
    #[schemars(extend("enum" = [1, 2, 4, 8, 16, 32], "x-tag" = "b"))]
    pub rows_per_beat: u32,
    /// Time steps, processed in parallel.
    #[default = 4]
    #[schemars(range(min = 2, max = 16), extend("x-name" = "t"))]
    pub time_steps: u32,
    /// Width of a weight, two's complement.
    #[default = 8]
    #[schemars(range(min = 2, max = 16), extend("x-name" = "w"))]
    pub weight_bits: u32,
    /// Neurons of a row in a chunk of K.
    #[default = 128]
    #[schemars(extend("enum" = [8, 16, 32, 64, 128, 256, 512], "x-tag" = "k"))]
    pub chunk: u32,
    /// Columns of B whose sums are kept: more than pipes.
    #[default = 32]
    #[schemars(extend("enum" = [2, 4, 8, 16, 32, 64], "x-tag" = "c"))]
    pub columns: u32,
    /// Sets of sums: with 2, weights are added to the next rows while the sums of the rows before leave.
    #[default = 1]
    #[schemars(extend("enum" = [1, 2], "x-tag" = "sets"))]
    pub sum_sets: u32,
    /// Weights in a beat of B.
    #[default = 16]
    #[schemars(extend("enum" = [1, 2, 4, 8, 16], "x-tag" = "l"))]
    pub lanes: u32,
    /// Weights that a row adds in a cycle, at most lanes.
    #[default = 4]
    #[schemars(extend("enum" = [1, 2, 4], "x-tag" = "p"))]
    pub pipes: u32,
    /// Depth of the FIFO of each lane of a row.
    #[default = 8]
    #[schemars(range(min = 1, max = 64), extend("x-tag" = "f"))]
    pub fifo_depth: u32,
    /// Longest fibre, which sets the default width of the sums.
    #[default = 4608]
    #[schemars(range(min = 1, max = 1_048_576))]
    pub max_k: u32,
    /// Width of a sum; a sum narrower than the default can overflow.
    #[default(None)]
    #[schemars(range(min = 4, max = 48), extend("x-default" = "weight_bits + max(1, ceil(log2(max_k))), which cannot overflow"))]
    pub sum_bits: Option<u32>,
    /// Skid buffers on the input streams: no combinational path from an input to a ready.
    #[default = true]
    #[schemars(extend("x-tag" = ""))]
    pub skid: bool,
    /// Right shift of the membrane potential between time steps: it decays by a factor of 2^-leak.
    #[default = 2]
    #[schemars(range(min = 0, max = 7), extend("x-tag" = "leak"))]
    pub leak: u32,
    /// Firing threshold of the membrane potential.
    #[default = 64]
    #[schemars(range(min = 0, max = 1_073_741_824), extend("x-tag" = "th"))]
    pub threshold: u32,
    /// Whether a spike clears the potential (`hard`) or subtracts the threshold from it (`soft`).
    #[default(loas_plif::Reset::Hard)]
    #[schemars(extend("x-tag" = ""))]
    pub reset: loas_plif::Reset,
    /// Whether a neuron fires above the threshold (`greater`), or also at it (`greater_equal`).
    #[default(loas_plif::Compare::Greater)]
    #[schemars(extend("x-tag" = ""))]
    pub compare: loas_plif::Compare,
}

impl Parameters for Params {
    fn resolved(&self) -> Params {
        Params { sum_bits: Some(self.sum_bits()), ..self.clone() }
    }

    fn validate(&self) -> Result<(), ParameterError> {
        let Params { rows, rows_per_beat, columns, lanes, pipes, weight_bits, .. } = *self;
        let sum_bits = self.sum_bits();
        let conflicts = [
            (
                rows_per_beat > rows,
                "rows_per_beat must be at most rows",
                ("rows_per_beat", rows_per_beat),
                ("rows", rows),
            ),
            (columns <= pipes, "columns must be more than pipes", ("columns", columns), ("pipes", pipes)),
            (lanes < pipes, "pipes must be at most lanes", ("pipes", pipes), ("lanes", lanes)),
            (
                sum_bits < weight_bits,
                "sum_bits must be at least weight_bits",
                ("sum_bits", sum_bits),
                ("weight_bits", weight_bits),
            ),
        ];
        if let Some((_, rule, (one, first), (other, second))) =
            conflicts.into_iter().find(|conflict| conflict.0)
        {
            return Err(ParameterError::Conflict(format!("{rule}: {one} is {first}, {other} is {second}")));
        }
        self.neuron().validate()
    }

    fn name_parts(&self) -> Vec<String> {
        let mut parts = name_parts(self);
        parts.push(format!("s{}", self.sum_bits()));
        parts.extend((!self.skid).then(|| "no_skid".into()));
        parts
    }
}

impl Params {
    /// The neurons.
    pub fn neuron(&self) -> loas_plif::Params {
        loas_plif::Params {
            time_steps: self.time_steps,
            sum_bits: self.sum_bits(),
            membrane_bits: None,
            leak: self.leak,
            threshold: Some(self.threshold),
            threshold_port: false,
            reset: self.reset,
            compare: self.compare,
            stages: 0,
        }
    }

    /// Beats with the chunks of all rows.
    pub fn beats_of_a(&self) -> u32 {
        self.rows / self.rows_per_beat
    }

    /// Width of a position in a chunk.
    pub fn position_bits(&self) -> u32 {
        self.chunk.ilog2()
    }

    /// Width of the number of a column among those of a pipe.
    pub fn column_bits(&self) -> u32 {
        (self.columns / self.pipes).ilog2()
    }

    /// Width of a sum that cannot overflow: K weights of the least value.
    fn safe_sum_bits(&self) -> u32 {
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
}
