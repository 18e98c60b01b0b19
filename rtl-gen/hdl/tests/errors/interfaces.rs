//! Bundles that do not connect.

use crate::{Case, case, design_case};
use hdl::{Design, Field, Module, ModuleRef, Signature};

pub fn cases() -> Vec<Case> {
    let mut cases = connections();
    cases.extend(members());
    cases.extend(instances());
    cases
}

fn bus(width: u32) -> Signature {
    Signature::new().output("data", width, "").input("ready", 1, "")
}

fn connections() -> Vec<Case> {
    vec![
        case("bundle_member_missing_there", |m| {
            let source = m.bundle_ports("source", &bus(8).output("last", 1, "").flip());
            let sink = m.bundle_ports("sink", &bus(8));
            source.connect(&sink);
        }),
        case("bundle_member_missing_here", |m| {
            let source = m.bundle_ports("source", &bus(8).flip());
            let sink = m.bundle_ports("sink", &bus(8).output("last", 1, ""));
            source.connect(&sink);
        }),
        case("bundle_width", |m| {
            let source = m.bundle_ports("source", &bus(8).flip());
            let sink = m.bundle_ports("sink", &bus(9));
            source.connect(&sink);
        }),
        case("bundle_direction", |m| {
            let source = m.bundle_ports("source", &bus(8));
            let sink = m.bundle_ports("sink", &bus(8));
            source.connect(&sink);
        }),
        case("bundle_connected_twice", |m| {
            let source = m.bundle_ports("source", &bus(8).flip());
            let sink = m.bundle_ports("sink", &bus(8));
            source.connect(&sink);
            sink.connect(&source);
        }),
    ]
}

fn members() -> Vec<Case> {
    vec![
        case("bundle_member_driven_twice", |m| {
            let sink = m.bundle_ports("sink", &bus(8));
            sink.get("ready").unused();
            sink.set("data", m.lit(1, 8));
            sink.set("data", m.lit(2, 8));
        }),
        case("bundle_member_not_driven", |m| {
            m.bundle_ports("sink", &bus(8)).get("ready").unused();
        }),
        case("bundle_member_unknown", |m| {
            let sink = m.bundle_ports("sink", &bus(8));
            sink.set("date", m.lit(0, 8));
            m.output("y", sink.get("reddy") + m.lit(1, 8), "");
            sink.get("readi").unused();
        }),
        case("bundle_input_driven", |m| {
            let source = m.bundle_ports("source", &bus(8).flip());
            source.set("data", m.lit(0, 8));
        }),
        case("bundle_member_width", |m| {
            let sink = m.bundle_ports("sink", &bus(8));
            sink.set("data", m.lit(0, 9));
        }),
        case("bundle_member_name_twice", |m| {
            m.bundle_ports("sink", &bus(8).output("data", 9, ""));
        }),
        case("bundle_member_name_illegal", |m| {
            m.bundle_ports("sink", &Signature::new().input("data[0]", 9, ""));
        }),
        case("stream_field_named_valid", |m| {
            m.input_stream("in", &[Field::new("valid", 1, "")]);
        }),
        case("stream_payload_driven_twice", |m| {
            let sink = m.output_stream("out", &[Field::new("data", 8, "")]);
            sink.set_field("data", m.lit(0, 8));
            sink.set_field("data", m.lit(1, 8));
        }),
        case("stream_ready_set_by_the_producer", |m| {
            let sink = m.output_stream("out", &[Field::new("data", 8, "")]);
            sink.set_ready(m.lit(1, 1));
        }),
        case("stream_field_without_width", |m| {
            let source = m.input_stream("in", &[Field::new("data", 0, "")]);
            let sink = m.output_stream("out", &[Field::new("data", 0, "")]);
            source.interface().connect(sink.interface());
        }),
    ]
}

/// 13 members.
fn wide() -> Signature {
    (0..12)
        .fold(Signature::new(), |bundle, index| bundle.output(&format!("data{index}"), 8, ""))
        .input("ready", 1, "")
}

fn wide_consumer(design: &Design) -> ModuleRef {
    design.module("consumer", &[], |m: &Module| {
        let bus = m.bundle_ports("in", &wide().flip());
        let any: Vec<_> = (0..12).map(|index| bus.get(&format!("data{index}")).any()).collect();
        bus.set("ready", m.concat(&any).any());
    })
}

