//! The cache of compiled code, shared by all processes of the user and limited in size and age.

use crate::tools::ToolError;
use crate::user_cache;
use scratch::Scratch;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Entries not used for this long are removed.
const MAX_AGE: Duration = Duration::from_secs(30 * 24 * 3600);
/// Working folders this old were left by a process that was killed.
const MAX_WORK_AGE: Duration = Duration::from_secs(24 * 3600);
/// If models take more than this many bytes in all, the least recently used are removed.
const MAX_MODEL_BYTES: u64 = 256 << 20;

const MODEL_PREFIX: &str = "model-";
const RUNTIME_PREFIX: &str = "runtime-";

/// A folder of finished entries. An entry appears whole, by a rename, and is never changed afterwards.
pub(super) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The cache in `folder`, or in the user's cache folder.
    pub(super) fn open(folder: Option<&Path>) -> Result<Cache, ToolError> {
        let base = folder.map_or_else(user_cache::folder, |folder| Ok(folder.into()))?;
        let folder = base.join("verilator");
        fs::create_dir_all(&folder).map_err(|error| failed("make", &folder, error))?;
        Ok(Cache { folder })
    }

    /// Where the model with this key is, or will be.
    pub(super) fn model(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{MODEL_PREFIX}{key}.so"))
    }

    /// Where Verilator's own compiled code with this key is, or will be.
    pub(super) fn runtime(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{RUNTIME_PREFIX}{key}"))
    }

    /// A temporary folder on the cache's file system.
    pub(super) fn work_folder(&self) -> Result<Scratch, ToolError> {
        Scratch::new_in(&self.folder).map_err(|error| failed("make a folder in", &self.folder, error))
    }

    /// Makes `built` the entry at `path`, unless another process was first, and removes entries beyond the limits.
    pub(super) fn store(&self, built: &Path, path: &Path) -> Result<(), ToolError> {
        match fs::rename(built, path) {
            Err(error) if !path.exists() => Err(failed("make", path, error)),
            _ => self.evict().map_err(|error| failed("tidy", &self.folder, error)),
        }
    }

    fn evict(&self) -> io::Result<()> {
        let mut models = Vec::new();
        for entry in fs::read_dir(&self.folder)?.filter_map(Result::ok) {
            // Another process may have removed it in the meantime.
            let Ok(data) = entry.metadata() else { continue };
            let age = SystemTime::now().duration_since(data.modified()?).unwrap_or_default();
            let name = entry.file_name().to_string_lossy().into_owned();
            if age > if name.starts_with(scratch::PREFIX) { MAX_WORK_AGE } else { MAX_AGE } {
                remove(&entry.path());
            } else if name.starts_with(MODEL_PREFIX) {
                models.push((age, data.len(), entry.path()));
            }
        }
        models.sort_by_key(|(age, ..)| *age);
        let mut total = 0;
        for (_, bytes, path) in models {
            total += bytes;
            if total > MAX_MODEL_BYTES {
                remove(&path);
            }
        }
        Ok(())
    }
}

/// True if the entry exists; it then counts as used now.
pub(super) fn touch(entry: &Path) -> bool {
    // The time only decides the order of eviction, so a read-only cache works too.
    File::open(entry).map(|file| file.set_modified(SystemTime::now())).is_ok()
}

/// If an entry cannot be removed, another process is removing it, or a later attempt will.
fn remove(entry: &Path) {
    let _ = if entry.is_dir() { fs::remove_dir_all(entry) } else { fs::remove_file(entry) };
}

fn failed(what: &str, path: &Path, source: io::Error) -> ToolError {
    ToolError::Io { action: format!("{what} {}", path.display()), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(cache: &Cache, name: &str, bytes: u64, age: Duration) -> PathBuf {
        let path = cache.folder.join(name);
        let file = File::create(&path).unwrap();
        file.set_len(bytes).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
        path
    }

    fn hours(count: u64) -> Duration {
        Duration::from_secs(count * 3600)
    }

    #[test]
    fn old_entries_and_the_least_recent_models_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(Some(folder.path())).unwrap();
        let half = MAX_MODEL_BYTES / 2;
        let stale_work = add(&cache, ".gen-rtl-a", 1, hours(25));
        let fresh_work = add(&cache, ".gen-rtl-b", 1, hours(1));
        let stale_runtime = add(&cache, "runtime-a", 1, hours(24 * 31));
        let runtime = add(&cache, "runtime-b", MAX_MODEL_BYTES, hours(24 * 29));
        let least_recent = add(&cache, "model-a.so", half, hours(3));
        let recent = add(&cache, "model-b.so", half, hours(2));
        let built = add(&cache, ".gen-rtl-c", 1, hours(0));
        cache.store(&built, &cache.model("c")).unwrap();
        assert!([&fresh_work, &runtime, &recent, &cache.model("c")].iter().all(|path| path.exists()));
        assert!([&stale_work, &stale_runtime, &least_recent].iter().all(|path| !path.exists()));
    }

    #[test]
    fn a_used_entry_is_recent_again() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(Some(folder.path())).unwrap();
        let entry = add(&cache, "model-a.so", 1, hours(24 * 31));
        assert!(touch(&entry));
        cache.evict().unwrap();
        assert!(entry.exists());
        assert!(!touch(&cache.model("none")));
    }
}
