//! Where weights come from: a file, shards, a folder.

use super::coded::Coded;
use super::config::Config;
use super::floats::{Floats, TYPES, Values};
use super::gguf::{self, Gguf};
use super::kind::Kind;
use super::layouts::{self, Layer, Layout};
use super::packed::{self, Packed};
use super::tensors::{self, Tensors};
use super::{names, npy};
use crate::terminal::error::Error;
use blocks::pacq::weights::Scheme;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A source of weights.
pub enum Source {
    Npy(PathBuf),
    /// A file that `gen-rtl unpack` wrote.
    Codes(Tensors, Scheme),
    Tensors(Model),
    Gguf(PathBuf, Gguf),
}

/// Tensors, their layers, and the configuration beside them.
pub struct Model {
    tensors: Tensors,
    layers: Vec<Layer>,
    config: Option<Config>,
}

/// The weights of a layer.
pub enum Weights {
    Floats(Floats),
    /// Quantised, with the layout.
    Coded(String, Coded),
    Packed(Packed),
}

impl Source {
    /// Opens a path by its content, whatever its name.
    pub fn open(path: &Path) -> Result<Source, Error> {
        match Kind::of(path)? {
            Kind::Npy => Ok(Source::Npy(path.into())),
            Kind::Gguf => Ok(Source::Gguf(path.into(), Gguf::open(path)?)),
            Kind::Json => Source::of(Tensors::of_index(path)?),
            Kind::Safetensors | Kind::Unknown => Source::of(Tensors::open(path)?),
            Kind::Folder => match tensors::files(path, ".gguf")?.as_slice() {
                [only] if tensors::files(path, ".safetensors")?.is_empty() => Source::open(only),
                _ => Source::of(Tensors::of_folder(path)?),
            },
            kind @ (Kind::Zip | Kind::Pickle | Kind::Hdf5 | Kind::Container) => {
                Err(kind.refused(path, "supported file of weights (.safetensors, .npy, .gguf)"))
            }
        }
    }

    fn of(tensors: Tensors) -> Result<Source, Error> {
        if tensors.iter().next().is_none() {
            return Err(Error::new(format!("{} holds no tensors", tensors.path().display())));
        }
        if let Some(scheme) = packed::scheme(&tensors)? {
            if tensors.get("words").is_some() {
                return Err(Error::new(format!("{} is packed already", tensors.path().display()))
                    .help("`gen-rtl unpack` extracts its codes and weights"));
            }
            if tensors.get("codes").is_some() {
                return Ok(Source::Codes(tensors, scheme));
            }
        }
        let config = Config::beside(tensors.path())?;
        let layers = layouts::find(&tensors);
        Ok(Source::Tensors(Model { tensors, layers, config }))
    }

    /// The path that was opened.
    pub fn path(&self) -> &Path {
        match self {
            Source::Npy(path) | Source::Gguf(path, _) => path,
            Source::Codes(tensors, _) | Source::Tensors(Model { tensors, .. }) => tensors.path(),
        }
    }

    /// The names of all layers that `gen-rtl pack --all` packs, and of the matrices that it leaves out: embeddings,
    /// which are looked up and not multiplied, and floats in a file that also has quantised layers.
    pub fn layers(&self) -> (Vec<String>, Vec<String>) {
        match self {
            Source::Npy(_) | Source::Codes(..) => (vec![String::new()], vec![]),
            Source::Gguf(_, gguf) => gguf.matrices().map(String::from).partition(|name| !is_embedding(name)),
            Source::Tensors(Model { layers, .. }) => {
                let is_quantised = |layer: &Layer| layer.kind != layouts::Kind::Floats;
                let has_quantised = layers.iter().any(is_quantised);
                let is_packed = |layer: &Layer| match has_quantised {
                    true => is_quantised(layer),
                    false => !is_embedding(&layer.name),
                };
                let (packed, left) = layers.iter().partition::<Vec<&Layer>, _>(|layer| is_packed(layer));
                let names =
                    |layers: Vec<&Layer>| layers.into_iter().map(|layer| layer.name.clone()).collect();
                (names(packed), names(left))
            }
        }
    }

    /// The name of the only layer.
    pub fn only(&self) -> Result<String, Error> {
        let (mut layers, mut left) = self.layers();
        if layers.is_empty() {
            layers.append(&mut left);
        }
        match layers.as_slice() {
            [only] => Ok(only.clone()),
            [] => Err(Error::new(format!("{} holds no matrix of weights", self.path().display()))
                .help(format!("its tensors: {}", self.tensor_names()))),
            _ => Err(Error::new(format!("{} has {} layers", self.path().display(), layers.len()))
                .help(format!(
                    "choose one with --tensor: {}",
                    names::first(layers.iter().map(String::as_str))
                ))
                .help("or pack them all with --all, each into a file of the folder --out")),
        }
    }

