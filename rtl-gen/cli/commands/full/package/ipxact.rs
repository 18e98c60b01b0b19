//! A component in IP-XACT, IEEE 1685-2014.

use super::bus::{Bus, Kind, Member};
use super::contents::{Contents, Reset, render_xml};
use super::flow::Flow;
use crate::block::views::Port;
use hdl::Direction;
use parts::registers::{Access, Register, RegisterField, RegisterMap};
use serde::Serialize;

pub const FLOW: Flow = Flow {
    name: "ipxact",
    about: "A component in IP-XACT (IEEE 1685-2014), with bus interfaces and registers",
    files,
    usage,
};

/// A bus interface.
#[derive(Serialize)]
struct Interface<'a> {
    name: &'a str,
    definition: Definition,
    /// `slave` or `master`.
    mode: &'static str,
    /// Whether the memory map is behind it.
    has_registers: bool,
    parameters: Vec<Parameter>,
    maps: Vec<PortMap<'a>>,
}

/// What a clock or a reset says beyond its port.
#[derive(Serialize)]
struct Parameter {
    name: &'static str,
    value: String,
}

/// A bus definition: its vendor, library, name and version. The abstraction adds `_rtl` to the name.
#[derive(Clone, Copy, Serialize)]
struct Definition {
    vendor: &'static str,
    library: &'static str,
    name: &'static str,
    version: &'static str,
}

/// A port of a bus definition, and the block's.
#[derive(Serialize)]
struct PortMap<'a> {
    logical: String,
    port: &'a str,
}

/// A port.
#[derive(Serialize)]
struct PortView<'a> {
    name: &'a str,
    meaning: &'a str,
    /// `in` or `out`.
    direction: &'static str,
    /// The highest bit, where there are several.
    left: Option<u32>,
}

/// A register.
#[derive(Serialize)]
struct RegisterView {
    name: &'static str,
    meaning: &'static str,
    address: usize,
    fields: Vec<FieldView>,
}

/// A field of a register.
#[derive(Serialize)]
struct FieldView {
    name: &'static str,
    meaning: &'static str,
    low: u32,
    width: u32,
    /// In decimal.
    reset: Option<String>,
    volatile: bool,
    access: &'static str,
    modified: Option<&'static str>,
    /// Its values, where they have names.
    codes: Vec<CodeView>,
}

/// A value of a field.
#[derive(Serialize)]
struct CodeView {
    name: &'static str,
    code: u32,
}

/// The address block of the registers.
#[derive(Serialize)]
struct MapView {
    name: &'static str,
    bytes: usize,
}

const fn amba(name: &'static str, version: &'static str) -> Definition {
    Definition { vendor: "amba.com", library: "AMBA4", name, version }
}

/// There are no definitions of clocks and resets beyond those of vendors; Xilinx's are the most common.
const fn signal(name: &'static str) -> Definition {
    Definition { vendor: "xilinx.com", library: "signal", name, version: "1.0" }
}

const AXI: Definition = amba("AXI4", "r0p0_0");
const AXI_LITE: Definition = amba("AXI4-Lite", "r0p0_0");
const AXI_STREAM: Definition = amba("AXI4Stream", "r0p0_1");

fn files(contents: &Contents) -> Vec<(String, String)> {
    let mut interfaces: Vec<Interface> = contents.buses.iter().filter_map(interface).collect();
    let names: Vec<&str> = interfaces.iter().map(|interface| interface.name).collect();
    let names = names.join(":");
    interfaces.extend(contents.clock.as_deref().map(|port| clock(port, names, contents.reset.as_ref())));
    interfaces.extend(contents.reset.as_ref().map(reset));
    let mut context = contents.context();
    context.insert("interfaces", &interfaces);
    context.insert("ports", &contents.ports.iter().map(port).collect::<Vec<_>>());
    let map = contents.chosen.configured.registers();
    let view = |map: &RegisterMap| MapView { name: map.name, bytes: 4 * map.registers.len() };
    context.insert("map", &map.as_ref().map(view));
    context.insert("registers", &map.as_ref().map(registers));
    vec![(format!("{}.xml", contents.top), render_xml(include_str!("templates/ipxact.xml.tera"), &context))]
}

