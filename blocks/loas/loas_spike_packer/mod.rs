#![doc = include_str!("README.md")]

mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::{Block, Configured, Model, Observe};
use crate::channel::{Interface, Pace, Timing};
use crate::loas::SOURCE;
use crate::loas::masks::part;
use crate::stimulus::Space;
use hdl::{Bits, Design, Field, ModuleRef};

/// The compressor of spikes.
pub const BLOCK: Block = Block {
    name: "loas_spike_packer",
    summary: "spikes to a bitmask and the packed words of the neurons that fire",
    source: SOURCE,
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "drop=1",
        "drop=3",
        "lanes=2",
        "lanes=4 drop=1",
        "lanes=8",
        "lanes=16 drop=2",
        "time_steps=1",
        "time_steps=2 lanes=2 drop=1",
        "time_steps=3 lanes=4",
        "time_steps=8 drop=7",
        "time_steps=16 drop=15 mask_bits=32",
        "mask_bits=8",
        "mask_bits=8 lanes=4 drop=1",
        "mask_bits=9 lanes=1",
        "mask_bits=12 lanes=4",
        "mask_bits=20 lanes=2 drop=2",
        "mask_bits=32 lanes=16",
        "mask_bits=48 lanes=8 time_steps=5",
        "mask_bits=64 lanes=4 time_steps=6 drop=3",
        "mask_bits=256 lanes=8",
        "skid=true lanes=4",
    ],
    small: "mask_bits=16",
    mutated: &["mask_bits=8 lanes=2 time_steps=2 drop=1"],
    ..Block::of::<Params>()
};

impl Configured for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.inputs(), self.outputs(), Timing::ReadyValid { latency: 1 })
    }

    fn pace(&self) -> Option<Pace> {
        Some(Pace { interval: 1, capacity: 1 })
    }

    fn build(&self, design: &Design) -> ModuleRef {
        rtl::build(self, design)
    }

    fn model(&self) -> Box<dyn Model> {
        Box::new(Golden { params: self.clone(), chunk: vec![] })
    }

    fn random(&self, seed: u64) -> Space {
        stimulus::random(self, seed)
    }

    fn cycles_per_case(&self) -> u64 {
        self.beats().into()
    }

    fn coverage_points(&self) -> Vec<&'static str> {
        stimulus::points(self)
    }

    fn observer(&self) -> Box<dyn Observe + '_> {
        Box::new(stimulus::Observer::new(self))
    }
}

impl Params {
    fn inputs(&self) -> Vec<Field> {
        vec![
            Field::new(
                "spikes",
                self.lanes * self.time_steps,
                "a word a neuron, the first neuron in the lowest bits; the first time step in its most significant bit",
            ),
            Field::new("last", 1, "the row's last beat: the chunk ends, be it full or not"),
        ]
    }

    fn outputs(&self) -> Vec<Field> {
        vec![
            Field::new("mask", self.mask_bits, "1 for each neuron that is kept"),
            Field::new("words", self.mask_bits * self.time_steps, "their words in order, then zeros"),
            Field::new("count", self.count_bits(), "the number of words"),
            Field::new("last", 1, "the row's last chunk"),
        ]
    }
}

/// The golden model: the words of a chunk until it is complete.
struct Golden {
    params: Params,
    chunk: Vec<Bits>,
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let Params { mask_bits, time_steps, lanes, drop, .. } = self.params;
        self.chunk.extend((0..lanes).map(|lane| part(&beat[0], lane, time_steps)));
        let is_last = beat[1].bit(0);
        if !is_last && self.chunk.len() < mask_bits as usize {
            return;
        }
        let (mut mask, mut words, mut count) = (Bits::zero(mask_bits), Bits::zero(mask_bits * time_steps), 0);
        for (neuron, word) in self.chunk.drain(..).enumerate() {
            if word.to_u64().count_ones() > drop {
                mask.set_bit(neuron as u32, true);
                words.insert(count * time_steps, &word);
                count += 1;
            }
        }
        let count = Bits::truncated(count.into(), self.params.count_bits());
        emit(0, &[Some(mask), Some(words), Some(count), Some(Bits::truncated(is_last.into(), 1))]);
    }
}
