#![doc = include_str!("README.md")]

mod params;
mod rtl;

pub use params::Params;

use crate::block::{Block, Configured, Model, Observe};
use crate::channel::{Interface, Pace, Timing};
use crate::loas::SOURCE;
use crate::loas::masks::{POINTS, observe, ones_below, part, random_mask};
use crate::stimulus::{Space, case_rng};
use hdl::{Bits, Design, Field, ModuleRef, limbs_for};

/// The inverse of the compressor of spikes.
pub const BLOCK: Block = Block {
    name: "loas_unpacker",
    summary: "a bitmask and packed words to spikes",
    source: SOURCE,
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "lanes=2",
        "lanes=4",
        "lanes=8",
        "lanes=16",
        "time_steps=1",
        "time_steps=2 lanes=2",
        "time_steps=3 lanes=4",
        "time_steps=5 lanes=8",
        "time_steps=8",
        "time_steps=16 mask_bits=32",
        "mask_bits=8",
        "mask_bits=8 lanes=4",
        "mask_bits=9",
        "mask_bits=12 lanes=4",
        "mask_bits=20 lanes=2",
        "mask_bits=32 lanes=16 time_steps=2",
        "mask_bits=48 lanes=8",
        "mask_bits=64 lanes=4 time_steps=6",
        "mask_bits=256 lanes=8",
        "skid=true lanes=4",
    ],
    small: "mask_bits=16",
    mutated: &["mask_bits=8 lanes=2 time_steps=2"],
    ..Block::of::<Params>()
};

impl Configured for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.inputs(), self.outputs(), Timing::ReadyValid { latency: 1 })
    }

    fn pace(&self) -> Option<Pace> {
        Some(Pace { interval: self.beats(), capacity: 1 })
    }

    fn build(&self, design: &Design) -> ModuleRef {
        rtl::build(self, design)
    }

    fn model(&self) -> Box<dyn Model> {
        Box::new(Golden { params: self.clone() })
    }

    fn random(&self, seed: u64) -> Space {
        let (mask_bits, width) = (self.mask_bits, self.mask_bits * self.time_steps);
        // Words behind the last one may be anything.
        Space::of_beats("random chunks", u64::MAX, move |index| {
            let mut rng = case_rng(seed, index);
            let mask = random_mask(&mut rng, mask_bits);
            let words: Vec<u64> = (0..limbs_for(width)).map(|_| rng.u64(..)).collect();
            [mask, Bits::from_limbs(width, &words), Bits::truncated(rng.bool().into(), 1)]
        })
    }

    fn cycles_per_case(&self) -> u64 {
        self.beats().into()
    }

    fn coverage_points(&self) -> Vec<&'static str> {
        POINTS.to_vec()
    }

    fn observer(&self) -> Box<dyn Observe + '_> {
        Box::new(|_: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)| observe(&beat[0], hit))
    }
}

impl Params {
    fn inputs(&self) -> Vec<Field> {
        vec![
            Field::new("mask", self.mask_bits, "1 for each neuron that fires"),
            Field::new(
                "words",
                self.mask_bits * self.time_steps,
                "their words in order, the first in the lowest bits",
            ),
            Field::new("last", 1, "the row's last chunk"),
        ]
    }

    fn outputs(&self) -> Vec<Field> {
        vec![
            Field::new(
                "spikes",
                self.lanes * self.time_steps,
                "a word a neuron, the first neuron in the lowest bits; 0 for one that is silent",
            ),
            Field::new("last", 1, "the row's last beat"),
        ]
    }
}

/// The golden model: the words of a chunk, each at its place.
struct Golden {
    params: Params,
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let Params { mask_bits, time_steps, lanes, .. } = self.params;
        for first in (0..mask_bits).step_by(lanes as usize) {
            let mut spikes = Bits::zero(lanes * time_steps);
            for neuron in (first..first + lanes).filter(|neuron| beat[0].bit(*neuron)) {
                let offset = ones_below(&beat[0], neuron);
                let word = part(&beat[1], offset, time_steps);
                spikes.insert((neuron - first) * time_steps, &word);
            }
            let is_last = beat[2].bit(0) && first + lanes == mask_bits;
            emit(0, &[Some(spikes), Some(Bits::truncated(is_last.into(), 1))]);
        }
    }
}
