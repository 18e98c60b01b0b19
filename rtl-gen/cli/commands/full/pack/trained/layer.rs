//! A single linear layer.

use super::Job;
use super::train::{Inputs, Task, activations, nearest, samples_of};
use crate::commands::full::pack::layer::{GROUP, Layer};
use crate::commands::full::pack::shown;
use crate::terminal::error::{Error, Outcome};
use crate::weights::source::Weights;
use crate::weights::{Tokens, dense, read_tokens};
use ndarray::Array2;
use rounding::{Linear, Sample};
use std::io::Write;
use std::path::Path;

impl Job<'_> {
    pub(super) fn pack_layer(&self, tensor: Option<&str>, out: &mut dyn Write) -> Result<Outcome, Error> {
        let name = tensor.map_or_else(|| self.source.only(), |name| Ok(name.into()))?;
        let mut notes = vec![];
        let weights = self.source.read(&name, self.options.from, &mut notes)?;
        let what = shown(&name, self.source.path());
        self.options.refuse_for(&weights, &what, true)?;
        let weights = match weights {
            Weights::Floats(floats) => dense::of_floats(&floats, self.options.transposed),
            Weights::Coded(_, coded) if self.options.requantise => dense::of_coded(&coded),
            Weights::Coded(..) | Weights::Packed(_) => return Err(quantised_already(&what)),
        };
        let scheme = self.options.scheme(weights.nrows(), weights.ncols(), 4, GROUP);
        let nearest = vec![nearest(&weights, scheme, &what)?];
        let weights = vec![weights];
        let samples = |path: &Path| self.samples_of_layer(path, &weights);
        let task = Task {
            network: Linear,
            calibration: samples(self.calibration)?,
            validation: self.validation.map(samples).transpose()?,
            names: vec![name],
            nearest,
            weights: &weights,
        };
        let mut trained = task.train(self)?;
        let layer = Layer::of(trained.matrices.remove(0));
        layer.packed.write(self.to)?;
        self.remove_checkpoint()?;
        writeln!(out, "{}: {}", self.to.display(), layer.summary())?;
        notes.into_iter().chain(layer.notes).try_for_each(|note| writeln!(out, "  {note}"))?;
        Ok(trained.errors.print(out).map(|()| Outcome::Done)?)
    }

    fn samples_of_layer(&self, path: &Path, weights: &[Array2<f32>]) -> Result<Vec<Sample>, Error> {
        let Tokens::Activations(floats) = read_tokens(path)? else {
            return Err(Error::new(format!(
                "{} holds integers: a layer is calibrated with its activations, which are floats",
                path.display()
            )));
        };
        let (found, expected) = (floats.columns, weights[0].nrows());
        if found != expected {
            return Err(Error::new(format!(
                "{}: its rows have {found} activations, but the weights have {expected} inputs",
                path.display()
            )));
        }
        let original = self.in_sequences([activations(&floats, path)?]);
        let inputs = Inputs { original, quantised: None };
        samples_of(&Linear, weights, path, inputs)
    }
}

/// The error for weights that would be rounded twice.
pub(super) fn quantised_already(what: &str) -> Error {
    Error::new(format!("the weights of {what} are quantised already"))
        .help("--requantise takes what they stand for as the original weights")
}
