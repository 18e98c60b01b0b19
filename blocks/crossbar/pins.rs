//! The pins between the controllers and the analog part: an array with its holds, multiplexers and comparators.

use super::{xbar_adc_sar, xbar_sequencer};
use hdl::{Bundle, Child, Shaped, Signal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The converters of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Adc {
    /// A comparator for each code.
    Flash,
    /// Successive approximation.
    Sar,
}

/// Where the analog part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArrayPlace {
    /// Outside, at the pins.
    External,
    /// Inside: a model, for simulation.
    Model,
}

/// To the analog part.
#[derive(Clone, Copy, Bundle)]
pub struct Pins<T> {
    /// The word lines, array by array, those of the first array in the lowest bits; to be enabled by `word_line_enable`.
    pub word_lines: T,
    /// The steps of a phase.
    #[bundle(flatten)]
    pub array: xbar_sequencer::Analog<T>,
    /// Those of converters by successive approximation.
    pub adc: Option<xbar_adc_sar::Analog<T>>,
}

/// The output ports of an instance that a bundle declares.
pub fn outputs_of<'m, B: Bundle<Leaf: Shaped>>(child: Child<'m>, declared: &B) -> B::With<Signal<'m>> {
    let mut fields = declared.fields().into_iter();
    declared.map(|_| child.get(&fields.next().expect("each member is a field").name))
}

/// From the analog part.
#[derive(Clone, Copy, Bundle)]
pub struct Answer<T> {
    /// 1 for each comparator of a flash converter whose threshold is not above its input, the lowest threshold in the lowest bit,
    /// converter 0 in the lowest bits.
    pub thermometer: Option<T>,
    /// 1 for each converter by successive approximation whose input is at or above its DAC.
    pub cmp: Option<T>,
}

/// A cell for each converter, which is programmed.
#[derive(Clone, Copy, Bundle)]
pub struct Load<T> {
    /// They are programmed at the end of this clock.
    pub valid: T,
    /// Their row; where arrays are under each other, the number of its input.
    pub row: T,
    /// Their column among those of their converter.
    pub column: Option<T>,
    /// Their levels, that of converter 0 in the lowest bits.
    pub cells: T,
}
