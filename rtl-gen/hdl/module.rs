//! A module under construction.

use crate::conditional::Conditional;
use crate::design::Design;
use crate::diagnostic::Source;
use crate::forward::Forwarded;
use crate::handshake::Producer;
use crate::netlist::{BinaryOp, Logic, Node, NodeId, Op, PortDef, Property, PropertyKind};
use crate::rules::MAX_WIDTH;
use crate::signal::{
    Signal, cast_from, counted_bits, legal_signed_values, legal_values, shown, signed_advice,
};
use crate::{Bits, Direction, Port};
use std::cell::{Cell, Ref, RefCell, RefMut};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::Location;

/// A module under construction: declare ports, combine [`Signal`]s, drive the outputs.
///
/// Errors do not stop the construction: they are collected, and [`Design::elaborate`] returns them all. Errors that
/// only the whole module shows (undriven wires, unread inputs, loops) are checked once there are no others.
pub struct Module {
    design: Design,
    name: String,
    /// Distinguishes it from the other modules of its design.
    number: usize,
    state: RefCell<State>,
    is_sound: Cell<bool>,
}

/// The declarations so far.
#[derive(Default)]
pub(crate) struct State {
    pub ports: Vec<PortDef>,
    pub description: Vec<String>,
    pub parameters: Vec<(String, String)>,
    pub logic: Logic,
    /// Where each wire, output port, register or instance input was driven.
    pub driven: BTreeMap<Driven, Source>,
    /// Where each name was given, by kind.
    pub names: BTreeMap<(&'static str, String), Source>,
    /// Values on which an error has been reported.
    pub faulty: BTreeSet<NodeId>,
    /// Input ports that are intentionally left unread.
    pub unused: BTreeSet<usize>,
    /// Registers whose initial value does not matter.
    pub starts_unknown: BTreeSet<usize>,
    /// The bundles among the ports: their names, and their outputs.
    pub bundles: Vec<(String, Vec<NodeId>)>,
    /// The streams that the module produces.
    pub producers: Vec<Producer>,
    /// The reads that return what is written at the same edge.
    pub forwarded: Vec<Forwarded>,
    /// Memories whose writes never meet, by index, and where that is stated.
    pub apart: BTreeMap<usize, Source>,
    /// State registers of state machines that are not finished.
    pub state_machines: BTreeSet<usize>,
    /// The assignments in `when` and `switch`.
    pub conditional: Conditional,
    scope: Vec<String>,
}

/// An object that takes exactly one driver.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Driven {
    Wire(NodeId),
    RegisterNext(usize),
    RegisterEnable(usize),
    InstanceInput(usize, usize),
}

impl State {
    /// The name of a node that has one.
    pub fn name_of(&self, id: NodeId) -> &str {
        self.logic.nodes[id.index()].name.as_deref().unwrap_or_default()
    }
}

impl Module {
    pub(crate) fn new(design: Design, name: String, number: usize) -> Module {
        Module { design, name, number, state: RefCell::default(), is_sound: Cell::new(true) }
    }

    /// The design that the module belongs to: define child modules in it.
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// Name in Verilog.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A line of text for the module's header: what it is, its latency, its source.
    pub fn describe(&self, line: &str) {
        self.state_mut().description.push(line.into());
    }

    /// A parameter that the module was built with, for its header.
    pub fn parameter(&self, name: &str, value: impl ToString) {
        self.state_mut().parameters.push((name.into(), value.to_string()));
    }

