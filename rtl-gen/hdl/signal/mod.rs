//! Signals: cheap handles to the nodes of a module.

mod compare;
mod operand;
mod operator;
mod part;
mod shift;

pub use operand::{Amount, Operand};

use crate::diagnostic::Source;
use crate::module::Module;
use crate::netlist::{NodeId, Op};
use std::fmt;
use std::panic::Location;

/// A value in a module: a handle that copies freely.
///
/// Widths never change silently: every operator checks its operands and reports a mismatch with names, widths and
/// source line. Signedness belongs to the operator, not to the signal.
#[derive(Clone, Copy)]
pub struct Signal<'m> {
    module: &'m Module,
    id: NodeId,
    width: u32,
}

impl<'m> Signal<'m> {
    pub(crate) fn new(module: &'m Module, id: NodeId, width: u32) -> Signal<'m> {
        Signal { module, id, width }
    }

    /// Width in bits.
    pub fn width(self) -> u32 {
        self.width
    }

    /// The module that the signal belongs to.
    pub fn module(self) -> &'m Module {
        self.module
    }

    /// The same value under a name, which is kept in Verilog and waveforms.
    #[track_caller]
    pub fn named(self, name: &str) -> Signal<'m> {
        let source = Location::caller();
        if !self.module.check_operand("`named`", self, source) {
            return self.module.stand_in(1, source);
        }
        let scoped = self.module.scoped(name);
        let is_free = self.name().is_none();
        let signal = if is_free { self } else { self.node(Op::Wire(Some(self.id)), self.width, source) };
        signal.with_name(&scoped)
    }

    /// The signal's name with its scope, if it has one.
    pub fn name(self) -> Option<String> {
        self.module.state().logic.nodes[self.id.index()].name.clone()
    }

    /// Marks an input port as intentionally unread; on any other signal it is an error.
    #[track_caller]
    pub fn unused(self) {
        if let Some(port) = self.op().input_port() {
            self.module.state_mut().unused.insert(port);
        } else if !self.is_faulty() {
            let message = format!("`unused` marks an input port: {self} is not one");
            self.module.error(Location::caller(), message, vec![]);
        }
    }

    pub(crate) fn id(self) -> NodeId {
        self.id
    }

    pub(crate) fn op(self) -> Op {
        self.module.state().logic.nodes[self.id.index()].op.clone()
    }

    /// Names the node itself, without the scope.
    pub(crate) fn with_name(self, name: &str) -> Signal<'m> {
        self.module.state_mut().logic.nodes[self.id.index()].name = Some(name.into());
        self
    }

    /// True if an error has been reported on the value.
    pub(crate) fn is_faulty(self) -> bool {
        self.module.state().faulty.contains(&self.id)
    }

    /// True if the width is right, or an error has already been reported.
    pub(crate) fn fits(self, width: u32) -> bool {
        self.width == width || self.is_faulty()
    }

    pub(crate) fn agrees_with(self, other: Signal<'m>) -> bool {
        self.fits(other.width) || other.is_faulty()
    }

    fn node(self, op: Op, width: u32, source: Source) -> Signal<'m> {
        self.module.node(op, width, source)
    }
}

/// Advice for making two widths equal.
pub(crate) fn width_advice(a: Signal, b: Signal) -> String {
    let (narrow, wide) = (a.width.min(b.width), a.width.max(b.width));
    format!(
        "widen the narrower one with `.zext({wide})` or `.sext({wide})`, or cut the wider one with `.low({narrow})`"
    )
}

/// `1 bit`, `8 bits`.
pub(crate) fn counted_bits(count: u32) -> String {
    format!("{count} {}", if count == 1 { "bit" } else { "bits" })
}

/// The note with an error about a constant.
pub(crate) fn legal_values(width: u32) -> String {
    format!("legal values are 0 to 2^{width} - 1")
}

/// The note with an error about a signed constant.
pub(crate) fn legal_signed_values(width: u32) -> String {
    format!("legal values are -2^{0} to 2^{0} - 1", width - 1)
}

/// The note for an error about a negative constant, which may be used like an unsigned one.
pub(crate) fn legal_signed_or_unsigned(width: u32) -> String {
    format!("legal values are -2^{} to 2^{width} - 1", width - 1)
}

/// The negative integer that was cast to an unsigned one, if `value` looks like it.
pub(crate) fn cast_from(value: u128) -> Option<i128> {
    let of_64_bits = u64::try_from(value).ok().map(|value| i128::from(value as i64));
    Some(of_64_bits.unwrap_or(value as i128)).filter(|value| (i128::from(i32::MIN)..0).contains(value))
}

/// Advice on how to write a negative constant.
pub(crate) fn signed_advice(value: i128, width: u32) -> String {
    format!("write `lit_signed({value}, {width})` for a negative constant")
}

/// An integer as errors show it: with `-5, cast to an unsigned integer,` if it looks like one.
pub(crate) fn shown(value: u128) -> String {
    match cast_from(value) {
        Some(negative) => format!("{negative}, cast to an unsigned integer,"),
        None => value.to_string(),
    }
}

/// The widest constant that errors show with its value.
const SHOWN_BITS: u32 = 64;

/// As errors show it: `` `sum` (8 bits) ``.
impl fmt::Display for Signal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.module.state();
        let node = &state.logic.nodes[self.id.index()];
        match (&node.name, &node.op) {
            (Some(name), _) => write!(f, "`{name}`")?,
            (None, Op::Clock) => write!(f, "the clock")?,
            (None, Op::Const(value)) if self.width <= SHOWN_BITS => write!(f, "the constant {value}")?,
            (None, Op::Const(_)) => write!(f, "the constant of {}", node.source)?,
            (None, _) => write!(f, "the unnamed signal of {}", node.source)?,
        }
        write!(f, " ({})", counted_bits(self.width))
    }
}

impl fmt::Debug for Signal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
