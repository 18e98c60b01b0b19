//! What manifests and reports say of a block, its ports and its timing.

use crate::terminal::json;
use blocks::block::{Block, Configured};
use blocks::channel::{Channel, Interface, Timing};
use hdl::netlist::{ModuleDef, PortDef};
use hdl::{Direction, Netlist};
use serde::{Serialize, Serializer};
use serde_json::Value;

/// What any report on a block begins with.
#[derive(Serialize)]
pub struct Subject {
    block: &'static str,
    parameters: Value,
}

/// A block and its parameters.
pub fn subject(block: &Block, configured: &dyn Configured) -> Subject {
    Subject { block: block.name, parameters: json::parameters(&configured.values()) }
}

/// A port of the top module.
#[derive(Serialize)]
pub struct Port {
    /// Name in Verilog.
    pub name: String,
    /// Seen from inside the module.
    #[serde(serialize_with = "as_text")]
    pub direction: Direction,
    /// In bits.
    pub width: u32,
    /// What it carries.
    pub meaning: String,
}

/// The ports of a module that stands for any one of `variants`, which have the same clocking and whose ports
/// differ in width only: the first one's, clock and reset before them where any uses these.
pub fn ports(variants: &[&Netlist]) -> Vec<Port> {
    let uses = |uses: fn(&ModuleDef) -> bool| variants.iter().any(|netlist| uses(netlist.top()));
    let clocking = &variants[0].clocking;
    let clock = uses(|top| top.uses_clock).then(|| input(&clocking.clock, "clock, rising edge".into()));
    let reset = uses(|top| top.uses_reset).then(|| input(&clocking.reset, clocking.reset_meaning()));
    clock.into_iter().chain(reset).chain(variants[0].top().ports.iter().map(port)).collect()
}

fn as_text<S: Serializer>(direction: &Direction, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(direction)
}

fn input(name: &str, meaning: String) -> Port {
    Port { name: name.into(), direction: Direction::Input, width: 1, meaning }
}

fn port(def: &PortDef) -> Port {
    let hdl::Port { name, width, direction } = def.port.clone();
    Port { name, direction, width, meaning: def.meaning.clone() }
}

/// A channel: fields that travel together.
#[derive(Serialize)]
pub struct ChannelView {
    name: &'static str,
    #[serde(serialize_with = "as_text")]
    direction: Direction,
    fields: Vec<FieldView>,
}

#[derive(Serialize)]
struct FieldView {
    name: String,
    port: String,
    width: u32,
}

/// The channels, those into the block first.
pub fn channels(interface: &Interface) -> Vec<ChannelView> {
    let view = |channel: &Channel, direction| ChannelView {
        name: channel.name,
        direction,
        fields: channel.fields.iter().map(|field| field_view(interface, channel, field)).collect(),
    };
    let inputs = interface.inputs.iter().map(|channel| view(channel, Direction::Input));
    inputs.chain(interface.outputs.iter().map(|channel| view(channel, Direction::Output))).collect()
}

fn field_view(interface: &Interface, channel: &Channel, field: &hdl::Field) -> FieldView {
    FieldView { name: field.name.clone(), port: interface.port_name(channel, field), width: field.width }
}

/// When beats pass.
#[derive(Serialize)]
pub struct TimingView {
    /// `none` or `ready_valid`.
    pub handshake: &'static str,
    /// Cycles from a beat to its answer, where nothing stalls; `None` where that depends on the beat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<u32>,
    /// Cycles from a beat to the next, where nothing stalls; `None` where the block promises nothing.
    pub interval: Option<u32>,
    /// Answers that may be owed while a beat is still taken at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
}

/// The timing of a block.
pub fn timing(block: &dyn Configured) -> TimingView {
    match (block.interface().timing, block.pace()) {
        (Timing::Fixed { latency }, _) => {
            TimingView { handshake: "none", latency: Some(latency), interval: Some(1), capacity: None }
        }
        (Timing::ReadyValid { latency }, pace) => TimingView {
            handshake: "ready_valid",
            latency: Some(latency),
            interval: pace.map(|pace| pace.interval),
            capacity: pace.map(|pace| pace.capacity),
        },
        (Timing::Elastic, _) => {
            TimingView { handshake: "ready_valid", latency: None, interval: None, capacity: None }
        }
    }
}

impl TimingView {
    /// How often a beat passes, in words.
    pub fn throughput(&self) -> String {
        let condition = if self.handshake == "none" { "" } else { ", where nothing stalls" };
        match self.interval {
            Some(1) => format!("one beat in every cycle{condition}"),
            Some(interval) => format!("one beat in every {interval} cycles{condition}"),
            None => "as the beats allow".into(),
        }
    }
}
