//! Temporary folders that vanish however the command ends.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{fs, io};

/// How the names of temporary folders begin.
pub const PREFIX: &str = ".gen-rtl-";

/// Every temporary folder there is.
static FOLDERS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn folders() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    FOLDERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A temporary folder, removed with all that it holds when the value is dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    /// A new folder in `parent`, with the permissions of any folder that the user makes: it may stay as one.
    pub fn new_in(parent: &Path) -> io::Result<Scratch> {
        let mut folders = folders();
        let path = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?.keep();
        folders.insert(path.clone());
        Ok(Scratch(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let mut folders = folders();
        // It is gone where it was renamed to its final place, and there is nobody to tell of another failure.
        let _ = fs::remove_dir_all(&self.0);
        folders.remove(&self.0);
    }
}

/// Does what must not be cut short by a signal; it may not make or drop a [`Scratch`].
pub fn uninterrupted<T>(work: impl FnOnce() -> T) -> T {
    let _folders = folders();
    work()
}

/// Removes every temporary folder, after which none can be made: for a process that ends at once.
pub fn remove_all() {
    let folders = folders();
    for path in folders.iter() {
        // The process ends: there is nobody to tell.
        let _ = fs::remove_dir_all(path);
    }
    std::mem::forget(folders);
}
