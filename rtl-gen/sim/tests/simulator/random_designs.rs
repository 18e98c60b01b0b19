//! Random combinational designs against a direct evaluation of the same operators.

use crate::support::{WIDTHS, random_bits, simulate};
use hdl::evaluate::{binary, not, reduce};
use hdl::netlist::{BinaryOp, ReduceOp};
use hdl::{Bits, Module, Signal};
use random_designs::seeds;
use sim::Simulator;

/// One step of a design; operands are indices of earlier values.
enum Step {
    Not(usize),
    Binary(BinaryOp, usize, usize),
    Reduce(ReduceOp, usize),
    Mux(usize, usize, usize),
    Concat(Vec<usize>),
    Slice(usize, u32, u32),
}

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
            1 => (Step::Reduce(ReduceOp::ALL[self.random.usize(..ReduceOp::ALL.len())], a), 1),
            2..=5 => {
                let op = BinaryOp::ALL[self.random.usize(..BinaryOp::ALL.len())];
                let b = if op.kind().needs_equal_widths() { self.like(a) } else { b };
                let width = op.result_width(width, self.widths[b]);
                if width > 300 {
                    return;
                }
                (Step::Binary(op, a, b), width)
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
                Step::Binary(op, a, b) => value(a).binary(*op, value(b)),
                Step::Reduce(op, a) => value(a).reduce(*op),
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

#[test]
fn random_designs_compute_what_their_operators_mean() {
    for seed in seeds(60) {
        let mut plan = Plan::draw(seed);
        let mut simulator = simulate(|m| plan.build(m));
        for _ in 0..20 {
            let inputs: Vec<Bits> =
                WIDTHS.iter().map(|&width| random_bits(&mut plan.random, width)).collect();
            for (port, value) in inputs.iter().enumerate() {
                simulator.poke(port, value);
            }
            for (port, value) in plan.evaluate(&inputs).iter().enumerate() {
                assert_eq!(simulator.peek(port), *value, "seed {seed}, port {port}");
            }
        }
    }
}
