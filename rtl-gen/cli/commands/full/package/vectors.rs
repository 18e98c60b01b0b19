//! Beats of a block with handshakes, with the answers of its golden model.

use blocks::block::Configured;
use hdl::Bits;
use serde::Serialize;

/// Beats of each channel, in the order of the channels; a field is hexadecimal, or `None` where its value is unspecified.
pub type Beats = Vec<Vec<Vec<Option<String>>>>;

/// A case: what goes in, and what must come out.
#[derive(Serialize)]
pub struct Case {
    pub inputs: Beats,
    pub outputs: Beats,
}

/// A beat with its channel.
type Sent = (usize, Vec<Bits>);

/// The cases of a run. `None` where answers depend on how the beats of several channels interleave: no test that stalls each
/// channel for itself can know them.
pub fn cases(block: &dyn Configured, count: u64, seed: u64) -> Option<Vec<Case>> {
    let space = block.random(seed);
    let sent: Vec<Vec<Sent>> = (0..count.min(space.cases))
        .map(|case| {
            let mut beats = vec![];
            (space.make)(case, &mut |channel, beat| beats.push((channel, beat.to_vec())));
            beats
        })
        .collect();
    let answers = answers(block, &sent);
    let channels = block.interface().inputs.len();
    let is_same = orders(&sent, channels, block.gap_between_cases().is_some())
        .iter()
        .all(|order| joined(&self::answers(block, order)) == joined(&answers));
    is_same.then(|| {
        sent.iter()
            .zip(answers)
            .map(|(sent, outputs)| Case { inputs: by_channel(sent, channels), outputs })
            .collect()
    })
}

/// What the golden model answers to the beats of each case.
fn answers(block: &dyn Configured, cases: &[Vec<Sent>]) -> Vec<Beats> {
    let mut model = block.model();
    let channels = block.interface().outputs.len();
    let of_case = |sent: &Vec<Sent>| {
        let mut answers = vec![vec![]; channels];
        for (channel, beat) in sent {
            model.accept(*channel, beat, &mut |output, fields| {
                answers[output].push(
                    fields.iter().map(|field| field.as_ref().map(|bits| format!("{bits:x}"))).collect(),
                );
            });
        }
        answers
    };
    cases.iter().map(of_case).collect()
}

/// Each channel's beats, whatever their cases.
fn joined(cases: &[Beats]) -> Beats {
    let channels = cases.first().map_or(0, Vec::len);
    (0..channels).map(|channel| cases.iter().flat_map(|case| case[channel].clone()).collect()).collect()
}

fn by_channel(sent: &[Sent], channels: usize) -> Beats {
    let mut beats = vec![vec![]; channels];
    for (channel, beat) in sent {
        beats[*channel].push(beat.iter().map(|bits| Some(format!("{bits:x}"))).collect());
    }
    beats
}

/// The same beats with one channel after the other, and the other way round; within each case if cases are kept apart.
fn orders(cases: &[Vec<Sent>], channels: usize, are_apart: bool) -> Vec<Vec<Vec<Sent>>> {
    let whole;
    let units = match are_apart {
        true => cases,
        false => {
            whole = [cases.concat()];
            whole.as_slice()
        }
    };
    let sorted = |order: &dyn Fn(usize) -> usize| {
        let of_unit = |unit: &Vec<Sent>| {
            let mut unit = unit.clone();
            unit.sort_by_key(|(channel, _)| order(*channel));
            unit
        };
        units.iter().map(of_unit).collect()
    };
    vec![sorted(&|channel| channel), sorted(&|channel| channels - channel)]
}
