//! Which modules are compiled once for all their instances.

use crate::compiled::options::Sharing;
use hdl::Netlist;
use hdl::netlist::{Body, ModuleDef, Op};

/// Number of instances from which it pays to run them side by side in vectors.
const VECTOR: usize = 8;

/// Operators below which a call costs more than it saves.
const LEAST_OPERATORS: usize = 24;

/// Operators in all instances together below which flat code stays in the instruction cache.
const LEAST_REPEATED: usize = 2000;

/// The size of each module.
struct Census {
    /// Operators, with those of the instances below.
    operators: Vec<usize>,
    /// Instances in the whole design.
    instances: Vec<usize>,
    /// Whether some module below has enough instances to fill vectors.
    has_vectors_below: Vec<bool>,
    /// Whether there is a black box in it. Its pins are ports of the design: each instance has its own.
    has_black_box: Vec<bool>,
}

/// Number of instances from which they run side by side in vectors.
pub(super) fn least_for_vectors(sharing: Sharing) -> usize {
    if sharing == Sharing::Always { 2 } else { VECTOR }
}

/// The modules that are compiled once for all their instances, by index: the outermost ones that qualify.
pub(super) fn shared_modules(netlist: &Netlist, sharing: Sharing) -> Vec<usize> {
    let census = Census::of(netlist);
    let is_asked_for = |module: usize| match sharing {
        Sharing::WherePays => census.pays(module),
        Sharing::Always => census.instances[module] > 1,
        Sharing::Never => false,
    };
    let qualifies = |module: usize| !census.has_black_box[module] && is_asked_for(module);
    let mut chosen = vec![];
    let mut visited = vec![false; netlist.modules.len()];
    let mut open = vec![netlist.modules.len() - 1];
    while let Some(module) = open.pop() {
        if std::mem::replace(&mut visited[module], true) {
            continue;
        }
        if module + 1 < netlist.modules.len() && qualifies(module) {
            chosen.push(module);
        } else {
            open.extend(children(&netlist.modules[module]));
        }
    }
    chosen.sort_unstable();
    chosen
}

impl Census {
    fn of(netlist: &Netlist) -> Census {
        let count = netlist.modules.len();
        let mut census = Census {
            operators: vec![0; count],
            instances: vec![0; count],
            has_vectors_below: vec![false; count],
            has_black_box: vec![false; count],
        };
        for (index, module) in netlist.modules.iter().enumerate() {
            let below: usize = children(module).map(|child| census.operators[child]).sum();
            census.operators[index] = own_operators(module) + below;
            let is_black_box = matches!(module.body, Body::BlackBox { .. });
            let has_one = children(module).any(|child| census.has_black_box[child]);
            census.has_black_box[index] = is_black_box || has_one;
        }
        census.instances[count - 1] = 1;
        for index in (0..count).rev() {
            let instances = census.instances[index];
            children(&netlist.modules[index]).for_each(|child| census.instances[child] += instances);
        }
        for index in 0..count {
            let fills = |child: usize| census.fills_vectors(child) || census.has_vectors_below[child];
            census.has_vectors_below[index] = children(&netlist.modules[index]).any(fills);
        }
        census
    }

    fn fills_vectors(&self, module: usize) -> bool {
        self.instances[module] >= VECTOR && self.operators[module] >= LEAST_OPERATORS
    }

    fn pays(&self, module: usize) -> bool {
        let (operators, instances) = (self.operators[module], self.instances[module]);
        let is_large = instances > 1 && operators * instances >= LEAST_REPEATED;
        self.fills_vectors(module) || is_large && !self.has_vectors_below[module]
    }
}

fn children(module: &ModuleDef) -> impl Iterator<Item = usize> {
    let instances = match &module.body {
        Body::Logic(logic) => logic.instances.as_slice(),
        Body::BlackBox { .. } => &[],
    };
    instances.iter().map(|instance| instance.module)
}

/// The number of operators.
fn own_operators(module: &ModuleDef) -> usize {
    let Body::Logic(logic) = &module.body else { return 0 };
    logic.nodes.iter().map(|node| operators(&node.op)).sum()
}

fn operators(op: &Op) -> usize {
    match op {
        Op::Not(_) | Op::Binary(..) | Op::Reduce(..) | Op::Mux { .. } | Op::MemoryRead { .. } => 1,
        Op::Case { cases, .. } => cases.len(),
        Op::Concat(_) | Op::Slice { .. } | Op::Wire(_) => 0,
        Op::Input(_) | Op::Clock | Op::Const(_) | Op::Register(_) | Op::InstanceOutput { .. } => 0,
    }
}
