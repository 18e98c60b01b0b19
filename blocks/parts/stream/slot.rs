#![doc = include_str!("slot.md")]

use super::WORD;
use crate::Part;
use hdl::{Design, Module, ModuleRef, Signal, Signals, Stream};

/// See the page.
pub const PART: Part = Part {
    name: "slot",
    summary: "a register that holds a beat of a stream until it is used",
    page: include_str!("slot.md"),
    example,
};

/// A beat of a stream that waits until it is used. None is taken while one waits, so that no path leads from `valid` to `ready`.
pub struct Slot<'m, K> {
    /// A beat waits.
    pub is_full: Signal<'m>,
    /// What is kept of it.
    pub beat: K,
}

impl<'m, K: Signals<'m>> Slot<'m, K> {
    /// Takes beats of `stream`, and `kept` of each; where `uses` is 1 the beat that waits is used.
    pub fn new<P>(
        m: &'m Module,
        name: &str,
        stream: &Stream<'m, P>,
        kept: &K,
        uses: Signal<'m>,
    ) -> Slot<'m, K> {
        let is_full = m.reg(&format!("has_{name}"), 1).reset_to(0);
        stream.set_ready(!is_full.value());
        is_full.enable(stream.fires() | uses).set(stream.fires());
        Slot { is_full: is_full.value(), beat: m.hold(name, kept, stream.fires()) }
    }
}

fn example(design: &Design) -> ModuleRef {
    design.module("slot", &["w32"], |m| {
        let stream = m.input_stream("in", &WORD);
        let uses = m.input("uses", 1, "the beat is used in this cycle");
        let slot = Slot::new(m, "beat", &stream, &stream.payload, uses);
        m.output("is_full", slot.is_full, "a beat waits");
        m.output("word", slot.beat.data, "its payload");
    })
}
