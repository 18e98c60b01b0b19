//! The installed Verilators and their versions.

use crate::tools::{self, ToolError, run_checked};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::{fmt, fs};

/// A version of Verilator; the releases number the second part as `006`, `048`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Before the dot.
    pub major: u32,
    /// After the dot.
    pub minor: u32,
}

impl Version {
    /// The oldest whose models this crate can drive.
    pub const OLDEST: Version = Version { major: 5, minor: 6 };

    /// The oldest that is known to compile dataflow graphs right without the peephole rules.
    const WITH_DATAFLOW: Version = Version { major: 5, minor: 48 };

    /// The flags that turn off optimisations with which releases miscompile: bit operations in trees, up to 5.026; the peephole
    /// rules of dataflow graphs, at least in 5.048. Without these rules 5.006 miscompiles more, so there all passes over dataflow
    /// graphs are off. A model is some 10 % slower.
    pub fn safe_flags(self) -> [&'static str; 2] {
        let dataflow = if self < Version::WITH_DATAFLOW { "-fno-dfg" } else { "-fno-dfg-peephole" };
        ["-fno-const-bit-op-tree", dataflow]
    }

    fn parse(text: &str) -> Option<Version> {
        let (major, minor) = text.split_whitespace().next()?.split_once('.')?;
        Some(Version { major: major.parse().ok()?, minor: minor.parse().ok()? })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.major, self.minor)
    }
}

/// An installed Verilator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verilator {
    /// The program.
    pub path: PathBuf,
    /// The folder that has its `include`.
    pub root: PathBuf,
    /// Its version.
    pub version: Version,
}

impl Verilator {
    /// The newest one on `PATH`, or the one that `GEN_RTL_VERILATOR` names.
    pub fn newest() -> Result<Verilator, ToolError> {
        Verilator::all()?.into_iter().next().ok_or(ToolError::Missing(tools::VERILATOR))?.supported()
    }

    /// Itself, or an error if it is older than [`Version::OLDEST`].
    pub fn supported(self) -> Result<Verilator, ToolError> {
        if self.version >= Version::OLDEST {
            return Ok(self);
        }
        let reason = format!("its version is {}; the oldest that works is {}", self.version, Version::OLDEST);
        Err(ToolError::Unusable { path: self.path, reason })
    }

    /// Itself, or an error if it is not known to compile netlists of cells right: with each set of flags that was tried,
    /// 5.006 gets some netlists of look-up tables wrong.
    pub fn for_netlists(self) -> Result<Verilator, ToolError> {
        if self.version >= Version::WITH_DATAFLOW {
            return Ok(self);
        }
        let (version, right, package) = (self.version, Version::WITH_DATAFLOW, tools::VERILATOR.package);
        let reason = format!(
            "its version is {version}, which miscompiles netlists; {right} is right, and {package} is newer"
        );
        Err(ToolError::Unusable { path: self.path, reason })
    }

    /// All on `PATH`, newest first, or only the one that `GEN_RTL_VERILATOR` names.
    pub fn all() -> Result<Vec<Verilator>, ToolError> {
        let mut found = tools::VERILATOR
            .candidates()?
            .iter()
            .map(|path| Verilator::at(path))
            .collect::<Result<Vec<_>, _>>()?;
        found.sort_by_key(|verilator| std::cmp::Reverse(verilator.version));
        Ok(found)
    }

    /// The one at `path`. It is queried once per process.
    pub fn at(path: &Path) -> Result<Verilator, ToolError> {
        static KNOWN: LazyLock<Mutex<HashMap<PathBuf, Verilator>>> = LazyLock::new(Mutex::default);
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(verilator) = known.get(path) {
            return Ok(verilator.clone());
        }
        let verilator = Verilator::ask(path)?;
        known.insert(path.into(), verilator.clone());
        Ok(verilator)
    }

    /// The version comes from the header that models are compiled with: PyPI's program prints none.
    fn ask(path: &Path) -> Result<Verilator, ToolError> {
        let unusable = |reason: String| ToolError::Unusable { path: path.into(), reason };
        let answer = run_checked(Command::new(path).args(["--getenv", "VERILATOR_ROOT"]))?;
        let root = PathBuf::from(answer.trim());
        let header = root.join("include/verilated_config.h");
        let text = fs::read_to_string(&header)
            .map_err(|error| unusable(format!("its header {}: {error}", header.display())))?;
        let version = version_in(&text)
            .ok_or_else(|| unusable(format!("its header {} names no version", header.display())))?;
        Ok(Verilator { path: path.into(), root, version })
    }
}

fn version_in(header: &str) -> Option<Version> {
    let definition = header.lines().find_map(|line| line.strip_prefix("#define VERILATOR_VERSION "))?;
    Version::parse(definition.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_ordered_by_number() {
        let of = |text: &str| version_in(&format!("// a comment\n#define VERILATOR_VERSION \"{text}\"\n"));
        assert_eq!(of("5.006 2023-01-22"), Some(Version { major: 5, minor: 6 }));
        assert!(of("5.49") > of("5.048 2026-04-26") && of("5.048") > of("5.006"));
        assert_eq!(of(""), None);
        assert_eq!(of("5.006").map(|version| version.to_string()).as_deref(), Some("5.006"));
    }

    #[test]
    fn netlists_are_refused_where_they_would_be_wrong() {
        let of = |minor| Verilator {
            path: "verilator".into(),
            root: PathBuf::new(),
            version: Version { major: 5, minor },
        };
        assert!(of(48).for_netlists().is_ok());
        let refused = of(6).for_netlists().unwrap_err().to_string();
        assert!(
            refused.starts_with("cannot use verilator: its version is 5.006, which miscompiles netlists"),
            "{refused}"
        );
    }
}
