//! The channels of `loas_array`.

use super::params::Params;
use crate::channel::{Channel, Interface, Ports, Timing};
use hdl::Field;

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface {
            inputs: vec![
                Channel { name: "a", fields: self.a() },
                Channel { name: "b", fields: self.element.b() },
            ],
            outputs: vec![Channel { name: "out", fields: self.out() }],
            timing: Timing::Elastic,
        }
    }
}

impl Params {
    /// Chunks of some rows of A.
    pub fn a(&self) -> Vec<Field> {
        let of_row = |field: Field| match field.name.as_str() {
            "last" => Field::new("last", 1, "the rows' last chunk: the same in all beats of a chunk"),
            "mask" => Field::new(
                "masks",
                self.rows_per_beat * field.width,
                "for each row the mask of its neurons that fire",
            ),
            _ => Field::new(
                "words",
                self.rows_per_beat * field.width,
                "for each row the spikes of those neurons in order",
            ),
        };
        self.element.a().into_iter().map(of_row).collect()
    }

    /// The spikes of a column.
    pub fn out(&self) -> Vec<Field> {
        let spikes = self.rows * self.element.time_steps;
        vec![
            Field::new(
                "spikes",
                spikes,
                "a word a row, the first row in the lowest bits; the first time step in its most significant bit",
            ),
            Field::new("overflow", 1, "since reset some sum has left its range, up to these rows"),
            Field::new("error", 1, "since reset some beat of A or B was wrong, up to these rows"),
        ]
    }
}
