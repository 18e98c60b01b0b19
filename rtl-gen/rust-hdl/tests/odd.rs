//! A block of a user, whose ports have the names that are awkward in Rust and rust-hdl, and are wide.

use blocks::block::{Block, Hardware};
use blocks::channel::{Interface, Ports, Timing};
use blocks::golden::{GoldenModel, PureModel, Reference};
use blocks::parameters::Parameters;
use blocks::stimulus::{Coverage, Space, Stimulus};
use blocks::top::block;
use hdl::{Bits, Design, Field, ModuleRef};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The block.
pub const BLOCK: Block = Block {
    name: "odd",
    summary: "inverts a word where it is told to",
    source: "the tests",
    ..Block::of::<Params>()
};

/// Its parameters.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Params {
    /// Bits of a word.
    #[schemars(range(min = 8, max = 4096), extend("x-name" = "w"))]
    pub width: u32,
}

impl Default for Params {
    fn default() -> Params {
        Params { width: 200 }
    }
}

impl Parameters for Params {}

impl Ports for Params {
    fn interface(&self) -> Interface {
        let inputs = [("in", self.width), ("next", 1), ("itself", self.width), ("_odd", 8)];
        let outputs = [("match", self.width), ("core", 8), ("odd", 1)];
        let fields =
            |ports: &[(&str, u32)]| ports.iter().map(|(name, width)| Field::new(name, *width, "")).collect();
        Interface::single(fields(&inputs), fields(&outputs), Timing::Fixed { latency: 0 })
    }
}

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        block(design, &BLOCK, self, &["Odd names."], |m| {
            let [word, next, other, odd] =
                [("in", self.width), ("next", 1), ("itself", self.width), ("_odd", 8)]
                    .map(|(name, width)| m.input(name, width, ""));
            m.output("match", next.mux(!word, word ^ other), "");
            m.output("core", odd + word.low(8), "");
            m.output("odd", odd.bit(0), "");
        })
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::pure(Model { width: self.width })
    }
}

struct Model {
    width: u32,
}

impl PureModel for Model {
    fn answer(&self, beat: &[u64], answer: &mut [u64], _specified: &mut [u64]) {
        let limbs = hdl::limbs_for(self.width);
        let (word, next, other, odd) =
            (&beat[..limbs], beat[limbs], &beat[limbs + 1..][..limbs], beat[2 * limbs + 1]);
        let result = |index: usize| if next == 1 { !word[index] } else { word[index] ^ other[index] };
        (0..limbs).for_each(|index| answer[index] = result(index));
        answer[limbs - 1] &= hdl::top_limb_mask(self.width);
        answer[limbs] = (odd + word[0]) & 0xff;
        answer[limbs + 1] = odd & 1;
    }
}

impl Stimulus for Params {
    fn random(&self, seed: u64) -> Space {
        let widths = [self.width, 1, self.width, 8];
        Space::of_beats("random words", u64::MAX, move |index| {
            let mut rng = blocks::stimulus::case_rng(seed, index);
            widths.map(|width| {
                let limbs: Vec<u64> = (0..hdl::limbs_for(width)).map(|_| rng.u64(..)).collect();
                Bits::from_limbs(width, &limbs)
            })
        })
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::of_beats([], |_, _| {})
    }
}
