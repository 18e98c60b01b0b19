//! Temporary folders that are removed however the process ends.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{env, fs, io};

/// The prefix of temporary folders' names.
pub const PREFIX: &str = ".gen-rtl-";

/// The temporary folders of this process.
struct Folders {
    present: BTreeSet<PathBuf>,
    /// All of them, including those that are gone.
    named: BTreeSet<PathBuf>,
}

static FOLDERS: Mutex<Folders> = Mutex::new(Folders { present: BTreeSet::new(), named: BTreeSet::new() });

fn folders() -> MutexGuard<'static, Folders> {
    FOLDERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A temporary folder, removed with its contents when the value is dropped.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// A new folder in `parent`, with the permissions of any folder that the user makes, since it may be kept as one.
    pub fn new_in(parent: &Path) -> io::Result<Scratch> {
        let mut folders = folders();
        let path = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent).map_err(reason)?.keep();
        folders.present.insert(path.clone());
        folders.named.insert(path.clone());
        Ok(Scratch(path))
    }

    /// A new folder in the system's folder for temporary files.
    pub fn new() -> io::Result<Scratch> {
        Scratch::new_in(&env::temp_dir())
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

/// The system's reason alone: tempfile adds the path behind it, with its random name.
fn reason(error: io::Error) -> io::Error {
    match error.to_string().split_once(" at path ") {
        Some((reason, _)) => io::Error::new(error.kind(), reason),
        None => error,
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let mut folders = folders();
        // It is gone if it was renamed to its final place, and there is nobody to tell of another failure.
        let _ = fs::remove_dir_all(&self.0);
        folders.present.remove(&self.0);
    }
}

/// Does work that a signal must not interrupt, such as a rename; it must not create or drop a [`Scratch`].
pub fn uninterrupted<T>(work: impl FnOnce() -> T) -> T {
    let _folders = folders();
    work()
}

/// For a process that is about to end: does `last`, then removes every temporary folder. From then on no folder can be
/// created and no [`uninterrupted`] work begun; callers block until the process ends.
pub fn close(last: impl FnOnce()) {
    let folders = folders();
    last();
    for path in &folders.present {
        // The process ends: there is nobody to tell.
        let _ = fs::remove_dir_all(path);
    }
    std::mem::forget(folders);
}

/// A text, such as a program's output, without the names of temporary folders, which mean nothing to the user and are
/// gone by then. Files in them keep the rest of their path.
pub fn without_names(text: &str) -> String {
    let folders = folders();
    // Inner folders first: they come last in the list.
    folders.named.iter().rev().fold(text.to_string(), |text, folder| {
        let name = folder.display().to_string();
        if text.contains(&name) { text.replace(&format!("{name}/"), "").replace(&name, ".") } else { text }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_goes_with_its_value_and_its_name_is_not_told() {
        let missing = Scratch::new_in(Path::new("/nowhere")).unwrap_err().to_string();
        assert_eq!(missing, io::Error::from_raw_os_error(2).to_string());
        let parent = Scratch::new().unwrap();
        let scratch = Scratch::new_in(parent.path()).unwrap();
        let path = scratch.path().to_path_buf();
        fs::write(path.join("a"), "").unwrap();
        drop(scratch);
        assert!(!path.exists());
        let printed = format!("{0}/x.v:3: in {0}: no such file", path.display());
        assert_eq!(without_names(&printed), "x.v:3: in .: no such file");
    }
}
