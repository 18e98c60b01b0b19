//! Training with progress and checkpoints, and the errors before and after.

use super::Job;
use crate::terminal::error::Error;
use crate::terminal::progress::Bar;
use crate::terminal::table::Table;
use blocks::pacq::weights::{QuantiseError, Quantised, Scheme};
use ndarray::{Array2, Axis};
use rounding::scaling::scaled;
use rounding::{Network, Sample, Training, dequantised, relative_error};
use std::io::{self, Write};
use std::path::Path;
use testbenches::Progress;

/// Matrices to be trained together.
pub struct Task<'w, N> {
    pub network: N,
    pub names: Vec<String>,
    pub schemes: Vec<Scheme>,
    pub weights: &'w [Array2<f32>],
    pub calibration: Vec<Sample>,
    pub validation: Option<Vec<Sample>>,
}

/// The result.
pub struct Trained {
    pub matrices: Vec<Quantised>,
    pub errors: Errors,
}

/// The output errors of each kind of weights: of the calibration, and of the validation if there is one.
pub struct Errors(Vec<(&'static str, f64, Option<f64>)>);

impl Errors {
    pub fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut table = Table::new(["output error", ">calibration", ">validation"]);
        let percent = |error: f64| format!("{:.2} %", 100.0 * error);
        for (kind, calibration, validation) in &self.0 {
            let validation = validation.map_or("-".into(), percent);
            table.row([kind.to_string(), percent(*calibration), validation]);
        }
        write!(out, "{table}")
    }
}

impl Job<'_> {
    /// Rows in sequences, of which the last may be short.
    pub fn in_sequences(&self, rows: impl IntoIterator<Item = Array2<f32>>) -> Vec<Array2<f32>> {
        let sequences = |rows: Array2<f32>| -> Vec<Array2<f32>> {
            rows.axis_chunks_iter(Axis(0), self.sequence).map(|part| part.to_owned()).collect()
        };
        rows.into_iter().flat_map(sequences).collect()
    }
}

/// What a network takes.
pub struct Inputs {
    /// In the original model.
    pub original: Vec<Array2<f32>>,
    /// Where something before it is quantised.
    pub quantised: Option<Vec<Array2<f32>>>,
}

/// Inputs with the outputs of the original weights, which had the original inputs.
pub fn samples_of<N: Network>(
    network: &N,
    weights: &[Array2<f32>],
    path: &Path,
    Inputs { original, quantised }: Inputs,
) -> Result<Vec<Sample>, Error> {
    let mut samples = vec![];
    let mut first = 0;
    let outputs: Vec<Array2<f32>> =
        original.iter().map(|input| network.forward(weights, input.view()).0).collect();
    for (input, target) in quantised.unwrap_or(original).into_iter().zip(outputs) {
        let (energy, last) = (network.energy(input.view(), target.view()), first + input.nrows() - 1);
        if !energy.is_finite() || energy == 0.0 {
            return Err(Error::new(format!(
                "{}: the sum of squares of the outputs of rows {first} to {last} is {energy}: it must be finite, and not 0",
                path.display()
            )));
        }
        first = last + 1;
        samples.push(Sample { input, target });
    }
    Ok(samples)
}

impl<N: Network> Task<'_, N> {
    pub fn train(&self, job: &Job<'_>) -> Result<Trained, Error> {
        let refused = |error: QuantiseError| Error::new(format!("{}: {error}", self.names.join(", ")));
        let nearest: Vec<Quantised> = self.nearest().map_err(refused)?;
        let mut training = job.start(self, &nearest)?;
        let bar = Bar::default();
        let (rounds, steps) = (job.training.rounds, job.training.steps);
        let left = u64::from(rounds - training.rounds_done()) * u64::from(steps);
        bar.start("training", left);
        for round in training.rounds_done()..rounds {
            let see = |error: f64| {
                bar.describe(format!("round {} of {rounds}, output error {:.2} %", round + 1, 100.0 * error));
                bar.advance(1);
            };
            training.round(see).map_err(|error| {
                Error::new(format!("{}: {error}", job.calibration.display())).help(
                    "a lower --learning-rate may help, and so may fewer tokens that are far from the others",
                )
            })?;
            job.keep(self, &training)?;
        }
        drop(bar);
        let matrices = training.finish();
        let dequantised = |matrices: &[Quantised]| matrices.iter().map(dequantised).collect::<Vec<_>>();
        let scaled =
            scaled(&self.network, &self.calibration, self.weights, &self.schemes).map_err(refused)?;
        let errors = Errors(vec![
            self.errors("nearest", &dequantised(&nearest)),
            self.errors("nearest, inputs scaled as in AWQ", &scaled),
            self.errors("tesseraq", &dequantised(&matrices)),
        ]);
        Ok(Trained { matrices, errors })
    }

    fn nearest(&self) -> Result<Vec<Quantised>, QuantiseError> {
        let quantised = |(weights, scheme): (&Array2<f32>, &Scheme)| {
            Quantised::of(*scheme, |row, column| f64::from(weights[(row, column)]))
        };
        self.weights.iter().zip(&self.schemes).map(quantised).collect()
    }

    fn errors(&self, kind: &'static str, weights: &[Array2<f32>]) -> (&'static str, f64, Option<f64>) {
        let of = |samples: &Vec<Sample>| relative_error(&self.network, weights, samples);
        (kind, of(&self.calibration), self.validation.as_ref().map(of))
    }
}

impl<'n> Job<'_> {
    /// Training from the beginning, or from the checkpoint.
    fn start<N: Network>(
        &self,
        task: &'n Task<'_, N>,
        nearest: &[Quantised],
    ) -> Result<Training<'n, N>, Error> {
        let (network, samples) = (&task.network, task.calibration.as_slice());
        Ok(match self.kept(task, nearest)? {
            None => Training::new(network, samples, task.weights, nearest, self.training),
            Some(state) => Training::resumed(network, samples, nearest, self.training, state),
        })
    }
}
