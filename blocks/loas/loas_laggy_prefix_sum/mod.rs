#![doc = include_str!("README.md")]

mod params;
mod rtl;

pub use params::Params;

use crate::block::{Block, Configured, Model, Observe};
use crate::channel::{Interface, Pace, Timing};
use crate::loas::SOURCE;
use crate::loas::masks::{POINTS, observe, ones_below, random_mask};
use crate::stimulus::{Space, case_rng};
use hdl::{Bits, Design, Field, ModuleRef};

/// Running counts of a mask, a segment a cycle.
pub const BLOCK: Block = Block {
    name: "loas_laggy_prefix_sum",
    summary: "running counts of the ones of a bitmask, a segment a cycle, at a fraction of the area",
    source: SOURCE,
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "inclusive=true",
        "structure=serial",
        "structure=kogge_stone inclusive=true",
        "structure=sklansky",
        "structure=han_carlson",
        "adders=2",
        "adders=4 inclusive=true",
        "adders=8",
        "adders=32 structure=sklansky",
        "adders=64",
        "lanes=8 adders=2",
        "lanes=8 adders=4 inclusive=true",
        "lanes=16 adders=8",
        "lanes=20 adders=4",
        "lanes=48 adders=16 inclusive=true",
        "lanes=64 adders=16",
        "lanes=256 adders=32",
        "lanes=512 adders=64 inclusive=true",
        "lanes=1024 adders=16 structure=kogge_stone",
        "skid=true",
    ],
    small: "lanes=16 adders=4",
    mutated: &["lanes=8 adders=4"],
    ..Block::of::<Params>()
};

impl Configured for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.inputs(), self.outputs(), Timing::ReadyValid { latency: 1 })
    }

    fn pace(&self) -> Option<Pace> {
        Some(Pace { interval: self.segments(), capacity: 1 })
    }

    fn build(&self, design: &Design) -> ModuleRef {
        rtl::build(self, design)
    }

    fn model(&self) -> Box<dyn Model> {
        Box::new(Golden { params: self.clone() })
    }

    fn random(&self, seed: u64) -> Space {
        let lanes = self.lanes;
        let mask = move |index| [random_mask(&mut case_rng(seed, index), lanes)];
        Space::of_beats("random masks", u64::MAX, mask)
    }

    fn cycles_per_case(&self) -> u64 {
        self.segments().into()
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
        vec![Field::new("mask", self.lanes, "the bits to count")]
    }

    fn outputs(&self) -> Vec<Field> {
        let own = if self.inclusive { "up to it, itself included" } else { "below it" };
        let meaning = format!("for each bit of the segment the number of ones of the mask {own}");
        vec![
            Field::new("counts", self.adders * self.count_bits(), &meaning),
            Field::new("last", 1, "the mask's last segment"),
        ]
    }
}

/// The golden model: a mask's counts, in segments.
struct Golden {
    params: Params,
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let (mask, width) = (&beat[0], self.params.count_bits());
        let Params { adders, inclusive, .. } = self.params;
        for segment in 0..self.params.segments() {
            let mut counts = Bits::zero(adders * width);
            for place in 0..adders {
                let lane = segment * adders + place;
                let count = ones_below(mask, lane) + u32::from(inclusive && mask.bit(lane));
                counts.insert(place * width, &Bits::truncated(count.into(), width));
            }
            let is_last = segment + 1 == self.params.segments();
            emit(0, &[Some(counts), Some(Bits::truncated(is_last.into(), 1))]);
        }
    }
}
