//! Stimulus generated inside a batch: each lane must hold its own case.

use crate::support::{batches, elaborate, port};
use hdl::{Bits, Module, Netlist};
use sim::batch::{Corners, EveryCase, RandomCases, Stimulus};
use sim::{Batch, Options};
use std::collections::HashSet;

fn passes(m: &Module) {
    for (name, width) in [("a", 3), ("b", 9), ("c", 70)] {
        m.output(&format!("{name}_out"), m.input(name, width, ""), "");
    }
}

fn netlist() -> Netlist {
    elaborate(passes)
}

/// Checks that the lanes hold the cases from `first` on.
fn check(batch: &mut Batch, stimulus: &dyn Stimulus, first: u64) {
    stimulus.poke(batch, first);
    for lane in 0..batch.lanes() {
        let number = first + lane as u64;
        for (input, value) in stimulus.case(stimulus.count().map_or(number, |count| number % count)) {
            assert_eq!(batch.peek_lane(input, lane), value, "{}, case {number}", batch.isa());
        }
    }
}

#[test]
fn every_case_counts() {
    for mut batch in batches(&netlist(), Options::default()) {
        let ports = ["a", "b"].map(|name| port(&batch, name));
        let stimulus = EveryCase::of(&batch, &ports);
        assert_eq!(stimulus.count(), Some(1 << 12));
        let mut seen = HashSet::new();
        for first in (0..1 << 12).step_by(batch.lanes()) {
            check(&mut batch, &stimulus, first);
            let value = |batch: &mut Batch, lane| ports.map(|port| batch.peek_lane(port, lane));
            seen.extend((0..batch.lanes()).map(|lane| value(&mut batch, lane)));
        }
        assert_eq!(seen.len(), 1 << 12);
    }
}

#[test]
fn random_cases_are_the_same_on_every_instruction_set_and_differ_by_seed() {
    let netlist = netlist();
    let cases = |seed| {
        batches(&netlist, Options::default()).map(move |mut batch| {
            let ports = ["a", "c"].map(|name| port(&batch, name));
            let stimulus = RandomCases::of(&batch, &ports, seed);
            assert_eq!(stimulus.count(), None);
            check(&mut batch, &stimulus, 0);
            check(&mut batch, &stimulus, 5120);
            (0..100).map(|number| stimulus.case(number)).collect::<Vec<_>>()
        })
    };
    let first: Vec<_> = cases(1).collect();
    assert!(first.windows(2).all(|pair| pair[0] == pair[1]));
    assert_ne!(first[0], cases(2).next().unwrap());
    let ones =
        |case: &Vec<(usize, Bits)>| case[1].1.limbs().iter().map(|limb| limb.count_ones()).sum::<u32>();
    let mean = first[0].iter().map(ones).sum::<u32>() / 100;
    assert!((30..40).contains(&mean), "of 70 random bits {mean} are 1");
}

#[test]
fn corners_combine() {
    for mut batch in batches(&netlist(), Options::default()) {
        let [a, c] = ["a", "c"].map(|name| port(&batch, name));
        let tables = vec![
            (a, [0, 5, 7].map(|value| Bits::truncated(value, 3)).to_vec()),
            (c, vec![Bits::zero(70), Bits::ones(70), Bits::truncated(1 << 69, 70)]),
        ];
        let stimulus = Corners::of(tables);
        assert_eq!(stimulus.count(), Some(9));
        assert_eq!(stimulus.case(5), [(a, Bits::truncated(7, 3)), (c, Bits::ones(70))]);
        check(&mut batch, &stimulus, 0);
        check(&mut batch, &stimulus, 512);
    }
}
