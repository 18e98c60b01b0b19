//! Size: sharing is never lost, elaboration is linear, and no depth overflows the stack.

use crate::{design, driver, logic, operators, top};
use hdl::netlist::{Netlist, Op};
use hdl::{Design, MAX_LEVELS, Module, ModuleRef, Signal};
use std::time::{Duration, Instant};

const DEEP: usize = 100_000;

#[test]
fn a_doubling_chain_has_one_node_a_step() {
    let start = Instant::now();
    let netlist = top(|m| {
        let x = m.input("x", 32, "");
        m.output("y", (0..10_000).fold(x, |x, _| x + x), "");
    });
    println!("10,000 doublings: {:?}", start.elapsed());
    assert_eq!(operators(&netlist).len(), 10_000);
    assert_eq!(logic(netlist.top()).nodes.len(), 10_001);
}

/// A chain of one operator after another.
fn chain(step: impl for<'m> Fn(&'m Module, Signal<'m>, usize) -> Signal<'m>) -> Netlist {
    top(|m| {
        let x = m.input("x", 8, "");
        m.output("y", (0..DEEP).fold(x, |x, i| step(m, x, i)), "");
    })
}

#[test]
fn deep_chains_of_operators() {
    assert_eq!(operators(&chain(|_, x, i| x + (i as u64 % 255 + 1))).len(), DEEP);
    assert_eq!(operators(&chain(|_, x, i| x.bit(0).mux(x, i as u64 % 256))).len(), 2 * DEEP);
    assert!(operators(&chain(|_, x, _| !x)).is_empty());
    assert!(operators(&chain(|_, x, _| x.zext(9).low(8))).is_empty());
    assert!(operators(&chain(|m, x, _| m.concat(&[x.high(4), x.low(4)]))).is_empty());
}

#[test]
fn deep_chains_of_names() {
    let netlist = chain(|_, x, i| x.named(&format!("n{i}")));
    assert!(matches!(driver(&netlist, "y").op, Op::Wire(Some(id)) if id.index() == 0));
    let netlist = chain(|_, x, i| (x ^ 1).named(&format!("n{i}")));
    assert_eq!(operators(&netlist).len(), DEEP);
}

/// Each wire is driven by the one declared after it: the worst order.
#[test]
fn deep_chains_of_wires() {
    let netlist = top(|m| {
        let wires: Vec<_> = (0..DEEP).map(|i| m.wire(&format!("w{i}"), 8)).collect();
        m.output("y", wires[0].value(), "");
        for pair in wires.windows(2) {
            pair[0].drive(pair[1].value() + 1);
        }
        wires[DEEP - 1].drive(m.input("x", 8, ""));
    });
    assert_eq!(operators(&netlist).len(), DEEP - 1);
}

/// A word that grows by one bit per step, and is read at every length.
#[test]
fn deep_chains_of_concatenations() {
    let steps = 20_000;
    let netlist = top(|m| {
        let x = m.input("x", 8, "");
        let mut parities = vec![];
        let word = (0..steps).fold(x, |word, i| {
            parities.push(word.parity());
            m.concat(&[x.bit(i % 8), word])
        });
        m.output("all", m.concat_lsb(&parities), "");
        m.output("word", word, "");
    });
    let parts = operators(&netlist).iter().map(|node| node.op.operands().len()).sum::<usize>();
    assert!(parts < 6 * steps as usize, "{parts} operands");
    let alone = top(|m| {
        let x = m.input("x", 8, "");
        m.output("word", (0..DEEP as u32).fold(x, |word, i| m.concat(&[x.bit(i % 8), word])), "");
    });
    let parts = operators(&alone).iter().map(|node| node.op.operands().len()).sum::<usize>();
    assert!(parts < 2 * DEEP, "{parts} operands");
}

/// A module that instantiates `below`, if there is one.
fn level(design: &Design, number: usize, below: impl FnOnce(&Design) -> Option<ModuleRef>) -> ModuleRef {
    design.module(&format!("level{number}"), &[], |m| {
        let x = m.input("x", 8, "");
        let y = match below(m.design()) {
            Some(below) => m.instance("u_below", below).set("x", x).get("y"),
            None => !x,
        };
        m.output("y", y, "");
    })
}

fn built_from_the_bottom(design: &Design) -> ModuleRef {
    let bottom = level(design, 1, |_| None);
    (2..=MAX_LEVELS).fold(bottom, |below, number| level(design, number, |_| Some(below)))
}

