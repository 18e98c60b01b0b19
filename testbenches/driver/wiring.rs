//! Maps the channels of a block to the ports of its design.

use blocks::block::Configured;
use blocks::channel::{Channel, Interface, Timing};
use hdl::{Bits, Clocking, Direction, Level, Port, limbs_for};
use sim::port_named;

/// The ports of a block, by purpose. A port is an index into the simulator's ports.
pub(super) struct Wiring {
    pub(super) ports: Vec<Port>,
    pub(super) inputs: Vec<ChannelPorts>,
    pub(super) outputs: Vec<ChannelPorts>,
    pub(super) reset: Option<Reset>,
}

/// The ports of a channel.
#[derive(Clone)]
pub(super) struct ChannelPorts {
    pub(super) handshake: Option<Handshake>,
    pub(super) fields: Vec<FieldPort>,
    /// Limbs of a whole beat.
    pub(super) limbs: usize,
}

/// The ports of a handshake.
#[derive(Clone, Copy)]
pub(super) struct Handshake {
    pub(super) valid: usize,
    pub(super) ready: usize,
}

/// The port of a field, and where its value is in the limbs of a beat.
#[derive(Clone)]
pub(super) struct FieldPort {
    pub(super) port: usize,
    pub(super) width: u32,
    pub(super) first_limb: usize,
}

/// The reset port and the values that it takes.
#[derive(Clone, Copy)]
pub(super) struct Reset {
    pub(super) port: usize,
    pub(super) active: u64,
}

impl FieldPort {
    /// The field's limbs in those of a beat.
    pub(super) fn of<'b>(&self, beat: &'b [u64]) -> &'b [u64] {
        &beat[self.first_limb..self.first_limb + limbs_for(self.width)]
    }

    /// The field's value in a beat.
    pub(super) fn value(&self, beat: &[u64]) -> Bits {
        Bits::from_limbs(self.width, self.of(beat))
    }
}

impl Wiring {
    /// Finds every port of the interface; the error names a port that the design lacks, or has beyond it.
    pub(super) fn new(ports: &[Port], block: &dyn Configured, clocking: &Clocking) -> Result<Wiring, String> {
        let (interface, levels) = (&block.interface(), block.levels());
        let mut search = Search { ports, is_used: vec![false; ports.len()] };
        let inputs = search.channels(&interface.inputs, interface, Direction::Input)?;
        let outputs = search.channels(&interface.outputs, interface, Direction::Output)?;
        let reset = ports.iter().position(|port| port.name == clocking.reset).map(|port| {
            search.is_used[port] = true;
            Reset { port, active: u64::from(clocking.active == Level::High) }
        });
        let is_level = |port: &Port| levels.iter().any(|level| level.name == port.name);
        match search.is_used.iter().zip(ports).position(|(is_used, port)| !is_used && !is_level(port)) {
            Some(port) => Err(format!("port `{}` belongs to no channel of the block", ports[port].name)),
            None => Ok(Wiring { ports: ports.to_vec(), inputs, outputs, reset }),
        }
    }
}

/// The search for ports by name.
struct Search<'a> {
    ports: &'a [Port],
    is_used: Vec<bool>,
}

impl Search<'_> {
    fn channels(
        &mut self,
        channels: &[Channel],
        interface: &Interface,
        direction: Direction,
    ) -> Result<Vec<ChannelPorts>, String> {
        channels.iter().map(|channel| self.channel(channel, interface, direction)).collect()
    }

    fn channel(
        &mut self,
        channel: &Channel,
        interface: &Interface,
        direction: Direction,
    ) -> Result<ChannelPorts, String> {
        let handshake = match interface.timing {
            Timing::Fixed { .. } => None,
            Timing::ReadyValid { .. } | Timing::Elastic => Some(Handshake {
                valid: self.port(&channel.port("valid"), 1, direction)?,
                ready: self.port(&channel.port("ready"), 1, direction.flip())?,
            }),
        };
        let (mut fields, mut limbs) = (vec![], 0);
        for field in &channel.fields {
            let port = self.port(&interface.port_name(channel, field), field.width, direction)?;
            fields.push(FieldPort { port, width: field.width, first_limb: limbs });
            limbs += limbs_for(field.width);
        }
        Ok(ChannelPorts { handshake, fields, limbs })
    }

    fn port(&mut self, name: &str, width: u32, direction: Direction) -> Result<usize, String> {
        let index = port_named(self.ports, name)
            .map_err(|unknown| format!("{unknown}; the block has {direction} of {width} bits"))?;
        let port = &self.ports[index];
        if (port.width, port.direction) != (width, direction) {
            let Port { width: found, direction: way, .. } = port;
            return Err(format!(
                "port `{name}` is {way} of {found} bits: the block has {direction} of {width}"
            ));
        }
        self.is_used[index] = true;
        Ok(index)
    }
}
