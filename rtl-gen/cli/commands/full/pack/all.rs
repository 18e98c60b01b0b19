//! Packs all layers of a source, each into a file of one folder.

use super::layer::{self, Deviation, Options};
use crate::commands::full::shared::write_many;
use crate::terminal::error::{Error, Outcome};
use crate::weights::names;
use crate::weights::source::Source;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

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
    let one = |name: &str, file: &Path, shown: &Path| pack_one(source, options, name, file, shown);
    let done = write_many(&layers, "safetensors", to, one)?;
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
