//! Verilog expressions, before they become text.

use crate::literal;
use hdl::Bits;

/// Index of a declared signal of the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SignalId(pub usize);

/// An expression. Every operand has the width that its operator expects, so that Verilog's rules of expression width
/// neither drop nor add bits.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    /// A signal, or its bits `high` down to `low`.
    Signal { id: SignalId, range: Option<(u32, u32)> },
    /// A constant.
    Const(Bits),
    /// Unknown bits, by number.
    Unknown(u32),
    /// A word of a memory, by the memory's index.
    Word { memory: usize, address: Box<Expr> },
    /// Operator, operand.
    Unary(&'static str, Box<Expr>),
    /// Operator, left, right.
    Binary(&'static str, Box<Expr>, Box<Expr>),
    /// The operand as a two's-complement number.
    Signed(Box<Expr>),
    /// The bits of a two's-complement number.
    Unsigned(Box<Expr>),
    /// `select ? on_true : on_false`.
    Mux { select: Box<Expr>, on_true: Box<Expr>, on_false: Box<Expr> },
    /// Parts, the most significant first.
    Concat(Vec<Expr>),
    /// Copies side by side.
    Repeat(u32, Box<Expr>),
}

impl Expr {
    /// All of a signal.
    pub fn signal(id: SignalId) -> Expr {
        Expr::Signal { id, range: None }
    }

    /// A constant; a very wide one in parts, so that no line is endless.
    pub fn constant(bits: &Bits) -> Expr {
        const PART: u32 = 256;
        let width = bits.width();
        if width <= PART || bits.is_zero() || bits.is_ones() {
            return Expr::Const(bits.clone());
        }
        let parts = (0..width.div_ceil(PART)).rev();
        let part = |index: u32| bits.slice((PART * (index + 1)).min(width) - 1, PART * index);
        Expr::Concat(parts.map(|index| Expr::Const(part(index))).collect())
    }

    pub fn unary(op: &'static str, operand: Expr) -> Expr {
        Expr::Unary(op, Box::new(operand))
    }

    pub fn binary(op: &'static str, left: Expr, right: Expr) -> Expr {
        Expr::Binary(op, Box::new(left), Box::new(right))
    }

    pub fn signed(operand: Expr) -> Expr {
        Expr::Signed(Box::new(operand))
    }

    pub fn unsigned(operand: Expr) -> Expr {
        Expr::Unsigned(Box::new(operand))
    }

    pub fn mux(select: Expr, on_true: Expr, on_false: Expr) -> Expr {
        Expr::Mux { select: Box::new(select), on_true: Box::new(on_true), on_false: Box::new(on_false) }
    }

    /// The complement of a value, by the operator's own negation where it has one.
    pub fn not(operand: Expr) -> Expr {
        match operand {
            Expr::Unary("&", inner) => Expr::Unary("~&", inner),
            Expr::Unary("|", inner) => Expr::Unary("~|", inner),
            Expr::Unary("^", inner) => Expr::Unary("~^", inner),
            Expr::Binary("==", left, right) => Expr::Binary("!=", left, right),
            Expr::Binary("<", left, right) => Expr::Binary(">=", left, right),
            Expr::Binary(">", left, right) => Expr::Binary("<=", left, right),
            other => Expr::unary("~", other),
        }
    }

    /// True if the value is the same in every context: its surroundings cannot widen it.
    pub fn is_self_determined(&self) -> bool {
        match self {
            Expr::Signal { .. } | Expr::Const(_) | Expr::Unknown(_) | Expr::Word { .. } => true,
            Expr::Concat(_) | Expr::Repeat(..) | Expr::Unsigned(_) => true,
            Expr::Unary(op, _) => *op != "~",
            Expr::Binary("==" | "!=" | "<" | "<=" | ">" | ">=", ..) => true,
            Expr::Binary(..) | Expr::Signed(_) | Expr::Mux { .. } => false,
        }
    }

    /// True for a product, which takes its width from an assignment: it must be alone on the right-hand side.
    pub fn is_product(&self) -> bool {
        matches!(self, Expr::Binary("*", ..))
    }

    /// True for a name, its complement, or its bits: another name would add nothing.
    pub fn is_name(&self) -> bool {
        match self {
            Expr::Signal { .. } => true,
            Expr::Unary("~", inner) | Expr::Unsigned(inner) => matches!(**inner, Expr::Signal { .. }),
            _ => false,
        }
    }

    /// True if a word of a memory is read.
    pub fn has_word(&self) -> bool {
        match self {
            Expr::Word { .. } => true,
            Expr::Signal { .. } | Expr::Const(_) | Expr::Unknown(_) => false,
            Expr::Unary(_, inner) | Expr::Signed(inner) | Expr::Unsigned(inner) | Expr::Repeat(_, inner) => {
                inner.has_word()
            }
            Expr::Binary(_, left, right) => left.has_word() || right.has_word(),
            Expr::Mux { select, on_true, on_false } => {
                select.has_word() || on_true.has_word() || on_false.has_word()
            }
            Expr::Concat(parts) => parts.iter().any(Expr::has_word),
        }
    }

    /// Number of `?` along the chain of `on_false` sides.
    pub fn chain_length(&self) -> usize {
        let mut length = 0;
        let mut expr = self;
        while let Expr::Mux { on_false, .. } = expr {
            length += 1;
            expr = on_false;
        }
        length
    }

    /// Calls `visit` for each mention of a signal.
    pub fn mentions(&self, visit: &mut impl FnMut(SignalId, Option<(u32, u32)>)) {
        match self {
            Expr::Signal { id, range } => visit(*id, *range),
            Expr::Const(_) | Expr::Unknown(_) => {}
            Expr::Word { address: inner, .. }
            | Expr::Unary(_, inner)
            | Expr::Signed(inner)
            | Expr::Unsigned(inner)
            | Expr::Repeat(_, inner) => inner.mentions(visit),
            Expr::Binary(_, left, right) => {
                left.mentions(visit);
                right.mentions(visit);
            }
            Expr::Mux { select, on_true, on_false } => {
                select.mentions(visit);
                on_true.mentions(visit);
                on_false.mentions(visit);
            }
            Expr::Concat(parts) => parts.iter().for_each(|part| part.mentions(visit)),
        }
    }

    /// About how many columns the text takes on one line; `name` gives a signal's.
    pub fn columns(&self, name: &impl Fn(SignalId) -> usize) -> usize {
        let inner = |expr: &Expr| expr.columns(name);
        match self {
            Expr::Signal { id, range } => name(*id) + range.map_or(0, |_| "[12:3]".len()),
            Expr::Const(bits) => literal::text(bits).len(),
            Expr::Unknown(_) => "16'hxxxx".len(),
            Expr::Word { address, .. } => "memory[]".len() + inner(address),
            Expr::Unary(_, operand) => 3 + inner(operand),
            Expr::Binary(_, left, right) => 7 + inner(left) + inner(right),
            Expr::Signed(operand) => "$signed()".len() + inner(operand),
            Expr::Unsigned(operand) => "$unsigned()".len() + inner(operand),
            Expr::Mux { select, on_true, on_false } => 8 + inner(select) + inner(on_true) + inner(on_false),
            Expr::Concat(parts) => parts.iter().map(|part| 2 + inner(part)).sum(),
            Expr::Repeat(_, operand) => "{16{}}".len() + inner(operand),
        }
    }
}