    fn tensor_names(&self) -> String {
        match self {
            Source::Npy(_) => String::new(),
            Source::Gguf(_, gguf) => names::first(gguf.names()),
            Source::Codes(tensors, _) | Source::Tensors(Model { tensors, .. }) => {
                names::first(tensors.iter().map(|(name, _)| name))
            }
        }
    }

    /// Reads a layer. Assumptions are added to `notes`.
    pub fn read(&self, name: &str, from: Option<Layout>, notes: &mut Vec<String>) -> Result<Weights, Error> {
        let path = self.path().display();
        match self {
            Source::Npy(path) => match from {
                None => Ok(Weights::Floats(npy::read(path)?)),
                Some(from) => {
                    Err(Error::new(format!("--from {from} does not fit {}: .npy has floats", path.display())))
                }
            },
            Source::Codes(tensors, scheme) => match from {
                None => Ok(Weights::Packed(packed::read_codes(tensors, *scheme)?)),
                Some(from) => {
                    Err(Error::new(format!("--from {from} does not fit {path}: `gen-rtl unpack` wrote it")))
                }
            },
            Source::Gguf(_, gguf) => match from {
                None | Some(Layout::Gguf) => Ok(match gguf.read(name)? {
                    gguf::Weights::Floats(floats) => Weights::Floats(floats),
                    gguf::Weights::Coded(kind, coded) => Weights::Coded(kind.into(), coded),
                }),
                Some(from) => {
                    Err(Error::new(format!("--from {from} does not fit {path}: it is a GGUF file")))
                }
            },
            Source::Tensors(model) => model.read(name, from, notes),
        }
    }
}

impl Model {
    fn read(&self, name: &str, from: Option<Layout>, notes: &mut Vec<String>) -> Result<Weights, Error> {
        let Model { tensors, config, .. } = self;
        let layer = self.layer(name);
        if let Some(layer) = layer.filter(|layer| layer.kind != layouts::Kind::Floats) {
            let config = config.as_ref();
            let mut source = layouts::Source { tensors, prefix: &layer.name, config, from, notes };
            let (layout, coded) = layouts::read(layer.kind, &mut source)?;
            return Ok(Weights::Coded(layout.to_string(), coded));
        }
        match from {
            Some(from) => return Err(self.not_in_layout(name, from)),
            None if layer.is_none() && tensors.get(name).is_none() => return Err(self.missing(name)),
            None => {}
        }
        let matrix = tensors.matrix(name, &TYPES)?;
        let (rows, columns) = (matrix.rows, matrix.columns);
        if rows == 0 || columns == 0 {
            return Err(tensors.wrong(name, &format!("its shape is [{rows}, {columns}]: it is empty")));
        }
        let values = Values::of(matrix.dtype, matrix.data).expect("the type was asked for");
        Ok(Weights::Floats(Floats { rows, columns, values }))
    }

    /// The layer with a name, which may also be the name of its main tensor.
    fn layer(&self, name: &str) -> Option<&Layer> {
        let of_name = |name: &str| self.layers.iter().find(|layer| layer.name == name);
        of_name(name).or_else(|| {
            let (prefix, own) = name.rsplit_once('.').unwrap_or(("", name));
            ["qweight", "weight_packed", "weight"].contains(&own).then(|| of_name(prefix)).flatten()
        })
    }

    fn missing(&self, name: &str) -> Error {
        let layers = self.layers.iter().map(|layer| layer.name.as_str()).filter(|name| !name.is_empty());
        let known: BTreeSet<&str> = self.tensors.iter().map(|(name, _)| name).chain(layers).collect();
        Error::new(format!("{} has no tensor `{name}`", self.tensors.path().display()))
            .help(names::nearest(known.into_iter(), name))
    }

    fn not_in_layout(&self, name: &str, from: Layout) -> Error {
        let is_quantised = |layer: &&Layer| layer.kind != layouts::Kind::Floats;
        let quantised = self.layers.iter().filter(is_quantised).map(|layer| layer.name.as_str());
        let path = self.tensors.path().display();
        Error::new(format!(
            "--from {from} does not fit `{name}` of {path}: it is not a layer in a quantised layout"
        ))
        .help(format!("of layers in such a layout {}", names::nearest(quantised, name)))
    }
}

/// Whether a name ends like those that frameworks give to embedding tables.
fn is_embedding(name: &str) -> bool {
    let mut parts = name.rsplit('.').filter(|part| *part != "weight");
    parts.next().is_some_and(|part| {
        part.contains("embed") || part.contains("embd") || ["wte", "wpe", "shared"].contains(&part)
    })
}
