//! Ready/valid streams.

use crate::machine::Machine;
use crate::{design, top};
use hdl::{Design, Field, Module, ModuleRef, Netlist};

fn payload() -> Vec<Field> {
    vec![Field::new("data", 8, "a byte"), Field::new("last", 1, "of its packet")]
}

/// One register stage that takes a beat when it is empty or emptied.
fn stage(m: &Module) {
    let (input, output) = (m.input_stream("in", &payload()), m.output_stream("out", &payload()));
    let valid = m.reg("valid", 1).reset_to(0);
    let advance = !valid.value() | output.ready();
    input.set_ready(advance);
    valid.enable(advance).set(input.valid());
    output.set_valid(valid.value());
    for field in payload() {
        let register = m.reg(&field.name, field.width).enable(input.fires());
        register.set(input.field(&field.name));
        output.set_field(&field.name, register.value());
    }
}

fn two_stages(design: &Design) -> ModuleRef {
    let stage = design.module("stage", &[], stage);
    design.module("top", &[], |m| {
        let (input, output) = (m.input_stream("in", &payload()), m.output_stream("out", &payload()));
        let (first, second) = (m.instance("u_first", stage), m.instance("u_second", stage));
        input.connect(&first.input_stream("in", &payload()));
        second.input_stream("in", &payload()).connect(&first.output_stream("out", &payload()));
        second.output_stream("out", &payload()).connect(&output);
    })
}

#[test]
fn ports_are_named_after_the_stream() {
    let netlist = top(stage);
    let names: Vec<&str> = netlist.top().ports.iter().map(|port| port.port.name.as_str()).collect();
    assert_eq!(names[..4], ["in_valid", "in_ready", "in_data", "in_last"]);
    assert_eq!(names[4..], ["out_valid", "out_ready", "out_data", "out_last"]);
}

/// Sends 1 to 60 with stalls on both sides, each by a pattern of its own; returns what arrives, and what was
/// violated.
pub fn run(netlist: Netlist) -> (Vec<u64>, Vec<String>) {
    let mut machine = Machine::new(netlist);
    machine.reset();
    let (mut next, mut arrived, mut is_offered) = (1, vec![], false);
    for cycle in 0..400 {
        let is_ready = cycle * 7 % 5 < 3;
        is_offered |= cycle % 3 != 1 && next <= 60;
        machine.set("in_valid", is_offered.into());
        machine.set("in_data", if is_offered { next } else { 255 });
        machine.set("in_last", (is_offered && next.is_multiple_of(8)).into());
        machine.set("out_ready", is_ready.into());
        if machine.get("out_valid") == 1 && is_ready {
            assert_eq!(machine.get("out_last") == 1, machine.get("out_data").is_multiple_of(8));
            arrived.push(machine.get("out_data"));
        }
        if is_offered && machine.get("in_ready") == 1 {
            next += 1;
            is_offered = false;
        }
        machine.step();
    }
    (arrived, machine.violated)
}

#[test]
fn every_beat_arrives_once_and_in_order() {
    for netlist in [top(stage), design(two_stages)] {
        let (arrived, violated) = run(netlist);
        assert_eq!(arrived, (1..=60).collect::<Vec<_>>());
        assert_eq!(violated, Vec::<String>::new());
    }
}

/// The assertions of an output stream that fail for a sequence of `valid` and `data`.
fn violations(offers: &[(u64, u64)]) -> Vec<String> {
    let mut machine = Machine::new(top(|m| {
        let stream = m.output_stream("out", &[Field::new("data", 8, "")]);
        stream.set_valid(m.input("valid", 1, ""));
        stream.set_field("data", m.input("data", 8, ""));
    }));
    machine.reset();
    for (valid, data) in offers {
        machine.set("valid", *valid);
        machine.set("data", *data);
        machine.step();
    }
    machine.violated
}

#[test]
fn a_producer_that_breaks_the_rules_is_caught() {
    assert_eq!(violations(&[(0, 1), (1, 2), (1, 2), (1, 2)]), Vec::<String>::new());
    assert_eq!(violations(&[(1, 2), (1, 3)]), ["out_data_held"]);
    assert_eq!(violations(&[(1, 2), (0, 2)]), ["out_valid_held"]);
}

/// One beat goes to two instances at once.
#[test]
fn streams_in_step_may_wait_for_each_other() {
    let netlist = design(|design| {
        let stage = design.module("stage", &[], stage);
        design.module("top", &[], |m| {
            let (input, output) = (m.input_stream("in", &payload()), m.output_stream("out", &payload()));
            let stages = ["u_first", "u_second"].map(|name| m.instance(name, stage));
            let into = stages.map(|stage| stage.input_stream("in", &payload()).in_step());
            let take = input.valid() & into[0].ready() & into[1].ready();
            input.set_ready(into[0].ready() & into[1].ready());
            for stream in &into {
                stream.set_valid(take);
                payload().iter().for_each(|field| stream.set_field(&field.name, input.field(&field.name)));
            }
            let from = stages.map(|stage| stage.output_stream("out", &payload()));
            from[0].connect(&output);
            from[1].set_ready(from[0].fires());
            m.assert("in_step", from[1].valid().eq(from[0].valid()));
            payload().iter().for_each(|field| {
                m.assert(&field.name, from[1].field(&field.name).eq(from[0].field(&field.name)));
            });
        })
    });
    let (arrived, violated) = run(netlist);
    assert_eq!(arrived, (1..=60).collect::<Vec<_>>());
    assert!(violated.is_empty(), "{violated:?}");
}
