//! Random combinational designs in all lanes against a direct evaluation of the same operators.

use crate::support::{WIDTHS, batches, check_cases, elaborate, random_bits};
use hdl::evaluate::{binary, not, reduce};
use hdl::netlist::{BinaryOp, ReduceOp};
use hdl::{Bits, Module, Signal};
use sim::Options;

/// One step of a design; operands are indices of earlier values.
enum Step {
    Not(usize),
    Binary(BinaryOp, usize, usize),
    Reduce(ReduceOp, usize),
    Mux(usize, usize, usize),
    Concat(Vec<usize>),
    Slice(usize, u32, u32),
}

const EQUAL_WIDTHS: [BinaryOp; 8] = [
    BinaryOp::And,
    BinaryOp::Or,
    BinaryOp::Xor,
    BinaryOp::Add,
    BinaryOp::Sub,
    BinaryOp::Eq,
    BinaryOp::Lt,
    BinaryOp::LtSigned,
];
const ANY_WIDTHS: [BinaryOp; 3] = [BinaryOp::Shl, BinaryOp::Shr, BinaryOp::ShrSigned];
const PRODUCTS: [BinaryOp; 2] = [BinaryOp::Mul, BinaryOp::MulSigned];

/// Draws steps and follows the widths of their values.
struct Plan {
    random: fastrand::Rng,
    widths: Vec<u32>,
    steps: Vec<Step>,
}

impl Plan {
    fn draw(seed: u64) -> Plan {
        let mut plan =
            Plan { random: fastrand::Rng::with_seed(seed), widths: WIDTHS.to_vec(), steps: vec![] };
        for _ in 0..80 {
            plan.step();
        }
        plan
    }

    fn step(&mut self) {
        let (a, b) = (self.any(), self.any());
        let width = self.widths[a];
        let (step, width) = match self.random.u32(..8) {
            0 => (Step::Not(a), width),
            1 => {
                let op = [ReduceOp::And, ReduceOp::Or, ReduceOp::Xor][self.random.usize(..3)];
                (Step::Reduce(op, a), 1)
            }
            2 | 3 => {
                let op = EQUAL_WIDTHS[self.random.usize(..8)];
                let is_compared = matches!(op, BinaryOp::Eq | BinaryOp::Lt | BinaryOp::LtSigned);
                (Step::Binary(op, a, self.like(a)), if is_compared { 1 } else { width })
            }
            4 => (Step::Binary(ANY_WIDTHS[self.random.usize(..3)], a, b), width),
            5 if width + self.widths[b] <= 300 => {
                (Step::Binary(PRODUCTS[self.random.usize(..2)], a, b), width + self.widths[b])
            }
            6 => {
                let select = self.like(0);
                (Step::Mux(select, a, self.like(a)), width)
            }
            7 if width + self.widths[b] <= 300 => (Step::Concat(vec![a, b, a]), 2 * width + self.widths[b]),
            _ => {
                let low = self.random.u32(..width);
                let high = self.random.u32(low..width);
                (Step::Slice(a, high, low), high - low + 1)
            }
        };
        self.steps.push(step);
        self.widths.push(width);
    }

    fn any(&mut self) -> usize {
        self.random.usize(..self.widths.len())
    }

    /// A value as wide as `a`.
    fn like(&mut self, a: usize) -> usize {
        let alike: Vec<usize> =
            (0..self.widths.len()).filter(|&other| self.widths[other] == self.widths[a]).collect();
        alike[self.random.usize(..alike.len())]
    }

    fn build(&self, m: &Module) {
        let inputs = WIDTHS.iter().enumerate().map(|(i, &width)| m.input(&format!("in_{i}"), width, ""));
        let mut signals: Vec<Signal> = inputs.collect();
        signals.iter().for_each(|input| input.unused());
        for (index, step) in self.steps.iter().enumerate() {
            let value = |i: &usize| signals[*i];
            let signal = match step {
                Step::Not(a) => !value(a),
                Step::Binary(op, a, b) => operator(*op, value(a), value(b)),
                Step::Reduce(ReduceOp::And, a) => value(a).all(),
                Step::Reduce(ReduceOp::Or, a) => value(a).any(),
                Step::Reduce(ReduceOp::Xor, a) => value(a).parity(),
                Step::Mux(select, a, b) => value(select).mux(value(a), value(b)),
                Step::Concat(parts) => m.concat(&parts.iter().map(value).collect::<Vec<_>>()),
                Step::Slice(a, high, low) => value(a).slice(*high, *low),
            };
            signals.push(signal);
            m.output(&format!("out_{index}"), signal, "");
        }
    }

    fn evaluate(&self, inputs: &[Bits]) -> Vec<Bits> {
        let mut values = inputs.to_vec();
        for step in &self.steps {
            let value = |i: &usize| &values[*i];
            let result = match step {
                Step::Not(a) => not(value(a)),
                Step::Binary(op, a, b) => binary(*op, value(a), value(b)),
                Step::Reduce(op, a) => reduce(*op, value(a)),
                Step::Mux(select, a, b) => if value(select).is_zero() { value(b) } else { value(a) }.clone(),
                Step::Concat(parts) => {
                    Bits::concat(&parts.iter().map(|part| value(part).clone()).collect::<Vec<_>>())
                }
                Step::Slice(a, high, low) => value(a).slice(*high, *low),
            };
            values.push(result);
        }
        values
    }
}

fn operator<'m>(op: BinaryOp, a: Signal<'m>, b: Signal<'m>) -> Signal<'m> {
    match op {
        BinaryOp::And => a & b,
        BinaryOp::Or => a | b,
        BinaryOp::Xor => a ^ b,
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::MulSigned => a.mul_signed(b),
        BinaryOp::Eq => a.eq(b),
        BinaryOp::Lt => a.lt(b),
        BinaryOp::LtSigned => a.lt_signed(b),
        BinaryOp::Shl => a << b,
        BinaryOp::Shr => a >> b,
        BinaryOp::ShrSigned => a.shr_signed(b),
    }
}

#[test]
fn random_designs_compute_what_their_operators_mean() {
    for seed in 0..40 {
        let mut plan = Plan::draw(seed);
        let netlist = elaborate(|m| plan.build(m));
        let mut case = || WIDTHS.iter().map(|&width| random_bits(&mut plan.random, width)).collect();
        let cases: Vec<Vec<Bits>> = (0..16).map(|_| case()).collect();
        for mut batch in batches(&netlist, Options::default()) {
            check_cases(&mut batch, &cases, |case| {
                let values = plan.evaluate(case).into_iter().skip(case.len()).enumerate();
                values.map(|(index, value)| (format!("out_{index}"), value)).collect()
            });
        }
    }
}
