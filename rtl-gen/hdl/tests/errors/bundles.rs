//! Bundles.

use crate::{Case, case, inputs};
use hdl::{Bundle, Module, Signal};

#[derive(Clone, Bundle)]
struct Lanes<T> {
    lanes: Vec<T>,
    last: T,
}

fn lanes(number: usize) -> Lanes<u32> {
    Lanes { lanes: vec![4; number], last: 1 }
}

/// A bundle of signals with `number` lanes.
fn signals(m: &Module, number: usize) -> Lanes<Signal<'_>> {
    lanes(number).map(|width| m.zero(*width))
}

#[derive(Bundle)]
struct Twice<T> {
    data: Vec<T>,
    data_0: T,
}

#[derive(Bundle)]
struct Pair<T> {
    one: T,
    two: T,
}

#[derive(Bundle)]
struct Handshake<T> {
    ready: T,
}

pub fn cases() -> Vec<Case> {
    vec![
        case("bundle_payload_of_other_lanes", |m| {
            let output = m.output_stream("out", &lanes(2));
            output.set_valid(m.lit(1, 1));
            output.ready().unused();
            output.set_payload(signals(m, 3));
        }),
        case("bundle_payload_of_other_widths", |m| {
            let output = m.output_stream("out", &lanes(1));
            output.set_valid(m.lit(1, 1));
            output.ready().unused();
            output.set_payload(Lanes { lanes: vec![m.zero(5)], last: m.zero(1) });
        }),
        case("bundle_payload_of_the_consumer_driven", |m| {
            let input = m.input_stream("in", &lanes(1));
            input.set_ready(m.lit(1, 1));
            input.valid().unused();
            input.payload.map(|signal| signal.unused());
            input.set_payload(signals(m, 1));
        }),
        case("bundle_payload_with_a_member_ready", |m| {
            let input = m.input_stream("in", &Handshake { ready: 1 });
            input.set_ready(input.valid());
        }),
        case("bundle_members_of_one_name", |m| {
            m.inputs(&Twice { data: vec![8], data_0: 8 }).map(|signal| signal.unused());
        }),
        case("bundle_member_without_width", |m| {
            m.inputs(&Handshake { ready: 0 }).ready.unused();
        }),
        case("bundle_register_without_width", |m| {
            m.regs("held", &Handshake { ready: 0 }).map(|register| register.set(m.zero(1)));
        }),
        case("bundle_held_by_a_wide_enable", |m| {
            let [a, b, _] = inputs(m);
            m.hold("held", &Pair { one: a, two: a }, b);
        }),
        case("bundle_outputs_of_other_lanes", |m| m.outputs(&lanes(3), signals(m, 1))),
        case("bundle_outputs_of_other_widths", |m| {
            let [a, _, _] = inputs(m);
            m.outputs(&Handshake { ready: 1 }, Handshake { ready: a });
        }),
        case("bundle_multiplexer_of_other_lanes", |m| {
            let [_, _, s] = inputs(m);
            m.outputs(&lanes(2), s.mux_all(&signals(m, 2), &signals(m, 4)));
        }),
        case("bundle_multiplexer_by_a_wide_select", |m| {
            let [a, b, _] = inputs(m);
            b.mux_all(&Pair { one: a, two: a }, &Pair { one: b, two: b });
        }),
        case("bundle_multiplexer_of_other_widths", |m| {
            let [a, b, s] = inputs(m);
            m.outputs(&Handshake { ready: 8 }, s.mux_all(&Handshake { ready: a }, &Handshake { ready: b }));
        }),
        case("bundle_unpacked_from_another_width", |m| {
            let [a, _, _] = inputs(m);
            m.outputs(&lanes(2), m.unpack(&lanes(2), a));
        }),
    ]
}
