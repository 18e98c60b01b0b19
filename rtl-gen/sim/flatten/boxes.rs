//! Removes black boxes from a flat design: their outputs become inputs of the design, their inputs outputs.

use super::{Flat, Kept, KeptInstance, join};
use crate::BuildError;
use crate::simulator::{SignalId, SignalInfo};
use hdl::netlist::{Body, ModuleDef, Netlist, NodeId, Op};
use hdl::{Direction, Port};

/// An instance of a black box that was removed.
#[derive(Clone, Debug)]
pub(crate) struct OpenBox {
    /// Instance names joined by dots.
    pub path: String,
    /// Index of its module in the netlist.
    pub module: usize,
    /// For each port of its module, the port of the design that replaces it; none for the clock.
    pub pins: Vec<Option<usize>>,
}

/// What became of an instance that was kept whole.
enum Place {
    /// Its index among those that stay.
    Stays(usize),
    /// Its index among the black boxes.
    Open(usize),
}

/// All black boxes as modules whose instances are kept. The language guarantees that there is no loop through one.
pub(crate) fn black_boxes(netlist: &Netlist) -> Kept {
    let modules = netlist.modules.iter().enumerate();
    let boxes = modules.filter(|(_, module)| is_black_box(module));
    boxes.map(|(index, module)| (index, vec![vec![]; module.ports.len()])).collect()
}

fn is_black_box(module: &ModuleDef) -> bool {
    match module.body {
        Body::BlackBox { .. } => true,
        Body::Logic(_) => false,
    }
}

/// Removes the instances of black boxes. The ports that replace theirs follow the design's own.
pub(crate) fn open(netlist: &Netlist, mut flat: Flat) -> Result<(Flat, Vec<OpenBox>), BuildError> {
    let (mut places, mut boxes) = (vec![], vec![]);
    for instance in std::mem::take(&mut flat.instances) {
        let module = &netlist.modules[instance.module];
        if is_black_box(module) {
            places.push(Place::Open(boxes.len()));
            boxes.push(take_out(&mut flat, module, instance)?);
        } else {
            places.push(Place::Stays(flat.instances.len()));
            flat.instances.push(instance);
        }
    }
    for index in 0..flat.nodes.len() {
        let Op::InstanceOutput { instance, port } = flat.nodes[index].op else { continue };
        flat.nodes[index].op = match places[instance] {
            Place::Stays(instance) => Op::InstanceOutput { instance, port },
            Place::Open(open) => {
                let pin = boxes[open].pins[port].expect("only data comes out of a black box");
                show(&mut flat, pin, NodeId(index as u32));
                Op::Input(pin)
            }
        };
    }
    Ok((flat, boxes))
}

/// Adds the ports of a black box to the design's.
fn take_out(flat: &mut Flat, module: &ModuleDef, instance: KeptInstance) -> Result<OpenBox, BuildError> {
    let KeptInstance { path, module: index, inputs, .. } = instance;
    let mut pins = vec![];
    for (port, def) in module.ports.iter().enumerate() {
        if def.clock {
            pins.push(None);
            continue;
        }
        let (name, pin) = (join(&path, &def.port.name), flat.ports.len());
        flat.ports.push(Port { name, width: def.port.width, direction: def.port.direction.flip() });
        if def.port.direction == Direction::Input {
            let driver = inputs.iter().find(|(input, _)| *input == port);
            let (_, driver) =
                driver.ok_or_else(|| BuildError::Undriven { path: flat.ports[pin].name.clone() })?;
            flat.outputs.push((pin, *driver));
            show(flat, pin, *driver);
        }
        pins.push(Some(pin));
    }
    Ok(OpenBox { path, module: index, pins })
}

/// The pin of a black box as an internal signal.
fn show(flat: &mut Flat, pin: usize, node: NodeId) {
    let Port { name, width, .. } = &flat.ports[pin];
    flat.signals.push(SignalInfo { path: name.clone(), width: *width, id: SignalId(node.0) });
}
