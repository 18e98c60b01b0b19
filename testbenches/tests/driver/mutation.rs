//! Mutants of the adders.

use crate::adder::{Adder, Defect};
use crate::blind::Blind;
use blocks::channel::Timing;
use testbenches::mutation::{Mutant, MutationReport, Options, Verdict, mutate};

const EVERY: Options = Options {
    modules: vec![],
    mutants: usize::MAX,
    seed: 1,
    random_cases: 3000,
    space_cases: 1 << 16,
    threads: 2,
};

#[test]
fn no_mutant_survives_a_good_testbench() {
    for timing in
        [Timing::Fixed { latency: 0 }, Timing::Fixed { latency: 2 }, Timing::ReadyValid { latency: 2 }]
    {
        let report = mutate(&Adder::new(timing, Defect::None), &EVERY, &()).unwrap();
        assert_eq!((report.survived(), report.mutants.len()), (0, report.possible), "{report}");
        assert!(report.killed() > 30, "{report}");
    }
}

#[test]
fn a_weak_testbench_lets_mutants_survive() {
    let report = mutate(&Blind::to_parity(Timing::Fixed { latency: 2 }, Defect::None), &EVERY, &()).unwrap();
    let survivors: Vec<_> =
        report.mutants.iter().filter(|mutant| matches!(mutant.verdict, Verdict::Survived { .. })).collect();
    assert!(!survivors.is_empty(), "{report}");
    for mutant in survivors {
        let Verdict::Survived { port, .. } = &mutant.verdict else { unreachable!("they were picked") };
        assert_eq!(port, "parity");
        assert!(mutant.source.contains("adder.rs:"), "{}", mutant.source);
    }
    assert!(report.to_string().contains("reduction Xor becomes Or"), "{report}");
    assert!(report.to_string().contains("SURVIVED: `parity` differs in cycle"), "{report}");
}

#[test]
fn an_assertion_kills_what_a_weak_testbench_would_not() {
    let block = Blind::to_parity(Timing::Fixed { latency: 0 }, Defect::AssertsParity);
    for (random_cases, space) in [(3000, "random"), (0, "a x b")] {
        let report = mutate(&block, &Options { random_cases, ..EVERY }, &()).unwrap();
        assert_eq!(report.survived(), 0, "{report}");
        let of_assertion = |mutant: &Mutant| match &mutant.verdict {
            Verdict::Killed(failure) => failure.signal == "parity_is_right" && failure.space == space,
            _ => false,
        };
        assert!(report.mutants.iter().any(of_assertion), "{report}");
    }
}

#[test]
fn an_equivalent_mutant_is_told_from_a_survivor() {
    // The operands of the sum are zero-extended: a top bit stuck at 0 changes nothing.
    let block = Adder::new(Timing::Fixed { latency: 0 }, Defect::None);
    let report = mutate(&block, &EVERY, &()).unwrap();
    let equivalent =
        report.mutants.iter().find(|mutant| mutant.change == "bit 8 stuck at 0" && mutant.node.is_none());
    let verdict = &equivalent.unwrap_or_else(|| panic!("{report}")).verdict;
    assert_eq!(*verdict, Verdict::Equivalent { cases: 1 << 16, is_complete: true });
    let sampled = mutate(&block, &Options { space_cases: 1 << 15, ..EVERY }, &()).unwrap();
    let is_sample =
        |mutant: &&Mutant| mutant.verdict == Verdict::Equivalent { cases: 1 << 15, is_complete: false };
    assert!(
        sampled.equivalent() > 0 && sampled.mutants.iter().filter(is_sample).count() == sampled.equivalent()
    );
}

/// All mutants with such a change are equivalent, and there is at least one.
fn expect_equivalent(timing: Timing, defect: Defect, is_meant: impl Fn(&Mutant) -> bool) {
    let report = mutate(&Adder::new(timing, defect), &EVERY, &()).unwrap();
    let meant: Vec<&Mutant> = report.mutants.iter().filter(|mutant| is_meant(mutant)).collect();
    assert!(!meant.is_empty(), "{report}");
    for mutant in meant {
        assert!(
            matches!(mutant.verdict, Verdict::Equivalent { .. }),
            "{}: {}",
            mutant.change,
            mutant.verdict
        );
    }
}

#[test]
fn what_nobody_looks_at_is_no_difference() {
    // The contents of a pipeline before the first beat has passed through it.
    let is_reset =
        |mutant: &Mutant| mutant.change.contains("reset value") || mutant.change == "reset removed";
    expect_equivalent(Timing::Fixed { latency: 2 }, Defect::ResetsData, is_reset);
    // The payload of a stream while its `valid` is 0.
    let opens_gate =
        |mutant: &Mutant| mutant.node.as_deref() == Some("gate") && mutant.change.ends_with("stuck at 1");
    expect_equivalent(Timing::ReadyValid { latency: 1 }, Defect::GatesData, opens_gate);
}

#[test]
fn a_sample_has_every_kind_and_follows_from_the_seed() {
    let block = Adder::new(Timing::ReadyValid { latency: 1 }, Defect::None);
    let sample =
        |seed, threads| mutate(&block, &Options { mutants: 40, seed, threads, ..EVERY }, &()).unwrap();
    let report = sample(1, 1);
    assert_eq!((report.mutants.len(), &report), (40, &sample(1, 2)));
    let places = |report: &MutationReport| {
        report.mutants.iter().map(|mutant| (mutant.source.clone(), mutant.change.clone())).collect::<Vec<_>>()
    };
    assert_ne!(places(&report), places(&sample(2, 1)));
    for change in
        ["register removed", "enable removed", "reset removed", "And becomes", "reduction Xor becomes"]
    {
        assert!(report.mutants.iter().any(|mutant| mutant.change.contains(change)), "{change}: {report}");
    }
}
