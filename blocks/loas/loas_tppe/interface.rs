//! The channels of `loas_tppe`.

use super::params::Params;
use crate::channel::{Channel, Interface, Ports, Timing};
use hdl::Field;

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface {
            inputs: vec![Channel { name: "a", fields: self.a() }, Channel { name: "b", fields: self.b() }],
            outputs: vec![Channel { name: "sum", fields: self.sum() }],
            timing: Timing::Elastic,
        }
    }
}

impl Params {
    /// A chunk of a row of A.
    pub fn a(&self) -> Vec<Field> {
        vec![
            Field::new("mask", self.mask_bits, "1 for each neuron that fires at some time step"),
            Field::new(
                "words",
                self.mask_bits * self.time_steps,
                "the spikes of those neurons in order, the first in the lowest bits; of a word the first time step in \
                 the most significant bit",
            ),
            Field::new("last", 1, "the row's last chunk: the sums follow"),
        ]
    }

    /// Chunks of columns of B.
    pub fn b(&self) -> Vec<Field> {
        let (group, values) = (self.group, self.values * self.weight_bits);
        vec![
            Field::new(
                "masks",
                group * self.mask_bits,
                "1 for each weight, a mask a column, the first in the lowest bits",
            ),
            Field::new(
                "values",
                group * values,
                "for each mask its weights in order, the first in the lowest bits; ones beyond them have none",
            ),
            Field::new(
                "group",
                self.group_bits(),
                "the number of the first column, divided by their number in a beat",
            ),
            Field::new("last", 1, "the next beat belongs to the next chunk of A"),
        ]
    }

    /// The sums of a column.
    pub fn sum(&self) -> Vec<Field> {
        vec![
            Field::new(
                "sums",
                self.time_steps * self.sum_bits(),
                "the weighted sum of each time step, two's complement, the first in the lowest bits",
            ),
            Field::new("overflow", 1, "since reset some sum has left its range, up to this row"),
            Field::new("error", 1, "since reset some beat of B was wrong, up to this row"),
        ]
    }
}
