//! A design of rust-hdl with two blocks of the library: a multiplier with a register behind it, and a stream through softmax.

pub mod blocks {
    include!(concat!(env!("OUT_DIR"), "/blocks.rs"));
}

use blocks::{Multiplier, Softmax};
use rust_hdl::prelude::*;

#[derive(LogicBlock, Default)]
pub struct Accelerator {
    pub clock: Signal<In, Clock>,
    pub reset_n: Signal<In, Bit>,
    /// FP16.
    pub activation: Signal<In, Bits<16>>,
    /// Four of 4 bits.
    pub weights: Signal<In, Bits<16>>,
    /// Four FP16 numbers, a cycle later.
    pub products: Signal<Out, Bits<64>>,
    /// Four scores, each with a bit in `keep`; `last` ends a row.
    pub scores: Signal<In, Bits<32>>,
    pub keep: Signal<In, Bits<4>>,
    pub last: Signal<In, Bit>,
    pub scores_valid: Signal<In, Bit>,
    pub scores_ready: Signal<Out, Bit>,
    /// Four probabilities, as the scores came.
    pub probabilities: Signal<Out, Bits<32>>,
    pub probabilities_keep: Signal<Out, Bits<4>>,
    pub probabilities_last: Signal<Out, Bit>,
    pub probabilities_valid: Signal<Out, Bit>,
    pub probabilities_ready: Signal<In, Bit>,
    /// A row was too long.
    pub error: Signal<Out, Bit>,
    multiplier: Multiplier,
    register: DFF<Bits<64>>,
    softmax: Softmax,
}

impl Logic for Accelerator {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, register, softmax);
        self.softmax.rst_n.next = self.reset_n.val();

        self.multiplier.activation.next = self.activation.val();
        self.multiplier.weights.next = self.weights.val();
        self.register.d.next = self.multiplier.product.val();
        self.products.next = self.register.q.val();

        self.softmax.in_scores.next = self.scores.val();
        self.softmax.in_keep.next = self.keep.val();
        self.softmax.in_last.next = self.last.val();
        self.softmax.in_valid.next = self.scores_valid.val();
        self.scores_ready.next = self.softmax.in_ready.val();
        self.probabilities.next = self.softmax.out_probabilities.val();
        self.probabilities_keep.next = self.softmax.out_keep.val();
        self.probabilities_last.next = self.softmax.out_last.val();
        self.probabilities_valid.next = self.softmax.out_valid.val();
        self.softmax.out_ready.next = self.probabilities_ready.val();
        self.error.next = self.softmax.out_error.val();
    }
}

/// The Verilog of the whole design, in which the top module is `top`.
pub fn verilog() -> String {
    let mut design = Accelerator::default();
    design.connect_all();
    generate_verilog(&design)
}
