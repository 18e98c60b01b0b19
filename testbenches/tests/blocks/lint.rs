//! Four linters on the Verilog of many configurations, without a waiver.

use crate::modes::{combinations, variants};
use blocks::block::elaborate;
use rayon::prelude::*;
use test_support::depth::{may_take_minutes, usual_or_full};
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
