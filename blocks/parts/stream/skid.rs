#![doc = include_str!("skid.md")]

use crate::Part;
use crate::storage::held::held;
use hdl::{Design, Field, Module, ModuleRef, Payload, Stream};

/// See the page.
pub const PART: Part = Part {
    name: "skid",
    summary: "a skid buffer: a stream whose `ready` comes from a register",
    page: include_str!("skid.md"),
    example,
};

/// The stream into the module, behind a skid buffer where `is_buffered`: then no path leads from an input to its `ready`. A beat
/// passes in the cycle in which it comes; one that is refused there waits in the buffer.
pub fn input_stream<'m, P: Payload>(
    m: &'m Module,
    name: &str,
    payload: &P,
    is_buffered: bool,
) -> Stream<'m, P::Signals<'m>> {
    let input = m.input_stream(name, payload);
    if !is_buffered {
        return input;
    }
    let buffer = m.instance(&format!("u_{name}_skid"), skid_buffer(m.design(), &payload.fields()));
    buffer.input_stream("in", payload).connect(&input);
    buffer.output_stream("out", payload)
}

/// The buffer of a beat with these fields.
fn skid_buffer(design: &Design, fields: &[Field]) -> ModuleRef {
    let parts: Vec<String> = fields.iter().map(|field| format!("{}{}", field.name, field.width)).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    design.module("skid_buffer", &parts, |m| {
        m.describe("A beat that was taken while the consumer was not ready waits here.");
        m.describe("Latency: 0 cycles. Throughput: one beat per cycle.");
        let (input, output) = (m.input_stream("in", fields), m.output_stream("out", fields));
        let is_full = m.reg("is_full", 1).reset_to(0);
        input.set_ready(!is_full.value());
        output.set_valid(input.valid() | is_full.value());
        is_full.set(output.valid() & !output.ready());
        for Field { name, .. } in fields {
            let waits = held(m, &format!("{name}_waits"), input.field(name), input.fires());
            output.set_field(name, is_full.value().mux(waits, input.field(name)));
        }
    })
}

fn example(design: &Design) -> ModuleRef {
    skid_buffer(design, &[Field::new("data", 32, "the payload")])
}
