//! Bundles: named groups of signals with directions, connected by one checked operation.

use crate::Direction;
use crate::diagnostic::Source;
use crate::instance::Child;
use crate::module::Module;
use crate::signal::{Signal, counted_bits};
use crate::wire::Wire;
use std::panic::Location;

/// The shape of a bundle: its members, their widths, and which way each goes seen from the producer.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Bundle {
    members: Vec<Member>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Member {
    name: String,
    width: u32,
    direction: Direction,
    meaning: String,
}

impl Bundle {
    /// A bundle without members.
    pub fn new() -> Bundle {
        Bundle::default()
    }

    /// With a member that the producer drives.
    pub fn output(self, name: &str, width: u32, meaning: &str) -> Bundle {
        self.member(name, width, Direction::Output, meaning)
    }

    /// With a member that the producer receives.
    pub fn input(self, name: &str, width: u32, meaning: &str) -> Bundle {
        self.member(name, width, Direction::Input, meaning)
    }

    /// With all the members of another bundle, `name_` before their names.
    pub fn nested(mut self, name: &str, inner: &Bundle) -> Bundle {
        let prefixed =
            inner.members.iter().map(|m| Member { name: format!("{name}_{}", m.name), ..m.clone() });
        self.members.extend(prefixed);
        self
    }

    /// The same members seen from the other side.
    pub fn flip(&self) -> Bundle {
        let flipped = |m: &Member| Member { direction: m.direction.flip(), ..m.clone() };
        Bundle { members: self.members.iter().map(flipped).collect() }
    }

    fn member(mut self, name: &str, width: u32, direction: Direction, meaning: &str) -> Bundle {
        self.members.push(Member { name: name.into(), width, direction, meaning: meaning.into() });
        self
    }
}

/// A bundle in a module: each member can be read, or be driven once.
#[derive(Clone)]
pub struct Interface<'m> {
    module: &'m Module,
    name: String,
    ends: Vec<(Member, End<'m>)>,
}

/// What the module can do with a member.
#[derive(Clone, Copy)]
enum End<'m> {
    Read(Signal<'m>),
    Drive(Wire<'m>),
}

/// The port of a bundle's member: `<bundle>_<member>`. Of AXI's channels, whose names begin with `s_axi` or `m_axi`, it is
/// `<bundle><member>` as that standard has it: `s_axis_t` and `valid` make `s_axis_tvalid`.
pub fn member_port(bundle: &str, member: &str) -> String {
    let joint = if bundle.starts_with("s_axi") || bundle.starts_with("m_axi") { "" } else { "_" };
    format!("{bundle}{joint}{member}")
}

impl Module {
    /// Ports `<name>_<member>` for every member: an output of the bundle is an output port.
    #[track_caller]
    pub fn bundle_ports(&self, name: &str, bundle: &Bundle) -> Interface<'_> {
        let source = Location::caller();
        let mut ends = vec![];
        for member in &bundle.members {
            let port = member_port(name, &member.name);
            let end = match member.direction {
                Direction::Input => End::Read(self.input(&port, member.width, &member.meaning)),
                Direction::Output => {
                    End::Drive(self.late_output_at(&port, member.width, &member.meaning, source))
                }
            };
            ends.push((member.clone(), end));
        }
        Interface { module: self, name: name.into(), ends }
    }
}

