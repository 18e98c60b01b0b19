//! The state of a training in a file, after each round.

use super::Job;
use super::train::Task;
use crate::files::{folder, place};
use crate::terminal::error::Error;
use crate::terminal::interrupt;
use crate::weights::tensors::Tensors;
use crate::weights::write::{Tensor, write_tensors};
use blocks::pacq::weights::{Quantised, Scheme};
use ndarray::Array2;
use rounding::{Network, State, Training};
use safetensors::Dtype;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::PathBuf;

/// The metadata entry that describes the file.
const METADATA: &str = "gen-rtl-checkpoint";

/// Its contents.
#[derive(Serialize, Deserialize)]
struct Description {
    rounds_done: u32,
    /// The hash of all that the result depends on.
    inputs: String,
}

impl Job<'_> {
    fn checkpoint(&self) -> PathBuf {
        let mut name = self.to.as_os_str().to_owned();
        name.push(".checkpoint");
        name.into()
    }

    /// Removes the checkpoint of a training that is done.
    pub fn remove_checkpoint(&self) -> Result<(), Error> {
        folder::remove_file(&self.checkpoint())
    }

    /// Writes the state between two rounds.
    pub fn keep<N: Network>(&self, task: &Task<'_, N>, training: &Training<'_, N>) -> Result<(), Error> {
        let states = training.states();
        let names: Vec<[String; 3]> = task.names.iter().map(|name| names(name)).collect();
        let matrices = names.iter().zip(task.schemes()).zip(&states);
        let tensors: Vec<Tensor<'_>> =
            matrices.flat_map(|((names, scheme), state)| tensors(names, scheme, state)).collect();
        let description = Description { rounds_done: training.rounds_done(), inputs: self.inputs(task) };
        let description = serde_json::to_string(&description).expect("texts and numbers serialise");
        write_tensors(&self.checkpoint(), &tensors, METADATA, description)?;
        interrupt::keeps(&self.checkpoint(), " (--resume goes on from there)");
        Ok(())
    }

    /// The state in the checkpoint, if training is resumed.
    pub fn kept<N: Network>(&self, task: &Task<'_, N>) -> Result<Option<(u32, Vec<State>)>, Error> {
        let path = self.checkpoint();
        let folder = place::parent(&path);
        if !folder.is_dir() {
            return Err(Error::new(format!(
                "--out {}: there is no folder {}",
                self.to.display(),
                folder.display()
            )));
        }
        let shown = path.display();
        match (self.is_resumed, path.exists()) {
            (false, false) => return Ok(None),
            (false, true) => {
                return Err(Error::new(format!("{shown} is the checkpoint of an earlier run"))
                    .help("--resume goes on from it; remove it to start again"));
            }
            (true, false) => {
                return Err(Error::new(format!("--resume: there is no checkpoint {shown}"))
                    .help("leave it out to start from the beginning"));
            }
            (true, true) => {}
        }
        let tensors = Tensors::open(&path)?;
        let wrong = |what: &str| Error::new(format!("{shown} is not a checkpoint of this training: {what}"));
        let text = tensors.text(METADATA).ok_or_else(|| wrong("its metadata lack the description"))?;
        let description: Description =
            serde_json::from_str(text).map_err(|error| wrong(&error.to_string()))?;
        if description.inputs != self.inputs(task) {
            return Err(wrong("weights, calibration or options differ")
                .help("give those of the run that wrote it; validation and file names do not matter"));
        }
        let states: Result<Vec<State>, Error> = task
            .names
            .iter()
            .zip(&task.nearest)
            .map(|(name, nearest)| state(&tensors, name, nearest))
            .collect();
        Ok(Some((description.rounds_done.min(self.training.rounds), states?)))
    }

    /// The hash of weights, calibration and options.
    fn inputs<N: Network>(&self, task: &Task<'_, N>) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{:?} {:?} {:?}", self.training, task.schemes(), task.names));
        let samples = task.calibration.iter().flat_map(|sample| [&sample.input, &sample.target]);
        for matrix in task.weights.iter().chain(samples) {
            hash.update(format!("{:?}", matrix.dim()));
            hash.update(bytes(matrix));
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn bytes<'v>(values: impl IntoIterator<Item = &'v f32>) -> Vec<u8> {
    values.into_iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// The names of a matrix's tensors.
fn names(matrix: &str) -> [String; 3] {
    ["levels", "logits", "factors"].map(|part| format!("{matrix}.{part}"))
}

fn tensors<'n>(names: &'n [String; 3], scheme: Scheme, state: &State) -> [Tensor<'n>; 3] {
    let State { levels, logits, factors } = state;
    let (size, groups) = (vec![scheme.k, scheme.n], vec![scheme.groups(), scheme.group_columns()]);
    let levels = levels.iter().map(|level| (*level as i8).cast_unsigned()).collect();
    let tensor = |place: usize, dtype, shape: &[usize], data| Tensor {
        name: &names[place],
        dtype,
        shape: shape.to_vec(),
        data,
    };
    [
        tensor(0, Dtype::I8, &size, levels),
        tensor(1, Dtype::F32, &size, bytes(logits)),
        tensor(2, Dtype::F32, &groups, bytes(factors)),
    ]
}

/// The state of a matrix. A file may contain anything: no code can be out of range.
fn state(tensors: &Tensors, name: &str, nearest: &Quantised) -> Result<State, Error> {
    let scheme = nearest.scheme;
    let [levels, logits, factors] = names(name);
    let data = tensors.of_shape(&levels, &[Dtype::I8], [scheme.k, scheme.n])?.data;
    let codes = data.iter().map(|byte| f32::from(byte.cast_signed())).collect();
    let codes = Array2::from_shape_vec((scheme.k, scheme.n), codes).expect("it has this shape");
    for ((row, column), level) in codes.indexed_iter() {
        let code = level + f32::from(nearest.zeros[scheme.group_of(row, column)]);
        if !(0.0..=f32::from(scheme.greatest())).contains(&code) {
            let what = format!("the level {level} of input {row} and output {column} is no code");
            return Err(tensors.wrong(&levels, &what));
        }
    }
    let floats = |name: &str, shape| -> Result<Vec<f32>, Error> {
        let data = tensors.of_shape(name, &[Dtype::F32], shape)?.u32s();
        Ok(data.into_iter().map(f32::from_bits).collect())
    };
    Ok(State {
        levels: codes.into_raw_vec_and_offset().0,
        logits: floats(&logits, [scheme.k, scheme.n])?,
        factors: floats(&factors, [scheme.groups(), scheme.group_columns()])?,
    })
}
