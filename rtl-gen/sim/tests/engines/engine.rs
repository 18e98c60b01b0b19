//! The engines under test.

use hdl::Netlist;
use sim::batch::Isa;
use sim::{Batch, CompileOptions, Compiled, Functions, Gating, Lanes, Memories, Options, Sharing, Simulator};

/// What every engine is.
pub trait Engine: Simulator + Memories {}

impl<S: Simulator + Memories> Engine for S {}

/// Every engine under a name.
pub fn engines(netlist: &Netlist, options: Options) -> Vec<(&'static str, Box<dyn Engine>)> {
    let compiled = |functions, sharing, lanes, gating| -> Box<dyn Engine> {
        let how = CompileOptions { sharing, lanes, gating, functions };
        Box::new(Compiled::with(netlist, options, how).unwrap_or_else(|error| panic!("{error}")))
    };
    let lane = |isa: Isa| -> (&'static str, Box<dyn Engine>) {
        let batch = Batch::with_isa(netlist, options, isa).unwrap_or_else(|error| panic!("{error}"));
        // Lane 0 starts as an interpreter does. With a random start, each of the others has a seed of its own.
        ("a lane of a batch", Box::new(batch.into_lane(0)))
    };
    let batches = Isa::ALL.into_iter().filter(|isa| isa.is_available()).map(lane);
    let compiled = [
        ("compiled flat", compiled(Functions::Large, Sharing::Never, Lanes::Scalar, Gating::Never)),
        ("small functions", compiled(Functions::Small, Sharing::Never, Lanes::Scalar, Gating::Never)),
        ("compiled, shared", compiled(Functions::Small, Sharing::Always, Lanes::Scalar, Gating::Never)),
        ("compiled, vectors", compiled(Functions::Large, Sharing::Always, Lanes::Vector, Gating::Never)),
        ("small vectors", compiled(Functions::Small, Sharing::Always, Lanes::Vector, Gating::Never)),
        ("compiled, gated", compiled(Functions::Small, Sharing::Always, Lanes::Scalar, Gating::Always)),
        (
            "compiled, gated vectors",
            compiled(Functions::Small, Sharing::Always, Lanes::Vector, Gating::Always),
        ),
    ];
    compiled.into_iter().chain(batches).collect()
}
