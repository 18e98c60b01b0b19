//! A LiteX module that instantiates the block.

use super::bus::{Bus, Kind, Member};
use super::contents::{Contents, quoted, render};
use super::flow::Flow;
use hdl::Direction;
use serde::Serialize;

pub const FLOW: Flow = Flow {
    name: "litex",
    about: "A LiteX module, with its buses and streams as LiteX has them",
    files,
    usage,
};

/// The width of byte addresses on LiteX's buses.
const ADDRESS: u32 = 32;

/// An attribute of the module.
#[derive(Serialize)]
struct Attribute {
    name: String,
    /// The expression that makes it.
    made: String,
    /// What the block leaves open.
    tied: Option<Tied>,
}

/// A member of a bus that is always the same.
#[derive(Serialize)]
struct Tied {
    member: &'static str,
    value: String,
}

/// A port of the instance.
#[derive(Serialize)]
struct Connection {
    /// `i` or `o`.
    way: char,
    port: String,
    signal: String,
}

/// The class, and the connections that it makes.
struct Module {
    attributes: Vec<Attribute>,
    connections: Vec<Connection>,
}

fn files(contents: &Contents) -> Vec<(String, String)> {
    let Module { attributes, connections } = module(contents);
    let mut context = contents.context();
    context.insert("class", &class(contents.top));
    context.insert("documentation", &documentation(contents));
    context.insert("interconnect", &interconnect(contents).join(", "));
    context.insert("migen", &migen(contents).join(", "));
    context.insert("attributes", &attributes);
    context.insert("connections", &connections);
    vec![(file(contents), render(include_str!("templates/litex.py.tera"), &context))]
}

fn file(contents: &Contents) -> String {
    format!("{}_litex.py", contents.top)
}

fn documentation(contents: &Contents) -> String {
    quoted(&format!("{}: {}.", contents.chosen.title(), contents.chosen.block.summary))
}

/// What the module takes from LiteX.
fn interconnect(contents: &Contents) -> Vec<&'static str> {
    let has = |kinds: &[Kind]| contents.buses.iter().any(|bus| kinds.contains(&bus.kind));
    let needed =
        [("axi", has(&[Kind::Axi, Kind::AxiLite, Kind::AxiStream])), ("stream", has(&[Kind::Stream]))];
    needed.into_iter().filter(|(_, is_needed)| *is_needed).map(|(name, _)| name).collect()
}

/// What the module takes from Migen.
fn migen(contents: &Contents) -> Vec<&'static str> {
    let needed = [
        ("ClockSignal", contents.clock.is_some()),
        ("Instance", true),
        ("ResetSignal", contents.reset.is_some()),
        ("Signal", contents.single_ports().next().is_some()),
    ];
    needed.into_iter().filter(|(_, is_needed)| *is_needed).map(|(name, _)| name).collect()
}

/// The name of a module as that of a class.
fn class(top: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
            .unwrap_or_default()
    };
    top.split('_').map(word).collect()
}

fn module(contents: &Contents) -> Module {
    let mut module = Module { attributes: vec![], connections: vec![] };
    if let Some(clock) = &contents.clock {
        module.connect(Direction::Input, clock, "ClockSignal(\"sys\")".into());
    }
    if let Some(reset) = &contents.reset {
        let inverted = if reset.active == 1 { "" } else { "~" };
        module.connect(Direction::Input, &reset.port, format!("{inverted}ResetSignal(\"sys\")"));
    }
    contents.buses.iter().for_each(|bus| module.bus(bus));
    for port in contents.single_ports() {
        let name = attribute(&port.name);
        module.connect(port.direction, &port.name, format!("self.{name}"));
        module.attributes.push(Attribute { name, made: format!("Signal({})", port.width), tied: None });
    }
    module
}

impl Module {
    fn connect(&mut self, direction: Direction, port: &str, signal: String) {
        let way = match direction {
            Direction::Input => 'i',
            Direction::Output => 'o',
        };
        self.connections.push(Connection { way, port: port.into(), signal });
    }

    fn bus(&mut self, bus: &Bus) {
        let name = attribute(&bus.name);
        for member in &bus.members {
            self.connect(member.direction, &member.port, format!("self.{name}.{}", place(bus, member)));
        }
        self.attributes.push(Attribute { made: made(bus), tied: tied(bus), name });
    }
}

/// The expression that makes a bus.
fn made(bus: &Bus) -> String {
    let width = |channels: [&str; 2], name| {
        channels.iter().find_map(|channel| bus.member(channel, name)).map_or(1, |member| member.width)
    };
    let data = width(["w", "r"], "data");
    let address = width(["aw", "ar"], "addr");
    match bus.kind {
        Kind::AxiLite => {
            let address = if bus.is_slave { address.max(ADDRESS) } else { address };
            format!("axi.AXILiteInterface(data_width={data}, address_width={address})")
        }
        Kind::Axi => {
            let address = if bus.is_slave { address.max(ADDRESS) } else { address };
            let id = width(["aw", "ar"], "id");
            format!("axi.AXIInterface(data_width={data}, address_width={address}, id_width={id})")
        }
        Kind::AxiStream => {
            let of = |name| bus.member("", name).map_or(0, |member| member.width);
            let [data, user, id, dest] = ["data", "user", "id", "dest"].map(of);
            let widths = format!("data_width={data}, keep_width={}", data.div_ceil(8));
            format!("axi.AXIStreamInterface({widths}, user_width={user}, id_width={id}, dest_width={dest})")
        }
        Kind::Stream => {
            let fields = bus.fields().filter(|field| !field.is_last());
            let fields: Vec<String> =
                fields.map(|field| format!("(\"{}\", {})", payload(field), field.width)).collect();
            format!("stream.Endpoint([{}])", fields.join(", "))
        }
    }
}

