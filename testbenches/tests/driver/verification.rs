//! Verification with each simulator.

use crate::adder::{Adder, Defect};
use crate::simulators::simulators;
use blocks::channel::Timing;
use sim::batch::Isa;
use std::sync::atomic::{AtomicU64, Ordering};
use testbenches::simulators::{BUILTIN, ICARUS};
use testbenches::{
    CoverageReport, Progress, Report, Request, SimulatorKind, Vectors, VerifyError, agreement,
    standalone_testbench, verify,
};

const FIXED: Timing = Timing::Fixed { latency: 2 };
const TIMINGS: [Timing; 4] =
    [FIXED, Timing::Fixed { latency: 0 }, Timing::ReadyValid { latency: 2 }, Timing::Elastic];

fn request(simulator: &'static SimulatorKind, vectors: Vectors) -> Request {
    Request { simulator, vectors, seed: 3, wave: None, threads: 2 }
}

fn report(timing: Timing, defect: Defect, request: &Request) -> Report {
    verify(&Adder::new(timing, defect), request, &()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_simulator_passes_a_right_design() {
    for (timing, simulator) in TIMINGS.into_iter().flat_map(|t| simulators().into_iter().map(move |s| (t, s)))
    {
        let report = report(timing, Defect::None, &request(simulator, Vectors::Count(3000)));
        assert_eq!(report.failure, None, "{timing:?} on {simulator}");
        let [space] = report.spaces.as_slice() else { panic!("{report:?}") };
        assert_eq!((space.space.as_str(), space.cases), ("random", 3000));
        assert!(space.cycles >= 3000, "{report:?}");
    }
}

#[test]
fn every_simulator_finds_a_wrong_bit() {
    for (timing, simulator) in TIMINGS.into_iter().flat_map(|t| simulators().into_iter().map(move |s| (t, s)))
    {
        let report = report(timing, Defect::WrongBit, &request(simulator, Vectors::Count(3000)));
        let failure = report.failure.unwrap_or_else(|| panic!("{timing:?} on {simulator} passes"));
        assert!(failure.signal.ends_with("sum"), "{failure}");
        assert!(report.spaces.is_empty());
    }
}

#[test]
fn all_cases_of_all_spaces_are_run() {
    for simulator in simulators() {
        let report = report(FIXED, Defect::None, &request(simulator, Vectors::All));
        if simulator == &ICARUS {
            assert_eq!((report.spaces[0].space.as_str(), report.spaces[0].cases), ("random", 50_000));
            continue;
        }
        let [space] = report.spaces.as_slice() else { panic!("{report:?}") };
        assert_eq!((space.space.as_str(), space.cases, report.failure), ("a x b", 1 << 16, None));
        // Each run takes a cycle per case, and two cycles for the last answers.
        let runs = if simulator == &BUILTIN { Isa::detect().lanes() as u64 } else { 1 };
        assert_eq!((space.cycles, report.coverage), ((1 << 16) + 2 * runs, vec![]));
    }
}

#[test]
fn random_cases_stand_in_for_large_spaces() {
    let of = |largest| {
        let vectors = Vectors::Spaces { largest, instead: 700 };
        let report = report(FIXED, Defect::None, &request(&BUILTIN, vectors));
        let spaces = report.spaces.iter().map(|space| (space.space.clone(), space.cases));
        (spaces.collect::<Vec<_>>(), report.coverage.len())
    };
    assert_eq!(of(1 << 16), (vec![("a x b".to_string(), 1 << 16)], 0));
    assert_eq!(of((1 << 16) - 1), (vec![("random".to_string(), 700)], 0), "coverage is not asked for");
}

#[test]
fn coverage_is_counted_in_random_runs() {
    let report = report(FIXED, Defect::None, &request(&BUILTIN, Vectors::Count(100_000)));
    let [CoverageReport { point: carry, hits: carries }, CoverageReport { point: same, hits: pairs }] =
        report.coverage.as_slice()
    else {
        panic!("{report:?}")
    };
    assert_eq!((carry.as_str(), same.as_str()), ("carry", "a = b"));
    assert!((49_000..51_000).contains(carries) && (300..500).contains(pairs), "{report:?}");
}

/// Everything but the time that it took.
fn timeless(mut report: Report) -> Report {
    report.spaces.iter_mut().for_each(|space| space.seconds = 0.0);
    report
}

#[test]
fn the_report_does_not_depend_on_the_number_of_threads() {
    for defect in [Defect::None, Defect::Drop] {
        let of = |threads| {
            let request = Request { threads, ..request(&BUILTIN, Vectors::Count(100_000)) };
            timeless(report(Timing::ReadyValid { latency: 2 }, defect, &request))
        };
        assert_eq!(of(1), of(3));
    }
}

#[test]
fn another_seed_gives_other_cases() {
    let failure = |seed| {
        let request = Request { seed, ..request(&BUILTIN, Vectors::Count(1000)) };
        report(FIXED, Defect::WrongBit, &request).failure.unwrap()
    };
    assert_eq!(failure(1), failure(1));
    assert_ne!(failure(1).inputs, failure(2).inputs);
}

#[test]
fn an_unknown_bit_is_found_with_and_without_x() {
    let builtin = report(FIXED, Defect::Unknown, &request(&BUILTIN, Vectors::Count(2000)));
    assert_eq!(builtin.failure.unwrap().signal, "sum");
    if !simulators().contains(&&ICARUS) {
        return;
    }
    let icarus = report(FIXED, Defect::Unknown, &request(&ICARUS, Vectors::Count(2000)));
    let failure = icarus.failure.unwrap();
    assert!(failure.signal == "sum" && failure.found.ends_with("xxx"), "{failure}");
    assert_eq!(failure.inputs[0], ("a".into(), "8'h55".into()));
    assert!(failure.case > 0 && failure.cycle == failure.case + 2, "{failure}");
}

#[test]
fn assertions_of_the_design_are_checked() {
    let stream = Timing::ReadyValid { latency: 2 };
    let report = report(stream, Defect::Withdraws, &request(&BUILTIN, Vectors::Count(1000)));
    let failure = report.failure.unwrap();
    assert!(
        failure.signal == "out_valid_held" && failure.expected.starts_with("1, an assertion at "),
        "{failure}"
    );
}

#[test]
fn the_simulators_agree_in_every_cycle() {
    for timing in TIMINGS {
        let block = Adder::new(timing, Defect::None);
        let reports = agreement(&block, &simulators(), 2000, 1).unwrap();
        assert_eq!(reports.len(), simulators().len());
        for report in reports {
            assert_eq!(report.mismatch, None, "{timing:?} on {}", report.tool);
            assert!(report.cycles >= 2000);
        }
    }
}

#[test]
fn a_disagreement_is_found() {
    // A register that nothing loads is 0 in the recording and in Verilator, and unknown in Icarus.
    let block = Adder::new(FIXED, Defect::Unknown);
    for report in agreement(&block, &simulators(), 2000, 1).unwrap() {
        let signal = report.mismatch.map(|failure| failure.signal);
        let is_unknown = report.simulator == &ICARUS;
        assert_eq!(signal.as_deref(), is_unknown.then_some("sum"), "{}", report.tool);
    }
    let wrong = agreement(&Adder::new(FIXED, Defect::WrongBit), &[], 100, 1);
    assert!(matches!(wrong, Err(VerifyError::Wrong(_))));
}

#[test]
fn a_standalone_testbench_has_all_that_it_needs() {
    let bench = standalone_testbench(&Adder::new(FIXED, Defect::None), 200, 1).unwrap();
    let names = |files: &[(String, String)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&bench.files), ["adder_tb.v", "adder_tb.hex"]);
    assert_eq!((bench.module.as_str(), names(&bench.design)), ("adder_tb", vec!["adder.v".to_string()]));
    assert_eq!(bench.cycles, 202);
    // Every sum, and the parity unless b is 0.
    assert!((390..=400).contains(&bench.checked_values), "{}", bench.checked_values);
    let wrong = standalone_testbench(&Adder::new(FIXED, Defect::WrongBit), 200, 1);
    assert!(matches!(wrong, Err(VerifyError::Wrong(_))));
}

/// Counts cases, and cancels after some.
struct Counter {
    cases: AtomicU64,
    limit: u64,
}

impl Progress for Counter {
    fn start(&self, what: &str, total: u64) {
        assert_eq!((what, total), ("random", 100_000));
    }

    fn advance(&self, cases: u64) {
        self.cases.fetch_add(cases, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.cases.load(Ordering::Relaxed) > self.limit
    }
}

#[test]
fn progress_is_told_and_can_end_a_run() {
    for timing in TIMINGS {
        let run = |limit| {
            let counter = Counter { cases: AtomicU64::new(0), limit };
            let request = request(&BUILTIN, Vectors::Count(100_000));
            let result = verify(&Adder::new(timing, Defect::None), &request, &counter);
            (result, counter.cases.into_inner())
        };
        let (passed, cases) = run(u64::MAX);
        assert!(passed.is_ok() && cases == 100_000, "{cases} cases");
        let (cancelled, cases) = run(20_000);
        assert!(matches!(cancelled, Err(VerifyError::Cancelled)));
        assert!(cases < 40_000, "{cases} cases");
    }
}

#[test]
fn simulators_have_names() {
    for kind in testbenches::simulators::ALL {
        assert_eq!(SimulatorKind::find(&kind.to_string()), Ok(kind));
    }
    let error = SimulatorKind::find("modelsim").unwrap_err();
    assert_eq!(error, "there is no simulator `modelsim`: there are builtin, verilator, icarus");
}

#[test]
fn the_parts_of_a_space_are_the_whole_of_it() {
    let cases = |number| {
        let request = request(&BUILTIN, Vectors::Part { number, of: 3 });
        let report = report(FIXED, Defect::None, &request);
        assert_eq!(report.failure, None);
        report.spaces[0].cases
    };
    assert_eq!([0, 1, 2].map(cases), [21845, 21845, 21846]);
}

#[test]
fn a_failure_is_in_the_part_that_it_is_found_in() {
    let failing = |number| {
        let request = request(&BUILTIN, Vectors::Part { number, of: 4 });
        report(FIXED, Defect::WrongBit, &request).failure.map(|failure| failure.case)
    };
    for number in 0..4 {
        let case = failing(number).expect("each part has it");
        assert!((number << 14..(number + 1) << 14).contains(&case), "{case} is not in part {number}");
    }
}
