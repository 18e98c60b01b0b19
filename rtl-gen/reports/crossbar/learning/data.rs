//! Samples with labels, from .npy files.

use crate::{ReportError, npy};
use npyz::NpyFile;
use std::path::Path;
use std::{fs, io};

/// Samples of int8, each with its class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    /// Values of a sample.
    pub inputs: usize,
    samples: Vec<i8>,
    /// The classes.
    pub labels: Vec<usize>,
}

impl Labelled {
    /// Samples one behind the other, and their classes.
    pub fn new(inputs: usize, samples: Vec<i8>, labels: Vec<usize>) -> Labelled {
        Labelled { inputs, samples, labels }
    }

    /// The values of a sample.
    pub fn sample(&self, number: usize) -> &[i8] {
        &self.samples[number * self.inputs..][..self.inputs]
    }
}

/// What a network is trained with, and what it is tested with.
#[derive(Clone, Debug)]
pub struct Data {
    /// For training.
    pub train: Labelled,
    /// For the test.
    pub test: Labelled,
    /// Classes, from 0 on.
    pub classes: usize,
}

/// Most of inputs and of classes: those of the block.
const MOST_INPUTS: usize = 1024;
const MOST_CLASSES: usize = 64;

impl Data {
    /// From a folder with `train.npy` and `test.npy`, int8 of shape (samples, values), and `train_labels.npy` and
    /// `test_labels.npy`, integers of any type, of shape (samples,): classes from 0 on.
    pub fn read(folder: &Path) -> Result<Data, ReportError> {
        let (train, test) = (labelled(folder, "train")?, labelled(folder, "test")?);
        let wrong = |name: &str, reason: String| ReportError::Data { path: folder.join(name), reason };
        if test.inputs != train.inputs {
            let reason = format!("a sample has {} values, one of train.npy {}", test.inputs, train.inputs);
            return Err(wrong("test.npy", reason));
        }
        if !(2..=MOST_INPUTS).contains(&train.inputs) {
            let reason = format!("a sample has {} values: expected 2 to {MOST_INPUTS}", train.inputs);
            return Err(wrong("train.npy", reason));
        }
        let classes = train.labels.iter().chain(&test.labels).max().map_or(0, |greatest| greatest + 1);
        if classes < 2 {
            return Err(wrong(
                "train_labels.npy",
                "all samples are of class 0: expected at least two classes".into(),
            ));
        }
        Ok(Data { train, test, classes })
    }
}

fn labelled(folder: &Path, name: &str) -> Result<Labelled, ReportError> {
    let (shape, samples) = array(&folder.join(format!("{name}.npy")), 2, npy::int8)?;
    let path = folder.join(format!("{name}_labels.npy"));
    let (_, labels) = array(&path, 1, npy::integers)?;
    if labels.len() as u64 != shape[0] || labels.is_empty() {
        let reason = format!("it has {} labels: expected one for each of {} samples", labels.len(), shape[0]);
        return Err(ReportError::Data { path, reason });
    }
    let class = |label: i128| usize::try_from(label).ok().filter(|class| *class < MOST_CLASSES).ok_or(label);
    let classes: Result<Vec<usize>, i128> = labels.into_iter().map(class).collect();
    let classes = classes.map_err(|class| ReportError::Data {
        path,
        reason: format!("it has the class {class}: expected 0 to {}", MOST_CLASSES - 1),
    })?;
    Ok(Labelled::new(shape[1] as usize, samples, classes))
}

/// An array of a number of dimensions, with its shape.
fn array<T>(
    path: &Path,
    dimensions: usize,
    values: fn(NpyFile<&[u8]>) -> io::Result<Vec<T>>,
) -> Result<(Vec<u64>, Vec<T>), ReportError> {
    let wrong = |reason: String| ReportError::Data { path: path.to_path_buf(), reason };
    let bytes = fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let file =
        npy::open(&bytes).map_err(|error| wrong(format!("it is not a complete .npy file: {error}")))?;
    let shape = file.shape().to_vec();
    if shape.len() != dimensions {
        return Err(wrong(format!("its shape is {shape:?}: expected {dimensions} dimensions")));
    }
    if file.order() != npyz::Order::C {
        return Err(wrong("it is in Fortran order: expected C order".into()));
    }
    Ok((shape, values(file).map_err(|error| wrong(error.to_string()))?))
}
