//! Interfaces: named groups of ports with directions, connected by one checked operation.

use crate::Direction;
use crate::diagnostic::Source;
use crate::instance::Child;
use crate::module::Module;
use crate::signal::{Signal, counted_bits};
use crate::wire::Wire;
use std::cell::Cell;
use std::panic::Location;
use std::rc::Rc;

/// The declaration of an interface: its members, their widths, and their directions seen from the producer.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Signature {
    members: Vec<Member>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Member {
    name: String,
    width: u32,
    direction: Direction,
    meaning: String,
}

impl Signature {
    /// A signature without members.
    pub fn new() -> Signature {
        Signature::default()
    }

    /// With a member that the producer drives.
    pub fn output(self, name: &str, width: u32, meaning: &str) -> Signature {
        self.member(name, width, Direction::Output, meaning)
    }

    /// With a member that the producer receives.
    pub fn input(self, name: &str, width: u32, meaning: &str) -> Signature {
        self.member(name, width, Direction::Input, meaning)
    }

    /// With all members of another signature, whose names get the prefix `name_`.
    pub fn nested(mut self, name: &str, inner: &Signature) -> Signature {
        let prefixed =
            inner.members.iter().map(|m| Member { name: format!("{name}_{}", m.name), ..m.clone() });
        self.members.extend(prefixed);
        self
    }

    /// The same members seen from the other side.
    pub fn flip(&self) -> Signature {
        let flipped = |m: &Member| Member { direction: m.direction.flip(), ..m.clone() };
        Signature { members: self.members.iter().map(flipped).collect() }
    }

    fn member(mut self, name: &str, width: u32, direction: Direction, meaning: &str) -> Signature {
        self.members.push(Member { name: name.into(), width, direction, meaning: meaning.into() });
        self
    }
}

/// An interface in a module: each member can be read, or driven once.
#[derive(Clone)]
pub struct Interface<'m> {
    module: &'m Module,
    name: String,
    ends: Vec<(Member, End<'m>)>,
    /// True once a driven input was reported: a bundle with the wrong direction is one mistake.
    is_reported: Rc<Cell<bool>>,
}

/// What the module can do with a member.
#[derive(Clone, Copy)]
enum End<'m> {
    Read(Signal<'m>),
    Drive(Wire<'m>),
}

impl End<'_> {
    /// True if an error has been reported on it.
    fn is_faulty(self) -> bool {
        match self {
            End::Read(signal) => signal.is_faulty(),
            End::Drive(wire) => wire.value().is_faulty(),
        }
    }
}

/// Names as errors list them.
pub(crate) fn listed<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The port of a bundle's member: `<bundle>_<member>`. For AXI channels, whose names begin with `s_axi` or `m_axi`, it
/// is `<bundle><member>`, as in the AXI standard: `s_axis_t` and `valid` give `s_axis_tvalid`.
pub fn member_port(bundle: &str, member: &str) -> String {
    let joint = if bundle.starts_with("s_axi") || bundle.starts_with("m_axi") { "" } else { "_" };
    format!("{bundle}{joint}{member}")
}

impl Module {
    /// Ports `<name>_<member>` for every member: an output of the bundle is an output port.
    #[track_caller]
    pub fn bundle_ports(&self, name: &str, bundle: &Signature) -> Interface<'_> {
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
        let driven = ends.iter().filter_map(|(_, end)| match end {
            End::Drive(wire) => Some(wire.value().id()),
            End::Read(_) => None,
        });
        self.state_mut().bundles.push((name.into(), driven.collect()));
        Interface::new(self, name.into(), ends)
    }
}

