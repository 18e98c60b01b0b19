//! The channels of `loas_inner_join`.

use super::params::Params;
use crate::channel::{Channel, Interface, Ports, Timing};
use hdl::Field;

/// Names of the channels of offsets in B, one for each pipe.
pub const WEIGHT: [&str; 4] = ["weight0", "weight1", "weight2", "weight3"];

/// Names of the channels of offsets in A, one for each pipe.
pub const SPIKE: [&str; 4] = ["spike0", "spike1", "spike2", "spike3"];

impl Ports for Params {
    fn interface(&self) -> Interface {
        let pipes = self.pipes as usize;
        let weight = WEIGHT[..pipes].iter().map(|name| Channel { name, fields: self.weight() });
        let spike = SPIKE[..pipes].iter().map(|name| Channel { name, fields: self.spike() });
        let done = Channel { name: "done", fields: self.done() };
        Interface {
            inputs: vec![Channel { name: "a", fields: self.a() }, Channel { name: "b", fields: self.b() }],
            outputs: weight.chain(spike).chain([done]).collect(),
            timing: Timing::Elastic,
        }
    }
}

impl Params {
    /// A chunk of a fibre of A.
    pub fn a(&self) -> Vec<Field> {
        vec![Field::new("mask", self.mask_bits, "the bitmask of a chunk of A")]
    }

    /// Chunks of fibres of B.
    pub fn b(&self) -> Vec<Field> {
        vec![
            Field::new("masks", self.group * self.mask_bits, "bitmasks of B, place 0 in the lowest bits"),
            Field::new(
                "tags",
                self.group * self.tag_bits,
                "for each mask what is given back with its matches",
            ),
            Field::new("last", 1, "the next beat is joined with the next chunk of A"),
        ]
    }

    /// A match as it is found.
    pub fn weight(&self) -> Vec<Field> {
        vec![
            Field::new("tag", self.tag_bits, "the tag of the mask of B"),
            Field::new("offset", self.position_bits(), "the number of ones of B below the match"),
        ]
    }

    /// The same match later.
    pub fn spike(&self) -> Vec<Field> {
        vec![
            Field::new("slot", 1, "number of the chunk of A, modulo 2"),
            Field::new("offset", self.position_bits(), "the number of ones of A below the match"),
        ]
    }

    /// A chunk of A of which no match is to come.
    pub fn done(&self) -> Vec<Field> {
        vec![Field::new("slot", 1, "number of the chunk of A, modulo 2")]
    }
}
