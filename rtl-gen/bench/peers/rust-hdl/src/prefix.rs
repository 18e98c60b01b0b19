//! Running population counts.

use rust_hdl_core::ast::{VerilogExpression, VerilogOp, VerilogStatement};
use rust_hdl_core::prelude::*;

/// The counts have `W` bits.
#[derive(LogicBlock)]
pub struct Prefix<const W: usize> {
    words: Vec<Signal<In, Bits<64>>>,
    sums: Vec<Signal<Local, Bits<W>>>,
    counts: Vec<Signal<Out, Bits<W>>>,
    /// The additions in order, each by the indices of two earlier sums. The first sums are the bits.
    _additions: Vec<(usize, usize)>,
    /// The index of each lane's final sum.
    _results: Vec<usize>,
}

impl<const W: usize> Prefix<W> {
    pub fn new(circuit: &str, size: usize) -> Prefix<W> {
        let mut additions = vec![];
        let mut sums: Vec<usize> = (0..size).collect();
        let mut distance = 1;
        while distance < size {
            let before = sums.clone();
            for lane in 0..size {
                let other = match circuit {
                    "kogge-stone" => lane.checked_sub(distance),
                    "sklansky" => (lane & distance != 0).then(|| (lane & !(2 * distance - 1)) + distance - 1),
                    unknown => panic!("no prefix network `{unknown}`"),
                };
                if let Some(other) = other {
                    sums[lane] = size + additions.len();
                    additions.push((before[lane], before[other]));
                }
            }
            distance *= 2;
        }
        Prefix {
            words: (0..size / 64).map(|_| Signal::default()).collect(),
            sums: (0..size + additions.len()).map(|_| Signal::default()).collect(),
            counts: (0..size).map(|_| Signal::default()).collect(),
            _additions: additions,
            _results: sums,
        }
    }
}

impl<const W: usize> Logic for Prefix<W> {
    // The design is generated, not simulated.
    fn update(&mut self) {}

    fn connect(&mut self) {
        self.sums.iter_mut().for_each(Logic::connect);
        self.counts.iter_mut().for_each(Logic::connect);
    }

    fn hdl(&self) -> Verilog {
        let size = self._results.len();
        let bits = (0..size).map(|lane| assign("sums", lane, bit::<W>(lane)));
        let sum = |(index, (a, b)): (usize, &(usize, usize))| assign("sums", size + index, add(*a, *b));
        let sums = self._additions.iter().enumerate().map(sum);
        let counts = self._results.iter().enumerate();
        let counts = counts.map(|(lane, sum)| assign("counts", lane, signal("sums", *sum)));
        Verilog::Combinatorial(bits.chain(sums).chain(counts).collect())
    }
}

fn signal(of: &str, index: usize) -> VerilogExpression {
    VerilogExpression::Signal(format!("{of}${index}"))
}

fn assign(of: &str, index: usize, value: VerilogExpression) -> VerilogStatement {
    VerilogStatement::Assignment(signal(of, index), value)
}

fn add(a: usize, b: usize) -> VerilogExpression {
    let [a, b] = [a, b].map(|index| Box::new(signal("sums", index)));
    VerilogExpression::Binary(a, VerilogOp::Add, b)
}

/// The bit of a lane, as wide as a count.
fn bit<const W: usize>(lane: usize) -> VerilogExpression {
    let index = VerilogExpression::Literal((lane % 64).into());
    let bit = VerilogExpression::Index(Box::new(signal("words", lane / 64)), Box::new(index));
    VerilogExpression::Cast(Box::new(bit), W)
}
