//! The text grows linearly with the netlist, and is the same in every run.

use crate::designs;
use hdl::{Clocking, Design, Module, Netlist, Signal};
use std::time::{Duration, Instant};
use verilog::Options;

fn one(build: impl FnOnce(&Module)) -> Netlist {
    let design = Design::new(Clocking::default());
    let top = design.module("scale", &[], build);
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}

fn text(netlist: &Netlist) -> String {
    verilog::print(netlist, &Options::default()).into_iter().map(|file| file.text).collect()
}

#[test]
fn a_network_of_4096_lanes_prints_fast_and_small() {
    let netlist = designs::prefix_sums(4096);
    let start = Instant::now();
    let text = text(&netlist);
    let elapsed = start.elapsed();
    println!("{} lines, {} bytes in {elapsed:?}", text.lines().count(), text.len());
    assert!(text.len() < 10_000_000, "{} bytes", text.len());
    assert!(elapsed < Duration::from_secs(2), "{elapsed:?}");
}

/// Inlining is bounded: neither lines nor the nesting of expressions grow with the design.
#[test]
fn deep_logic_becomes_short_statements() {
    type Step = for<'m> fn(Signal<'m>, Signal<'m>, Signal<'m>) -> Signal<'m>;
    let steps: [(&str, Step); 4] = [
        ("sum", |deep, a, _| a - (deep + a)),
        ("choice", |deep, a, b| b.bit(0).mux(a, (deep ^ a) & b)),
        ("chain", |deep, a, b| (a ^ b).eq(b).mux(a, deep)),
        ("complement", |deep, a, _| !(deep | a)),
    ];
    for (name, step) in steps {
        let netlist = one(|m| {
            let (a, b) = (m.input("a", 8, ""), m.input("b", 8, ""));
            m.output("y", (0..50_000).fold(a ^ b, |deep, i| step(deep, a + i % 200, b)), "");
        });
        let text = text(&netlist);
        assert!(text.lines().all(|line| line.len() <= 100), "{name}");
        let longest = text.split(';').map(str::len).max().unwrap_or(0);
        assert!(longest < 6_000, "{name}: a statement of {longest} characters");
        assert!(text.len() < 8_000_000, "{name}: {} characters", text.len());
    }
}

#[test]
fn the_same_design_prints_the_same_bytes() {
    for example in designs::ALL {
        assert_eq!(text(&(example.build)()), text(&(example.build)()), "{}", example.name);
    }
}
