//! Files of many layers, in a new folder.

use crate::files::place;
use crate::terminal::error::Error;
use crate::terminal::interrupt;
use crate::terminal::progress::Bar;
use rayon::prelude::*;
use scratch::{Scratch, uninterrupted};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use testbenches::Progress;

/// Writes a file for each layer, or none, into a folder that must be new or empty. `one` gets the name of a layer, the path that it
/// writes, and the path that the file will have.
pub fn write_many<T: Send>(
    layers: &[String],
    extension: &str,
    to: &Path,
    one: impl Fn(&str, &Path, &Path) -> Result<T, Error> + Sync,
) -> Result<Vec<T>, Error> {
    let files = file_names(layers, extension)?;
    refuse_existing(to)?;
    let parent = place::parent(to);
    let refused = |error| Error::io(format!("write {}", to.display()), error);
    fs::create_dir_all(parent).map_err(refused)?;
    let scratch = Scratch::new_in(parent).map_err(refused)?;
    let bar = Bar::default();
    bar.start("writing layers", layers.len() as u64);
    let one = |(name, file): (&String, &String)| {
        let done = one(name, &scratch.path().join(file), &to.join(file));
        bar.advance(1);
        done
    };
    let done: Result<Vec<T>, Error> = layers.par_iter().zip(&files).map(one).collect();
    drop(bar);
    let done = done?;
    uninterrupted(|| fs::rename(scratch.path(), to)).map_err(refused)?;
    interrupt::keeps(to, "");
    Ok(done)
}

/// File names for layers: the names of tensors, without characters that could form a path.
fn file_names(layers: &[String], extension: &str) -> Result<Vec<String>, Error> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    let file = |name: &String| {
        let name = if name.is_empty() { "layer" } else { name.strip_suffix(".weight").unwrap_or(name) };
        let plain: String = name.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
        format!("{}.{extension}", plain.trim_start_matches('.'))
    };
    let files: Vec<String> = layers.iter().map(file).collect();
    let mut first = BTreeMap::new();
    for (layer, file) in layers.iter().zip(&files) {
        if let Some(other) = first.insert(file, layer) {
            return Err(Error::new(format!("`{other}` and `{layer}` would both be {file}"))
                .help("pack one after the other with --tensor"));
        }
    }
    Ok(files)
}

/// Only an empty folder is replaced.
pub fn refuse_existing(to: &Path) -> Result<(), Error> {
    let is_free = match fs::symlink_metadata(to) {
        Err(_) => true,
        Ok(data) => data.is_dir() && fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_none()),
    };
    match is_free {
        true => Ok(()),
        false => {
            Err(Error::new(format!("{} exists already: layers are written into a new folder", to.display()))
                .help("choose another with --out"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tensors_are_no_paths() {
        let layers = ["../../etc/x", "", "a.weight", ".b"].map(String::from);
        let files = file_names(&layers, "safetensors").unwrap();
        assert_eq!(files, ["_.._etc_x.safetensors", "layer.safetensors", "a.safetensors", "b.safetensors"]);
        assert!(file_names(&["a.weight", "a"].map(String::from), "wpak").is_err());
    }
}
