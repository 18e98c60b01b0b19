//! How long a sample takes to learn, in slots: times of a matrix-vector product in an array.
//!
//! Both rules first run the network forward, a slot for each position of each layer. Then back-propagation reads the arrays
//! backwards, a slot for each position of the inputs of each layer but the first, and accumulates the gradients of the layers
//! one after the other, a slot for each position. Direct feedback alignment finds all deltas in one slot, and the layers
//! accumulate beside each other, so that the one with the most positions decides.

/// A layer of a network in an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Inputs of a neuron: rows.
    pub rows: u32,
    /// Neurons: columns.
    pub columns: u32,
    /// Positions of its outputs; 1 if it is fully connected.
    pub positions: u32,
    /// Positions of its inputs.
    pub input_positions: u32,
}

/// How deltas are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Layer after layer, by transposed reads.
    BackPropagation,
    /// All at once, by random feedback.
    Feedback,
    /// The same; the update of a sample runs beside the forward pass of the next one.
    OverlappedFeedback,
}

impl Rule {
    /// Slots of a sample in a network whose update is written in `writes` slots, in all layers at once.
    ///
    /// Where a sample's update and the forward pass of the next one overlap, each array writes in slots in which it does not
    /// read: what does not fit is added.
    pub fn slots(self, layers: &[Layer], writes: u64) -> u64 {
        let positions = |layer: &Layer| u64::from(layer.positions);
        let forward: u64 = layers.iter().map(positions).sum();
        let longest = layers.iter().map(positions).max().unwrap_or(0);
        let transposed: u64 = layers.iter().skip(1).map(|layer| u64::from(layer.input_positions)).sum();
        match self {
            Rule::BackPropagation => forward + transposed + forward + writes,
            Rule::Feedback => forward + 1 + longest + writes,
            Rule::OverlappedFeedback => {
                // The busiest array reads `longest` slots, takes as many to accumulate, and then writes.
                let busiest = longest + longest + writes;
                forward.max(busiest)
            }
        }
    }
}

/// A network of fully connected layers.
pub fn dense(layers: u32) -> Vec<Layer> {
    let layer = Layer { rows: 1, columns: 1, positions: 1, input_positions: 1 };
    vec![layer; layers as usize]
}

/// The convolutional network for human activity recognition: three layers of kernels of 8 steps, each followed by a pooling of
/// 2, and a fully connected one.
pub fn convolutional(steps: u32, channels: u32, classes: u32) -> Vec<Layer> {
    const KERNEL: u32 = 8;
    const PADDING: u32 = 4;
    let (mut layers, mut steps, mut channels) = (vec![], steps, channels);
    for columns in [32, 64, 128] {
        let positions = steps + 2 * PADDING - KERNEL + 1;
        layers.push(Layer { rows: KERNEL * channels, columns, positions, input_positions: steps });
        // Pooled by two, with one step of padding on each side.
        (steps, channels) = (positions / 2 + 1, columns);
    }
    layers.push(Layer { rows: steps * channels, columns: classes, positions: 1, input_positions: 1 });
    layers
}

/// A data set of human activities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activities {
    /// Its name.
    pub name: &'static str,
    /// Steps of a window.
    pub steps: u32,
    /// Channels of the sensors.
    pub channels: u32,
    /// Activities that are told apart.
    pub classes: u32,
}

/// The data sets that the network is published for.
pub const ACTIVITIES: [Activities; 3] = [
    Activities { name: "UCI-HAR", steps: 128, channels: 9, classes: 6 },
    Activities { name: "UniMiB-SHAR", steps: 151, channels: 3, classes: 17 },
    Activities { name: "HHAR", steps: 100, channels: 6, classes: 6 },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dense_networks_take_the_slots_of_the_formulas() {
        for layers in 2..=7u64 {
            let network = dense(layers as u32);
            for writes in [0, 1, 40] {
                assert_eq!(Rule::BackPropagation.slots(&network, writes), 3 * layers - 1 + writes);
                assert_eq!(Rule::Feedback.slots(&network, writes), layers + 2 + writes);
                assert_eq!(Rule::OverlappedFeedback.slots(&network, writes), layers.max(2 + writes));
            }
        }
    }

    #[test]
    fn convolutional_networks_have_the_published_sizes() {
        let sizes = |set: &Activities| -> Vec<(u32, u32, u32)> {
            let layers = convolutional(set.steps, set.channels, set.classes);
            layers.iter().map(|layer| (layer.rows, layer.columns, layer.positions)).collect()
        };
        assert_eq!(sizes(&ACTIVITIES[0]), [(72, 32, 129), (256, 64, 66), (512, 128, 35), (2304, 6, 1)]);
        assert_eq!(sizes(&ACTIVITIES[1]), [(24, 32, 152), (256, 64, 78), (512, 128, 41), (2688, 17, 1)]);
        assert_eq!(sizes(&ACTIVITIES[2]), [(48, 32, 101), (256, 64, 52), (512, 128, 28), (1920, 6, 1)]);
    }

    #[test]
    fn a_convolutional_network_learns_1_56_times_as_fast_with_feedback() {
        let network = convolutional(128, 9, 6);
        let slots = |rule: Rule| rule.slots(&network, 0) as f64;
        let ratio = slots(Rule::BackPropagation) / slots(Rule::Feedback);
        assert!((ratio - 1.56).abs() < 0.005, "{ratio}");
    }
}
