//! The shape of a stream.

use hdl::{Field, Payload, member_port};

/// A named group of fields that travel together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Name; with a handshake it prefixes the ports.
    pub name: &'static str,
    /// The payload.
    pub fields: Vec<Field>,
}

impl Channel {
    /// A channel with this payload.
    pub fn new(name: &'static str, payload: &(impl Payload + ?Sized)) -> Channel {
        Channel { name, fields: payload.fields() }
    }

    /// The port of a member of a channel with a handshake: `valid`, `ready`, or a field.
    pub fn port(&self, member: &str) -> String {
        member_port(self.name, member)
    }
}
