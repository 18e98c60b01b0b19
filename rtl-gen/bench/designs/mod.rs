//! The designs that engines are compared on.

mod datapath;
pub mod irregular;
mod lanes;
mod memories;
mod multiplier;
mod prefix;

use crate::stimulus::Drive;
use crate::workload::Workload;
use hdl::{Clocking, Design, ModuleRef, Netlist};

/// All of them, the small ones first.
pub fn workloads() -> Vec<Workload> {
    let lanes = lanes::netlist();
    vec![
        Workload::new("pacq_mul", "default parameters, combinational", multiplier::netlist(&[])),
        Workload::new(
            "pacq_mul_rounded",
            "rounded products, two stages",
            multiplier::netlist(&[("product", "rounded"), ("stages", "2")]),
        ),
        Workload::new(
            "pacq_mul_dual",
            "rounded products or one of two floats, two stages",
            multiplier::netlist(&[("product", "rounded"), ("dual_mode", "true"), ("stages", "2")]),
        ),
        Workload::new("datapath", "FP16 x 4 INT4 with four accumulators", datapath::netlist()),
        Workload::new("prefix", "counts of a prefix network of 128 lanes", prefix::netlist()),
        Workload::new(
            "memories",
            "32 memories of 1k x 32, each read, modified and written",
            memories::netlist(),
        ),
        Workload::new("lanes", "16 lanes that join and accumulate, all busy", lanes.clone())
            .driving("take", Drive::Constant(lanes::ALL)),
        Workload::new("lanes_idle", "the same, new work for one lane in 20", lanes)
            .driving("take", Drive::OneHot { choices: 20 }),
        Workload::new(
            "irregular",
            "logic that does not repeat",
            irregular::netlist(irregular::Names::Registers),
        ),
    ]
}

/// The one of a name.
pub fn workload(name: &str) -> Workload {
    let found = workloads().into_iter().find(|workload| workload.name == name);
    found.unwrap_or_else(|| panic!("there is no workload `{name}`"))
}

/// The netlist below the module that `build` adds to a design.
fn elaborate(build: impl FnOnce(&Design) -> ModuleRef) -> Netlist {
    let design = Design::new(Clocking::default());
    let top = build(&design);
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}
