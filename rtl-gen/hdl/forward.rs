//! Write-to-read forwarding: the logic around read ports that return data written at the same edge.
//!
//! No target's block RAM does that for a write at another port. So registers beside the RAM keep the data written at
//! the same edge and its lanes, and a cycle later the result is merged from these and the RAM's word. All write ports
//! must be known, so this is built when the module is finished.

use crate::diagnostic::Source;
use crate::module::Module;
use crate::netlist::{BinaryOp, Logic, MemoryWrite, NodeId, Op};
use crate::signal::Signal;

/// A read port with [`Collision::New`](crate::Collision::New).
pub(crate) struct Forwarded {
    /// The wire for the word, open until forwarding drives it.
    pub word: NodeId,
    /// Index of the memory.
    pub memory: usize,
    /// The register with the word from the memory, without the data written at the same edge.
    pub register: usize,
    pub address: NodeId,
}

/// Builds the logic of all such ports. Drops the collision rule of a memory that is never written.
pub(crate) fn run(module: &Module) {
    let reads = std::mem::take(&mut module.state_mut().forwarded);
    for read in &reads {
        let word = Forwarding::of(module, read).word(read);
        module.state_mut().logic.nodes[read.word.index()].op = Op::Wire(Some(word.id()));
    }
    let mut state = module.state_mut();
    let Logic { nodes, registers, memories, .. } = &mut state.logic;
    for register in registers.iter_mut().filter(|register| register.collision.is_some()) {
        let next = register.next.map(|next| &nodes[next.index()].op);
        if matches!(next, Some(Op::MemoryRead { memory, .. }) if memories[*memory].writes.is_empty()) {
            register.collision = None;
        }
    }
}

/// The data written at the address of a read.
struct Forwarding<'m> {
    module: &'m Module,
    source: Source,
    writes: Vec<MemoryWrite>,
    /// Width of a word, and of the largest lanes that divide the lanes of every mask.
    width: u32,
    lane: u32,
}

impl<'m> Forwarding<'m> {
    fn of(module: &'m Module, read: &Forwarded) -> Forwarding<'m> {
        let state = module.state();
        let (nodes, memory) = (&state.logic.nodes, &state.logic.memories[read.memory]);
        let lanes = memory.writes.iter().filter_map(|write| write.mask);
        let lanes = lanes.map(|mask| memory.width / nodes[mask.index()].width);
        Forwarding {
            module,
            source: nodes[read.word.index()].source,
            writes: memory.writes.clone(),
            width: memory.width,
            lane: lanes.fold(memory.width, greatest_common_divisor),
        }
    }

    /// The word that was read, merged with the data written at the same edge.
    fn word(&self, read: &Forwarded) -> Signal<'m> {
        let name = self.module.state().name_of(read.word).to_string();
        let enable = self.module.state().logic.registers[read.register].enable;
        let stored = self.signal(self.module.state().logic.registers[read.register].output);
        let Some((lanes, data)) = self.written(self.signal(read.address)) else { return stored };
        let [lanes, data] = [("forward", lanes), ("written", data)].map(|(what, next)| {
            let (value, index) = self.module.register_at(&format!("{name}_{what}"), next, self.source);
            self.module.state_mut().logic.registers[index].enable = enable;
            value
        });
        self.merged(lanes, data, stored)
    }

    /// The lanes that are written at an address, one bit each, and their data; `None` without a write.
    fn written(&self, address: Signal<'m>) -> Option<(Signal<'m>, Signal<'m>)> {
        self.writes.iter().fold(None, |before, write| {
            let (lanes, data) = (self.lanes(write, address), self.signal(write.data));
            Some(match before {
                None => (lanes, data),
                Some((earlier, below)) => {
                    (self.binary(BinaryOp::Or, earlier, lanes), self.merged(lanes, data, below))
                }
            })
        })
    }

    /// The lanes that one write sets at an address.
    fn lanes(&self, write: &MemoryWrite, address: Signal<'m>) -> Signal<'m> {
        let is_there = self.node(Op::Binary(BinaryOp::Eq, write.address, address.id()), 1);
        let hits = self.binary(BinaryOp::And, self.signal(write.enable), is_there);
        let hits = self.concat(vec![hits; (self.width / self.lane) as usize]);
        match write.mask.map(|mask| self.signal(mask)) {
            Some(mask) => self.binary(BinaryOp::And, hits, self.in_lanes(mask)),
            None => hits,
        }
    }

    /// A mask with each bit repeated for the smaller lanes that it covers.
    fn in_lanes(&self, mask: Signal<'m>) -> Signal<'m> {
        let copies = self.width / mask.width() / self.lane;
        if copies == 1 {
            return mask;
        }
        let bits = (0..mask.width()).rev().map(|bit| self.slice(mask, bit, 1));
        self.concat(bits.flat_map(|bit| vec![bit; copies as usize]).collect())
    }

    /// Lane by lane, `on_true` where `lanes` is 1 and `on_false` where it is 0.
    fn merged(&self, lanes: Signal<'m>, on_true: Signal<'m>, on_false: Signal<'m>) -> Signal<'m> {
        let parts = (0..lanes.width()).rev().map(|index| {
            let [on_true, on_false] =
                [on_true, on_false].map(|word| self.slice(word, index * self.lane, self.lane).id());
            let select = self.slice(lanes, index, 1).id();
            self.node(Op::Mux { select, on_true, on_false }, self.lane)
        });
        self.concat(parts.collect())
    }

    fn slice(&self, of: Signal<'m>, low: u32, width: u32) -> Signal<'m> {
        match of.width() == width {
            true => of,
            false => self.node(Op::Slice { of: of.id(), high: low + width - 1, low }, width),
        }
    }

    /// Parts joined, the most significant first.
    fn concat(&self, parts: Vec<Signal<'m>>) -> Signal<'m> {
        match parts[..] {
            [only] => only,
            _ => {
                let width = parts.iter().map(|part| part.width()).sum();
                self.node(Op::Concat(parts.into_iter().map(Signal::id).collect()), width)
            }
        }
    }

    fn binary(&self, op: BinaryOp, a: Signal<'m>, b: Signal<'m>) -> Signal<'m> {
        self.node(Op::Binary(op, a.id(), b.id()), a.width())
    }

    fn node(&self, op: Op, width: u32) -> Signal<'m> {
        self.module.node(op, width, self.source)
    }

    fn signal(&self, id: NodeId) -> Signal<'m> {
        let width = self.module.state().logic.nodes[id.index()].width;
        Signal::new(self.module, id, width)
    }
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}
