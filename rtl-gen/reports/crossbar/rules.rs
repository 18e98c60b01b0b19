//! The latency of both rules of learning, in slots: times of a matrix-vector product.

use blocks::crossbar::learning::slots::{ACTIVITIES, Activities, Layer, Rule, convolutional, dense};
use serde::Serialize;

/// Clocks of a slot: a product of 8-bit inputs with flash converters and two holds a column.
const SLOT: f64 = 64.0;

/// Words of 48 cells in an array of 64 x 64.
const WORDS: f64 = 64.0 * 64.0 / 48.0;

/// Pulses of an update by signs, and the clocks of each, its setup included.
const PULSES: f64 = 4.0;
const PULSE: f64 = 103.0;

/// The published speed-up of direct feedback alignment over back-propagation: up to that.
pub const PUBLISHED: f64 = 2.1;

/// A sample in a network.
#[derive(Clone, Debug, Serialize)]
pub struct Latency {
    /// The network.
    pub network: String,
    /// Slots in which the arrays are written, all of them at once.
    pub writes: u64,
    /// By back-propagation.
    pub back_propagation: u64,
    /// By direct feedback alignment.
    pub feedback: u64,
    /// The same, updates beside the forward pass of the next sample.
    pub overlapped: u64,
}

/// Networks of fully connected layers, and those for human activities: without writes, with the four pulses of an update
/// by signs, and with every cell of an array programmed by write-verify, words in so many clocks each.
pub fn latencies(word_clocks: f64) -> Vec<Latency> {
    let dense = (2..=7).map(|layers| (format!("{layers} layers"), dense(layers)));
    let of_set = |Activities { name, steps, channels, classes }: Activities| {
        (name.to_string(), convolutional(steps, channels, classes))
    };
    let networks: Vec<(String, Vec<Layer>)> = dense.chain(ACTIVITIES.map(of_set)).collect();
    let slots = |clocks: f64| (clocks / SLOT).ceil() as u64;
    let writes = [0, slots(PULSES * PULSE), slots(WORDS.ceil() * word_clocks)];
    let latency = |(writes, (network, layers)): (u64, &(String, Vec<Layer>))| Latency {
        network: network.clone(),
        writes,
        back_propagation: Rule::BackPropagation.slots(layers, writes),
        feedback: Rule::Feedback.slots(layers, writes),
        overlapped: Rule::OverlappedFeedback.slots(layers, writes),
    };
    writes
        .into_iter()
        .flat_map(|writes| networks.iter().map(move |network| (writes, network)))
        .map(latency)
        .collect()
}
