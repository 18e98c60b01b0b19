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
use crate::error::Error;
use blocks::pacq::weights::Scheme;
use std::path::{Path, PathBuf};

/// Where weights come from.
pub enum Source {
    Npy(PathBuf),
    /// What `gen-rtl unpack` wrote.
    Codes(Tensors, Scheme),
    Tensors(Tensors, Option<Config>),
    Gguf(PathBuf, Gguf),
}

/// The weights of a layer.
pub enum Weights {
    Floats(Floats),
    /// With the layout.
    Coded(String, Coded),
    Packed(Packed),
}

impl Source {
    /// Opens what is there, whatever its name.
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
            kind @ (Kind::Zip | Kind::Pickle | Kind::Hdf5) => {
                Err(kind.refused(path, "file of weights that is read (.safetensors, .npy, .gguf)"))
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
                    .help("`gen-rtl unpack` gives its codes and weights"));
            }
            if tensors.get("codes").is_some() {
                return Ok(Source::Codes(tensors, scheme));
            }
        }
        let config = Config::beside(tensors.path())?;
        Ok(Source::Tensors(tensors, config))
    }

    /// What was opened.
    pub fn path(&self) -> &Path {
        match self {
            Source::Npy(path) | Source::Gguf(path, _) => path,
            Source::Codes(tensors, _) | Source::Tensors(tensors, _) => tensors.path(),
        }
    }

    /// The names of all layers that `gen-rtl pack --all` packs, and of the matrices that it leaves out: embeddings, which are
    /// looked up and not multiplied by, and beside quantised layers floats.
    pub fn layers(&self) -> (Vec<String>, Vec<String>) {
        match self {
            Source::Npy(_) | Source::Codes(..) => (vec![String::new()], vec![]),
            Source::Gguf(_, gguf) => gguf.matrices().map(String::from).partition(|name| !is_embedding(name)),
            Source::Tensors(tensors, _) => {
                let layers = layouts::find(tensors);
                let is_quantised = |layer: &Layer| layer.kind != layouts::Kind::Floats;
                let has_quantised = layers.iter().any(is_quantised);
                let is_packed = |layer: &Layer| match has_quantised {
                    true => is_quantised(layer),
                    false => !is_embedding(&layer.name),
                };
                let (packed, left): (Vec<Layer>, Vec<Layer>) = layers.into_iter().partition(is_packed);
                let names = |layers: Vec<Layer>| layers.into_iter().map(|layer| layer.name).collect();
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
                    "give --tensor with one of {}",
                    names::first(layers.iter().map(String::as_str))
                ))
                .help("or --all, which packs each into a file of the folder --out")),
        }
    }

    fn tensor_names(&self) -> String {
        match self {
            Source::Npy(_) => String::new(),
            Source::Gguf(_, gguf) => names::first(gguf.names()),
            Source::Codes(tensors, _) | Source::Tensors(tensors, _) => {
                names::first(tensors.iter().map(|(name, _)| name))
            }
        }
    }

    /// Reads a layer. What was taken for granted is added to `notes`.
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
            Source::Tensors(tensors, config) => read(tensors, config.as_ref(), name, from, notes),
        }
    }
}

fn read(
    tensors: &Tensors,
    config: Option<&Config>,
    name: &str,
    from: Option<Layout>,
    notes: &mut Vec<String>,
) -> Result<Weights, Error> {
    let layers = layouts::find(tensors);
    let is_meant = |layer: &&Layer| {
        let is_part = |part: &str| match layer.name.as_str() {
            "" => part == name,
            layer => name.strip_prefix(layer).is_some_and(|rest| rest.strip_prefix('.') == Some(part)),
        };
        layer.name == name || ["qweight", "weight_packed", "weight"].into_iter().any(is_part)
    };
    let found = layers.iter().find(|layer| layer.name == name).or_else(|| layers.iter().find(is_meant));
    if let Some(layer) = found.filter(|layer| layer.kind != layouts::Kind::Floats) {
        let mut source = layouts::Source { tensors, prefix: &layer.name, config, from, notes };
        let (layout, coded) = layouts::read(layer.kind, &mut source)?;
        return Ok(Weights::Coded(layout.to_string(), coded));
    }
    if from.is_none() && found.is_none() && tensors.get(name).is_none() {
        let known =
            tensors.iter().map(|(name, _)| name).chain(layers.iter().map(|layer| layer.name.as_str()));
        let mut known: Vec<&str> = known.filter(|name| !name.is_empty()).collect();
        known.sort();
        known.dedup();
        return Err(Error::new(format!("{} has no tensor `{name}`", tensors.path().display()))
            .help(names::nearest(known.into_iter(), name)));
    }
    if let Some(from) = from {
        let mut layers = layers.iter().filter(|layer| layer.kind != layouts::Kind::Floats).peekable();
        let path = tensors.path().display();
        let refused =
            Error::new(format!("`{name}` of {path} is no layer in a quantised layout: --from {from}"));
        return Err(match layers.peek() {
            None => refused.help("it holds none"),
            Some(_) => refused.help(names::nearest(layers.map(|layer| layer.name.as_str()), name)),
        });
    }
    let matrix = tensors.matrix(name, &TYPES)?;
    if matrix.rows == 0 || matrix.columns == 0 {
        return Err(
            tensors.wrong(name, &format!("its shape is [{}, {}]: it is empty", matrix.rows, matrix.columns))
        );
    }
    let values = Values::of(matrix.dtype, matrix.data).expect("the type was asked for");
    Ok(Weights::Floats(Floats { rows: matrix.rows, columns: matrix.columns, values }))
}

/// Whether the last parts of a name are those that frameworks give to tables of embeddings.
fn is_embedding(name: &str) -> bool {
    let mut parts = name.rsplit('.').filter(|part| *part != "weight");
    parts.next().is_some_and(|part| {
        part.contains("embed") || part.contains("embd") || ["wte", "wpe", "shared"].contains(&part)
    })
}
