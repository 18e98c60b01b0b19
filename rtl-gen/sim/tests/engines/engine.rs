//! The engines under test.

use hdl::Netlist;
use sim::{CompileOptions, Compiled, Gating, Lanes, Options, Sharing, Simulator};

/// Every engine under a name.
pub fn engines(netlist: &Netlist, options: Options) -> Vec<(&'static str, Box<dyn Simulator>)> {
    let compiled = |sharing, lanes, gating| -> Box<dyn Simulator> {
        let how = CompileOptions { sharing, lanes, gating };
        Box::new(Compiled::with(netlist, options, how).unwrap_or_else(|error| panic!("{error}")))
    };
    vec![
        ("compiled flat", compiled(Sharing::Never, Lanes::Scalar, Gating::Never)),
        ("compiled, shared", compiled(Sharing::Always, Lanes::Scalar, Gating::Never)),
        ("compiled, vectors", compiled(Sharing::Always, Lanes::Vector, Gating::Never)),
        ("compiled, gated", compiled(Sharing::Always, Lanes::Scalar, Gating::Always)),
        ("compiled, gated vectors", compiled(Sharing::Always, Lanes::Vector, Gating::Always)),
    ]
}
