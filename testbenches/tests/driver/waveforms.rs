//! Waveforms of verifications: they show the run that failed.

use crate::adder::{Adder, Defect};
use crate::blind::Blind;
use crate::simulators::simulators;
use blocks::block::Configured;
use blocks::channel::Timing;
use std::fs;
use std::path::Path;
use tempfile::TempDir;
use testbenches::simulators::BUILTIN;
use testbenches::{Failure, Report, Request, SimulatorKind, Vectors, VerifyError, verify};

const FIXED: Timing = Timing::Fixed { latency: 2 };
const STREAM: Timing = Timing::ReadyValid { latency: 2 };

fn request(simulator: &'static SimulatorKind, vectors: Vectors, wave: &Path) -> Request {
    Request { simulator, vectors, seed: 3, wave: Some(wave.into()), threads: 2 }
}

fn report(block: &dyn Configured, request: &Request) -> Report {
    verify(block, request, &()).unwrap_or_else(|error| panic!("{error}"))
}

/// The first and the last time stamp of a waveform, in cycles.
fn cycles_shown(folder: &TempDir, defect: Defect, simulator: &'static SimulatorKind) -> (u64, u64, Report) {
    let path = folder.path().join("run.vcd");
    let request = request(simulator, Vectors::Count(20_000), &path);
    let report = report(&Adder::new(STREAM, defect), &request);
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains("out_sum"), "the output is shown");
    let mut times =
        text.lines().filter_map(|line| line.strip_prefix('#')).map(|time| time.parse::<u64>().unwrap());
    let first = times.next().unwrap();
    (first / 10, times.next_back().unwrap() / 10, report)
}

#[test]
fn a_waveform_shows_the_start_or_the_failure() {
    let folder = tempfile::tempdir().unwrap();
    for simulator in simulators() {
        let (first, last, _) = cycles_shown(&folder, Defect::None, simulator);
        assert_eq!((first, last), (0, 1000));
        let (first, last, report) = cycles_shown(&folder, Defect::WaitsForReady, simulator);
        let failure = report.failure.unwrap();
        assert!(failure.cycle > 1000, "{failure}");
        assert_eq!((first, last), (failure.cycle - 999, failure.cycle + 1));
    }
    let path = folder.path().join("run.png");
    let refused =
        verify(&Adder::new(FIXED, Defect::None), &request(&BUILTIN, Vectors::Count(10), &path), &());
    assert!(matches!(refused, Err(VerifyError::Wave(_))));
}

/// The value of a signal in a cycle of a VCD file, as written there.
fn value_at(text: &str, name: &str, cycle: u64) -> String {
    let declares = |line: &&str| line.starts_with("$var") && line.contains(&format!(" {name} "));
    let code = text.lines().find(declares).and_then(|line| line.split(' ').nth(3)).expect("it is shown");
    let mut latest = None;
    let mut is_past = false;
    for line in text.lines() {
        if let Some(time) = line.strip_prefix('#') {
            is_past = time.parse::<u64>().expect("a time") > 10 * cycle;
        } else if let Some(digits) = line.strip_suffix(&format!(" {code}")).filter(|_| !is_past) {
            latest = digits.strip_prefix('b');
        }
    }
    latest.expect("it has a value").into()
}

/// The waveform of a wrong sum shows it in the cycle of the failure, and before it the failing case.
fn expect_failure_shown(
    block: &dyn Configured,
    simulator: &'static SimulatorKind,
    vectors: Vectors,
) -> Failure {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.vcd");
    let failure = report(block, &request(simulator, vectors, &path)).failure.expect("it fails");
    let text = fs::read_to_string(path).unwrap();
    let prefix = if block.interface().timing == FIXED { ["", ""] } else { ["in_", "out_"] };
    let binary = value_at(&text, &format!("{}sum", prefix[1]), failure.cycle);
    let found = u64::from_str_radix(&binary, 2).unwrap();
    assert_eq!(format!("9'h{found:03x}"), failure.found, "{vectors:?} on {simulator}: {failure}");
    let (_, b) = &failure.inputs[1];
    assert_eq!(b, "8'hf0", "{failure}");
    let declares = |line: &&str| line.starts_with("$var") && line.contains(&format!(" {}b ", prefix[0]));
    let code = text.lines().find(declares).and_then(|line| line.split(' ').nth(3)).unwrap();
    assert!(text.contains(&format!("b11110000 {code}\n")), "b is 0xf0 in the cycles shown");
    failure
}

#[test]
fn a_waveform_shows_a_failure_in_a_later_run() {
    let block = Adder::new(FIXED, Defect::RarelyWrongBit);
    let failure = expect_failure_shown(&block, &BUILTIN, Vectors::All);
    // It is in the second run of 32,768 cases, the only one in which b gets that large.
    assert_eq!((failure.case >> 8, failure.cycle), (0xf0, failure.case - (1 << 15) + 2));
    assert_eq!(failure.run, 1 << 15..1 << 16);
}

#[test]
fn a_waveform_shows_the_run_that_failed_however_runs_are_cut() {
    for timing in [FIXED, STREAM] {
        // Runs have fewer cases if each takes many cycles.
        for cycles_per_case in [1, 100] {
            let block = Blind { cycles_per_case, ..Blind::to_parity(timing, Defect::RarelyWrongBit) };
            for vectors in [Vectors::All, Vectors::Part { number: 6, of: 7 }] {
                let failure = expect_failure_shown(&block, &BUILTIN, vectors);
                assert!(
                    failure.run.contains(&failure.case) && failure.run.end - failure.run.start <= 1 << 15
                );
            }
        }
    }
    for simulator in simulators() {
        let block = Blind { cycles_per_case: 100, ..Blind::to_parity(STREAM, Defect::RarelyWrongBit) };
        expect_failure_shown(&block, simulator, Vectors::Count(5000));
    }
}
