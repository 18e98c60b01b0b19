//! Binary operators, in forms whose widths and signs every tool interprets alike.

use crate::analysis::cut_shift_amount;
use crate::builder::{Builder, Order};
use crate::expr::{Expr, SignalId};
use crate::lower::EXPRESSION_COLUMNS;
use crate::plan::{Item, Kind};
use hdl::Bits;
use hdl::netlist::{BinaryOp, NodeId, rotation_stages};

impl Builder<'_> {
    /// The expression of the operator node `id`.
    pub fn binary(&mut self, op: BinaryOp, a: NodeId, b: NodeId, id: NodeId) -> Expr {
        if op == BinaryOp::Mul {
            return self.product(a, b);
        }
        self.fit(&[a, b], EXPRESSION_COLUMNS);
        let (left, right) = (self.operand(a), self.operand(b));
        match op {
            BinaryOp::And => Expr::binary("&", left, right),
            BinaryOp::Or => Expr::binary("|", left, right),
            BinaryOp::Xor => Expr::binary("^", left, right),
            BinaryOp::Add => Expr::binary("+", left, right),
            BinaryOp::Sub => Expr::binary("-", left, right),
            BinaryOp::Mul | BinaryOp::MulSigned => self.signed_product(a, b, id),
            BinaryOp::Eq => Expr::binary("==", left, right),
            BinaryOp::Lt | BinaryOp::LtSigned if self.is_never_less(op, a, b) => Expr::Const(Bits::zero(1)),
            BinaryOp::Lt => less(left, right, |operand| operand),
            BinaryOp::LtSigned => less(left, right, Expr::signed),
            BinaryOp::Shl => Expr::binary("<<", left, self.amount(a, b)),
            BinaryOp::Shr => Expr::binary(">>", left, self.amount(a, b)),
            BinaryOp::ShrSigned => Expr::unsigned(Expr::binary(">>>", Expr::signed(left), self.amount(a, b))),
            BinaryOp::RotateLeft => self.rotation(a, b, id, |_, distance| distance),
            BinaryOp::RotateRight => self.rotation(a, b, id, |width, distance| width - distance),
        }
    }

    /// A barrel rotator: a multiplexer for each bit of the amount, all but the last with a wire of its own. `left` is
    /// how far a stage rotates to the left. Verilog has no rotation, and two combined shifts would cost twice the
    /// multiplexers.
    fn rotation(&mut self, a: NodeId, b: NodeId, id: NodeId, left: fn(u32, u32) -> u32) -> Expr {
        let (node, width) = (&self.logic.nodes[id.index()], self.width(a));
        let stages: Vec<(u32, u32)> = rotation_stages(width, self.width(b)).collect();
        let mut value: Option<SignalId> = None;
        for (index, (bit, distance)) in stages.iter().enumerate() {
            let rest = width - left(width, *distance);
            let bits = |high, low| match value {
                Some(id) => Expr::Signal { id, range: Some((high, low)) },
                None => self.bits(a, high, low),
            };
            let turned = Expr::Concat(vec![bits(rest - 1, 0), bits(width - 1, rest)]);
            let same = value.map_or_else(|| self.operand(a), Expr::signal);
            let chosen = Expr::mux(self.bits(b, *bit, *bit), turned, same);
            if index + 1 == stages.len() {
                return chosen;
            }
            let name = node.name.as_ref().map(|name| self.names.claim(&format!("{name}_stage{index}")));
            let signal = self.declare(name, width, Kind::Wire, Some(node.source));
            if let Some(section) = self.analysis.section(id) {
                self.place(section, (id.index(), Order::Operand), Item::Signal(signal, Some(chosen)));
            }
            value = Some(signal);
        }
        self.operand(a)
    }

    fn width(&self, id: NodeId) -> u32 {
        self.logic.nodes[id.index()].width
    }

    /// `a * b`, with the narrower factor widened to the other; the assignment gives the product its full width.
    fn product(&mut self, a: NodeId, b: NodeId) -> Expr {
        let width = self.width(a).max(self.width(b));
        self.fit(&[a, b], EXPRESSION_COLUMNS);
        [a, b].into_iter().for_each(|factor| self.keep_width(factor));
        Expr::binary("*", self.factor(a, width), self.factor(b, width))
    }

    /// Moves a factor to a wire if the width of the product would change its value.
    fn keep_width(&mut self, factor: NodeId) {
        let root = self.analysis.root(factor);
        let is_open = |expr: &Expr| !expr.is_self_determined();
        if self.inline[root.index()].as_ref().is_some_and(is_open) && self.can_be_hoisted(root) {
            self.hoist(root);
        }
    }

    fn factor(&self, id: NodeId, width: u32) -> Expr {
        let missing = width - self.width(id);
        let factor = self.operand(id);
        if let Expr::Const(bits) = factor {
            return Expr::Const(bits.zero_extend(width));
        }
        match (missing, factor.is_self_determined()) {
            (0, true) => factor,
            (0, false) => Expr::Concat(vec![factor]),
            (missing, _) => Expr::Concat(vec![Expr::Const(Bits::zero(missing)), factor]),
        }
    }

    /// The bits of a signed wire that holds the product: in a larger expression, one unsigned operand would make the
    /// multiplication unsigned.
    fn signed_product(&mut self, a: NodeId, b: NodeId, id: NodeId) -> Expr {
        let node = &self.logic.nodes[id.index()];
        let width = self.width(a).max(self.width(b));
        let product = Expr::binary("*", self.signed_factor(a, width), self.signed_factor(b, width));
        let name = node.name.as_ref().map(|name| self.names.claim(&format!("{name}_signed")));
        let signal = self.declare(name, node.width, Kind::SignedWire, Some(node.source));
        if let Some(section) = self.analysis.section(id) {
            self.place(section, (id.index(), Order::Operand), Item::Signal(signal, Some(product)));
        }
        Expr::unsigned(Expr::signal(signal))
    }

    /// A factor as a signed number, sign-extended.
    fn signed_factor(&self, id: NodeId, width: u32) -> Expr {
        let own = self.width(id);
        match (self.operand(id), width - own) {
            (factor, 0) => Expr::signed(factor),
            (Expr::Const(bits), _) => {
                let mut wide = if bits.sign() { Bits::ones(width) } else { Bits::zero(width) };
                wide.insert(0, &bits);
                Expr::signed(Expr::Const(wide))
            }
            (factor, missing) => {
                let sign = self.bits(id, own - 1, own - 1);
                Expr::signed(Expr::Concat(vec![Expr::Repeat(missing, Box::new(sign)), factor]))
            }
        }
    }

    /// True for a comparison that a constant operand makes always false: linters report it as a mistake.
    fn is_never_less(&self, op: BinaryOp, left: NodeId, right: NodeId) -> bool {
        // Signed order is unsigned order with the sign bits inverted.
        let flipped = |bits: &Bits| {
            let mut bits = bits.clone();
            bits.set_bit(bits.width() - 1, bits.sign() != op.is_signed());
            bits
        };
        let value = |id| self.logic.constant(id).map(flipped);
        value(left).is_some_and(|bits| bits.is_ones()) || value(right).is_some_and(|bits| bits.is_zero())
    }

    /// A shift amount that no tool finds too wide. One that must be cut saturates.
    fn amount(&self, value: NodeId, amount: NodeId) -> Expr {
        let width = self.width(amount);
        let Some(cut) = cut_shift_amount(self.width(value), width) else { return self.operand(amount) };
        let is_large = Expr::unary("|", self.bits(amount, width - 1, cut));
        Expr::mux(is_large, Expr::constant(&Bits::ones(cut)), self.bits(amount, cut - 1, 0))
    }
}

/// `left < right`, with a constant on the right if there is one.
fn less(left: Expr, right: Expr, number: fn(Expr) -> Expr) -> Expr {
    match (left, right) {
        (constant @ Expr::Const(_), right) => Expr::binary(">", number(right), number(constant)),
        (left, right) => Expr::binary("<", number(left), number(right)),
    }
}