fn consumer(design: &Design) -> ModuleRef {
    design.module("consumer", &[], |m: &Module| {
        let bus = m.bundle_ports("in", &bus(8).flip());
        bus.set("ready", bus.get("data").any());
    })
}

fn instances() -> Vec<Case> {
    vec![
        design_case("bundle_of_an_instance_width", |design| {
            let consumer = consumer(design);
            design.module("top", &[], |m| {
                let source = m.bundle_ports("source", &bus(9).flip());
                source.connect(&m.instance("u_consumer", consumer).interface("in", &bus(9).flip()));
            })
        }),
        design_case("bundle_of_an_instance_output_width", |design| {
            let producer = design.module("producer", &[], |m| m.output("out_data", m.lit(0, 8), ""));
            design.module("top", &[], |m| {
                let bundle = Signature::new().output("data", 9, "");
                let sink = m.bundle_ports("sink", &bundle);
                sink.connect(&m.instance("u_producer", producer).interface("out", &bundle));
            })
        }),
        design_case("bundle_of_an_instance_direction", |design| {
            let consumer = consumer(design);
            design.module("top", &[], |m| {
                let sink = m.bundle_ports("sink", &bus(8));
                sink.connect(&m.instance("u_consumer", consumer).interface("in", &bus(8).flip()));
            })
        }),
        design_case("stream_of_an_instance_with_other_fields", |design| {
            let consumer = consumer(design);
            design.module("top", &[], |m| {
                let source = m.input_stream("in", &[Field::new("data", 8, "")]);
                source.connect(&m.instance("u_consumer", consumer).input_stream("in", &[]));
            })
        }),
        design_case("bundle_of_an_instance_not_flipped", |design| {
            let consumer = wide_consumer(design);
            design.module("top", &[], |m| {
                let source = m.bundle_ports("source", &wide().flip());
                source.connect(&m.instance("u_consumer", consumer).interface("in", &wide()));
            })
        }),
        design_case("bundle_of_an_instance_not_flipped_and_set", |design| {
            let consumer = wide_consumer(design);
            design.module("top", &[], |m| {
                let input = m.instance("u_consumer", consumer).interface("in", &wide());
                (0..12).for_each(|index| input.set(&format!("data{index}"), m.lit(0, 8)));
                m.output("y", input.get("ready"), "");
            })
        }),
        design_case("bundle_of_an_instance_of_which_one_member_goes_the_other_way", |design| {
            let consumer = consumer(design);
            design.module("top", &[], |m| {
                let bundle = Signature::new().output("data", 8, "").output("ready", 1, "");
                let source = m.bundle_ports("source", &bundle.flip());
                source.connect(&m.instance("u_consumer", consumer).interface("in", &bundle.flip()));
            })
        }),
        case("bundle_ports_not_flipped", |m| {
            let input = m.bundle_ports("in", &wide());
            (0..12).for_each(|index| m.output(&format!("y{index}"), !input.get(&format!("data{index}")), ""));
            input.set("ready", m.lit(1, 1));
        }),
        case("bundle_ports_not_flipped_and_read", |m| {
            let input = m.bundle_ports("in", &Signature::new().output("a", 8, "").output("b", 8, ""));
            m.output("y", input.get("a") + input.get("b"), "");
        }),
        case("bundle_ports_flipped_and_set", |m| {
            let output = m.bundle_ports("out", &wide().flip());
            (0..12).for_each(|index| output.set(&format!("data{index}"), m.lit(0, 8)));
        }),
        design_case("bundle_of_an_instance_unknown", |design| {
            let consumer = consumer(design);
            design.module("top", &[], |m| {
                let source = m.bundle_ports("source", &bus(8).flip());
                source.connect(&m.instance("u_consumer", consumer).interface("into", &bus(8).flip()));
            })
        }),
        design_case("bundle_of_an_instance_not_driven", |design| {
            let consumer = consumer(design);
            design.module("top", &[], |m| {
                let input = m.instance("u_consumer", consumer).interface("in", &bus(8).flip());
                m.output("y", input.get("ready"), "");
            })
        }),
    ]
}