/// A master without byte enables sends whole words.
fn tied(bus: &Bus) -> Option<Tied> {
    let data = bus.member("", "data").filter(|_| bus.kind == Kind::AxiStream && !bus.is_slave)?;
    bus.member("", "keep")
        .is_none()
        .then(|| Tied { member: "keep", value: format!("2**{} - 1", data.width.div_ceil(8)) })
}

/// The member of a LiteX bus that a port is connected to.
fn place(bus: &Bus, member: &Member) -> String {
    match bus.kind {
        Kind::AxiLite | Kind::Axi if is_narrow(bus, member) => {
            format!("{}.addr[0:{}]", member.channel, member.width)
        }
        Kind::AxiLite | Kind::Axi => format!("{}.{}", member.channel, member.name),
        Kind::AxiStream => member.name.clone(),
        Kind::Stream if member.is_last() || ["valid", "ready"].contains(&member.name.as_str()) => {
            member.name.clone()
        }
        Kind::Stream => payload(member),
    }
}

/// Whether a block that answers has fewer bits of an address than LiteX's buses.
fn is_narrow(bus: &Bus, member: &Member) -> bool {
    bus.is_slave && member.name == "addr" && member.width < ADDRESS
}

/// Names that LiteX's streams have for other things.
const TAKEN: [&str; 15] = [
    "connect",
    "description",
    "eq",
    "first",
    "flatten",
    "iter_flat",
    "last",
    "layout",
    "name",
    "param",
    "payload",
    "raw_bits",
    "ready",
    "signals",
    "valid",
];

/// A field of a stream.
fn payload(field: &Member) -> String {
    let name = python(&field.name);
    if TAKEN.contains(&name.as_str()) { name + "_" } else { name }
}

/// Names that LiteX's modules have for other things.
const ATTRIBUTES: [&str; 12] = [
    "add_module",
    "add_sources",
    "autocsr_exclude",
    "clock_domains",
    "comb",
    "finalize",
    "finalized",
    "get_csrs",
    "get_fragment",
    "specials",
    "submodules",
    "sync",
];

/// A bus or port as an attribute; LiteX's usual names for the only streams.
fn attribute(name: &str) -> String {
    match name {
        "in" => "sink".into(),
        "out" => "source".into(),
        name if ATTRIBUTES.contains(&name) => format!("{name}_"),
        name => python(name),
    }
}

/// Python's keywords in lower case.
const KEYWORDS: [&str; 32] = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
    "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not",
    "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// A name in Python.
fn python(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("{name}_") } else { name.into() }
}

fn usage(contents: &Contents) -> String {
    let (file, class) = (file(contents), class(contents.top));
    let joints: Vec<String> = contents.buses.iter().filter_map(joint).collect();
    let region = match contents.buses.iter().any(is_registers) {
        true => "from litex.soc.integration.soc import SoCRegion\n",
        false => "",
    };
    let interrupt = match contents.single_ports().any(|port| port.name == "irq") {
        true => {
            "\n`self.accelerator.irq` is an interrupt, high until it is served: \
                 `self.comb += self.cpu.interrupt[N].eq(self.accelerator.irq)` with an N that no other core has.\n"
        }
        false => "",
    };
    format!(
        "`{file}` needs LiteX 2024.12 or later. In a SoC, with this folder on `PYTHONPATH` (and `PYTHONDONTWRITEBYTECODE=1`, which keeps \
         Python's files out of it):\n\n```python\n{region}from {} import {class}\n\n\
         self.accelerator = {class}(platform)\n{}```\n{interrupt}",
        file.trim_end_matches(".py"),
        joints.concat()
    )
}

fn is_registers(bus: &Bus) -> bool {
    bus.kind == Kind::AxiLite && bus.is_slave
}

/// The line that joins a bus to that of the SoC.
fn joint(bus: &Bus) -> Option<String> {
    let name = attribute(&bus.name);
    match bus.kind {
        Kind::AxiLite if is_registers(bus) => Some(format!(
            "self.bus.add_slave(\"accelerator\", self.accelerator.{name}, SoCRegion(origin=0x30000000, size=0x1000, cached=False))\n"
        )),
        Kind::AxiLite | Kind::Axi if !bus.is_slave => {
            Some(format!("self.bus.add_master(\"accelerator_{name}\", self.accelerator.{name})\n"))
        }
        Kind::AxiLite | Kind::Axi | Kind::AxiStream | Kind::Stream => None,
    }
}
