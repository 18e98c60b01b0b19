//! `xbar_dfa`, `xbar_bp` and `xbar_trace` take the cycles that their pages state.

use crate::run::Run;
use hdl::Bits;

/// A sample of zeros with its errors, and sums for a block that takes them; each stream ends with a `last`.
fn run(block: &str, parameters: &str, lengths: &[usize]) -> Run {
    let mut run = Run::new(block, parameters);
    for (channel, length) in lengths.iter().enumerate() {
        for beat in 1..=*length {
            let fields = &run.interface.inputs[channel].fields;
            let mut values: Vec<Bits> = fields.iter().map(|field| Bits::zero(field.width)).collect();
            if let Some(last) = values.last_mut() {
                last.set_bit(0, beat == *length);
            }
            run.pending[channel].push_back(values);
        }
    }
    run
}

/// The cycles in which beats come out of a channel.
fn cycles(mut run: Run, channel: usize, beats: usize) -> Vec<u64> {
    run.until(channel, beats, &[]);
    run.answers[channel].iter().map(|(cycle, _)| *cycle).collect()
}

/// The last beat of the sample enters in cycle 7.
const FEW_CLASSES: &str = "inputs=2 hidden_layers=1 width=5 classes=3";
/// The last error enters in cycle 6.
const MANY_CLASSES: &str = "inputs=2 hidden_layers=1 width=3 classes=6 derivative=triangle";

#[test]
fn phases_of_feedback_come_as_late_as_a_layer_has_neurons_and_six_or_seven_cycles() {
    assert_eq!(cycles(run("xbar_dfa", FEW_CLASSES, &[7, 3]), 0, 4), [18, 19, 20, 21]);
    assert_eq!(cycles(run("xbar_dfa", MANY_CLASSES, &[5, 6]), 0, 4), [19, 20, 21, 22]);
}

#[test]
fn trains_come_as_early_as_phases_counts_two_cycles_later_and_so_is_stored_feedback() {
    let dfa = |parameters: &str, lengths: &[usize], beats| {
        cycles(run("xbar_dfa", &format!("{FEW_CLASSES} {parameters}"), lengths), 0, beats)
    };
    // Trains of no pulse are one beat.
    assert_eq!(dfa("update=trains", &[7, 3], 1), [18]);
    assert_eq!(dfa("update=counts", &[7, 3], 25), (20..45).collect::<Vec<u64>>());
    // Loaded while the sample comes.
    assert_eq!(dfa("feedback=stored", &[7, 3, 5], 4), [20, 21, 22, 23]);
    let bp = format!("{FEW_CLASSES} update=counts");
    assert_eq!(cycles(run("xbar_bp", &bp, &[7, 3, 5]), 1, 25), (22..47).collect::<Vec<u64>>());
}

#[test]
fn a_sample_of_a_wrong_length_is_answered_by_one_beat() {
    assert_eq!(cycles(run("xbar_dfa", FEW_CLASSES, &[6, 3]), 0, 1).len(), 1);
    // It is not read, and no sums are taken.
    assert_eq!(cycles(run("xbar_bp", FEW_CLASSES, &[7, 4]), 1, 1), [10]);
}

#[test]
fn deltas_are_read_four_or_five_cycles_behind_the_errors_one_in_a_cycle() {
    assert_eq!(cycles(run("xbar_bp", FEW_CLASSES, &[7, 3, 5]), 0, 3), [11, 12, 13]);
    assert_eq!(cycles(run("xbar_bp", MANY_CLASSES, &[5, 6, 3]), 0, 6), [11, 12, 13, 14, 15, 16]);
    // Sums are taken behind the deltas of the outputs without a gap, and phases come four or five cycles behind the last one.
    assert_eq!(cycles(run("xbar_bp", FEW_CLASSES, &[7, 3, 5]), 1, 4), [20, 21, 22, 23]);
    assert_eq!(cycles(run("xbar_bp", MANY_CLASSES, &[5, 6, 3]), 1, 4), [21, 22, 23, 24]);
}