impl<'m> Child<'m> {
    /// The ports `<name>_<member>` of an instance, as seen from outside it.
    #[track_caller]
    pub fn interface(self, name: &str, bundle: &Signature) -> Interface<'m> {
        let source = Location::caller();
        self.check_directions(name, bundle, source);
        self.check_presence(name, bundle, source);
        let mut ends = vec![];
        for member in &bundle.members {
            let port = member_port(name, &member.name);
            let fits = self.direction_of(&port) == Some(member.direction);
            let end = match member.direction {
                Direction::Output if fits => End::Read(self.bundled_output(&port, member, source)),
                Direction::Output => End::Read(self.parent().stand_in(member.width, source)),
                Direction::Input => {
                    let full_name = format!("{}_{port}", self.name());
                    let wire = self.parent().open_wire("wire", &full_name, member.width, source);
                    match fits {
                        true => _ = self.set(&port, wire.value()),
                        false => _ = self.parent().state_mut().faulty.insert(wire.value().id()),
                    }
                    End::Drive(wire)
                }
            };
            let seen = Member { direction: member.direction.flip(), ..member.clone() };
            ends.push((seen, end));
        }
        Interface::new(self.parent(), format!("{}.{name}", self.name()), ends)
    }

    fn direction_of(self, port: &str) -> Option<Direction> {
        let child = self.finished();
        child.port(port).map(|index| child.def.ports[index].port.direction)
    }

    /// One error for all members whose ports have the opposite direction.
    fn check_directions(self, name: &str, bundle: &Signature, source: Source) {
        let other_way = |member: &&Member| {
            self.direction_of(&member_port(name, &member.name)) == Some(member.direction.flip())
        };
        let others: Vec<&Member> = bundle.members.iter().filter(other_way).collect();
        let Some(first) = others.first().filter(|_| self.finished().is_sound) else { return };
        let (port, direction) = (member_port(name, &first.name), first.direction.flip());
        let note = match others.len() == bundle.members.len() {
            true => "every member has the opposite direction: `.flip()` the bundle".into(),
            false => {
                format!(
                    "the members with the opposite direction are {}",
                    listed(others.iter().map(|m| &m.name))
                )
            }
        };
        let bundle = format!("bundle `{name}` has the opposite direction in instance `{}`", self.name());
        let message = format!("{bundle}: `{port}` is an {direction} of the child");
        self.parent().error(source, message, vec![note]);
    }

    /// One error for all members without a port.
    fn check_presence(self, name: &str, bundle: &Signature, source: Source) {
        let child = self.finished();
        let ports = bundle.members.iter().map(|member| member_port(name, &member.name));
        let missing: Vec<String> = ports.filter(|port| child.port(port).is_none()).collect();
        if missing.is_empty() || !child.is_sound {
            return;
        }
        let missing = listed(missing.iter());
        let message = format!("module `{}` lacks ports of bundle `{name}`: {missing}", child.def.name);
        let ports = listed(child.def.ports.iter().map(|def| &def.port.name));
        self.parent().error(source, message, vec![format!("its ports are {ports}")]);
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
    fn new(module: &'m Module, name: String, ends: Vec<(Member, End<'m>)>) -> Interface<'m> {
        Interface { module, name, ends, is_reported: Rc::default() }
    }

    pub(crate) fn module(&self) -> &'m Module {
        self.module
    }

    /// The description of the bundle in errors.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

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
            Some(End::Read(signal)) if !signal.is_faulty() && !self.is_reported.replace(true) => {
                let message =
                    format!("member `{member}` of `{}` is an input: {signal} cannot be driven", self.name);
                let note = "to drive it from this side, `.flip()` the bundle".into();
                self.module.error(Location::caller(), message, vec![note]);
            }
            Some(End::Read(_)) | None => {}
        }
    }

    /// Connects every member to its counterpart in `other`: names and widths must agree, and exactly one of the two
    /// sides of each member must drive.
    #[track_caller]
    pub fn connect(&self, other: &Interface<'m>) {
        let mut clashes = vec![];
        for (member, end) in &self.ends {
            match (end, other.find(&member.name)) {
                (_, None) => {
                    let what = format!("`{}` is missing in `{}`", self.shape(member), other.name);
                    self.mismatch(other, what, vec![]);
                }
                (_, Some((theirs, _))) if theirs.width != member.width => {
                    let what = format!("`{}` meets `{}`", self.shape(member), other.shape(theirs));
                    self.mismatch(other, what, vec![]);
                }
                (End::Read(signal), Some((_, End::Drive(wire)))) => wire.drive(*signal),
                (End::Drive(wire), Some((_, End::Read(signal)))) => wire.drive(*signal),
                (_, Some((_, their_end))) if end.is_faulty() || their_end.is_faulty() => {}
                (_, Some((theirs, _))) => clashes.push((member, theirs)),
            }
        }
        for (member, _) in other.ends.iter().filter(|(member, _)| self.find(&member.name).is_none()) {
            self.mismatch(other, format!("`{}` is missing in `{}`", other.shape(member), self.name), vec![]);
        }
        self.report_clashes(other, &clashes);
    }

    /// One error for all members that both sides drive, or neither.
    #[track_caller]
    fn report_clashes(&self, other: &Interface<'m>, clashes: &[(&Member, &Member)]) {
        let Some((first, theirs)) = clashes.first() else { return };
        let both = format!("`{}` meets `{}`", self.shape(first), other.shape(theirs));
        let note = match clashes.len() == self.ends.len() {
            true => "this holds for every member: `.flip()` one of the bundles".into(),
            false => format!("this holds for {}", listed(clashes.iter().map(|(member, _)| &member.name))),
        };
        self.mismatch(other, format!("{both}: exactly one of the two must drive"), vec![note]);
    }

    #[track_caller]
    fn mismatch(&self, other: &Interface<'m>, what: String, notes: Vec<String>) {
        let message = format!("`{}` and `{}` do not connect: {what}", self.name, other.name);
        self.module.error(Location::caller(), message, notes);
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
            let message = format!("bundle `{}` has no member `{name}`", self.name);
            let note =
                format!("its members are {}", listed(self.ends.iter().map(|(member, _)| &member.name)));
            self.module.error(Location::caller(), message, vec![note]);
        }
        found
    }
}
