//! A whole decoder block.

use super::Job;
use super::earlier::Earlier;
use super::layer::quantised_already;
use super::train::{Inputs, Task, activations, nearest, samples_of};
use crate::commands::full::pack::layer::{GROUP, Layer};
use crate::commands::full::pack::shown;
use crate::commands::full::shared::{refuse_existing, write_many};
use crate::terminal::error::{Error, Outcome};
use crate::weights::decoder::{Block, Model, name};
use crate::weights::source::Source;
use crate::weights::{Tokens, read_tokens};
use ndarray::Array2;
use rounding::{MATRICES, Network, Sample};
use std::io::Write;
use std::path::Path;

impl Job<'_> {
    pub(super) fn pack_block(&self, number: u32, out: &mut dyn Write) -> Result<Outcome, Error> {
        let path = self.source.path().display();
        let Source::Gguf(_, gguf) = self.source else {
            return Err(Error::new(format!("--decoder-block needs a GGUF model: {path} is not one")));
        };
        if !self.options.requantise {
            return Err(quantised_already(&path.to_string()));
        }
        // Not only after hours of training.
        refuse_existing(self.to)?;
        let model = Model::of(gguf)?;
        if number >= model.blocks {
            return Err(Error::new(format!(
                "--decoder-block cannot be {number}: {path} has blocks 0 to {}",
                model.blocks - 1
            )));
        }
        let earlier = Earlier::of(self.earlier, number)?;
        let Block { decoder, weights } = model.block(number)?;
        let names: Vec<String> = MATRICES.iter().map(|tensor| name(number, tensor)).collect();
        let rounded = names.iter().zip(&weights).map(|(name, weights)| {
            let scheme = self.options.scheme(weights.nrows(), weights.ncols(), 4, GROUP);
            nearest(weights, scheme, &shown(name, self.source.path()))
        });
        let nearest = rounded.collect::<Result<_, _>>()?;
        let samples = |path: &Path| -> Result<Vec<Sample>, Error> {
            let inputs = self.inputs_of_block(path, &model, &earlier, number)?;
            samples_of(&decoder, &weights, path, inputs)
        };
        let (calibration, validation) =
            (samples(self.calibration)?, self.validation.map(samples).transpose()?);
        let task = Task { network: decoder, names, nearest, weights: &weights, calibration, validation };
        earlier.print(out)?;
        let trained = task.train(self)?;
        let layers: Vec<Layer> = trained.matrices.into_iter().map(Layer::of).collect();
        let one = |name: &str, file: &Path, shown: &Path| {
            let place = task.names.iter().position(|own| own == name).expect("it is one of them");
            layers[place].packed.write(file)?;
            Ok(format!("{}: {}", shown.display(), layers[place].summary()))
        };
        let lines = write_many(&task.names, "safetensors", self.to, one)?;
        self.remove_checkpoint()?;
        lines.iter().try_for_each(|line| writeln!(out, "{line}"))?;
        layers[0].notes.iter().try_for_each(|note| writeln!(out, "  {note}"))?;
        Ok(trained.errors.print(out).map(|()| Outcome::Done)?)
    }

    /// What the block takes: activations as they are, or those of tokens behind the blocks before.
    fn inputs_of_block(
        &self,
        path: &Path,
        model: &Model,
        earlier: &Earlier<'_>,
        number: u32,
    ) -> Result<Inputs, Error> {
        match read_tokens(path)? {
            Tokens::Activations(_) if !earlier.is_empty() => Err(Error::new(format!(
                "--earlier does not apply: {} holds activations, which go through no earlier block",
                path.display()
            ))),
            Tokens::Activations(floats) if floats.columns != model.width() => Err(Error::new(format!(
                "{}: its rows have {} activations, but a token has {}",
                path.display(),
                floats.columns,
                model.width()
            ))),
            Tokens::Activations(floats) => {
                let original = self.in_sequences([activations(&floats, path)?]);
                Ok(Inputs { original, quantised: None })
            }
            Tokens::Ids(ids) => {
                let ids: Vec<Vec<i128>> =
                    ids.iter().flat_map(|row| row.chunks(self.sequence)).map(<[i128]>::to_vec).collect();
                behind_blocks(model, earlier, model.embeddings(&ids)?, number)
            }
        }
    }
}

/// Activations behind the first blocks: of the original model, and of one with the packed matrices of earlier blocks.
fn behind_blocks(
    model: &Model,
    earlier: &Earlier<'_>,
    embeddings: Vec<Array2<f32>>,
    blocks: u32,
) -> Result<Inputs, Error> {
    let through = |Block { decoder, weights }: &Block, activations: &mut Vec<Array2<f32>>| {
        activations.iter_mut().for_each(|x| *x = decoder.forward(weights, x.view()).0);
    };
    let mut quantised = (!earlier.is_empty()).then(|| embeddings.clone());
    let mut original = embeddings;
    for number in 0..blocks {
        let mut block = model.block(number)?;
        through(&block, &mut original);
        if let Some(quantised) = &mut quantised {
            earlier.take(number, &mut block)?;
            through(&block, quantised);
        }
    }
    Ok(Inputs { original, quantised })
}
