#![doc = include_str!("slot.md")]

use crate::Part;
use crate::storage::held::held;
use hdl::{Design, Field, Module, ModuleRef, Signal, Stream};

/// See the page.
pub const PART: Part = Part {
    name: "slot",
    summary: "a beat of a stream that waits in a register until it is used",
    page: include_str!("slot.md"),
    example,
};

/// A beat of a stream that waits until it is used. None is taken while one waits, so that no path leads from `valid` to `ready`.
pub struct Slot<'m> {
    /// A beat waits.
    pub is_full: Signal<'m>,
    /// The fields of it that are kept, in the order asked for.
    pub words: Vec<Signal<'m>>,
}

impl<'m> Slot<'m> {
    /// Takes beats of `stream`, of each the `fields` that have these names; where `uses` is 1 the beat that waits is used.
    pub fn new(
        m: &'m Module,
        name: &str,
        stream: &Stream<'m>,
        fields: &[&str],
        uses: Signal<'m>,
    ) -> Slot<'m> {
        let is_full = m.reg(&format!("has_{name}"), 1).reset_to(0);
        stream.set_ready(!is_full.value());
        is_full.enable(stream.fires() | uses).set(stream.fires());
        let word = |field: &&str| held(m, &format!("{name}_{field}"), stream.field(field), stream.fires());
        Slot { is_full: is_full.value(), words: fields.iter().map(word).collect() }
    }
}

fn example(design: &Design) -> ModuleRef {
    design.module("slot", &["w32"], |m| {
        let stream = m.input_stream("in", &[Field::new("data", 32, "the payload")]);
        let slot =
            Slot::new(m, "beat", &stream, &["data"], m.input("uses", 1, "the beat is used in this cycle"));
        m.output("is_full", slot.is_full, "a beat waits");
        m.output("word", slot.words[0], "its payload");
    })
}
