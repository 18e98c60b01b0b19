//! The space of a sweep: the values of parameters, and files of parameters.

use crate::block::selection::{self, Given, SetOptions, check_points};
use crate::terminal::error::Error;
use blocks::block::Block;
use blocks::registry::Registry;
use clap::Args;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A block as a positional argument, with the space of its parameters.
#[derive(Args)]
pub struct Space {
    /// The block; `gen-rtl list` lists the blocks
    #[arg(value_name = "BLOCK", hide_possible_values = true)]
    block: String,
    #[command(flatten)]
    set: SetOptions,
    /// Read parameters from TOML files with lines such as `stages = 1`; --set overrides them. Several files, such as tables of
    /// devices, span the space too; BLOCK goes before them
    #[arg(long, value_name = "FILE", num_args = 1..)]
    config: Vec<PathBuf>,
}

/// In what points differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Axis {
    /// The file of parameters.
    Config,
    /// A parameter, by its name.
    Parameter(String),
}

impl Axis {
    /// What it is called.
    pub fn name(&self) -> &str {
        match self {
            Axis::Config => "config",
            Axis::Parameter(name) => name,
        }
    }
}

/// A file of parameters, with its name.
type NamedFile<'a> = (Option<String>, Option<&'a Path>);

/// A point as it is given: the name of its file, if there is one, and its parameters.
pub type GivenPoint = (Option<String>, Given);

impl Space {
    /// The block.
    pub fn block(&self, registry: &Registry) -> Result<&'static Block, Error> {
        selection::find(registry, &self.block)
    }

    /// In what the points differ, and every point: each file with every combination of one value for each parameter.
    pub fn points(&self) -> Result<(Vec<Axis>, Vec<GivenPoint>), Error> {
        let (mut swept, mut points) = (BTreeSet::new(), vec![]);
        for (name, file) in self.files()? {
            let (names, of_file) = self.set.given(file)?.points()?;
            swept.extend(names);
            points.extend(of_file.into_iter().map(|given| (name.clone(), given)));
            check_points(points.len())?;
        }
        let config = (self.config.len() > 1).then_some(Axis::Config);
        Ok((config.into_iter().chain(swept.into_iter().map(Axis::Parameter)).collect(), points))
    }

    /// The files with their names; without any, one place for the parameters that are set.
    fn files(&self) -> Result<Vec<NamedFile<'_>>, Error> {
        if self.config.is_empty() {
            return Ok(vec![(None, None)]);
        }
        let names = names(&self.config)?;
        Ok(names.into_iter().map(Some).zip(self.config.iter().map(|file| Some(file.as_path()))).collect())
    }
}

/// Names of files: without folders and extensions, if that tells them apart, or else their paths.
fn names(files: &[PathBuf]) -> Result<Vec<String>, Error> {
    let mut earlier = BTreeSet::new();
    // A file that cannot be found is refused when it is read.
    let place = |file: &PathBuf| file.canonicalize().unwrap_or_else(|_| file.clone());
    if let Some(twice) = files.iter().find(|file| !earlier.insert(place(file))) {
        return Err(Error::new(format!("`--config {}` is given twice", twice.display())));
    }
    let stem = |file: &PathBuf| file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let stems: BTreeSet<String> = files.iter().filter_map(stem).collect();
    let path = |file: &PathBuf| file.display().to_string();
    let are_distinct = stems.len() == files.len();
    Ok(files.iter().map(|file| stem(file).filter(|_| are_distinct).unwrap_or_else(|| path(file))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(files: &[&str]) -> Result<Vec<String>, Error> {
        names(&files.iter().map(PathBuf::from).collect::<Vec<_>>())
    }

    #[test]
    fn files_have_the_shortest_names_that_tell_them_apart() {
        assert_eq!(named(&["a/x.toml", "a/y.z.toml"]).unwrap(), ["x", "y.z"]);
        assert_eq!(named(&["a/x.toml", "b/x.toml", "y"]).unwrap(), ["a/x.toml", "b/x.toml", "y"]);
        let twice = named(&["a/x.toml", "y", "a/x.toml"]).unwrap_err();
        assert_eq!(twice.message(), "`--config a/x.toml` is given twice");
    }
}
