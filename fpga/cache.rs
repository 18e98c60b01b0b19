//! Figures that were found before, by what they depend on.

use crate::figures::Figures;
use scratch::{Scratch, uninterrupted};
use std::fs;
use std::path::{Path, PathBuf};
use testbenches::{ToolError, user_cache};

/// A folder of figures.
pub struct Cache(PathBuf);

impl Cache {
    /// The folder, made if it is not there; the user's cache where none is given.
    pub fn open(folder: Option<&Path>) -> Result<Cache, ToolError> {
        let folder = folder.map_or_else(user_cache::folder, |folder| Ok(folder.into()))?.join("synthesis");
        fs::create_dir_all(&folder)
            .map_err(|source| ToolError::Io { action: format!("make {}", folder.display()), source })?;
        Ok(Cache(folder))
    }

    /// A folder for the files of one piece of work, gone with the value. It is not a temporary folder of the system: the
    /// tools of YoWASP see none of those.
    pub fn work_folder(&self) -> Result<Scratch, ToolError> {
        Scratch::new_in(&self.0).map_err(|source| ToolError::Io {
            action: format!("make a folder in {}", self.0.display()),
            source,
        })
    }

    /// What was found under a key. A file that cannot be read is as good as none.
    pub fn get(&self, key: &str) -> Option<Figures> {
        serde_json::from_slice(&fs::read(self.file(key)).ok()?).ok()
    }

    /// Keeps figures, whole or not at all.
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
