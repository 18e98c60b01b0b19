//! A block more than once, and configurations that share modules.

use crate::wrapped::{Fixed, Floats, Gelu};
use rust_hdl::prelude::*;
use rust_hdl_tests::{lint, yosys};

#[derive(LogicBlock, Default)]
struct Crowd {
    clock: Signal<In, Clock>,
    reset_n: Signal<In, Bit>,
    activations: Signal<In, Bits<64>>,
    weights: Signal<In, Bits<64>>,
    last: Signal<In, Bit>,
    valid: Signal<In, Bit>,
    ready: Signal<In, Bit>,
    floats: [Floats; 2],
    fixed: Fixed,
    gelu: Vec<Gelu>,
    floats_ready: [Signal<Out, Bit>; 2],
    floats_valid: [Signal<Out, Bit>; 2],
    floats_sums: [Signal<Out, Bits<128>>; 2],
    floats_error: [Signal<Out, Bit>; 2],
    fixed_ready: Signal<Out, Bit>,
    fixed_valid: Signal<Out, Bit>,
    fixed_sums: Signal<Out, Bits<232>>,
    fixed_error: Signal<Out, Bit>,
    gelus: [Signal<Out, Bits<8>>; 2],
}

impl Logic for Crowd {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..2 {
            self.floats[i].clock.next = self.clock.val();
            self.floats[i].rst_n.next = self.reset_n.val();
            self.floats[i].in_activations.next = self.activations.val();
            self.floats[i].in_weights.next = self.weights.val();
            self.floats[i].in_last.next = self.last.val();
            self.floats[i].in_valid.next = self.valid.val();
            self.floats[i].out_ready.next = self.ready.val();
            self.floats_ready[i].next = self.floats[i].in_ready.val();
            self.floats_valid[i].next = self.floats[i].out_valid.val();
            self.floats_sums[i].next = self.floats[i].out_sums.val();
            self.floats_error[i].next = self.floats[i].out_error.val();
            self.gelu[i].x.next = self.activations.val().get_bits::<8>(0);
            self.gelus[i].next = self.gelu[i].y.val();
        }
        self.fixed.clock.next = self.clock.val();
        self.fixed.rst_n.next = self.reset_n.val();
        self.fixed.in_activations.next = self.activations.val();
        self.fixed.in_weights.next = self.weights.val();
        self.fixed.in_last.next = self.last.val();
        self.fixed.in_valid.next = self.valid.val();
        self.fixed.out_ready.next = self.ready.val();
        self.fixed_ready.next = self.fixed.in_ready.val();
        self.fixed_valid.next = self.fixed.out_valid.val();
        self.fixed_sums.next = self.fixed.out_sums.val();
        self.fixed_error.next = self.fixed.out_error.val();
    }
}

#[test]
fn modules_are_read_once() {
    let mut design = Crowd { gelu: vec![Gelu::default(), Gelu::default()], ..Crowd::default() };
    design.connect_all();
    let text = generate_verilog(&design);
    let count = |module: &str| text.matches(&format!("\nmodule {module} (")).count();
    assert_eq!((count("pacq_dp_4_w4"), count("pacq_dp_4_w4_fixed"), count("gelu_q3_5")), (2, 1, 2));
    assert_eq!(lint(&text), "");
    yosys("shared", &text);
}
