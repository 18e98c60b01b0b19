//! Bundles: one declaration, generic over the type of its members.

use crate::machine::Machine;
use crate::{streams, top};
use hdl::{Bundle, Module, Shape, Signal};

/// A number as a factor.
#[derive(Clone, Copy, Debug, PartialEq, Bundle)]
struct Number<T> {
    /// 1 below zero.
    negative: T,
    /// Without the sign.
    magnitude: T,
}

#[derive(Clone, Debug, PartialEq, Bundle)]
struct Beat<T> {
    /// A byte a lane.
    lanes: Vec<T>,
    /// A pair
    /// of factors.
    ///
    /// Not the meaning any more.
    factors: [Number<T>; 2],
    scale: Option<Number<T>>,
    kind: Kind<T>,
    /// FP16.
    r#type: T,
    bias: u64,
}

/// What a beat carries, depending on the design's parameters.
#[derive(Clone, Debug, PartialEq, Bundle)]
enum Kind<T> {
    Empty,
    Address { address: T },
}

fn beat(lanes: usize, has_scale: bool) -> Beat<u32> {
    let number = Number { negative: 1, magnitude: 7 };
    Beat {
        lanes: vec![8; lanes],
        factors: [number; 2],
        scale: has_scale.then_some(number),
        kind: Kind::Address { address: 3 },
        r#type: 16,
        bias: 15,
    }
}

#[test]
fn a_flattened_bundle_has_its_own_names() {
    #[derive(Clone, Copy, Bundle)]
    struct Factor<T> {
        #[bundle(flatten)]
        number: Number<T>,
        last: T,
    }
    let factor = Factor { number: Number { negative: 1, magnitude: 7 }, last: 1 };
    assert_eq!(factor.names(), ["negative", "magnitude", "last"]);
}

#[test]
fn names_come_from_the_fields() {
    let expected = "lanes_0 lanes_1 factors_0_negative factors_0_magnitude factors_1_negative factors_1_magnitude \
                    kind_address type";
    assert_eq!(beat(2, false).names().join(" "), expected);
    let scale = ["scale_negative", "scale_magnitude"];
    assert_eq!(beat(0, true).names()[4..6], scale);
    let empty = Beat { kind: Kind::Empty, ..beat(0, false) };
    assert_eq!(empty.names()[4..], ["type"]);
}

#[test]
fn meanings_come_from_the_documentation() {
    let meanings: Vec<_> = beat(1, false).fields().into_iter().map(|field| field.meaning).collect();
    assert_eq!(meanings[..3], ["a byte a lane", "1 below zero", "without the sign"]);
    assert_eq!(meanings[meanings.len() - 2..], ["", "FP16"]);
    let given = Number { negative: Shape::bits(1), magnitude: Shape::bits(4).meaning_of("up to 9") };
    assert_eq!(given.fields()[1].meaning, "up to 9");
}

#[test]
fn what_is_no_member_goes_along() {
    let doubled = beat(2, true).map(|width| u64::from(*width) * 2);
    assert_eq!((doubled.lanes[1], doubled.bias), (16, 15));
    assert_eq!(doubled.map(|width| *width as u32 / 2), beat(2, true));
    assert_eq!(beat(2, true).zip(&doubled).map(|pairs| pairs.lanes[0]), Some((8, 16)));
    assert_eq!(beat(1, true).zip(&doubled), None);
}

/// The register stage of the stream tests, with a bundle as the payload.
fn stage(m: &Module) {
    #[derive(Clone, Copy, Bundle)]
    struct Packet<T> {
        /// A byte.
        data: T,
        /// Of its packet.
        last: T,
    }
    let packet = Packet { data: 8, last: 1 };
    let (input, output) = (m.input_stream("in", &packet), m.output_stream("out", &packet));
    let valid = m.reg("valid", 1).reset_to(0);
    let advance = !valid.value() | output.ready();
    input.set_ready(advance);
    valid.enable(advance).set(input.valid());
    output.set_valid(valid.value());
    output.set_payload(m.hold("held", &input.payload, input.fires()));
}

#[test]
fn a_stream_of_a_bundle_is_that_of_its_fields() {
    let netlist = top(stage);
    let names: Vec<&str> = netlist.top().ports.iter().map(|port| port.port.name.as_str()).collect();
    assert_eq!(names[..4], ["in_valid", "in_ready", "in_data", "in_last"]);
    let (arrived, violated) = streams::run(netlist);
    assert_eq!(arrived, (1..=60).collect::<Vec<_>>());
    assert!(violated.is_empty(), "{violated:?}");
}

/// Chooses between two numbers, through wires, registers and a packed word.
fn chosen<'m>(
    m: &'m Module,
    select: Signal<'m>,
    a: &Number<Signal<'m>>,
    b: &Number<Signal<'m>>,
) -> Number<Signal<'m>> {
    let (wires, registers) = (m.wires("between", a), m.regs("after", a));
    wires.zip(&select.mux_all(a, b)).unwrap().map(|(wire, value)| wire.drive(*value));
    registers.zip(&wires).unwrap().map(|(register, wire)| register.set(wire.value()));
    m.unpack(a, m.pack(&registers.map(|register| register.value())))
}

#[test]
fn bundles_are_chosen_packed_and_unpacked_as_a_whole() {
    #[derive(Clone, Copy, Bundle)]
    struct Pair<T> {
        a: Number<T>,
        b: Number<T>,
    }
    let number = Number { negative: 1, magnitude: 7 };
    let mut machine = Machine::new(top(|m| {
        let pair = m.inputs(&Pair { a: number, b: number });
        let chosen = chosen(m, m.input("select", 1, ""), &pair.a, &pair.b);
        m.output("word", m.pack(&chosen), "");
        m.outputs(&number, chosen);
    }));
    for (name, value) in [("a_negative", 1), ("a_magnitude", 5), ("b_negative", 0), ("b_magnitude", 9)] {
        machine.set(name, value);
    }
    for (select, negative, magnitude) in [(1, 1, 5), (0, 0, 9)] {
        machine.set("select", select);
        machine.step();
        assert_eq!((machine.get("negative"), machine.get("magnitude")), (negative, magnitude));
        assert_eq!(machine.get("word"), magnitude << 1 | negative);
    }
}
