//! What finished netlists do: their shape after optimisation, and their behaviour cycle by cycle.

mod bit_level;
mod bundles;
mod conditional;
mod folding;
mod hierarchy;
mod interfaces;
mod machine;
mod memories;
mod names;
mod random;
mod registers;
mod scale;
mod states;
mod streams;

use hdl::netlist::{Body, Logic, ModuleDef, Netlist, Node, Op};
use hdl::{Clocking, Design, Module, ModuleRef};

/// A design of one module, `top`.
pub fn top(body: impl FnOnce(&Module)) -> Netlist {
    design(|design| design.module("top", &[], body))
}

/// A design that must be free of errors.
pub fn design(build: impl FnOnce(&Design) -> ModuleRef) -> Netlist {
    let design = Design::new(Clocking::default());
    let top = build(&design);
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The logic of a module that has some.
pub fn logic(module: &ModuleDef) -> &Logic {
    match &module.body {
        Body::Logic(logic) => logic,
        Body::BlackBox { .. } => panic!("`{}` is a black box", module.name),
    }
}

/// The nodes that compute something: no ports, constants or further names.
pub fn operators(netlist: &Netlist) -> Vec<&Node> {
    let is_operator = |node: &&Node| !matches!(node.op, Op::Input(_) | Op::Const(_) | Op::Wire(_));
    logic(netlist.top()).nodes.iter().filter(is_operator).collect()
}

/// The node that drives an output port.
pub fn driver<'n>(netlist: &'n Netlist, output: &str) -> &'n Node {
    let top = netlist.top();
    let is_meant = |(port, _): &&(usize, hdl::netlist::NodeId)| top.ports[*port].port.name == output;
    let (_, id) = logic(top).outputs.iter().find(is_meant).expect("an output of that name");
    &logic(top).nodes[id.index()]
}
