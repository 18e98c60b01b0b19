//! Training with progress and checkpoints, and the errors before and after.

use super::Job;
use crate::terminal::error::Error;
use crate::terminal::progress::Bar;
use crate::terminal::table::Table;
use crate::weights::dense;
use crate::weights::floats::Floats;
use blocks::pacq::weights::{QuantiseError, Quantised, Scheme};
use ndarray::{Array2, Axis};
use rounding::scaling::scaled;
use rounding::{Network, Sample, Training, dequantised, energies, relative_error};
use std::io::{self, Write};
use std::path::Path;
use testbenches::Progress;

/// Matrices to be trained together.
pub struct Task<'w, N> {
    pub network: N,
    pub names: Vec<String>,
    pub weights: &'w [Array2<f32>],
    /// Rounded to nearest: where training begins.
    pub nearest: Vec<Quantised>,
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

/// A matrix rounded to nearest. That comes before anything is computed with weights: a wrong one is not to be blamed on the
/// calibration.
pub fn nearest(weights: &Array2<f32>, scheme: Scheme, what: &str) -> Result<Quantised, Error> {
    Quantised::of(scheme, |row, column| f64::from(weights[(row, column)]))
        .map_err(|error| Error::new(format!("{what}: {error}")))
}

/// The greatest activation: its square fits float32, which norms and errors are computed in.
const GREATEST: f32 = 1.844_674_3e19;

/// The activations of a file.
pub fn activations(floats: &Floats, path: &Path) -> Result<Array2<f32>, Error> {
    let is_usable = |value: f64| (value as f32).abs() <= GREATEST;
    match (0..floats.rows * floats.columns).find(|place| !is_usable(floats.values.at(*place))) {
        None => Ok(dense::of_floats(floats, true)),
        Some(place) => Err(Error::new(format!(
            "{}: the activation in row {}, column {} is {:?}: expected {:?} to {GREATEST:?}, whose squares fit float32",
            path.display(),
            place / floats.columns,
            place % floats.columns,
            floats.values.at(place),
            -GREATEST
        ))),
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
        let legal = energies(target.ncols());
        if !legal.contains(&energy) {
            return Err(Error::new(format!(
                "{}: the sum of squares of the outputs of rows {first} to {last} is {energy:?}: expected {:.1e} to {:.1e}, \
                 which can be trained in float32",
                path.display(),
                legal.start(),
                legal.end()
            )));
        }
        first = last + 1;
        samples.push(Sample { input, target });
    }
    Ok(samples)
}

impl<N: Network> Task<'_, N> {
    pub fn train(&self, job: &Job<'_>) -> Result<Trained, Error> {
        let mut training = job.start(self)?;
        let bar = Bar::default();
        let (rounds, steps) = (job.training.rounds, job.training.steps);
        let left = u64::from(rounds - training.rounds_done()) * u64::from(steps);
        bar.start("training", left);
        let describe = |round: u32, error: f64| {
            format!("round {} of {rounds}, output error {:.2} %", round + 1, 100.0 * error)
        };
        for round in training.rounds_done()..rounds {
            let see = |error: f64| {
                bar.describe(describe(round, error));
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
        let refused = |error: QuantiseError| Error::new(format!("{}: {error}", self.names.join(", ")));
        let scaled =
            scaled(&self.network, &self.calibration, self.weights, &self.schemes()).map_err(refused)?;
        let errors = Errors(vec![
            self.errors("nearest", &dequantised(&self.nearest)),
            self.errors("nearest, inputs scaled as in AWQ", &scaled),
            self.errors("tesseraq", &dequantised(&matrices)),
        ]);
        Ok(Trained { matrices, errors })
    }

    pub fn schemes(&self) -> Vec<Scheme> {
        self.nearest.iter().map(|matrix| matrix.scheme).collect()
    }

    fn errors(&self, kind: &'static str, weights: &[Array2<f32>]) -> (&'static str, f64, Option<f64>) {
        let of = |samples: &Vec<Sample>| relative_error(&self.network, weights, samples);
        (kind, of(&self.calibration), self.validation.as_ref().map(of))
    }
}

impl<'n> Job<'_> {
    /// Training from the beginning, or from the checkpoint.
    fn start<N: Network>(&self, task: &'n Task<'_, N>) -> Result<Training<'n, N>, Error> {
        let (network, samples, nearest) = (&task.network, task.calibration.as_slice(), &task.nearest);
        Ok(match self.kept(task)? {
            None => Training::new(network, samples, task.weights, nearest, self.training),
            Some(state) => Training::resumed(network, samples, nearest, self.training, state),
        })
    }
}
