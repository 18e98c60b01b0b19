//! MEADOW's attention head without stalls: its cycles, and the bits of its baseline, whose results go out and come back.

use crate::modes::described;
use crate::run::Run;
use blocks::channel::Beat;
use blocks::stimulus::Space;
use hdl::Bits;

const SMALL: &str = "tokens=4 d_head=8 d_model=32 keys=64";

/// Jobs of the small head, with data that do not matter.
#[derive(Clone, Copy)]
struct Shape {
    d_model: u32,
    tokens: u32,
    keys: u32,
    is_causal: bool,
}

/// The small head with equal jobs, when the last has ended.
fn run_of(shape: Shape, jobs: usize) -> Run {
    let Shape { d_model, tokens, keys, is_causal } = shape;
    let mut run = Run::new("meadow_attention_head", SMALL);
    let flag = u32::from(is_causal);
    let numbers = [d_model, tokens, keys, keys, 0, flag, flag, 1, 0, 1, 0];
    let fields = run.interface.inputs[0].fields.iter().zip(numbers);
    let job: Beat = fields.map(|(field, number)| Bits::truncated(number.into(), field.width)).collect();
    for _ in 0..jobs {
        run.pending[0].push_back(job.clone());
        for (channel, beats) in [(1, d_model), (2, 8), (3, keys), (4, keys), (5, tokens / 4 * d_model)] {
            let fields = &run.interface.inputs[channel].fields;
            let beat: Beat = fields.iter().map(|field| Bits::zero(field.width)).collect();
            run.pending[channel].extend((0..beats).map(|_| beat.clone()));
        }
    }
    run.until(1, jobs, &[]);
    run
}

/// The differences between neighbours.
fn differences(cycles: &[u64]) -> Vec<u64> {
    cycles.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// The cycles from group to group of a job of 8.
fn intervals(d_model: u32, keys: u32, is_causal: bool) -> Vec<u64> {
    let run = run_of(Shape { d_model, tokens: 32, keys, is_causal }, 1);
    differences(&run.answers[0].chunks(8).map(|group| group[7].0).collect::<Vec<_>>())
}

/// The cycles from job to job of 12.
fn job_intervals(d_model: u32, tokens: u32, keys: u32) -> Vec<u64> {
    let run = run_of(Shape { d_model, tokens, keys, is_causal: false }, 12);
    differences(&run.answers[1].iter().map(|(cycle, _)| *cycle).collect::<Vec<_>>())
}

#[test]
fn a_group_takes_as_long_as_its_longest_stage() {
    let of = |d_model, keys| intervals(d_model, keys, false);
    // Queries, scores, and queries that leave one by one.
    assert_eq!(of(32, 16), [32; 7]);
    assert_eq!(of(16, 64), [66; 7]);
    assert_eq!(of(2, 4), [14; 7]);
    // Group n has 4 n + 4 keys, 4 more than the one before, which its softmax and its values take once more.
    let causal = intervals(4, 64, true);
    assert_eq!(causal[3..], [26, 30, 34, 38]);
}

#[test]
fn equal_jobs_take_as_long_as_their_longest_stage() {
    // Queries, scores; scores of 8 groups; queries that leave one by one.
    assert_eq!(job_intervals(32, 32, 16), [256; 11]);
    assert_eq!(job_intervals(8, 4, 64), [66; 11]);
    assert_eq!(job_intervals(8, 32, 64), [8 * 66; 11]);
    assert_eq!(job_intervals(2, 4, 4), [14; 11]);
    // Weights that take as long as the queries: loading waits a cycle for the half that is read.
    let of_two = job_intervals(32, 4, 8);
    assert!(of_two.windows(2).all(|pair| pair.iter().sum::<u64>() == 65), "{of_two:?}");
}

/// The cases of the head, for the head and for the baseline: the beats of `out` and `status`.
fn results(
    parameters: &str,
    cases: u64,
    block: &str,
    back: &[(usize, usize)],
    outputs: [usize; 2],
) -> Vec<Vec<Beat>> {
    let Space { make, .. } = described("meadow_attention_head", parameters).block.random(1);
    let mut run = Run::new(block, parameters);
    for case in 0..cases {
        make(case, &mut |channel, beat| run.pending[channel].push_back(beat.to_vec()));
    }
    let jobs = run.pending[0].len();
    run.until(outputs[1], jobs, back);
    outputs.iter().map(|output| run.answers[*output].iter().map(|(_, beat)| beat.clone()).collect()).collect()
}

#[test]
fn the_baseline_gives_the_same_bits() {
    for parameters in ["tokens=1 d_head=32 d_model=6 keys=8", "tokens=4 d_head=8 d_model=8 keys=12"] {
        let head = results(parameters, 24, "meadow_attention_head", &[], [0, 1]);
        let back = [(0, 6), (1, 7), (2, 8)];
        let baseline = results(parameters, 24, "meadow_gemm_attention", &back, [3, 4]);
        assert!(head[0].len() > 100, "{parameters}: only {} results", head[0].len());
        assert!(head == baseline, "{parameters}: the results differ");
    }
}
