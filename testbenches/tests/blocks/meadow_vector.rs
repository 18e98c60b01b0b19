//! MEADOW's row operations: their cycles, and consumers that take whole rows of one output after the other.

use crate::run::Run;
use blocks::channel::Beat;
use blocks::meadow::meadow_requantize::model::Multiplier;
use blocks::meadow::meadow_vector::Params;
use blocks::meadow::meadow_vector::model::Job;
use blocks::meadow::meadow_vector::params::{First, Norm, Op};
use hdl::Bits;

const PARAMETERS: &str = "lanes=2 length=64";
const BEATS: u32 = 32;
const ROWS: u32 = 12;

const SUM: Job = Job {
    rows: ROWS,
    beats: BEATS,
    b_beats: BEATS,
    op: Op::Sum,
    scale: Multiplier { multiplier: 1, shift: 1 },
    norm: Some(Norm::None),
    epsilon: 100,
    first: First::Wide,
    second: false,
    narrow_shift: 1,
};

const NORM: Job = Job { norm: Some(Norm::Layer), second: true, ..SUM };

/// The block, with a job and all of its operands before it.
fn run(job: &Job) -> Run {
    let mut run = Run::new("meadow_vector", PARAMETERS);
    let params = Params { lanes: 2, length: 2 * BEATS, ..Params::default() };
    run.pending[0].push_back(job.beat(&params));
    let of_affine = if job.has_norm() { 2 * job.beats } else { 0 };
    for (channel, beats) in [(1, job.rows * job.beats), (2, job.rows * job.words_of_b()), (3, of_affine)] {
        let word = |number: u32| Bits::truncated(number.wrapping_mul(0x9e37_79b9).into(), 32);
        run.pending[channel].extend((0..beats).map(|number| vec![word(number)]));
    }
    run
}

/// The cycles in which words of an output came.
fn cycles(run: &Run, channel: usize) -> Vec<u64> {
    run.answers[channel].iter().map(|(cycle, _)| *cycle).collect()
}

#[test]
fn a_word_of_a_is_taken_in_a_cycle() {
    let words = u64::from(ROWS * BEATS);
    let copy = Job { op: Op::Copy, ..SUM };
    let rotary = Job { op: Op::Rotary, b_beats: 4, ..SUM };
    for (job, latency) in [(copy, 10), (SUM, 42), (rotary, 14)] {
        let mut run = run(&job);
        run.until(2, 1, &[]);
        let cycles = cycles(&run, 0);
        // The job is taken in cycle 1; the first row of b is loaded before a row of a is taken.
        let expected: Vec<u64> = (0..words).map(|word| 1 + latency + word).collect();
        assert_eq!(cycles, expected, "{job:?}");
        assert_eq!(run.answers[2][0].0, cycles[cycles.len() - 1] + 2);
    }
}

#[test]
fn a_norm_follows_in_as_many_cycles_as_its_row_has_words() {
    for first in [First::None, First::Wide, First::Narrow, First::Normal] {
        let mut run = run(&Job { first, op: Op::Copy, ..NORM });
        run.until(2, 1, &[]);
        let ends: Vec<u64> = cycles(&run, 1).chunks(16).map(|row| row[15]).collect();
        let intervals: Vec<u64> = ends.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(intervals, [u64::from(BEATS); ROWS as usize - 1], "{first:?}");
    }
}

#[test]
fn a_normalised_row_begins_to_leave_24_cycles_after_its_last_word() {
    let job = Job { rows: 1, first: First::Normal, op: Op::Copy, ..NORM };
    let mut run = run(&job);
    let a = std::mem::take(&mut run.pending[1]);
    // Gains and biases are there first.
    (0..100).for_each(|_| run.cycle(&[]));
    run.pending[1] = a;
    run.until(2, 1, &[]);
    // The first word of a is taken in cycle 101.
    let last = 100 + u64::from(BEATS);
    assert_eq!(cycles(&run, 0)[0], last + 24);
    assert_eq!(cycles(&run, 1)[0], last + 25);
}

/// The words of both outputs, where whole rows are taken alternately, and the cycles that it took.
fn alternately(job: &Job, order: [usize; 2]) -> (Vec<Vec<Beat>>, u64) {
    let mut run = run(job);
    for _ in 0..job.rows {
        for channel in order {
            run.is_ready = vec![channel == 0, channel == 1, true];
            let is_last = |run: &Run| run.answers[channel].last().is_some_and(|(_, beat)| beat[1].bit(0));
            let words = run.answers[channel].len();
            while run.answers[channel].len() == words || !is_last(&run) {
                run.cycle(&[]);
            }
        }
    }
    run.until(2, 1, &[]);
    (words(&run), run.answers[2][0].0)
}

fn words(run: &Run) -> Vec<Vec<Beat>> {
    let of_channel = |channel: usize| run.answers[channel].iter().map(|(_, beat)| beat.clone()).collect();
    [0, 1].map(of_channel).into()
}

#[test]
fn whole_rows_can_be_taken_of_one_output_and_then_of_the_other() {
    for (first, words_of_first) in [(First::Wide, BEATS), (First::Narrow, BEATS / 2), (First::Normal, BEATS)]
    {
        let job = Job { first, ..NORM };
        let mut at_once = run(&job);
        at_once.until(2, 1, &[]);
        for order in [[0, 1], [1, 0]] {
            let (found, cycles) = alternately(&job, order);
            assert!(found == words(&at_once), "{first:?}, {order:?}: the results differ");
            assert_eq!(found[0].len() as u32, ROWS * words_of_first);
            // All words of both, one after the other. In the other order a row waits until the one before it has left.
            let least = u64::from(ROWS * (words_of_first + BEATS / 2).max(BEATS));
            assert!(order == [1, 0] || cycles < least + 100, "{first:?}: {cycles} cycles");
        }
    }
}