impl<'m> Child<'m> {
    /// The ports `<name>_<member>` of an instance, as seen from outside it.
    #[track_caller]
    pub fn interface(self, name: &str, bundle: &Bundle) -> Interface<'m> {
        let source = Location::caller();
        let mut ends = vec![];
        for member in &bundle.members {
            let port = member_port(name, &member.name);
            let end = match member.direction {
                Direction::Output => End::Read(self.bundled_output(&port, member, source)),
                Direction::Input => {
                    let full_name = format!("{}_{port}", self.name());
                    let wire = self.parent().open_wire("wire", &full_name, member.width, source);
                    self.set(&port, wire.value());
                    End::Drive(wire)
                }
            };
            let seen = Member { direction: member.direction.flip(), ..member.clone() };
            ends.push((seen, end));
        }
        Interface { module: self.parent(), name: format!("{}.{name}", self.name()), ends }
    }

    fn bundled_output(self, port: &str, member: &Member, source: Source) -> Signal<'m> {
        match self.output(port, source) {
            Ok(signal) if !signal.fits(member.width) => {
                let message = format!(
                    "port `{port}` of instance `{}` has {}: the bundle's member `{}` has {}",
                    self.name(),
                    counted_bits(signal.width()),
                    member.name,
                    counted_bits(member.width)
                );
                self.parent().reject(source, member.width, message, vec![])
            }
            Ok(signal) => signal,
            Err(_) => self.parent().stand_in(member.width, source),
        }
    }
}

impl<'m> Interface<'m> {
    /// The value of a member.
    #[track_caller]
    pub fn get(&self, member: &str) -> Signal<'m> {
        match self.end(member) {
            Some(End::Read(signal)) => signal,
            Some(End::Drive(wire)) => wire.value(),
            None => self.module.stand_in(1, Location::caller()),
        }
    }

    /// Drives a member.
    #[track_caller]
    pub fn set(&self, member: &str, value: Signal<'m>) {
        match self.end(member) {
            Some(End::Drive(wire)) => wire.drive(value),
            Some(End::Read(signal)) => {
                let message =
                    format!("member `{member}` of `{}` is an input: {signal} cannot be driven", self.name);
                self.module.error(Location::caller(), message, vec![]);
            }
            None => {}
        }
    }

    /// Connects every member to its counterpart in `other`: names and widths must agree, and of the two
    /// sides of each member one must drive and the other receive.
    #[track_caller]
    pub fn connect(&self, other: &Interface<'m>) {
        for (member, end) in &self.ends {
            match (end, other.find(&member.name)) {
                (_, None) => {
                    self.mismatch(other, format!("`{}` is missing in `{}`", self.shape(member), other.name))
                }
                (_, Some((theirs, _))) if theirs.width != member.width => {
                    self.mismatch(other, format!("`{}` meets `{}`", self.shape(member), other.shape(theirs)));
                }
                (End::Read(signal), Some((_, End::Drive(wire)))) => wire.drive(*signal),
                (End::Drive(wire), Some((_, End::Read(signal)))) => wire.drive(*signal),
                (_, Some((theirs, _))) => {
                    let both = format!("`{}` meets `{}`", self.shape(member), other.shape(theirs));
                    self.mismatch(other, format!("{both}: of the two one must drive"));
                }
            }
        }
        for (member, _) in other.ends.iter().filter(|(member, _)| self.find(&member.name).is_none()) {
            self.mismatch(other, format!("`{}` is missing in `{}`", other.shape(member), self.name));
        }
    }

    #[track_caller]
    fn mismatch(&self, other: &Interface<'m>, what: String) {
        let message = format!("`{}` and `{}` do not connect: {what}", self.name, other.name);
        self.module.error(Location::caller(), message, vec![]);
    }

    fn shape(&self, member: &Member) -> String {
        format!("{}.{} ({}, {})", self.name, member.name, member.direction, counted_bits(member.width))
    }

    fn find(&self, name: &str) -> Option<&(Member, End<'m>)> {
        self.ends.iter().find(|(member, _)| member.name == name)
    }

    #[track_caller]
    fn end(&self, name: &str) -> Option<End<'m>> {
        let found = self.find(name).map(|(_, end)| *end);
        if found.is_none() {
            let names: Vec<_> = self.ends.iter().map(|(member, _)| format!("`{}`", member.name)).collect();
            let message = format!("bundle `{}` has no member `{name}`", self.name);
            let note = format!("its members are {}", names.join(", "));
            self.module.error(Location::caller(), message, vec![note]);
        }
        found
    }
}
