//! The example: a multiplier with a register, and softmax.

use accelerator::Accelerator;
use gen_rtl_rust_hdl::{Value, library};
use hdl::Bits;
use rust_hdl::prelude::*;
use rust_hdl_tests::{Vectors, hex, icarus, lint, yosys};
use std::sync::{Arc, Mutex};

fn factors() -> Vectors {
    Vectors::of(library("pacq_mul"), "product=rounded", 500)
}

fn rows() -> Vectors {
    Vectors::of(library("softmax"), "lanes=4 length=16", 60)
}

#[test]
fn it_is_the_same_and_clean_every_time() {
    let design = accelerator::verilog();
    assert_eq!(design, accelerator::verilog());
    assert_eq!(lint(&design), "");
    yosys("accelerator", &design);
}

#[test]
fn its_verilog_gives_the_golden_answers() {
    let (factors, rows) = (factors(), rows());
    let parameters = format!("`define FACTORS {}\n`define ROWS {}\n", factors.beats.len(), rows.beats.len());
    let testbench = parameters + include_str!("accelerator.v");
    let files = [("factors.hex", factors.memory()), ("rows.hex", rows.memory())];
    let Some(printed) = icarus(&accelerator::verilog(), &testbench, &files) else { return };
    let of = |what: &str| {
        printed.iter().filter_map(|line| line.strip_prefix(what)).map(str::to_string).collect::<Vec<_>>()
    };
    assert_eq!(of("product "), factors.displayed());
    assert_eq!(of("row "), rows.displayed());
}

/// Fields of a beat as the values of signals.
fn value<V: Value>(beat: &[Bits], field: usize) -> V {
    V::from_port(&beat[field])
}

/// Runs a testbench in rust-hdl's simulator.
fn simulate<F>(testbench: F)
where
    F: Fn(Sim<Accelerator>) -> Result<(), SimError> + Send + std::panic::RefUnwindSafe + 'static,
{
    let mut simulation = Simulation::new();
    simulation.add_clock(5, |design: &mut Box<Accelerator>| design.clock.next = !design.clock.val());
    simulation.add_testbench(testbench);
    simulation.run(Box::new(Accelerator::default()), 1_000_000).expect("the testbench ends in time");
}

#[test]
fn rust_hdl_simulates_it() {
    let (factors, rows) = (factors(), rows());
    let (expected_products, expected_rows) = (factors.displayed(), rows.displayed());
    let seen = Arc::new(Mutex::new((vec![], vec![])));
    let (all, ends) = (seen.clone(), expected_rows.len());
    simulate(move |mut sim: Sim<Accelerator>| {
        let mut design = sim.init()?;
        let (mut products, mut probabilities) = (vec![], vec![]);
        wait_clock_false!(sim, clock, design);
        wait_clock_cycle!(sim, clock, design);
        design.reset_n.next = true;
        let mut row = rows.beats.iter().peekable();
        for cycle in 0.. {
            if let Some(beat) = factors.beats.get(cycle) {
                design.activation.next = value(beat, 0);
                design.weights.next = value(beat, 1);
            }
            design.scores_valid.next = row.peek().is_some() && cycle % 5 != 0;
            if let Some(beat) = row.peek() {
                design.scores.next = value(beat, 0);
                design.keep.next = value(beat, 1);
                design.last.next = value(beat, 2);
            }
            design.probabilities_ready.next = cycle % 3 != 0;
            // What is there before the edge passes at it.
            design = sim.wait(4, design)?;
            if design.scores_valid.val() && design.scores_ready.val() {
                row.next();
            }
            if design.probabilities_valid.val() && design.probabilities_ready.val() {
                let bits = [design.probabilities.val().to_port(), design.probabilities_keep.val().to_port()];
                let flags = [design.probabilities_last.val().to_port(), design.error.val().to_port()];
                probabilities.push(hex(&[bits, flags].concat()));
            }
            wait_clock_true!(sim, clock, design);
            wait_clock_false!(sim, clock, design);
            if cycle < factors.beats.len() {
                products.push(hex(&[design.products.val().to_port()]));
            }
            if probabilities.len() == ends && cycle >= factors.beats.len() {
                break;
            }
        }
        *all.lock().expect("nobody panicked") = (products, probabilities);
        sim.done(design)
    });
    let (products, probabilities) =
        Arc::try_unwrap(seen).expect("the testbench ended").into_inner().expect("likewise");
    assert_eq!(products, expected_products);
    assert_eq!(probabilities, expected_rows);
}