fn interface(bus: &Bus) -> Option<Interface<'_>> {
    let (definition, logical): (Definition, fn(&Member) -> String) = match bus.kind {
        Kind::Axi => (AXI, |member| format!("{}{}", member.channel, member.name)),
        Kind::AxiLite => (AXI_LITE, |member| format!("{}{}", member.channel, member.name)),
        Kind::AxiStream => (AXI_STREAM, |member| format!("t{}", member.name)),
        Kind::Stream if is_like_axi(bus) => (AXI_STREAM, stream_port),
        Kind::Stream => return None,
    };
    Some(Interface {
        name: &bus.name,
        definition,
        mode: if bus.is_slave { "slave" } else { "master" },
        has_registers: bus.kind == Kind::AxiLite && bus.is_slave,
        parameters: vec![],
        maps: bus
            .members
            .iter()
            .map(|member| PortMap { logical: logical(member).to_uppercase(), port: &member.port })
            .collect(),
    })
}

/// Whether a stream is one of AXI but for its names: it has one field of whole bytes, and perhaps `last`.
fn is_like_axi(bus: &Bus) -> bool {
    let mut data = bus.fields().filter(|field| !field.is_last());
    let is_bytes = data.next().is_some_and(|field| field.width.is_multiple_of(8));
    is_bytes && data.next().is_none()
}

fn stream_port(member: &Member) -> String {
    match member.name.as_str() {
        name @ ("valid" | "ready") => format!("t{name}"),
        _ if member.is_last() => "tlast".into(),
        _ => "tdata".into(),
    }
}

/// The clock, with the names of the interfaces that it times, joined by `:`, and its reset.
fn clock<'a>(port: &'a str, interfaces: String, reset: Option<&Reset>) -> Interface<'a> {
    let interfaces = Some(interfaces).filter(|names| !names.is_empty());
    let busif = interfaces.map(|value| Parameter { name: "ASSOCIATED_BUSIF", value });
    let reset = reset.map(|reset| Parameter { name: "ASSOCIATED_RESET", value: reset.port.clone() });
    single(port, signal("clock"), "CLK", busif.into_iter().chain(reset).collect())
}

fn reset(reset: &Reset) -> Interface<'_> {
    let polarity = if reset.active == 1 { "ACTIVE_HIGH" } else { "ACTIVE_LOW" };
    single(&reset.port, signal("reset"), "RST", vec![Parameter { name: "POLARITY", value: polarity.into() }])
}

fn single<'a>(
    port: &'a str,
    definition: Definition,
    logical: &str,
    parameters: Vec<Parameter>,
) -> Interface<'a> {
    let maps = vec![PortMap { logical: logical.into(), port }];
    Interface { name: port, definition, mode: "slave", has_registers: false, parameters, maps }
}

fn port(port: &Port) -> PortView<'_> {
    PortView {
        name: &port.name,
        meaning: &port.meaning,
        direction: match port.direction {
            Direction::Input => "in",
            Direction::Output => "out",
        },
        left: (port.width > 1).then(|| port.width - 1),
    }
}

fn registers(map: &RegisterMap) -> Vec<RegisterView> {
    let view = |(index, register): (usize, &Register)| RegisterView {
        name: register.name,
        meaning: register.meaning,
        address: 4 * index,
        fields: register.fields.iter().map(field).collect(),
    };
    map.registers.iter().enumerate().map(view).collect()
}

/// A field, in the terms that `peakrdl ip-xact` makes of the SystemRDL.
fn field(field: &RegisterField) -> FieldView {
    let (access, modified, reset, volatile) = match field.access {
        Access::ReadWrite | Access::Forwarded => ("read-write", None, Some(0), false),
        Access::ReadOnly => ("read-only", None, None, true),
        Access::Constant(value) => ("read-only", None, Some(value), false),
        Access::Pulse => ("write-only", None, Some(0), true),
        Access::WriteOneToClear => ("read-write", Some("oneToClear"), Some(0), true),
    };
    FieldView {
        name: field.name,
        meaning: field.meaning,
        low: field.low,
        width: field.width,
        reset: reset.map(|value: u32| value.to_string()),
        volatile,
        access,
        modified,
        codes: field.codes.iter().map(|code| CodeView { name: code.name, code: code.code }).collect(),
    }
}

fn usage(contents: &Contents) -> String {
    format!(
        "`{}.xml` is a component of IEEE 1685-2014. Bus definitions are Arm's `amba.com:AMBA4`, and Xilinx's for clock and reset; \
         a stream with one field of whole bytes is an AXI4-Stream, others are ports.\n",
        contents.top
    )
}
