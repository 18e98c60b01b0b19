//! The HDF5 file of a graph.

use crate::terminal::error::Error;
use hdf5_pure::{DType, Dataset, File, Group};
use std::fmt::Display;
use std::fs;
use std::path::Path;

/// The most numbers of an array.
const MOST: u64 = 1 << 26;

/// The nodes of a graph, and its edges by their names.
pub struct Graph {
    pub nodes: Vec<Node>,
    pub edges: Vec<[String; 2]>,
}

/// A node with its fields still in the file.
pub struct Node {
    pub name: String,
    /// Its type, such as `LIF`.
    pub kind: String,
    group: Group,
}

/// An array.
pub struct Array {
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
}

fn damaged(error: impl Display) -> Error {
    Error::new(format!("it is not a complete HDF5 file: {error}"))
}

impl Graph {
    /// Reads the structure of a file.
    pub fn read(path: &Path) -> Result<Graph, Error> {
        let bytes = fs::read(path).map_err(|error| Error::io("read it", error))?;
        let file = File::from_bytes(bytes).map_err(damaged)?;
        let no_graph = |error| Error::new(format!("it holds no NIR graph: {error}"));
        let root = file.group("node").map_err(no_graph)?;
        let kind = text(&root.dataset("type").map_err(no_graph)?)?;
        if kind != "NIRGraph" {
            return Err(Error::new(format!("it holds a {kind}: expected a NIRGraph")));
        }
        let all = root.group("nodes").map_err(no_graph)?;
        let node = |name: String| {
            let group = all.group(&name).map_err(damaged)?;
            let kind = group.dataset("type").map_err(|_| Error::new(format!("node `{name}` has no type")))?;
            Ok(Node { kind: text(&kind)?, name, group })
        };
        let nodes = all.groups().map_err(damaged)?.into_iter().map(node).collect::<Result<_, Error>>()?;
        let edges = root.dataset("edges").map_err(no_graph)?;
        let shape = edges.shape().map_err(damaged)?;
        if shape.get(1) != Some(&2) || shape[0] > MOST {
            return Err(Error::new(format!("its edges have the shape {shape:?}: expected pairs of nodes")));
        }
        let mut names = edges.read_string().map_err(damaged)?.into_iter();
        let mut pairs = vec![];
        while let (Some(from), Some(to)) = (names.next(), names.next()) {
            pairs.push([from, to]);
        }
        Ok(Graph { nodes, edges: pairs })
    }
}

fn text(dataset: &Dataset) -> Result<String, Error> {
    let texts = dataset.read_string().map_err(damaged)?;
    texts.into_iter().next().ok_or_else(|| damaged("a text is empty"))
}

impl Node {
    /// An error in this node.
    pub fn wrong(&self, what: impl Display) -> Error {
        Error::new(format!("node `{}` ({}): {what}", self.name, self.kind))
    }

    /// A field, if there is one.
    fn field(&self, name: &str) -> Result<Option<Dataset>, Error> {
        let names = self.group.datasets().map_err(damaged)?;
        let has = names.iter().any(|there| there == name);
        has.then(|| self.group.dataset(name)).transpose().map_err(damaged)
    }

    /// An array of numbers, if there is one.
    pub fn numbers(&self, name: &str) -> Result<Option<Array>, Error> {
        let Some(field) = self.field(name)? else { return Ok(None) };
        let shape = field.shape().map_err(damaged)?;
        let count = shape.iter().try_fold(1u64, |count, size| count.checked_mul(*size));
        if count.is_none_or(|count| count > MOST) {
            return Err(self.wrong(format!("`{name}` has the shape {shape:?}: more than {MOST} numbers")));
        }
        let values = field.read_f64().map_err(|error| self.wrong(format!("`{name}`: {error}")))?;
        if Some(values.len() as u64) != count {
            return Err(damaged(format!("`{name}` of `{}` has {} numbers", self.name, values.len())));
        }
        if let Some(value) = values.iter().find(|value| value.is_nan()) {
            return Err(self.wrong(format!("`{name}` holds {value}")));
        }
        Ok(Some(Array { shape: shape.iter().map(|size| *size as usize).collect(), values }))
    }

    /// An array of numbers that must be there.
    pub fn needed(&self, name: &str) -> Result<Array, Error> {
        self.numbers(name)?.ok_or_else(|| self.wrong(format!("it has no `{name}`")))
    }

    /// A text, if the field is one.
    pub fn text(&self, name: &str) -> Result<Option<String>, Error> {
        let Some(field) = self.field(name)? else { return Ok(None) };
        match field.dtype().map_err(damaged)? {
            DType::String | DType::VariableLengthString => text(&field).map(Some),
            _ => Ok(None),
        }
    }

    /// Whole numbers that are not negative.
    pub fn counts(&self, name: &str) -> Result<Option<Vec<usize>>, Error> {
        let Some(Array { values, .. }) = self.numbers(name)? else { return Ok(None) };
        let count = |value: &f64| match value.fract() == 0.0 && (0.0..1e9).contains(value) {
            true => Ok(*value as usize),
            false => Err(self.wrong(format!("`{name}` is {value}: expected a number from 0 on"))),
        };
        values.iter().map(count).collect::<Result<_, _>>().map(Some)
    }

    /// A size along y and x; one number is both.
    pub fn pair(&self, name: &str) -> Result<Option<[usize; 2]>, Error> {
        match self.counts(name)?.as_deref() {
            None => Ok(None),
            Some([both]) => Ok(Some([*both; 2])),
            Some([y, x]) => Ok(Some([*y, *x])),
            Some(other) => Err(self.wrong(format!("`{name}` is {other:?}: expected one or two numbers"))),
        }
    }
}
