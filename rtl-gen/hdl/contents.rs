//! The contents of a module: whether two modules are the same, and where they differ.

use crate::Bits;
use crate::describe;
use crate::design::Design;
use crate::module::State;
use crate::netlist::{Body, Instance, Logic, Memory, ModuleDef, Node, NodeId, PortDef, Register};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The first difference between two modules, as errors word it: what each of them has there.
pub(crate) struct Difference {
    pub first: String,
    pub second: String,
}

/// A hash of everything declared in a module, and of the marks that its checks depend on: equal hashes mean equal
/// finished modules.
pub(crate) fn hash(state: &State) -> u64 {
    let State { ports, description, parameters, logic, unused, starts_unknown, .. } = state;
    let Logic { nodes, registers, memories, instances, outputs, properties } = logic;
    let mut hasher = DefaultHasher::new();
    hash_each(&mut hasher, ports, |def| (&def.port, &def.meaning, def.clock));
    hash_each(&mut hasher, nodes, |node| (&node.op, node.width, &node.name));
    hash_each(&mut hasher, memories, |memory| {
        let Memory { name, width, depth, contents, writes, never_meet, source: _ } = memory;
        (name, width, depth, contents, writes, never_meet)
    });
    hash_each(&mut hasher, instances, |instance| (&instance.name, instance.module, &instance.inputs));
    hash_each(&mut hasher, properties, |property| (property.kind, &property.name, property.condition));
    (description, parameters, registers, outputs, unused, starts_unknown).hash(&mut hasher);
    hasher.finish()
}

/// Source lines are left out: they are not part of the contents.
fn hash_each<'a, T, H: Hash>(hasher: &mut DefaultHasher, items: &'a [T], part: impl Fn(&'a T) -> H) {
    items.len().hash(hasher);
    items.iter().for_each(|item| part(item).hash(hasher));
}

/// The first difference in anything that is printed; `None` if either module can replace the other. Source lines do not
/// count.
pub(crate) fn difference(design: &Design, first: &ModuleDef, second: &ModuleDef) -> Option<Difference> {
    let defs = [first, second];
    let ports = || lists("port", defs.map(|def| &*def.ports), are_same_ports, |_, port| port_text(port));
    let logic = || match defs.map(|def| &def.body) {
        [Body::Logic(first), Body::Logic(second)] => {
            Logics { design, defs, logics: [first, second] }.difference()
        }
        // A black box is declared, not built, so it is never compared here.
        [Body::BlackBox { .. }, _] | [_, Body::BlackBox { .. }] => None,
    };
    let parameters = || {
        let text = |_, (name, value): &(String, String)| format!("the parameter `{name}` = {value}");
        lists("parameter", defs.map(|def| &*def.parameters), PartialEq::eq, text)
    };
    let description = || {
        let text = |_, line: &String| format!("the description \"{line}\"");
        lists("line of description", defs.map(|def| &*def.description), PartialEq::eq, text)
    };
    ports().or_else(logic).or_else(parameters).or_else(description)
}