fn built_within_each_other(design: &Design, number: usize) -> ModuleRef {
    level(design, number, |design| (number > 1).then(|| built_within_each_other(design, number - 1)))
}

#[test]
fn a_deep_hierarchy() {
    for netlist in
        [design(built_from_the_bottom), design(|design| built_within_each_other(design, MAX_LEVELS))]
    {
        assert_eq!(netlist.modules.len(), MAX_LEVELS);
        assert_eq!(netlist.top().name, format!("level{MAX_LEVELS}"));
    }
}

/// Building a module again at each instance costs no more than the first time.
#[test]
fn a_module_that_is_built_at_every_instance_costs_a_build_each() {
    let start = Instant::now();
    let netlist = design(|design| {
        design.module("top", &[], |m| {
            let x = m.input("x", 8, "");
            let steps = 0..10_000;
            let y = steps.fold(x, |x, index| {
                let step = m.design().module("step", &[], |m| {
                    let x = m.input("x", 8, "");
                    m.output("y", (x ^ (x >> 1)) + 1, "");
                });
                m.instance(&format!("u_{index}"), step).set("x", x).get("y")
            });
            m.output("y", y, "");
        })
    });
    println!("10,000 builds of a module: {:?}", start.elapsed());
    assert_eq!(netlist.modules.len(), 2);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

/// Pipelines without a reset, and registers with feedback, in one module: the search for registers that never become
/// known is linear.
#[test]
fn long_pipelines_without_a_reset() {
    let start = Instant::now();
    let netlist = top(|m| {
        let (x, load) = (m.input("x", 8, ""), m.input("load", 1, ""));
        let held = m.reg("held", 8);
        held.set(load.mux(x, held.value() + 1));
        let y = (0..20_000).fold(held.value(), |x, stage| (x + 1).delayed(&format!("stage{stage}")));
        let wide = m.reg("wide", 4096);
        wide.set(m.concat(&[wide.value().low(4095), y.bit(0)]));
        m.output("y", y, "");
        m.output("z", wide.value().msb(), "");
    });
    println!("20,000 stages: {:?}", start.elapsed());
    assert_eq!(logic(netlist.top()).registers.len(), 20_002);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

/// Prefix sums over the lanes, in log2(lanes) rows of adders.
fn prefix_sums<'m>(lanes: &[Signal<'m>]) -> Vec<Signal<'m>> {
    let mut sums = lanes.to_vec();
    let mut reach = 1;
    while reach < lanes.len() {
        for lane in (0..lanes.len()).filter(|lane| lane & reach != 0) {
            sums[lane] = sums[lane] + sums[lane / reach * reach - 1];
        }
        reach *= 2;
    }
    sums
}

fn prefix_network(m: &Module, lanes: usize) {
    let inputs: Vec<_> = (0..lanes).map(|lane| m.input(&format!("x{lane}"), 16, "")).collect();
    for (lane, sum) in prefix_sums(&inputs).into_iter().enumerate() {
        m.output(&format!("y{lane}"), sum, "");
    }
}

/// With 245,760 operators in the larger network, a quadratic step would take minutes.
#[test]
fn a_wide_prefix_network_elaborates_in_linear_time() {
    for (lanes, limit) in [(4096, 2), (32_768, 20)] {
        let start = Instant::now();
        let netlist = top(|m| prefix_network(m, lanes));
        println!("{lanes} lanes: {:?}", start.elapsed());
        assert!(start.elapsed() < Duration::from_secs(limit), "{lanes} lanes take {:?}", start.elapsed());
        assert_eq!(operators(&netlist).len(), lanes / 2 * lanes.ilog2() as usize);
    }
}

/// The same network, with lanes sliced from one wide port and concatenated to another.
#[test]
fn wide_ports_are_cut_and_joined_in_linear_time() {
    let start = Instant::now();
    let netlist = top(|m| {
        let lanes = m.input("x", 4096 * 16, "").split_lsb(16);
        let word = m.concat_lsb(&prefix_sums(&lanes));
        let doubled: Vec<_> = word.split_lsb(16).into_iter().map(|lane| lane << 1).collect();
        m.output("y", m.concat_lsb(&doubled), "");
    });
    println!("4096 lanes of one port: {:?}", start.elapsed());
    assert!(operators(&netlist).len() < 10 * 4096 + 4096 * 12 / 2);
}
