//! What manifests and reports contain about a block, its ports and its timing.

use crate::terminal::json;
use blocks::block::{Block, Configured};
use blocks::channel::{Channel, Interface, Timing};
use hdl::netlist::ModuleDef;
use hdl::{Direction, Netlist};
use serde::{Serialize, Serializer};
use serde_json::Value;

/// The beginning of every report on a block.
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
    /// Direction, seen from inside the module.
    #[serde(serialize_with = "as_text")]
    pub direction: Direction,
    /// In bits.
    pub width: u32,
    /// What it carries.
    pub meaning: String,
}

/// The ports of a module that stands for any one of `variants`. These have the same clocking, and their ports differ in
/// width only. Clock and reset come first, if any variant uses them.
pub fn ports(variants: &[&Netlist]) -> Vec<Port> {
    let uses = |uses: fn(&ModuleDef) -> bool| variants.iter().any(|netlist| uses(netlist.top()));
    let clocking = &variants[0].clocking;
    let clocking = clocking.ports(uses(|top| top.uses_clock), uses(|top| top.uses_reset));
    let declared = variants[0].top().ports.iter().map(|def| (def.port.clone(), def.meaning.clone()));
    clocking.chain(declared).map(view).collect()
}

fn as_text<S: Serializer>(direction: &Direction, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(direction)
}

fn view((port, meaning): (hdl::Port, String)) -> Port {
    let hdl::Port { name, width, direction } = port;
    Port { name, direction, width, meaning }
}

/// A channel: fields that are transferred together.
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

/// The channels, inputs first.
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

/// When beats are transferred.
#[derive(Serialize)]
pub struct TimingView {
    /// `none` or `ready_valid`.
    pub handshake: &'static str,
    /// Cycles from a beat to its answer, without stalls; `None` if that depends on the beat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<u32>,
    /// Cycles from a beat to the next, without stalls; `None` if the block promises nothing.
    pub interval: Option<u32>,
    /// Number of answers that may be owed while the block still takes a beat at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
}

/// The timing of a block.
pub fn timing(block: &dyn Configured) -> TimingView {
    match (block.interface().timing, block.pace()) {
        // With state, a beat is what the ports are in a cycle, and no promise about what they are for.
        (Timing::Fixed { .. }, _) if block.pure_model().is_none() => {
            TimingView { handshake: "none", latency: None, interval: None, capacity: None }
        }
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
    /// The throughput in words.
    pub fn throughput(&self) -> String {
        let condition = if self.handshake == "none" { "" } else { ", without stalls" };
        match self.interval {
            Some(1) => format!("one beat per cycle{condition}"),
            Some(interval) => format!("one beat every {interval} cycles{condition}"),
            None => "depends on the beats".into(),
        }
    }
}

/// A latency in words.
pub fn cycles(count: Option<u32>) -> String {
    match count {
        None => "depends on the beats".into(),
        Some(0) => "0 cycles: outputs follow inputs in the same cycle".into(),
        Some(1) => "1 cycle".into(),
        Some(count) => format!("{count} cycles"),
    }
}
