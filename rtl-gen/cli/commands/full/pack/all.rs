//! Packs all layers of a source, each into a file of one folder.

use super::layer::{self, Deviation, Options};
use crate::files::place;
use crate::terminal::error::{Error, Outcome};
use crate::terminal::progress::Bar;
use crate::weights::names;
use crate::weights::source::Source;
use rayon::prelude::*;
use scratch::{Scratch, uninterrupted};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use testbenches::Progress;

/// The packed layers, as reported to the user.
#[derive(Default)]
struct Report {
    lines: Vec<String>,
    /// Each note, with the number of layers that it applies to.
    notes: BTreeMap<String, usize>,
    /// The layer with the largest error.
    worst: Option<(String, Deviation)>,
}

/// The result for one layer.
struct Done {
    line: String,
    notes: Vec<String>,
    error: Deviation,
}

/// Packs all layers or none. The folder must be new or empty.
pub fn pack(source: &Source, options: &Options, to: &Path, out: &mut dyn Write) -> Result<Outcome, Error> {
    let (layers, left) = source.layers();
    if layers.is_empty() {
        return Err(Error::new(format!("{} has no layers", source.path().display())));
    }
    let files = file_names(&layers)?;
    refuse_existing(to)?;
    let parent = place::parent(to);
    let refused = |error| Error::io(format!("write {}", to.display()), error);
    fs::create_dir_all(parent).map_err(refused)?;
    let scratch = Scratch::new_in(parent).map_err(refused)?;
    let bar = Bar::default();
    bar.start("packing layers", layers.len() as u64);
    let one = |(name, file): (&String, &String)| {
        let done = pack_one(source, options, name, &scratch.path().join(file), &to.join(file));
        bar.advance(1);
        done
    };
    let done: Result<Vec<Done>, Error> = layers.par_iter().zip(&files).map(one).collect();
    drop(bar);
    let done = done?;
    uninterrupted(|| fs::rename(scratch.path(), to)).map_err(refused)?;
    let mut report = Report::default();
    layers.iter().zip(done).for_each(|(name, done)| report.add(name, done));
    report.print(&left, out)?;
    Ok(Outcome::Done)
}

fn pack_one(
    source: &Source,
    options: &Options,
    name: &str,
    file: &Path,
    shown: &Path,
) -> Result<Done, Error> {
    let mut notes = vec![];
    let weights = source.read(name, options.from, &mut notes)?;
    let what = format!("`{name}` of {}", source.path().display());
    options.refuse_for(&weights, &what, false)?;
    let layer = layer::pack(weights, options, &what)?;
    layer.packed.write(file)?;
    notes.extend(layer.notes.iter().cloned());
    Ok(Done { line: format!("{}: {}", shown.display(), layer.summary()), notes, error: layer.error })
}

impl Report {
    fn add(&mut self, name: &str, done: Done) {
        self.lines.push(done.line);
        for note in done.notes {
            *self.notes.entry(note).or_default() += 1;
        }
        if self.worst.as_ref().is_none_or(|(_, worst)| done.error.steps() > worst.steps()) {
            self.worst = Some((name.into(), done.error));
        }
    }

    fn print(self, left: &[String], out: &mut dyn Write) -> Result<(), Error> {
        let count = self.lines.len();
        self.lines.iter().try_for_each(|line| writeln!(out, "{line}"))?;
        for (note, layers) in &self.notes {
            writeln!(out, "  {note} ({layers} of {count} layers)")?;
        }
        if !left.is_empty() {
            writeln!(out, "  left out: {}", names::first(left.iter().map(String::as_str)))?;
        }
        match self.worst {
            Some((_, Deviation::None)) | None => writeln!(out, "  {}", Deviation::None)?,
            Some((name, worst)) => writeln!(out, "  {worst} of `{name}`")?,
        }
        Ok(())
    }
}

/// File names for layers: the names of tensors, without characters that could form a path.
fn file_names(layers: &[String]) -> Result<Vec<String>, Error> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    let file = |name: &String| {
        let name = if name.is_empty() { "layer" } else { name.strip_suffix(".weight").unwrap_or(name) };
        let plain: String = name.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
        format!("{}.safetensors", plain.trim_start_matches('.'))
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
fn refuse_existing(to: &Path) -> Result<(), Error> {
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
        let files = file_names(&layers).unwrap();
        assert_eq!(files, ["_.._etc_x.safetensors", "layer.safetensors", "a.safetensors", "b.safetensors"]);
        assert!(file_names(&["a.weight", "a"].map(String::from)).is_err());
    }
}
