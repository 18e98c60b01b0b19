#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;
mod tables;

pub use params::Params;

use crate::block::{Block, Configured, Model, Observe, configure};
use crate::channel::{Interface, Timing};
use crate::parameters::values_of;
use crate::stimulus::Space;
use hdl::{Bits, Design, ModuleRef};
use model::{Row, Softmax};

/// Softmax of rows of scores.
pub const BLOCK: Block = Block {
    name: "softmax",
    summary: "softmax of rows of 8-bit scores by logarithms, without a multiplier or a divider",
    source: "the streaming softmax of ITA (Islamoglu et al., ISLPED 2023, arXiv 2307.03493) with tables in the place of its \
         shifts and dividers",
    documentation: include_str!("README.md"),
    parameters: params::parameters,
    variants: &[
        "",
        "lanes=1 length=8",
        "lanes=1 length=16 output_bits=16",
        "lanes=2 length=2",
        "lanes=4 length=16",
        "lanes=4 length=12 output_bits=16",
        "lanes=8 length=64",
        "lanes=8 length=512 output_bits=16",
        "lanes=16 length=128",
        "lanes=32 length=1024",
    ],
    configure: |settings| configure(&params::parameters(), settings, Params::validate),
};

/// The model with the row that is coming in.
struct Golden {
    params: Params,
    softmax: Softmax,
    row: Option<Row>,
    beats: Vec<Vec<i8>>,
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let scores = stimulus::unpacked(&beat[0]);
        let row = self.softmax.add(self.row, &scores);
        self.row = Some(row);
        self.beats.push(scores);
        if beat[1].is_zero() {
            return;
        }
        self.row = None;
        let beats = std::mem::take(&mut self.beats);
        let last = beats.len() - 1;
        let width = self.params.output_bits;
        for (place, scores) in beats.iter().enumerate() {
            let mut word = Bits::zero(width * self.params.lanes);
            for (lane, score) in (0..).zip(scores) {
                let probability = self.softmax.probability(row, *score);
                (0..width).for_each(|bit| word.set_bit(lane * width + bit, probability >> bit & 1 == 1));
            }
            emit(0, &[Some(word), Some(Bits::truncated(u128::from(place == last), 1))]);
        }
    }
}

impl Configured for Params {
    fn values(&self) -> Vec<(String, String)> {
        values_of(self)
    }

    fn interface(&self) -> Interface {
        Interface::single(self.input(), self.output(), Timing::Elastic)
    }

    fn build(&self, design: &Design) -> ModuleRef {
        rtl::build(self, design)
    }

    fn model(&self) -> Box<dyn Model> {
        Box::new(Golden { params: self.clone(), softmax: Softmax::new(self), row: None, beats: vec![] })
    }

    fn random(&self, seed: u64) -> Space {
        stimulus::random(self, seed)
    }

    fn typical(&self, seed: u64) -> Space {
        stimulus::typical(self, seed)
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(self.beats()) + 2
    }

    fn coverage_points(&self) -> Vec<&'static str> {
        stimulus::points(self).to_vec()
    }

    fn observer(&self) -> Box<dyn Observe + '_> {
        Box::new(stimulus::Observer { params: self.clone(), row: vec![] })
    }
}
