//! A whole decoder block.

use super::Job;
use super::layer::quantised_already;
use super::train::{Inputs, Task, samples_of};
use crate::commands::full::pack::layer::{GROUP, Layer};
use crate::commands::full::shared::{refuse_existing, write_many};
use crate::terminal::error::{Error, Outcome};
use crate::weights::decoder::{Block, Model, name};
use crate::weights::source::Source;
use crate::weights::{Packed, Tokens, dense, read_packed, read_tokens};
use ndarray::Array2;
use rounding::{MATRICES, Network, Sample, dequantised};
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
        let Block { decoder, weights } = model.block(number)?;
        let scheme = |weights: &Array2<f32>| self.options.scheme(weights.nrows(), weights.ncols(), 4, GROUP);
        let samples = |path: &Path| -> Result<Vec<Sample>, Error> {
            let inputs = self.inputs_of_block(path, &model, number)?;
            samples_of(&decoder, &weights, path, inputs)
        };
        let (calibration, validation) =
            (samples(self.calibration)?, self.validation.map(samples).transpose()?);
        let task = Task {
            network: decoder,
            names: MATRICES.iter().map(|tensor| name(number, tensor)).collect(),
            schemes: weights.iter().map(scheme).collect(),
            weights: &weights,
            calibration,
            validation,
        };
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
    fn inputs_of_block(&self, path: &Path, model: &Model, number: u32) -> Result<Inputs, Error> {
        match read_tokens(path)? {
            Tokens::Activations(_) if !self.earlier.is_empty() => Err(Error::new(format!(
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
                let original = self.in_sequences([dense::of_floats(&floats, true)]);
                Ok(Inputs { original, quantised: None })
            }
            Tokens::Ids(ids) => {
                let ids: Vec<Vec<i128>> =
                    ids.iter().flat_map(|row| row.chunks(self.sequence)).map(<[i128]>::to_vec).collect();
                self.behind_blocks(model, model.embeddings(&ids)?, number)
            }
        }
    }

    /// Activations behind the first blocks: of the original model, and of one with the packed matrices of earlier blocks.
    fn behind_blocks(
        &self,
        model: &Model,
        embeddings: Vec<Array2<f32>>,
        blocks: u32,
    ) -> Result<Inputs, Error> {
        let through = |Block { decoder, weights }: &Block, activations: &mut Vec<Array2<f32>>| {
            activations.iter_mut().for_each(|x| *x = decoder.forward(weights, x.view()).0);
        };
        let mut quantised = (!self.earlier.is_empty()).then(|| embeddings.clone());
        let mut original = embeddings;
        for number in 0..blocks {
            let mut block = model.block(number)?;
            through(&block, &mut original);
            if let Some(quantised) = &mut quantised {
                self.take_packed(number, &mut block)?;
                through(&block, quantised);
            }
        }
        Ok(Inputs { original, quantised })
    }

    /// Puts packed matrices in their places; a block may have none.
    fn take_packed(&self, number: u32, block: &mut Block) -> Result<(), Error> {
        for (tensor, weights) in MATRICES.iter().zip(&mut block.weights) {
            let file = format!("blk.{number}.{tensor}.safetensors");
            let Some(path) = self.earlier.iter().map(|folder| folder.join(&file)).find(|path| path.exists())
            else {
                continue;
            };
            let Packed { quantised, order } = read_packed(&path)?;
            let packed = dequantised(&quantised);
            if order.is_some() || packed.dim() != weights.dim() {
                return Err(Error::new(format!(
                    "{} has {:?} inputs and outputs{}: expected {:?} in their order",
                    path.display(),
                    packed.dim(),
                    if order.is_some() { " in another order" } else { "" },
                    weights.dim()
                )));
            }
            *weights = packed;
        }
        Ok(())
    }
}
