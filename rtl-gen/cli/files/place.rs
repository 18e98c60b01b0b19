//! Where a file goes: links are followed, and pipes and devices receive the bytes, as in other programs.

use crate::terminal::error::Error;
use rustix::process::geteuid;
use scratch::{Scratch, uninterrupted};
use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A place for a file.
pub enum Place {
    /// A free name, or a regular file of the user's with its permissions: the new file replaces it in one step.
    Whole(PathBuf, Option<Permissions>),
    /// A file with several names or another owner: its content is replaced, so that it keeps them.
    Content(PathBuf),
    /// A pipe, a terminal or another device.
    Stream(PathBuf),
}

impl Place {
    /// The place that a path names; fails if nothing could be written there.
    pub fn of(path: &Path) -> io::Result<Place> {
        match fs::metadata(path) {
            Ok(data) if data.is_dir() => Err(io::Error::other("a folder of this name exists")),
            Ok(data) if data.is_file() => Place::of_file(path, &data),
            Ok(_) => Ok(Place::Stream(path.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok(Place::Whole(end_of_links(path), None))
            }
            Err(error) => Err(error),
        }
    }

    fn of_file(path: &Path, data: &Metadata) -> io::Result<Place> {
        // A read-only file must not be replaced either.
        OpenOptions::new().write(true).open(path)?;
        let is_plain = data.nlink() == 1 && data.uid() == geteuid().as_raw();
        // A deleted file that is still open has a name, such as /dev/stdout, but no path.
        match fs::canonicalize(path) {
            Ok(real) if is_plain => Ok(Place::Whole(real, Some(data.permissions()))),
            _ => Ok(Place::Content(path.into())),
        }
    }

    /// A temporary folder for the file until it is [put](Place::put) there.
    pub fn scratch(&self) -> io::Result<Scratch> {
        match self {
            Place::Whole(path, _) => Scratch::new_in(parent(path)),
            Place::Content(_) | Place::Stream(_) => Scratch::new(),
        }
    }

    /// Moves a finished file from the [temporary folder](Place::scratch) to its place.
    pub fn put(&self, file: &Path) -> io::Result<()> {
        match self {
            Place::Whole(path, permissions) => {
                permissions
                    .iter()
                    .try_for_each(|permissions| fs::set_permissions(file, permissions.clone()))?;
                uninterrupted(|| fs::rename(file, path))
            }
            Place::Content(path) => uninterrupted(|| copy(file, OpenOptions::new().truncate(true), path)),
            Place::Stream(path) => copy(file, &mut OpenOptions::new(), path),
        }
    }
}

fn copy(from: &Path, options: &mut OpenOptions, to: &Path) -> io::Result<()> {
    io::copy(&mut File::open(from)?, &mut options.write(true).open(to)?).map(drop)
}

/// The end of a chain of links, whether it exists or not.
fn end_of_links(path: &Path) -> PathBuf {
    let mut end = path.to_path_buf();
    while let Ok(target) = fs::read_link(&end) {
        end = parent(&end).join(target);
    }
    end
}

/// Refuses to write a file that is also read.
pub fn refuse_input(option: &str, out: &Path, inputs: &[&Path]) -> Result<(), Error> {
    let file =
        |path: &Path| fs::metadata(path).ok().filter(Metadata::is_file).map(|data| (data.dev(), data.ino()));
    let Some(target) = file(out) else { return Ok(()) };
    match inputs.iter().find(|input| file(input) == Some(target)) {
        None => Ok(()),
        Some(input) => Err(Error::new(format!(
            "{option} {} is the same file as the input {}, which would be lost",
            out.display(),
            input.display()
        ))
        .help("choose another name")),
    }
}

/// The formats of weights and results, by the ends of their names.
const FORMATS: [&str; 4] = ["gguf", "npy", "safetensors", "wpak"];

/// Refuses a name that says another format than the file will have.
pub fn refuse_other_format(option: &str, out: &Path, written: &str) -> Result<(), Error> {
    let named = out.extension().and_then(|extension| extension.to_str());
    match named.filter(|named| *named != written && FORMATS.contains(named)) {
        None => Ok(()),
        Some(_) => Err(Error::new(format!(
            "{option} {}: a .{written} file is written, and the name says otherwise",
            out.display()
        ))
        .help(format!("use {}", out.with_extension(written).display()))),
    }
}

/// The folder of a path.
pub fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}