    /// An input port; `meaning` is one line for headers and documentation.
    #[track_caller]
    pub fn input(&self, name: &str, width: u32, meaning: &str) -> Signal<'_> {
        self.input_at(name, width, meaning, Location::caller())
    }

    pub(crate) fn input_at(&self, name: &str, width: u32, meaning: &str, source: Source) -> Signal<'_> {
        let port = self.declare_port(name, width, Direction::Input, meaning, source);
        self.declare(Op::Input(port), width, format_args!("port `{name}`"), source).with_name(name)
    }

    /// An output port driven by `value`, and as wide as it.
    #[track_caller]
    pub fn output(&self, name: &str, value: Signal<'_>, meaning: &str) {
        self.output_at(name, value, meaning, Location::caller());
    }

    pub(crate) fn output_at(&self, name: &str, value: Signal<'_>, meaning: &str, source: Source) {
        let port = self.declare_port(name, value.width(), Direction::Output, meaning, source);
        if self.check_operand(format_args!("output port `{name}`"), value, source) {
            self.state_mut().logic.outputs.push((port, value.id()));
        }
    }

    /// The clock, for the clock input of a black box; registers are clocked automatically.
    #[track_caller]
    pub fn clock(&self) -> Signal<'_> {
        self.node(Op::Clock, 1, Location::caller())
    }

    /// A constant of `width` bits.
    #[track_caller]
    pub fn lit(&self, value: u128, width: u32) -> Signal<'_> {
        let source = Location::caller();
        if !self.check_width(width, format_args!("the constant {value}"), source) {
            return self.stand_in(width, source);
        }
        match Bits::checked(value, width) {
            Some(bits) => self.node(Op::Const(bits), width, source),
            None => {
                let message = format!("the constant {} does not fit {}", shown(value), counted_bits(width));
                let signed = cast_from(value).map(|value| signed_advice(value, width));
                let notes = [legal_values(width)].into_iter().chain(signed).collect();
                self.reject(source, width, message, notes)
            }
        }
    }

    /// A constant of `width` bits in two's complement: -2^(width - 1) to 2^(width - 1) - 1.
    #[track_caller]
    pub fn lit_signed(&self, value: i128, width: u32) -> Signal<'_> {
        let source = Location::caller();
        if !self.check_width(width, format_args!("the signed constant {value}"), source) {
            return self.stand_in(width, source);
        }
        match Bits::checked_signed(value, width) {
            Some(bits) => self.node(Op::Const(bits), width, source),
            None => {
                let message = format!("the signed constant {value} does not fit {}", counted_bits(width));
                self.reject(source, width, message, vec![legal_signed_values(width)])
            }
        }
    }

    /// A constant of `width` zeros.
    #[track_caller]
    pub fn zero(&self, width: u32) -> Signal<'_> {
        let source = Location::caller();
        match self.check_width(width, "the constant of zeros", source) {
            true => self.node(Op::Const(Bits::zero(width)), width, source),
            false => self.stand_in(width, source),
        }
    }

    /// A constant of `width` ones.
    #[track_caller]
    pub fn ones(&self, width: u32) -> Signal<'_> {
        let source = Location::caller();
        match self.check_width(width, "the constant of ones", source) {
            true => self.node(Op::Const(Bits::ones(width)), width, source),
            false => self.stand_in(width, source),
        }
    }

    /// A constant.
    #[track_caller]
    pub fn bits(&self, value: &Bits) -> Signal<'_> {
        self.declare(Op::Const(value.clone()), value.width(), "the constant", Location::caller())
    }

    /// The parts joined, the most significant first, like Verilog's `{a, b}`.
    #[track_caller]
    pub fn concat<'m>(&'m self, parts: &[Signal<'m>]) -> Signal<'m> {
        let source = Location::caller();
        if parts.is_empty() {
            let message = "a concatenation needs at least one part".into();
            return self.reject(source, 1, message, vec![]);
        }
        let width = parts.iter().map(|part| u64::from(part.width())).sum::<u64>();
        let is_legal = parts.iter().all(|part| self.check_operand("a concatenation", *part, source))
            && self.check_width(width, "a concatenation", source);
        let width = u32::try_from(width).unwrap_or(MAX_WIDTH);
        match is_legal {
            true => self.node(Op::Concat(parts.iter().map(|part| part.id()).collect()), width, source),
            false => self.stand_in(width, source),
        }
    }

    /// The parts joined, the least significant first, as lanes are numbered: the inverse of [`Signal::split_lsb`].
    #[track_caller]
    pub fn concat_lsb<'m>(&'m self, parts: &[Signal<'m>]) -> Signal<'m> {
        self.concat(&parts.iter().rev().copied().collect::<Vec<_>>())
    }

    /// Runs `body` with `name` as a prefix of everything declared in it except ports: `lane0_sum`.
    pub fn scope<T>(&self, name: &str, body: impl FnOnce() -> T) -> T {
        self.state_mut().scope.push(name.into());
        let result = body();
        self.state_mut().scope.pop();
        result
    }

    /// Asserts that `condition` is 1 at every clock edge outside reset. Inside a `when` it is asserted only if that
    /// applies; the same holds for assumptions and cover points.
    #[track_caller]
    pub fn assert(&self, name: &str, condition: Signal<'_>) {
        self.assert_at(name, condition, Location::caller());
    }

    /// Assumes that the environment keeps `condition` at 1.
    #[track_caller]
    pub fn assume(&self, name: &str, condition: Signal<'_>) {
        self.property(PropertyKind::Assume, name, condition, Location::caller());
    }

    /// A cover point: `condition` should be 1 at some clock edge.
    #[track_caller]
    pub fn cover(&self, name: &str, condition: Signal<'_>) {
        self.property(PropertyKind::Cover, name, condition, Location::caller());
    }

    pub(crate) fn assert_at(&self, name: &str, condition: Signal<'_>, source: Source) {
        self.property(PropertyKind::Assert, name, condition, source);
    }

    fn property(&self, kind: PropertyKind, name: &str, condition: Signal<'_>, source: Source) {
        let name = self.scoped(name);
        self.claim_name("properties", &name, source);
        if self.check_one_bit(format_args!("the condition of property `{name}`"), condition, source) {
            let condition = self.guarded(kind, condition.id(), source);
            let property = Property { kind, name, condition, source };
            self.state_mut().logic.properties.push(property);
        }
    }

    /// The condition of a property, with those of the enclosing `when`s and `switch`es.
    fn guarded(&self, kind: PropertyKind, condition: NodeId, source: Source) -> NodeId {
        let Some(guard) = self.guard(source).map(Signal::id) else { return condition };
        let node = |op| self.node(op, 1, source).id();
        match kind {
            PropertyKind::Cover => node(Op::Binary(BinaryOp::And, guard, condition)),
            PropertyKind::Assert | PropertyKind::Assume => {
                let idle = node(Op::Not(guard));
                node(Op::Binary(BinaryOp::Or, idle, condition))
            }
        }
    }

    pub(crate) fn declare_port(
        &self,
        name: &str,
        width: u32,
        direction: Direction,
        meaning: &str,
        source: Source,
    ) -> usize {
        if self.claim_name("ports", name, source) {
            self.check_port_name(name, source);
        }
        let port = Port { name: name.into(), width: width.clamp(1, MAX_WIDTH), direction };
        let mut state = self.state_mut();
        state.ports.push(PortDef { port, meaning: meaning.into(), clock: false, source });
        state.ports.len() - 1
    }

    fn check_port_name(&self, name: &str, source: Source) {
        let clocking = self.design.clocking();
        if name == clocking.clock || name == clocking.reset {
            let message = format!("port `{name}` has the name of the design's clock or reset");
            let note = "clock and reset ports are added automatically where they are needed".into();
            self.error(source, message, vec![note]);
        } else if let Some(why) = crate::identifier::illegal(name) {
            let note = "a port name is never altered on its way to Verilog".into();
            self.error(source, format!("`{name}` cannot be a port name: {why}"), vec![note]);
        }
    }

    pub(crate) fn node(&self, op: Op, width: u32, source: Source) -> Signal<'_> {
        let mut state = self.state_mut();
        let id = NodeId(state.logic.nodes.len() as u32);
        let is_faulty = !state.faulty.is_empty() && op.operands().iter().any(|id| state.faulty.contains(id));
        if is_faulty {
            state.faulty.insert(id);
        }
        state.logic.nodes.push(Node { op, width, name: None, source });
        Signal::new(self, id, width)
    }

    pub(crate) fn scoped(&self, name: &str) -> String {
        let state = self.state();
        state.scope.iter().map(|scope| format!("{scope}_")).chain([name.to_string()]).collect()
    }

    pub(crate) fn state(&self) -> Ref<'_, State> {
        self.state.borrow()
    }

    pub(crate) fn state_mut(&self) -> RefMut<'_, State> {
        self.state.borrow_mut()
    }

    pub(crate) fn number(&self) -> usize {
        self.number
    }

    /// True while user code builds this module, and not one that it needs.
    pub(crate) fn is_innermost(&self) -> bool {
        self.design.is_innermost(self.number)
    }

    /// False if it has an error, or an instance of a module with one.
    pub(crate) fn is_sound(&self) -> bool {
        self.is_sound.get()
    }

    pub(crate) fn mark_unsound(&self) {
        self.is_sound.set(false);
    }
}
