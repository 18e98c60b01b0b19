//! The combinational paths through blocks. AXI has a rule about them (AMBA AXI, A3.1.1): none leads from an input of an AXI port
//! to an output of it. Two parts with such paths, side by side, can make a loop.

use blocks::block::elaborate;
use blocks::parameters::Settings;
use blocks::registry;
use hdl::netlist::{Body, Logic, NodeId, Op};
use hdl::{Clocking, Design};
use std::collections::BTreeSet;

/// The input ports on which a node depends in the same cycle. An instance's output is taken to depend on all its inputs.
fn inputs(logic: &Logic, from: NodeId) -> BTreeSet<usize> {
    let (mut ports, mut met, mut waiting) = (BTreeSet::new(), BTreeSet::new(), vec![from]);
    while let Some(id) = waiting.pop() {
        if !met.insert(id) {
            continue;
        }
        match &logic.nodes[id.index()].op {
            Op::Input(port) => _ = ports.insert(*port),
            Op::InstanceOutput { instance, .. } => {
                waiting.extend(logic.instances[*instance].inputs.iter().map(|(_, id)| *id));
            }
            op => waiting.extend(op.operands()),
        }
    }
    ports
}

#[test]
fn no_path_crosses_an_axi_port() {
    let mut checked = 0;
    for block in registry::blocks() {
        let block = block.configure(&Settings::new()).expect("the defaults are legal");
        let netlist = elaborate(&*block).expect("it elaborates");
        let top = netlist.top();
        let Body::Logic(logic) = &top.body else { panic!("a block has logic") };
        let is_axi = |port: usize| top.ports[port].port.name.starts_with("s_axi_");
        for (port, id) in logic.outputs.iter().filter(|(port, _)| is_axi(*port)) {
            let crossing = inputs(logic, *id).into_iter().find(|input| is_axi(*input));
            let name = |port: usize| &top.ports[port].port.name;
            assert_eq!(crossing.map(name), None, "leads to {} of {}", name(*port), top.name);
            checked += 1;
        }
    }
    assert!(checked >= 8, "pacq_gemm has eight outputs to AXI4-Lite");
}

/// With skid buffers, no combinational path leads to `ready`.
#[test]
fn behind_skid_buffers_ready_comes_from_registers() {
    let mut checked = 0;
    for block in registry::blocks() {
        if block.parameters().iter().all(|parameter| parameter.name != "skid") {
            continue;
        }
        let settings = Settings::from([("skid".into(), "true".into())]);
        let configured = block.configure(&settings).expect("the value is legal");
        let design = Design::new(Clocking::default());
        let top = configured.build(&design);
        for (output, inputs) in design.combinational_paths(top) {
            let is_ready = output.ends_with("_ready");
            assert!(!is_ready || inputs.is_empty(), "{}: {inputs:?} to {output}", block.name);
            checked += u32::from(is_ready);
        }
    }
    assert!(checked >= 11, "so many blocks have skid buffers");
}
