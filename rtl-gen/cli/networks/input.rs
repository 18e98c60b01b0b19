//! The samples that a network is run on, and their labels.

use super::Loaded;
use super::arrays::{self, Numbers};
use crate::terminal::error::Error;
use std::path::Path;

/// The fewest and the most time steps of the hardware.
const STEPS: std::ops::RangeInclusive<usize> = 2..=16;

/// Samples.
pub struct Samples {
    /// Time steps.
    pub steps: usize,
    /// For each sample, a word for each value of the input, the first time step in the most significant bit.
    pub words: Vec<Vec<u16>>,
}

impl Samples {
    /// Spikes of shape [samples, time steps, ...], or frames of shape [samples, ...] for a network that has thresholds for them.
    pub fn read(path: &Path, loaded: &Loaded) -> Result<Samples, Error> {
        let array = arrays::read_npy(path)?;
        let of_input = loaded.network.input;
        let own: Vec<usize> = match (of_input.height, of_input.width) {
            (1, 1) => vec![of_input.channels],
            (height, width) => vec![of_input.channels, height, width],
        };
        let wrong = |expected: String| {
            Error::new(format!("{}: its shape is {:?}: expected {expected}", path.display(), array.shape))
        };
        let rest = own.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        let (count, size) = (array.shape.first().copied().unwrap_or(0), of_input.size());
        let samples = match &loaded.thresholds {
            Some(thresholds) => {
                if array.shape.get(1..) != Some(&own[..]) || count == 0 {
                    return Err(wrong(format!("frames of [samples, {rest}]")));
                }
                let frames = floats(path, &array.numbers)?;
                let word =
                    |value: &f64| thresholds.iter().fold(0, |word, at| word << 1 | u16::from(value > at));
                let words = frames.chunks(size).map(|frame| frame.iter().map(word).collect());
                Samples { steps: thresholds.len(), words: words.collect() }
            }
            None => {
                let steps = array.shape.get(1).copied().unwrap_or(0);
                if array.shape.get(2..) != Some(&own[..]) || count == 0 {
                    let spikes = wrong(format!("spikes of [samples, time steps, {rest}]"));
                    return Err(
                        spikes.help("frames need `thresholds`, one for each time step, under [input]")
                    );
                }
                checked(path, steps)?;
                let spikes = zeros_and_ones(path, &array.numbers)?;
                let words = spikes.chunks(steps * size).map(|sample| packed(sample, size));
                Samples { steps, words: words.collect() }
            }
        };
        checked(&loaded.path, samples.steps)?;
        match loaded.time_steps.filter(|steps| *steps != samples.steps) {
            Some(steps) => Err(Error::new(format!(
                "{} has {} time steps, but {} says time_steps = {steps}",
                path.display(),
                samples.steps,
                loaded.path.display()
            ))),
            None => Ok(samples),
        }
    }
}

fn checked(path: &Path, steps: usize) -> Result<(), Error> {
    match STEPS.contains(&steps) {
        true => Ok(()),
        false => {
            let (least, most) = (STEPS.start(), STEPS.end());
            Err(Error::new(format!("{} has {steps} time steps: expected {least} to {most}", path.display())))
        }
    }
}

/// The words of a sample from its steps.
fn packed(sample: &[u8], size: usize) -> Vec<u16> {
    let mut words = vec![0; size];
    for step in sample.chunks(size) {
        words.iter_mut().zip(step).for_each(|(word, spike)| *word = *word << 1 | u16::from(*spike));
    }
    words
}

fn floats(path: &Path, numbers: &Numbers) -> Result<Vec<f64>, Error> {
    let floats = numbers.floats().filter(|floats| floats.iter().all(|value| value.is_finite()));
    floats
        .ok_or_else(|| Error::new(format!("{} holds numbers that are no frames: not finite", path.display())))
}

fn zeros_and_ones(path: &Path, numbers: &Numbers) -> Result<Vec<u8>, Error> {
    let refused = |place: usize, value: String| {
        Error::new(format!("{}: element {place} is {value}: a spike is 0 or 1", path.display())).help(
            "real numbers cannot be an input: give `thresholds` under [input], or encode them as spikes",
        )
    };
    match numbers {
        Numbers::Integers(values) => {
            let spike = |(place, value): (usize, &i64)| {
                u8::try_from(*value)
                    .ok()
                    .filter(|spike| *spike < 2)
                    .ok_or_else(|| refused(place, value.to_string()))
            };
            values.iter().enumerate().map(spike).collect()
        }
        Numbers::Floats(values) => {
            let spike = |(place, value): (usize, &f64)| match value {
                0.0 => Ok(0),
                1.0 => Ok(1),
                _ => Err(refused(place, value.to_string())),
            };
            values.iter().enumerate().map(spike).collect()
        }
    }
}

/// The label of each of so many samples: integers from 0 on, below the number of outputs.
pub fn labels(path: &Path, samples: usize, outputs: usize) -> Result<Vec<usize>, Error> {
    let array = arrays::read_npy(path)?;
    let wrong = |what: String| Error::new(format!("{}: {what}", path.display()));
    if array.shape != [samples] {
        let shape = &array.shape;
        return Err(wrong(format!("its shape is {shape:?}: expected [{samples}], a label for each sample")));
    }
    let Numbers::Integers(values) = &array.numbers else {
        return Err(wrong("its labels are floats: expected integers".into()));
    };
    let label = |(place, value): (usize, &i64)| {
        let label = usize::try_from(*value).ok().filter(|label| *label < outputs);
        label.ok_or_else(|| wrong(format!("label {place} is {value}: expected 0 to {}", outputs - 1)))
    };
    values.iter().enumerate().map(label).collect()
}
