//! Earlier results, keyed by everything that they depend on.

use crate::figures::Figures;
use scratch::{Scratch, uninterrupted};
use std::fs;
use std::path::{Path, PathBuf};
use testbenches::{ToolError, user_cache};

/// A folder of results.
pub struct Cache(PathBuf);

impl Cache {
    /// The folder, created if needed; the user's cache by default.
    pub fn open(folder: Option<&Path>) -> Result<Cache, ToolError> {
        let folder = folder.map_or_else(user_cache::folder, |folder| Ok(folder.into()))?.join("synthesis");
        fs::create_dir_all(&folder)
            .map_err(|source| ToolError::Io { action: format!("make {}", folder.display()), source })?;
        Ok(Cache(folder))
    }

    /// A folder for the files of one piece of work, removed with the value. It is not in the system's temporary folder,
    /// which YoWASP's tools do not see.
    pub fn work_folder(&self) -> Result<Scratch, ToolError> {
        Scratch::new_in(&self.0).map_err(|source| ToolError::Io {
            action: format!("make a folder in {}", self.0.display()),
            source,
        })
    }

    /// The result for a key. A file that cannot be read counts as missing.
    pub fn get(&self, key: &str) -> Option<Figures> {
        serde_json::from_slice(&fs::read(self.file(key)).ok()?).ok()
    }

    /// Stores a result, whole or not at all.
    pub fn put(&self, key: &str, figures: &Figures) -> Result<(), ToolError> {
        let failed = |source| ToolError::Io { action: format!("write to {}", self.0.display()), source };
        let text = serde_json::to_vec(figures).map_err(|error| failed(error.into()))?;
        let work = self.work_folder()?;
        let written = work.path().join("figures.json");
        fs::write(&written, text).map_err(failed)?;
        uninterrupted(|| fs::rename(written, self.file(key))).map_err(failed)
    }

    fn file(&self, key: &str) -> PathBuf {
        self.0.join(format!("{key}.json"))
    }
}
