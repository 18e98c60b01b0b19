//! The user's cache folder, and keys for its contents.

use crate::tools::ToolError;
use sha2::{Digest, Sha256};
use std::io;
use std::path::PathBuf;

/// The folder of everything that this project caches: `gen-rtl` in the user's cache folder.
pub fn folder() -> Result<PathBuf, ToolError> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|home| home.join(".cache")));
    cache.map(|folder| folder.join("gen-rtl")).ok_or_else(|| ToolError::Io {
        action: "find the user's cache folder".into(),
        source: io::Error::other("neither XDG_CACHE_HOME nor HOME is an absolute path"),
    })
}

/// A key for the content of its parts.
pub fn key(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_depends_on_where_its_parts_end() {
        assert_ne!(key(&["ab", "c"]), key(&["a", "bc"]));
        assert_eq!(key(&["ab"]).len(), 32);
    }
}
