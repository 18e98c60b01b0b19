//! The operators of the netlist on vectors of literals, the least significant bit first.

use super::graph::{Graph, Lit};
use hdl::Bits;
use hdl::netlist::{BinaryOp, ReduceOp, rotation_stages};

/// The bits of a constant.
pub fn constant(value: &Bits) -> Vec<Lit> {
    (0..value.width()).map(|bit| Lit::constant(value.bit(bit))).collect()
}

/// The complement of every bit.
pub fn not(a: &[Lit]) -> Vec<Lit> {
    a.iter().map(|&bit| !bit).collect()
}

impl Graph {
    /// An operator of two operands.
    pub fn binary(&mut self, op: BinaryOp, a: &[Lit], b: &[Lit]) -> Vec<Lit> {
        match op {
            BinaryOp::And => self.bitwise(Graph::and, a, b),
            BinaryOp::Or => self.bitwise(Graph::or, a, b),
            BinaryOp::Xor => self.bitwise(Graph::xor, a, b),
            BinaryOp::Add => self.sum(a, b, Lit::FALSE),
            BinaryOp::Sub => self.sum(a, &not(b), Lit::TRUE),
            BinaryOp::Mul => self.multiply(a, b),
            BinaryOp::MulSigned => self.multiply_signed(a, b),
            BinaryOp::Eq => vec![self.equal(a, b)],
            BinaryOp::Lt => vec![self.less(a, b)],
            BinaryOp::LtSigned => vec![self.less_signed(a, b)],
            BinaryOp::Shl => self.shift_left(a, b),
            BinaryOp::Shr => self.shift_right(a, b, Lit::FALSE),
            BinaryOp::ShrSigned => self.shift_right(a, b, a[a.len() - 1]),
            BinaryOp::RotateLeft => self.rotate(a, b, <[Lit]>::rotate_right),
            BinaryOp::RotateRight => self.rotate(a, b, <[Lit]>::rotate_left),
        }
    }

    /// `select ? on_true : on_false`
    pub fn select(&mut self, select: Lit, on_true: &[Lit], on_false: &[Lit]) -> Vec<Lit> {
        on_true
            .iter()
            .zip(on_false)
            .map(|(&on_true, &on_false)| self.mux(select, on_true, on_false))
            .collect()
    }

    /// All bits joined by one operator.
    pub fn reduce(&mut self, op: ReduceOp, a: &[Lit]) -> Lit {
        match op {
            ReduceOp::And => self.tree(Graph::and, a),
            ReduceOp::Or => !self.tree(Graph::and, &not(a)),
            ReduceOp::Xor => self.tree(Graph::xor, a),
        }
    }

    /// 1 if the values are equal.
    pub fn equal(&mut self, a: &[Lit], b: &[Lit]) -> Lit {
        let differences = self.bitwise(Graph::xor, a, b);
        !self.reduce(ReduceOp::Or, &differences)
    }

    fn bitwise(&mut self, op: impl Fn(&mut Graph, Lit, Lit) -> Lit, a: &[Lit], b: &[Lit]) -> Vec<Lit> {
        a.iter().zip(b).map(|(&a, &b)| op(self, a, b)).collect()
    }

    /// In groups of three, the inputs of one ternary instruction.
    fn tree(&mut self, op: impl Fn(&mut Graph, Lit, Lit) -> Lit, a: &[Lit]) -> Lit {
        let mut level = a.to_vec();
        while level.len() > 1 {
            let join = |group: &[Lit]| group[1..].iter().fold(group[0], |all, &bit| op(self, all, bit));
            level = level.chunks(3).map(join).collect();
        }
        level[0]
    }

    /// `a + b + carry`, as wide as `a`.
    fn sum(&mut self, a: &[Lit], b: &[Lit], mut carry: Lit) -> Vec<Lit> {
        let bits = a.iter().zip(b);
        bits.map(|(&a, &b)| {
            let sum;
            (sum, carry) = self.full_adder(a, b, carry);
            sum
        })
        .collect()
    }

    /// The sum of three bits, and the carry.
    pub fn full_adder(&mut self, a: Lit, b: Lit, c: Lit) -> (Lit, Lit) {
        let partial = self.xor(a, b);
        (self.xor(partial, c), self.majority(a, b, c))
    }

    /// 1 if `a - b` borrows.
    fn less(&mut self, a: &[Lit], b: &[Lit]) -> Lit {
        a.iter().zip(b).fold(Lit::FALSE, |borrow, (&a, &b)| self.majority(!a, b, borrow))
    }

    /// Signed order is unsigned order with the two sign bits swapped.
    fn less_signed(&mut self, a: &[Lit], b: &[Lit]) -> Lit {
        let (mut left, mut right) = (a.to_vec(), b.to_vec());
        std::mem::swap(&mut left[a.len() - 1], &mut right[b.len() - 1]);
        self.less(&left, &right)
    }

    fn shift_left(&mut self, a: &[Lit], amount: &[Lit]) -> Vec<Lit> {
        let reversed: Vec<Lit> = a.iter().rev().copied().collect();
        let mut shifted = self.shift_right(&reversed, amount, Lit::FALSE);
        shifted.reverse();
        shifted
    }

    /// A barrel rotator: one stage for each bit of the amount. `turn` rotates a vector, the least significant bit
    /// first.
    fn rotate(&mut self, a: &[Lit], amount: &[Lit], turn: fn(&mut [Lit], usize)) -> Vec<Lit> {
        let stages = rotation_stages(a.len() as u32, amount.len() as u32);
        stages.fold(a.to_vec(), |value, (bit, distance)| {
            let mut turned = value.clone();
            turn(&mut turned, distance as usize);
            self.select(amount[bit as usize], &turned, &value)
        })
    }

    /// A barrel shifter: one stage for each bit of the amount. The bits that shift everything out by themselves share
    /// one stage.
    fn shift_right(&mut self, a: &[Lit], amount: &[Lit], fill: Lit) -> Vec<Lit> {
        let stages = a.len().next_power_of_two().trailing_zeros().min(amount.len() as u32) as usize;
        let mut shifted = a.to_vec();
        for (stage, &select) in amount[..stages].iter().enumerate() {
            let moved = shifted.iter().copied().skip(1 << stage).chain(std::iter::repeat(fill));
            let moved: Vec<Lit> = moved.take(a.len()).collect();
            shifted = self.select(select, &moved, &shifted);
        }
        if stages == amount.len() {
            return shifted;
        }
        let beyond = self.reduce(ReduceOp::Or, &amount[stages..]);
        self.select(beyond, &vec![fill; a.len()], &shifted)
    }
}
