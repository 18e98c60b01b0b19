//! The combinational paths through a block, as its page states them.

use crate::block::Configured;
use hdl::{Clocking, Design};

/// Outputs that depend on the same inputs in the same cycle.
struct Paths {
    inputs: Vec<String>,
    outputs: Vec<String>,
}

/// The sentence about the paths from inputs of the block to outputs without a register between, at its parameters.
pub fn sentence(block: &dyn Configured) -> String {
    let design = Design::new(Clocking::default());
    let top = block.build(&design);
    let all = design.combinational_paths(top);
    let mut groups: Vec<Paths> = vec![];
    for (output, inputs) in all.iter().filter(|(_, inputs)| !inputs.is_empty()) {
        match groups.iter_mut().find(|group| group.inputs == *inputs) {
            Some(group) => group.outputs.push(output.clone()),
            None => groups.push(Paths { inputs: inputs.clone(), outputs: vec![output.clone()] }),
        }
    }
    let quoted = |names: &[String]| {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        names.join(", ")
    };
    let group = |Paths { inputs, outputs }: &Paths| match outputs.len() == all.len() && all.len() > 1 {
        true => format!("{} to every output", quoted(inputs)),
        false => format!("{} to {}", quoted(inputs), quoted(outputs)),
    };
    match groups.is_empty() {
        true => "Combinational paths: none.".into(),
        false => format!("Combinational paths: {}.", groups.iter().map(group).collect::<Vec<_>>().join("; ")),
    }
}
