#![doc = include_str!("README.md")]

mod model;

use crate::block::Block;
use crate::nonlinear::rectified::{self, Function};

/// The parameters.
pub type Params = rectified::Params<Silu>;

/// The sigmoid linear unit.
pub const BLOCK: Block = Block {
    name: "silu",
    summary: "the sigmoid linear unit (SiLU, swish) of fixed-point numbers, rounded to nearest",
    source: "S. Elfwing, E. Uchibe, K. Doya, \"Sigmoid-Weighted Linear Units\", arXiv 1702.03118",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "lanes=3 bits=8 fraction_bits=4 stages=1",
        "bits=8 fraction_bits=7",
        "bits=12 fraction_bits=9",
        "bits=12 fraction_bits=10 lanes=2 stages=1",
        "bits=4 fraction_bits=2 lanes=2",
        "bits=6 fraction_bits=0",
        "lanes=64 bits=4 fraction_bits=1",
    ],
    small: "bits=6 fraction_bits=3 stages=1",
    ..Block::of::<Params>()
};

/// x times the logistic function of x.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silu;

impl Function for Silu {
    const BLOCK: &'static Block = &BLOCK;
    const TITLE: &'static str = "SiLU of fixed-point numbers, rounded to nearest.";
    const RESULT: &'static str = "SiLU of each";

    fn of(x: f64) -> f64 {
        x * model::logistic(x)
    }
}

#[test]
fn no_value_is_near_a_tie() {
    rectified::tests::no_value_is_near_a_tie::<Silu>();
}