/// Compares two lists; `text` describes an item of the first or the second.
fn lists<'a, T>(
    kind: &str,
    items: [&'a [T]; 2],
    are_same: impl Fn(&'a T, &'a T) -> bool,
    text: impl Fn(usize, &'a T) -> String,
) -> Option<Difference> {
    let [first, second] = items;
    let common = first.iter().zip(second).position(|(one, other)| !are_same(one, other));
    let index = common.or((first.len() != second.len()).then_some(first.len().min(second.len())))?;
    let text = |side: usize| match items[side].get(index) {
        Some(item) => text(side, item),
        None => format!("no {kind} after {index}"),
    };
    Some(Difference { first: text(0), second: text(1) })
}

fn are_same_ports(one: &PortDef, other: &PortDef) -> bool {
    (&one.port, &one.meaning, one.clock) == (&other.port, &other.meaning, other.clock)
}

fn port_text(def: &PortDef) -> String {
    let (port, meaning) = (&def.port, &def.meaning);
    let meaning =
        if meaning.is_empty() { "without a meaning".into() } else { format!("meaning \"{meaning}\"") };
    format!("{} port `{}` of width {}, {meaning}, at {}", port.direction, port.name, port.width, def.source)
}

fn are_same_nodes(one: &Node, other: &Node) -> bool {
    (&one.op, one.width, &one.name) == (&other.op, other.width, &other.name)
}

/// The logic of two modules.
struct Logics<'a> {
    design: &'a Design,
    defs: [&'a ModuleDef; 2],
    logics: [&'a Logic; 2],
}

impl<'a> Logics<'a> {
    fn difference(&self) -> Option<Difference> {
        self.memories()
            .or_else(|| self.instances())
            .or_else(|| self.nodes())
            .or_else(|| self.registers())
            .or_else(|| self.writes())
            .or_else(|| self.inputs())
            .or_else(|| self.outputs())
            .or_else(|| self.properties())
    }

    /// The nodes first: what reads them is compared by their numbers.
    fn nodes(&self) -> Option<Difference> {
        let text = |side: usize, node: &Node| {
            let what = describe::of(self.design, self.logics[side], node);
            format!("{what} of width {} at {}", node.width, node.source)
        };
        lists("operator", self.logics.map(|logic| &*logic.nodes), are_same_nodes, text)
    }

    fn memories(&self) -> Option<Difference> {
        let memories = self.logics.map(|logic| &*logic.memories);
        let shape = |memory: &'a Memory| (&memory.name, memory.width, memory.depth, memory.never_meet);
        let text = |_, memory: &Memory| {
            let Memory { name, width, depth, never_meet, source, .. } = memory;
            let writes = if *never_meet { ", whose writes never meet," } else { "" };
            format!("memory `{name}` of {depth} words of width {width}{writes} at {source}")
        };
        lists("memory", memories, |one, other| shape(one) == shape(other), text).or_else(|| {
            let pairs = memories[0].iter().zip(memories[1]);
            pairs.filter_map(|(one, other)| contents([one, other])).next()
        })
    }

    fn instances(&self) -> Option<Difference> {
        lists(
            "instance",
            self.logics.map(|logic| &*logic.instances),
            |one, other| (&one.name, one.module) == (&other.name, other.module),
            |_, instance| {
                let module = &self.design.finished(instance.module).def.name;
                format!("instance `{}` of module `{module}` at {}", instance.name, instance.source)
            },
        )
    }

    fn registers(&self) -> Option<Difference> {
        let text = |side: usize, register: &Register| {
            let reset =
                register.reset.as_ref().map_or("without a reset".into(), |value| format!("reset to {value}"));
            let next =
                register.next.map_or(String::new(), |next| format!(", from {}", self.node(side, next)));
            let collision = register.collision.map_or(String::new(), |rule| format!(", collisions {rule:?}"));
            format!("{}, {reset}{next}{collision}", self.node(side, register.output))
        };
        lists("register", self.logics.map(|logic| &*logic.registers), PartialEq::eq, text)
    }

    fn writes(&self) -> Option<Difference> {
        let pairs = self.logics[0].memories.iter().zip(&self.logics[1].memories);
        let of_pair = |(one, other): (&'a Memory, &'a Memory)| {
            lists("write", [&one.writes, &other.writes], PartialEq::eq, |side, write| {
                let [enable, address, data] =
                    [write.enable, write.address, write.data].map(|id| self.node(side, id));
                let mask =
                    write.mask.map_or(String::new(), |id| format!(", masked by {}", self.node(side, id)));
                format!("a write of memory `{}` by {enable}, to {address}, of {data}{mask}", one.name)
            })
        };
        pairs.filter_map(of_pair).next()
    }

    fn inputs(&self) -> Option<Difference> {
        let pairs = self.logics[0].instances.iter().zip(&self.logics[1].instances);
        let of_pair = |(one, other): (&'a Instance, &'a Instance)| {
            lists("input", [&one.inputs, &other.inputs], PartialEq::eq, |side, (port, id)| {
                let port = &self.design.finished(one.module).def.ports[*port].port.name;
                format!("port `{port}` of instance `{}` from {}", one.name, self.node(side, *id))
            })
        };
        pairs.filter_map(of_pair).next()
    }

    fn outputs(&self) -> Option<Difference> {
        let text = |side: usize, (port, id): &(usize, NodeId)| {
            let port = &self.defs[side].ports[*port].port.name;
            format!("output port `{port}` from {}", self.node(side, *id))
        };
        lists("output", self.logics.map(|logic| &*logic.outputs), PartialEq::eq, text)
    }

    fn properties(&self) -> Option<Difference> {
        lists(
            "property",
            self.logics.map(|logic| &*logic.properties),
            |one, other| (one.kind, &one.name, one.condition) == (other.kind, &other.name, other.condition),
            |side, property| {
                let condition = describe::node(self.design, self.logics[side], property.condition);
                format!("property `{}` of {condition} at {}", property.name, property.source)
            },
        )
    }

    fn node(&self, side: usize, id: NodeId) -> String {
        let node = &self.logics[side].nodes[id.index()];
        format!("{} at {}", describe::node(self.design, self.logics[side], id), node.source)
    }
}

/// The first word in which two memories of one shape differ.
fn contents(memories: [&Memory; 2]) -> Option<Difference> {
    let name = &memories[0].name;
    let lists_of_words = memories.map(|memory| &*memory.contents);
    let index = lists_of_words[0].iter().zip(lists_of_words[1]).position(|(one, other)| one != other);
    let text = |side: usize, word: &Bits| match index {
        Some(index) => format!("{word} at address {index} of memory `{name}` at {}", memories[side].source),
        None => format!("{word} in memory `{name}` at {}", memories[side].source),
    };
    lists("word", lists_of_words, PartialEq::eq, text)
}
