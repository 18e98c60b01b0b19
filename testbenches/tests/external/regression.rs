//! A design that releases of Verilator miscompute with their default optimisations, each at a different output.

use crate::designs::{Numbers, input, output};
use hdl::Port;
use sim::Simulator;
use test_support::needed::{MODELS, missing};
use testbenches::VerilogDesign;
use testbenches::verilator::{Verilator, VerilatorOptions, VerilatorSimulator};

fn regression() -> VerilogDesign {
    let inputs = [("x", 33), ("first", 4), ("second", 4)].map(|(name, width)| input(name, width));
    let outputs = [("sum_parity", 1), ("signed_addend", 32), ("shift_left", 16), ("shift_right", 16)];
    let ports: Vec<Port> =
        inputs.into_iter().chain(outputs.map(|(name, width)| output(name, width))).collect();
    let text = include_str!("../data/verilator_regression.v").to_string();
    let files = vec![("verilator_regression.v".into(), text)];
    VerilogDesign { top: "verilator_regression".into(), files, ports, clock: None, asynchronous_reset: None }
}

/// The outputs, computed from their definitions.
fn expected(x: u64, first: u64, second: u64) -> [u64; 4] {
    let sum = (x & 3) + (x >> 8 & 3);
    let low = x & 0xffff;
    [
        (sum ^ sum >> 1) & 1,
        x << 1 & 0xffff_ffff | x >> 31 & 1,
        low << first << second & 0xffff,
        low >> first >> second,
    ]
}

#[test]
fn every_verilator_computes_it_right() {
    if missing(MODELS) {
        return;
    }
    for verilator in Verilator::all().unwrap() {
        let version = verilator.version;
        let options = VerilatorOptions { verilator: Some(verilator), ..Default::default() };
        let mut simulator = VerilatorSimulator::build(&regression(), &options).unwrap();
        let mut numbers = Numbers(3);
        for _ in 0..5_000 {
            let inputs = [numbers.next() & 0x1_ffff_ffff, numbers.next() & 15, numbers.next() & 15];
            (0..3).for_each(|port| simulator.poke_u64(port, inputs[port]));
            let found = [3, 4, 5, 6].map(|port| simulator.peek_u64(port));
            assert_eq!(
                found,
                expected(inputs[0], inputs[1], inputs[2]),
                "Verilator {version}, inputs {inputs:x?}"
            );
        }
    }
}
