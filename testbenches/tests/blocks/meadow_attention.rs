//! MEADOW's attention head without stalls: its cycles, and the bits of its baseline, whose results go out and come back.

use crate::modes::described;
use crate::run::Run;
use blocks::channel::Beat;
use blocks::stimulus::Space;
use hdl::Bits;

const SMALL: &str = "tokens=4 d_head=8 d_model=32 keys=64";
const LENDING_SMALL: &str = "tokens=4 d_head=8 d_model=64 keys=64 lends=true";

/// Jobs of a head for four tokens, with data that do not matter.
#[derive(Clone, Copy)]
struct Shape {
    d_model: u32,
    tokens: u32,
    keys: u32,
    is_causal: bool,
    /// The queries of three groups are made with lent elements, and then as many times those of one.
    single_rounds: Option<u32>,
    /// Jobs behind the first one keep its keys and values.
    keeps: bool,
}

/// A head of these parameters with equal jobs, when the last has ended.
fn run_of(parameters: &str, shape: Shape, jobs: usize) -> Run {
    let Shape { d_model, tokens, keys, is_causal, single_rounds, keeps } = shape;
    let mut run = Run::new("meadow_attention_head", parameters);
    let [is_causal, lends] = [is_causal, single_rounds.is_some()].map(u32::from);
    let singles = single_rounds.unwrap_or(0);
    let groups = tokens / 4;
    let rounds = single_rounds.map_or(groups, |singles| {
        let left = groups % (3 + singles);
        groups / (3 + singles) * (1 + singles) + left.min(1) + left.saturating_sub(3)
    });
    let job = |run: &Run, keeps: bool| -> Beat {
        let number = |name: &str| match name {
            "d_model" => d_model,
            "tokens" => tokens,
            "keys" | "valid_keys" => keys,
            "position" | "score_shift" | "output_shift" => 0,
            "causal" | "skip" => is_causal,
            "score_multiplier" | "output_multiplier" => 1,
            "lends" => lends,
            "single_rounds" => singles,
            "keeps" => keeps.into(),
            _ => panic!("{name} is no field of a job"),
        };
        let fields = run.interface.inputs[0].fields.iter();
        fields.map(|field| Bits::truncated(number(&field.name).into(), field.width)).collect()
    };
    let d_head = run.interface.inputs[1].fields[0].width / 8;
    for number in 0..jobs {
        let keeps = keeps && number > 0;
        let job = job(&run, keeps);
        run.pending[0].push_back(job);
        let keys = if keeps { 0 } else { keys };
        for (channel, beats) in [(1, d_model), (2, d_head), (3, keys), (4, keys), (5, rounds * d_model)] {
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
    let run =
        run_of(SMALL, Shape { d_model, tokens: 32, keys, is_causal, single_rounds: None, keeps: false }, 1);
    differences(&run.answers[0].chunks(8).map(|group| group[7].0).collect::<Vec<_>>())
}

/// The cycles from job to job of 12.
fn job_intervals(d_model: u32, tokens: u32, keys: u32) -> Vec<u64> {
    let run = run_of(
        SMALL,
        Shape { d_model, tokens, keys, is_causal: false, single_rounds: None, keeps: false },
        12,
    );
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

#[test]
fn jobs_that_keep_their_keys_do_not_wait_for_any() {
    let of = |keeps| {
        let shape = Shape { d_model: 2, tokens: 4, keys: 16, is_causal: false, single_rounds: None, keeps };
        let run = run_of("tokens=4 d_head=8 d_model=32 keys=64 keeps=true", shape, 12);
        differences(&run.answers[1].iter().map(|(cycle, _)| *cycle).collect::<Vec<_>>())
    };
    assert_eq!(of(true), of(false));
    assert_eq!(of(true), [18; 11]);
}

/// Without lent elements, and with 0 to 3 rounds of one group behind each round of three.
const LENDING: [Option<u32>; 5] = [None, Some(0), Some(1), Some(2), Some(3)];

/// The cycles from a round of three groups to the next one; without lent elements, from group to group.
fn lent_interval(parameters: &str, d_head: u32, d_model: u32, keys: u32, single_rounds: Option<u32>) -> u64 {
    let groups = single_rounds.map_or(1, |single_rounds| 3 + single_rounds);
    let shape =
        Shape { d_model, tokens: 4 * 5 * groups, keys, is_causal: false, single_rounds, keeps: false };
    let run = run_of(parameters, shape, 1);
    let last_results =
        run.answers[0].chunks((d_head * groups) as usize).map(|beats| beats[beats.len() - 1].0);
    let intervals = differences(&last_results.collect::<Vec<_>>());
    assert_eq!(intervals[1..], [intervals[0]; 3]);
    intervals[0]
}

#[test]
fn lent_elements_make_queries_of_three_groups_at_once() {
    let of_shapes = [
        (64, 4, [64, 131, 190, 254, 318]),
        (64, 16, [64, 163, 214, 278, 342]),
        (64, 32, [64, 227, 261, 310, 374]),
        (64, 64, [66, 355, 421, 487, 553]),
        (32, 16, [32, 131, 150, 182, 214]),
    ];
    for (d_model, keys, expected) in of_shapes {
        let cycles = LENDING.map(|singles| lent_interval(LENDING_SMALL, 8, d_model, keys, singles));
        assert_eq!(cycles, expected, "{d_model} elements, {keys} keys");
        for (singles, cycles) in (0..).zip(&cycles[1..]) {
            // The attention, or the stage's own elements; queries leave one by one.
            let [d_model, keys, leave] = [d_model, keys, 8 + 6].map(u64::from);
            let attention = d_model + leave + (2 + singles) * leave.max(keys + 2) + 2 * keys + 17;
            let own = (1 + singles) * d_model + 3 * leave + 2 * keys + 12;
            let longest = if singles == 0 { attention } else { attention.max(own) };
            assert_eq!(*cycles, longest, "{d_model} elements, {keys} keys, {singles} single rounds");
        }
    }
}

#[test]
fn lent_elements_shorten_causal_jobs() {
    let of_job = |single_rounds| {
        let shape = Shape { d_model: 64, tokens: 32, keys: 32, is_causal: true, single_rounds, keeps: false };
        let run = run_of(LENDING_SMALL, shape, 4);
        let intervals = differences(&run.answers[1].iter().map(|(cycle, _)| *cycle).collect::<Vec<_>>());
        assert_eq!(intervals[1..], [intervals[0]; 2]);
        intervals[0]
    };
    assert_eq!(LENDING.map(of_job), [512, 519, 460, 501, 547]);
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
