//! The parameters of `loas_inner_join`.

use crate::parameters::{Legal, Parameter, ParameterError, name_parts};
use hdl::index_width;
use serde::{Deserialize, Serialize};

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Bits of a mask.
    pub mask_bits: u32,
    /// Masks of B in a beat: so many joins are looked at in a cycle.
    pub group: u32,
    /// Matches a cycle.
    pub pipes: u32,
    /// Joins that wait for each place of the group.
    pub queue_depth: u32,
    /// Matches that wait for their offset in A.
    pub fifo_depth: u32,
    /// How offsets in A are made.
    pub offsets_a: OffsetsA,
    /// Bits of a segment of A, whose ones are counted in a cycle.
    pub adders: u32,
    /// Bits that travel with a mask of B.
    pub tag_bits: u32,
}

/// How offsets in A are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OffsetsA {
    /// All segments are counted in the cycle in which the mask is taken.
    Fast,
    /// A segment a cycle.
    Laggy,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            mask_bits: 128,
            group: 4,
            pipes: 1,
            queue_depth: 1,
            fifo_depth: 8,
            offsets_a: OffsetsA::Laggy,
            adders: 16,
            tag_bits: 8,
        }
    }
}

/// The parameters for help, documentation and checks.
pub fn parameters() -> Vec<Parameter> {
    let of = Parameter::of::<Params>;
    let integer = |min, max| Legal::Integer { min, max };
    let one_of = |values: &[&'static str]| Legal::OneOf(values.to_vec());
    vec![
        of("mask_bits", "bits of a mask", integer(8, 1024)),
        of("group", "masks of B in a beat, looked at in one cycle", one_of(&["1", "2", "4", "8"])),
        of("pipes", "matches a cycle", one_of(&["1", "2", "4"])),
        of("queue_depth", "joins that wait for each place of the group", integer(1, 4)),
        of("fifo_depth", "matches that wait for their offset in A", integer(1, 64)),
        of(
            "offsets_a",
            "the ones of A are counted at once, or a segment a cycle",
            one_of(&["fast", "laggy"]),
        ),
        of("adders", "bits of a segment of A", one_of(&["4", "8", "16", "32", "64"])),
        of("tag_bits", "bits that travel with a mask of B", integer(1, 2048)),
    ]
}

impl Params {
    /// Refuses combinations that make no sense.
    pub fn validate(&self) -> Result<(), ParameterError> {
        let Params { mask_bits, group, pipes, adders, .. } = *self;
        let conflict = |message| Err(ParameterError::Conflict(message));
        if !group.is_multiple_of(pipes) {
            return conflict(format!(
                "group is to be a multiple of pipes: group is {group}, pipes is {pipes}"
            ));
        }
        if !mask_bits.is_multiple_of(adders) || !(mask_bits / adders).is_power_of_two() || mask_bits == adders
        {
            return conflict(format!(
                "mask_bits is to be adders times 2, 4, 8, ...: mask_bits is {mask_bits}, adders is {adders}"
            ));
        }
        Ok(())
    }

    /// Places of the group that a pipe serves.
    pub fn lanes(&self) -> u32 {
        self.group / self.pipes
    }

    /// Segments of A.
    pub fn segments(&self) -> u32 {
        self.mask_bits / self.adders
    }

    /// Width of a position in a mask and of an offset.
    pub fn position_bits(&self) -> u32 {
        index_width(self.mask_bits.into())
    }

    /// What distinguishes the module's name.
    pub fn name_parts(&self) -> Vec<String> {
        let tags = [
            ("q", "queue_depth"),
            ("f", "fifo_depth"),
            ("", "offsets_a"),
            ("a", "adders"),
            ("tag", "tag_bits"),
        ];
        let mut parts =
            vec![self.mask_bits.to_string(), format!("g{}", self.group), format!("p{}", self.pipes)];
        parts.extend(name_parts(self, &tags));
        parts
    }
}
