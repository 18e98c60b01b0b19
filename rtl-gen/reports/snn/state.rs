//! The spikes of a sample on their way through a network.

use super::gather::Gather;
use super::matrix::Prepared;
use super::network::{Content, Network};

/// The spikes of a sample so far, by their numbers, and the sums of a last layer without neurons.
pub struct State {
    /// A word of time steps each.
    pub spikes: Vec<u16>,
    /// Over all time steps.
    pub sums: Vec<i64>,
}

impl State {
    /// A sample before the first layer.
    pub fn new(prepared: &Prepared, sample: &[u16]) -> State {
        let mut spikes = sample.to_vec();
        spikes.resize(prepared.gathered.count, 0);
        State { spikes, sums: vec![] }
    }

    /// Sets the spikes from a number on to the OR of those under each place.
    pub fn or(&mut self, under: &Gather, own: u32) {
        for place in 0..under.shape.size() {
            let words = under.value(Some(place)).filter_map(|spike| self.spikes.get(spike as usize));
            self.spikes[own as usize + place] = words.fold(0, |word, other| word | other);
        }
    }

    /// The sum of the last map over the time steps.
    pub fn outputs(&self, network: &Network, prepared: &Prepared) -> Vec<i64> {
        let last = network.output();
        let map = prepared.gathered.maps.last().expect("there is the input");
        let count = |place: usize| {
            let words = map.value(Some(place)).filter_map(|spike| self.spikes.get(spike as usize));
            words.map(|word| i64::from(word.count_ones())).sum()
        };
        match last.content {
            Content::Sums => self.sums.clone(),
            Content::Spikes | Content::Counts { .. } => (0..last.shape.size()).map(count).collect(),
        }
    }
}

/// The place of the greatest output, the first of equal ones: the class that is recognised.
pub fn largest(outputs: &[i64]) -> usize {
    let greatest = outputs.iter().max();
    outputs.iter().position(|output| Some(output) == greatest).unwrap_or(0)
}
