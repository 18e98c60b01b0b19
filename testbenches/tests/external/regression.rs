//! A design that releases of Verilator miscompute with their default optimisations, each at a different output.

use crate::designs::{Numbers, input, output};
use hdl::Port;
use sim::Simulator;
use test_support::needed::{MODELS, missing};
use testbenches::VerilogDesign;
use testbenches::verilator::{Verilator, VerilatorOptions, VerilatorSimulator, Warnings};

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

/// A multiplier of 3 by 3 bits, synthesised.
fn netlist() -> VerilogDesign {
    let ports = vec![input("x", 3), input("y", 3), output("p", 6)];
    let files = vec![("verilator_netlist.v".into(), include_str!("../data/verilator_netlist.v").to_string())];
    VerilogDesign { top: "verilator_netlist".into(), files, ports, clock: None, asynchronous_reset: None }
}

/// Runs a check of a design on each installed Verilator, with its name.
fn on_every_verilator(
    design: &VerilogDesign,
    warnings: Warnings,
    check: impl Fn(&str, &mut VerilatorSimulator),
) {
    if missing(MODELS) {
        return;
    }
    for verilator in Verilator::all().unwrap() {
        let name = format!("Verilator {}", verilator.version);
        let options = VerilatorOptions { verilator: Some(verilator), warnings, ..Default::default() };
        check(&name, &mut VerilatorSimulator::build(design, &options).unwrap());
    }
}

#[test]
fn every_verilator_computes_a_netlist_right() {
    on_every_verilator(&netlist(), Warnings::Ignored, |verilator, simulator| {
        for (x, y) in (-4i64..4).flat_map(|x| (-4..4).map(move |y| (x, y))) {
            simulator.poke_u64(0, x as u64 & 7);
            simulator.poke_u64(1, y as u64 & 7);
            assert_eq!(simulator.peek_u64(2), (x * y) as u64 & 63, "{verilator}, {x} * {y}");
        }
    });
}

#[test]
fn every_verilator_computes_it_right() {
    on_every_verilator(&regression(), VerilatorOptions::default().warnings, |verilator, simulator| {
        let mut numbers = Numbers(3);
        for _ in 0..5_000 {
            let inputs = [numbers.next() & 0x1_ffff_ffff, numbers.next() & 15, numbers.next() & 15];
            (0..3).for_each(|port| simulator.poke_u64(port, inputs[port]));
            let found = [3, 4, 5, 6].map(|port| simulator.peek_u64(port));
            assert_eq!(found, expected(inputs[0], inputs[1], inputs[2]), "{verilator}, inputs {inputs:x?}");
        }
    });
}
