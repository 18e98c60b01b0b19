//! The bus interfaces of a block, found in the names of its ports: AXI4, AXI4-Lite, AXI4-Stream, and other streams with `valid`
//! and `ready`.

use crate::block::views::Port;
use hdl::Direction;

/// What a bus speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Reads and writes of single words.
    AxiLite,
    /// Reads and writes in bursts.
    Axi,
    /// A stream with AXI's names.
    AxiStream,
    /// A stream with any fields.
    Stream,
}

/// The ports of a bus.
#[derive(Debug)]
pub struct Bus {
    /// What the names of its ports begin with.
    pub name: String,
    pub kind: Kind,
    /// Whether the block answers requests, or takes beats.
    pub is_slave: bool,
    pub members: Vec<Member>,
}

/// A port of a bus.
#[derive(Debug)]
pub struct Member {
    /// The channel of AXI4 and AXI4-Lite, such as `aw`; empty in streams.
    pub channel: String,
    /// Name in its channel: `valid`, `ready`, or a field.
    pub name: String,
    pub port: String,
    pub width: u32,
    pub direction: Direction,
}

impl Bus {
    /// The member of a channel.
    pub fn member(&self, channel: &str, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.channel == channel && member.name == name)
    }

    /// What beats of a stream carry.
    pub fn fields(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| !["valid", "ready"].contains(&member.name.as_str()))
    }
}

impl Member {
    /// Whether it marks the last beat of a packet.
    pub fn is_last(&self) -> bool {
        self.name == "last" && self.width == 1
    }
}

/// The names of AXI's channels.
const CHANNELS: [&str; 5] = ["aw", "w", "b", "ar", "r"];

/// Finds the buses among the ports, in the order of their first ports.
pub fn find(ports: &[Port]) -> Vec<Bus> {
    let stems: Vec<&str> = ports.iter().filter_map(|port| stem(port, ports)).collect();
    let mut buses: Vec<Bus> = vec![];
    for port in ports {
        let Some(stem) = stem_of(port, &stems) else { continue };
        let (name, channel, kind) = classify(stem);
        let member = Member {
            channel: channel.into(),
            name: port.name[stem.len()..].into(),
            port: port.name.clone(),
            width: port.width,
            direction: port.direction,
        };
        match buses.iter_mut().find(|bus| bus.name == name) {
            Some(bus) => bus.members.push(member),
            None => buses.push(Bus { name: name.into(), kind, is_slave: false, members: vec![member] }),
        }
    }
    buses.iter_mut().for_each(complete);
    buses
}

/// What stands before `valid` in the name of a port that has a `ready` the other way.
fn stem<'p>(port: &'p Port, ports: &[Port]) -> Option<&'p str> {
    let stem = port.name.strip_suffix("valid").filter(|stem| !stem.is_empty())?;
    let answers = |other: &Port| {
        other.name == format!("{stem}ready") && other.direction == port.direction.flip() && other.width == 1
    };
    (port.width == 1 && ports.iter().any(answers)).then_some(stem)
}

/// The longest stem that the name of a port begins with, if it is a member of that handshake. The payload goes the way of `valid`.
fn stem_of<'s>(port: &Port, stems: &[&'s str]) -> Option<&'s str> {
    let begins = stems.iter().copied().filter(|stem| port.name.starts_with(stem));
    begins.max_by_key(|stem| stem.len()).filter(|stem| port.name.len() > stem.len())
}

/// The bus and the channel that a stem stands for.
fn classify(stem: &str) -> (&str, &str, Kind) {
    for prefix in ["s_axis", "m_axis"] {
        if let Some(name) = stem.strip_suffix("_t").filter(|name| name.starts_with(prefix)) {
            return (name, "", Kind::AxiStream);
        }
    }
    let mut channels =
        CHANNELS.iter().filter_map(|channel| Some((stem.strip_suffix(&format!("_{channel}"))?, *channel)));
    match channels.find(|(name, _)| ["s_axi", "m_axi"].iter().any(|prefix| name.starts_with(prefix))) {
        Some((name, channel)) => (name, channel, Kind::AxiLite),
        None => (stem.strip_suffix('_').unwrap_or(stem), "", Kind::Stream),
    }
}

/// Sets what follows from all members, and leaves out those that go the wrong way.
fn complete(bus: &mut Bus) {
    let ways: Vec<(String, Direction)> = bus
        .members
        .iter()
        .filter(|member| member.name == "valid")
        .map(|member| (member.channel.clone(), member.direction))
        .collect();
    let way = |channel: &str| ways.iter().find(|(of, _)| of == channel).map(|(_, direction)| *direction);
    bus.members.retain(|member| member.name == "ready" || way(&member.channel) == Some(member.direction));
    let is_read_only = way("aw").is_none();
    bus.is_slave = match bus.kind {
        Kind::AxiStream | Kind::Stream => way("") == Some(Direction::Input),
        Kind::AxiLite | Kind::Axi => way(if is_read_only { "ar" } else { "aw" }) == Some(Direction::Input),
    };
    if bus.member("aw", "len").or(bus.member("ar", "len")).is_some() {
        bus.kind = Kind::Axi;
    }
}
