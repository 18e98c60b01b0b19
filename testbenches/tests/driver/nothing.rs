//! A run that compares nothing never passes, whichever command runs it.

use crate::adder::{Adder, Defect};
use crate::blind::Blind;
use crate::simulators::simulators;
use blocks::block::Configured;
use blocks::channel::Timing;
use blocks::stimulus::Stimulus;
use testbenches::mutation::{Options, mutate};
use testbenches::{
    Request, SimulatorKind, Vectors, VerifyError, agreement, record, standalone_testbench, verify,
};

const TIMINGS: [Timing; 3] =
    [Timing::Fixed { latency: 2 }, Timing::ReadyValid { latency: 2 }, Timing::Elastic];

fn request(simulator: &'static SimulatorKind, vectors: Vectors) -> Request {
    Request { simulator, vectors, seed: 3, wave: None, threads: 2 }
}

fn reason<T>(result: Result<T, VerifyError>) -> String {
    match result {
        Err(error @ VerifyError::NothingCompared { .. }) => error.to_string(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it passes"),
    }
}

#[test]
fn a_golden_model_without_answers_passes_nowhere() {
    for timing in TIMINGS {
        let block = Blind::to_all(timing);
        let words = |count: u64| {
            format!(
                "nothing was compared: the golden model answers none of the cases 0 to {} of `random`",
                count - 1
            )
        };
        for simulator in simulators() {
            let result = verify(&block, &request(simulator, Vectors::Count(300)), &());
            assert_eq!(reason(result), words(300), "{timing:?} on {simulator}");
        }
        assert_eq!(reason(agreement(&block, &simulators(), 200, 1)), words(200));
        assert_eq!(reason(record(&block, &block.random(1), 100, 1)), words(100));
        assert_eq!(reason(standalone_testbench(&block, 100, 1)), words(100));
        let options = Options { mutants: 3, random_cases: 400, ..Options::default() };
        assert_eq!(reason(mutate(&block, &options, &())), words(400));
    }
}

#[test]
fn runs_of_no_case_pass_nowhere() {
    let words = "nothing was compared: no case of `random` was requested";
    for timing in TIMINGS {
        let block = Adder::new(timing, Defect::None);
        for simulator in simulators() {
            assert_eq!(reason(verify(&block, &request(simulator, Vectors::Count(0)), &())), words);
        }
        assert_eq!(reason(agreement(&block, &simulators(), 0, 1)), words);
        assert_eq!(reason(standalone_testbench(&block, 0, 1)), words);
    }
}

#[test]
fn an_output_that_is_never_compared_is_named() {
    for timing in TIMINGS {
        let prefix = if timing == TIMINGS[0] { "" } else { "out_" };
        for simulator in simulators() {
            let request = request(simulator, Vectors::Count(300));
            let of = |block: &dyn Configured| {
                verify(block, &request, &())
                    .unwrap_or_else(|error| panic!("{error}"))
                    .spaces
                    .remove(0)
                    .uncompared
            };
            assert_eq!(of(&Blind::to_parity(timing, Defect::None)), [format!("{prefix}parity")]);
            assert_eq!(of(&Adder::new(timing, Defect::None)), Vec::<String>::new());
        }
    }
}

#[test]
fn mutants_of_a_wrong_block_prove_nothing() {
    let wrong = mutate(&Adder::new(TIMINGS[0], Defect::WrongBit), &Options::default(), &());
    assert!(matches!(wrong, Err(VerifyError::Wrong(_))));
}

#[test]
fn a_run_without_mutants_says_so() {
    let options = Options { mutants: 0, ..Options::default() };
    let error = mutate(&Adder::new(TIMINGS[0], Defect::None), &options, &()).unwrap_err();
    let VerifyError::NoMutant { possible } = error else { panic!("{error}") };
    assert!(
        possible > 30 && error.to_string() == format!("no mutant was tried, of {possible} possible ones")
    );
}
