//! Four linters on the Verilog of many configurations, without a waiver.

use crate::modes::{combinations, variants};
use blocks::block::elaborate;
use hdl::{Clocking, Design};
use parts::PARTS;
use rayon::prelude::*;
use test_support::depth::{in_turn, may_take_minutes, usual_or_full};
use test_support::needed::{LINTERS, missing};
use testbenches::VerilogDesign;
use testbenches::lint::lint;

#[test]
fn every_sampled_configuration_is_clean() {
    let _running = may_take_minutes("four programs read each design");
    if missing(LINTERS) {
        return;
    }
    let mut modes = combinations(usual_or_full(30, 150));
    modes.extend(variants(usual_or_full(30, usize::MAX)));
    assert!(modes.len() >= 40, "only {} configurations", modes.len());
    modes.par_iter().for_each(|mode| {
        let netlist = elaborate(&*mode.block).expect("it elaborates");
        for report in lint(&VerilogDesign::of(&netlist)).expect("the linters run") {
            assert!(report.findings.is_empty(), "{}: {report}", mode.name);
        }
    });
    println!("{} configurations are clean under four linters", modes.len());
}

#[test]
fn parts_are_clean() {
    if missing(LINTERS) {
        return;
    }
    for part in in_turn(PARTS.iter().collect(), usual_or_full(3, usize::MAX)) {
        let design = Design::new(Clocking::default());
        let netlist = design.elaborate((part.example)(&design)).expect("it elaborates");
        for report in lint(&VerilogDesign::of(&netlist)).expect("the linters run") {
            assert!(report.findings.is_empty(), "{}: {report}", part.name);
        }
    }
}
