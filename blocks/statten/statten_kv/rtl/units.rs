//! The units: AND, count, add up.

use super::passes::Passes;
use crate::common::flow::Flow;
use crate::statten::Shape;
use crate::statten::jobs::fit;
use crate::statten::load::Operand;
use crate::statten::shape::Values;
use crate::top::module;
use hdl::{Design, Module, ModuleRef, Signal, Wire};
use parts::arithmetic::count::population;

/// What goes along with words.
#[derive(Clone, Copy, hdl::Bundle)]
struct Tag<T> {
    row: T,
    piece: T,
    group: T,
    clear: T,
    last: T,
    is_empty: T,
    is_first: T,
    is_last: T,
    /// The number of the chunk among those that are loaded at once.
    chunk: Option<T>,
}

/// Counts the rows that columns share, word by word, and gives `kv`. Drives `advance`.
pub fn units<'m>(
    m: &'m Module,
    shape: &Shape,
    passes: &Passes<'m>,
    [keys, values]: [Signal<'m>; 2],
    advance: Wire<'m>,
) {
    let kv = m.output_stream("kv", &shape.values());
    let flow = Flow { m, advance: advance.value() };
    let asked = Tag {
        row: passes.key.column.gated(!passes.is_empty),
        piece: passes.key.piece,
        group: passes.group,
        clear: passes.clears,
        last: passes.is_end,
        is_empty: passes.is_empty,
        is_first: passes.is_first,
        is_last: passes.is_last,
        chunk: Operand::Keys.asked(shape).chunk.map(|width| fit(passes.chunk, width)),
    };
    let read_valid = flow.flag("read_valid", passes.valid);
    let read = m.hold("read", &asked, advance.value());
    let count_valid = flow.flag("count_valid", read_valid);
    let counted = m.hold("counted", &read, advance.value());

    let unit = unit(m.design(), shape);
    let sum = |(index, value): (usize, Signal<'m>)| {
        let own = m.instance(&format!("u_unit{index}"), unit).set("key", keys).set("value", value);
        let own = own.set("is_empty", read.is_empty).set("is_first", counted.is_first);
        own.set("advance", advance.value()).set("counts", count_valid & advance.value()).get("sum")
    };
    let sums: Vec<Signal> = values.split_lsb(shape.width).into_iter().enumerate().map(sum).collect();
    let valid = flow.flag("kv_is_valid", count_valid & counted.is_last);
    let out = m.hold("sums", &counted, advance.value());
    advance.drive(!valid | kv.ready());
    kv.set_valid(valid);
    let Tag { row, piece, group, clear, last, chunk, .. } = out;
    let values = m.concat_lsb(&sums);
    let values = chunk.map_or(values, |chunk| turned(values, shape.value_bits(), chunk));
    kv.set_payload(Values { values, row, piece, group, clear, last });
}

/// Values in a circle, turned right by so many places.
fn turned<'m>(values: Signal<'m>, bits: u32, places: Signal<'m>) -> Signal<'m> {
    let turn = |values: Signal<'m>, bit: u32| places.bit(bit).mux(values.rotate_right(bits << bit), values);
    (0..places.width()).fold(values, turn)
}

/// A unit: two stages behind the words, the count and the sum.
fn unit(design: &Design, shape: &Shape) -> ModuleRef {
    let parts = [format!("w{}", shape.width), format!("b{}", shape.value_bits())];
    module(design, "statten_unit", &parts, |m| {
        m.describe(
            "Counts the rows in which a column of K and one of V fire, and adds up the counts of words.",
        );
        let key = m.input("key", shape.width, "a word of a column of K");
        let value = m.input("value", shape.width, "the same word of a column of V");
        let is_empty = m.input("is_empty", 1, "there are no words");
        let is_first = m.input("is_first", 1, "the count is that of the first word");
        let advance = m.input("advance", 1, "words become counts");
        let counts = m.input("counts", 1, "the count is added");
        let bits = (key & value).gated(!is_empty).named("both");
        let count = Flow { m, advance }.keep("count", population(&bits.split_lsb(1)));
        let sum = m.reg("sums", shape.value_bits()).enable(counts);
        // A chunk has no more rows than values can count.
        sum.set(sum.value().gated(!is_first) + fit(count, shape.value_bits()));
        m.output("sum", sum.value(), "the sum so far");
    })
}
