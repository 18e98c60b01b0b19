//! Bundles: nesting, flipping, and connection in every direction.

use crate::machine::Machine;
use crate::{design, top};
use hdl::{Direction, Signature};

fn request() -> Signature {
    Signature::new().output("address", 8, "where").output("write", 1, "or read").input(
        "data",
        16,
        "what was read",
    )
}

fn port_list(netlist: &hdl::Netlist) -> Vec<(String, u32, Direction)> {
    let ports = netlist.top().ports.iter();
    ports.map(|def| (def.port.name.clone(), def.port.width, def.port.direction)).collect()
}

#[test]
fn members_become_ports_with_their_directions() {
    let bundle =
        Signature::new().nested("left", &request()).nested("right", &request().flip()).output("ok", 1, "");
    let netlist = top(|m| {
        let bus = m.bundle_ports("bus", &bundle);
        bus.set("left_address", m.lit(0, 8));
        bus.set("left_write", bus.get("right_write"));
        bus.set("right_data", bus.get("left_data") + bus.get("right_address").zext(16));
        bus.set("ok", m.lit(1, 1));
    });
    let (input, output) = (Direction::Input, Direction::Output);
    let expected = [
        ("bus_left_address", 8, output),
        ("bus_left_write", 1, output),
        ("bus_left_data", 16, input),
        ("bus_right_address", 8, input),
        ("bus_right_write", 1, input),
        ("bus_right_data", 16, output),
        ("bus_ok", 1, output),
    ];
    assert_eq!(port_list(&netlist), expected.map(|(name, width, way)| (name.to_string(), width, way)));
    assert_eq!(netlist.top().ports[0].meaning, "where");
}

#[test]
fn flipping_twice_changes_nothing() {
    let bundle = Signature::new().nested("inner", &request().flip());
    assert_eq!(bundle.flip().flip(), bundle);
    assert_ne!(bundle.flip(), bundle);
}

#[test]
fn an_output_can_be_read_back() {
    let mut machine = Machine::new(top(|m| {
        let bus = m.bundle_ports("bus", &Signature::new().output("data", 8, "").input("step", 8, ""));
        let r = m.reg("r", 8).reset_to(0);
        r.set(bus.get("data"));
        bus.set("data", r.value() + bus.get("step"));
    }));
    machine.reset();
    machine.set("bus_step", 3);
    machine.step();
    assert_eq!(machine.get("bus_data"), 6);
}

/// From the parent's ports through two instances and out again, with one call for each connection.
#[test]
fn connection_works_between_ports_and_instances_in_both_orders() {
    let netlist = design(|design| {
        let memory = design.module("memory", &[], |m| {
            let bus = m.bundle_ports("bus", &request().flip());
            bus.get("write").unused();
            bus.set("data", bus.get("address").zext(16) + 1000);
        });
        let relay = design.module("relay", &[], |m| {
            let (up, down) = (m.bundle_ports("up", &request().flip()), m.bundle_ports("down", &request()));
            up.connect(&down);
        });
        design.module("top", &[], |m| {
            let (relay, memory) = (m.instance("u_relay", relay), m.instance("u_memory", memory));
            let bus = m.bundle_ports("bus", &request().flip());
            bus.connect(&relay.interface("up", &request().flip()));
            memory.interface("bus", &request().flip()).connect(&relay.interface("down", &request()));
        })
    });
    let mut machine = Machine::new(netlist);
    machine.set("bus_address", 234);
    assert_eq!(machine.get("bus_data"), 1234);
}

#[test]
fn wires_to_an_instance_have_its_scope_once() {
    let netlist = design(|design| {
        let sink = design.module("sink", &[], |m| {
            let bus = m.bundle_ports("in", &Signature::new().input("data", 8, ""));
            m.output("y", bus.get("data"), "");
        });
        design.module("top", &[], |m| {
            let y = m.scope("lane0", || {
                let child = m.instance("u_sink", sink);
                child
                    .interface("in", &Signature::new().input("data", 8, ""))
                    .set("data", m.input("x", 8, "") + 1);
                child.get("y")
            });
            m.output("y", y, "");
        })
    });
    let names = crate::logic(netlist.top()).nodes.iter().filter_map(|node| node.name.as_deref());
    assert_eq!(names.collect::<Vec<_>>(), ["x", "lane0_u_sink_in_data"]);
}
