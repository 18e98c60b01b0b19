//! Streams whose producer waits for `ready`.

use crate::{Case, case, design_case};
use hdl::{Design, Field, ModuleRef};

fn byte() -> Vec<Field> {
    vec![Field::new("data", 8, "")]
}

pub fn cases() -> Vec<Case> {
    vec![
        case("stream_valid_waits_for_ready", |m| {
            let (input, output) = (m.input_stream("in", &byte()), m.output_stream("out", &byte()));
            input.set_ready(output.ready());
            output.set_valid(input.valid() & output.ready());
            output.set_field("data", input.field("data"));
        }),
        design_case("stream_valid_waits_for_ready_through_an_instance", |design| {
            let gate = gate(design);
            design.module("top", &[], |m| {
                let (input, output) = (m.input_stream("in", &byte()), m.output_stream("out", &byte()));
                input.set_ready(output.ready());
                let gate = m.instance("u_gate", gate).set("a", input.valid()).set("b", output.ready());
                output.set_valid(gate.get("y"));
                output.set_field("data", input.field("data"));
            })
        }),
        case("stream_out_of_a_module_in_step", |m| {
            let output = m.output_stream("out", &byte()).in_step();
            output.set_valid(m.lit(1, 1));
            output.set_field("data", m.lit(0, 8));
            output.ready().unused();
        }),
        design_case("stream_into_an_instance_waits_for_ready", |design| {
            let sink = design.module("sink", &[], |m| {
                let input = m.input_stream("in", &byte());
                let full = m.reg("full", 1).reset_to(0);
                full.set(input.valid() & input.field("data").any());
                input.set_ready(!full.value());
            });
            design.module("top", &[], |m| {
                let sink = m.instance("u_sink", sink).input_stream("in", &byte());
                sink.set_valid(sink.ready() & m.input("start", 1, ""));
                sink.set_field("data", m.input("data", 8, ""));
            })
        }),
    ]
}

fn gate(design: &Design) -> ModuleRef {
    design.module("gate", &[], |m| {
        let (a, b) = (m.input("a", 1, ""), m.input("b", 1, ""));
        m.output("y", (a & b).named("both"), "");
    })
}
