//! Output folders: all files are written or none, and no file of the user's is lost.

use crate::files::manifest::{self, Earlier, FileEntry};
use crate::files::place::{Place, parent};
use crate::terminal::error::Error;
use crate::terminal::interrupt;
use scratch::{Scratch, uninterrupted};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

/// Replaces the contents of `folder` by `files`, given by name and content, one of which is the manifest. Files of an
/// earlier run are removed. Any other file in the folder is an error unless `force` is given; then only files of the
/// same name are replaced.
pub fn write<C: AsRef<[u8]>>(folder: &Path, files: &[(String, C)], force: bool) -> Result<(), Error> {
    let refused = |error| Error::io(format!("write {}", folder.display()), error);
    if fs::symlink_metadata(folder).is_err() {
        let parent = parent(folder);
        fs::create_dir_all(parent)
            .map_err(|error| Error::io(format!("make folder {}", parent.display()), error))?;
        write_new(parent, folder, files).map_err(refused)?;
    } else {
        let held = Held::by(folder).map_err(refused)?;
        if !force {
            held.refuse_foreign(folder)?;
        }
        refuse_folders(folder, files)?;
        replace(folder, &held, files).map_err(refused)?;
    }
    interrupt::keeps(folder, "");
    Ok(())
}

/// Creates a folder that does not exist yet, in one step.
fn write_new<C: AsRef<[u8]>>(parent: &Path, folder: &Path, files: &[(String, C)]) -> io::Result<()> {
    let scratch = Scratch::new_in(parent)?;
    write_files(scratch.path(), files)?;
    uninterrupted(|| fs::rename(scratch.path(), folder))
}

/// Writes a file, in one step if it is a regular one.
pub fn write_file(path: &Path, content: &[u8]) -> Result<(), Error> {
    let write = || {
        let place = Place::of(path)?;
        let scratch = place.scratch()?;
        let part = scratch.path().join("part");
        fs::write(&part, content)?;
        place.put(&part)
    };
    write().map_err(|error: io::Error| Error::io(format!("write {}", path.display()), error))?;
    interrupt::keeps(path, "");
    Ok(())
}

/// Removes a file, if it exists.
pub fn remove_file(path: &Path) -> Result<(), Error> {
    interrupt::keeps_no_longer(path);
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::io(format!("remove {}", path.display()), error))
        }
        _ => Ok(()),
    }
}

/// Exchanges the files of a folder. The new ones are first written into a folder inside it, since its parent may be
/// on another device, or not writable.
fn replace<C: AsRef<[u8]>>(folder: &Path, held: &Held, files: &[(String, C)]) -> io::Result<()> {
    let scratch = Scratch::new_in(folder)?;
    let [old, new] = ["old", "new"].map(|name| scratch.path().join(name));
    fs::create_dir(&old)?;
    fs::create_dir(&new)?;
    write_files(&new, files)?;
    let names: BTreeSet<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let leaving = held.ours.iter().map(String::as_str).chain(names.iter().copied()).collect::<BTreeSet<_>>();
    let present = leaving.into_iter().filter(|name| fs::symlink_metadata(folder.join(name)).is_ok());
    let away = present.map(|name| (folder.join(name), old.join(name)));
    let into_place = names.iter().map(|name| (new.join(name), folder.join(name)));
    let moves: Vec<_> = away.chain(into_place).collect();
    uninterrupted(|| move_all(&moves))
}

fn write_files<C: AsRef<[u8]>>(folder: &Path, files: &[(String, C)]) -> io::Result<()> {
    files.iter().try_for_each(|(name, content)| fs::write(folder.join(name), content))
}

/// Moves every file, or none.
fn move_all(moves: &[(PathBuf, PathBuf)]) -> io::Result<()> {
    for (done, (from, to)) in moves.iter().enumerate() {
        if let Err(error) = fs::rename(from, to) {
            for (from, to) in moves[..done].iter().rev() {
                // If this fails too, the others are still moved back; the first error is the one reported.
                let _ = fs::rename(to, from);
            }
            return Err(error);
        }
    }
    Ok(())
}

/// The contents of a folder.
struct Held {
    /// Files of an earlier run as it wrote them, its manifest included.
    ours: BTreeSet<String>,
    /// Files of an earlier run that were edited since.
    edited: BTreeSet<String>,
    /// Everything else.
    foreign: BTreeSet<String>,
}

impl Held {
    fn by(folder: &Path) -> io::Result<Held> {
        let earlier = Earlier::read(folder)?;
        let mut held = Held { ours: BTreeSet::new(), edited: BTreeSet::new(), foreign: BTreeSet::new() };
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if !is_scratch(&entry.file_name()) {
                // A name that is not Unicode cannot be one of ours.
                let name = entry.file_name().to_string_lossy().into_owned();
                held.set_for(&entry, &name, earlier.as_ref())?.insert(name);
            }
        }
        Ok(held)
    }

    fn set_for(
        &mut self,
        entry: &DirEntry,
        name: &str,
        earlier: Option<&Earlier>,
    ) -> io::Result<&mut BTreeSet<String>> {
        let Some(earlier) = earlier.filter(|_| entry.file_type().is_ok_and(|kind| kind.is_file())) else {
            return Ok(&mut self.foreign);
        };
        if name == manifest::FILE_NAME || earlier.is_product(name) {
            return Ok(&mut self.ours);
        }
        match earlier.files.get(name) {
            None => Ok(&mut self.foreign),
            Some(listed) if *listed == FileEntry::of(&fs::read(entry.path())?) => Ok(&mut self.ours),
            Some(_) => Ok(&mut self.edited),
        }
    }

    fn refuse_foreign(&self, folder: &Path) -> Result<(), Error> {
        let (names, whose) = match (self.foreign.is_empty(), self.edited.is_empty()) {
            (true, true) => return Ok(()),
            (false, _) => (&self.foreign, "that gen-rtl did not write"),
            (true, false) => (&self.edited, "that were edited since gen-rtl wrote them"),
        };
        let message = format!("{} holds files {whose}: {}", folder.display(), listing(names));
        Err(Error::new(message).help(
            "choose another folder with --out DIR, or add --force: it replaces files of the same name and keeps the others",
        ))
    }
}

/// A file may be replaced; a folder, with its contents, may not.
fn refuse_folders<C>(folder: &Path, files: &[(String, C)]) -> Result<(), Error> {
    let is_folder = |path: &PathBuf| fs::symlink_metadata(path).is_ok_and(|data| data.is_dir());
    match files.iter().map(|(name, _)| folder.join(name)).find(is_folder) {
        Some(path) => Err(Error::io(format!("write {}", path.display()), "a folder of this name exists")),
        None => Ok(()),
    }
}

/// A temporary folder, of a concurrent run or of one that was killed.
fn is_scratch(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(scratch::PREFIX.as_bytes())
}

/// The first few names.
fn listing(names: &BTreeSet<String>) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    let rest = names.len() - shown.len();
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    shown.join(", ") + &more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_move_fails_none_has_happened() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "a").unwrap();
        fs::write(path("b"), "b").unwrap();
        let moves = [("a", "old"), ("b", "a"), ("missing", "b")].map(|(from, to)| (path(from), path(to)));
        assert_eq!(move_all(&moves).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(fs::read_to_string(path("a")).unwrap(), "a");
        assert_eq!(fs::read_to_string(path("b")).unwrap(), "b");
        assert!(!path("old").exists());
    }
}
