//! The weights of a layer.

use super::network::Shape;
use super::window::Window;

/// How a layer weighs the values of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Weights {
    /// All values of the map, channel by channel and row by row.
    Linear(Linear),
    /// Those in a window.
    Conv(Conv),
}

/// A matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linear {
    /// Values of the map.
    pub inputs: usize,
    /// Neurons.
    pub outputs: usize,
    /// A row for each neuron.
    pub values: Vec<i64>,
}

/// Filters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conv {
    /// Channels that a filter sees.
    pub inputs: usize,
    /// Filters.
    pub outputs: usize,
    /// Groups of channels, each with its own filters.
    pub groups: usize,
    /// Where a filter is applied.
    pub window: Window,
    /// Filter by filter, channel by channel, row by row.
    pub values: Vec<i64>,
}

impl Weights {
    /// The values.
    pub fn values(&self) -> &[i64] {
        match self {
            Weights::Linear(linear) => &linear.values,
            Weights::Conv(conv) => &conv.values,
        }
    }

    /// The shape of what they make of a map.
    pub fn output(&self, of: Shape) -> Result<Shape, String> {
        match self {
            Weights::Linear(Linear { inputs, outputs, .. }) => match of.size() == *inputs {
                true => Ok(Shape::vector(*outputs)),
                false => Err(format!(
                    "its weights have {inputs} inputs, but its input {of} has {} values",
                    of.size()
                )),
            },
            Weights::Conv(conv) => conv.output(of),
        }
    }
}

impl Conv {
    fn output(&self, of: Shape) -> Result<Shape, String> {
        let Conv { inputs, outputs, groups, .. } = *self;
        if groups == 0 || outputs % groups != 0 {
            return Err(format!("its {outputs} filters cannot be in {groups} groups"));
        }
        if Some(of.channels) != inputs.checked_mul(groups) {
            return Err(format!(
                "its filters see {inputs} channels in {groups} groups, but its input {of} has {} channels",
                of.channels
            ));
        }
        let [height, width] = self.window.places(of)?;
        Ok(Shape { channels: outputs, height, width })
    }
}
