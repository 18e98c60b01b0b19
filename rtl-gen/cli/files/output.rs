//! The arguments that say where files go, and how they are written.

use crate::files::folder;
use crate::files::manifest::{self, Manifest};
use crate::terminal::error::Error;
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where files go.
#[derive(Args)]
pub struct Output {
    /// Write into this folder [default: build/BLOCK, build/BLOCK_testbench for a testbench, build/BLOCK_package for a package]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write even if the folder holds files that are not from an earlier run; only files of the same name are lost
    #[arg(long)]
    force: bool,
    /// Print the manifest, as JSON
    #[arg(long)]
    json: bool,
}

impl Output {
    /// Writes files and their manifest into the requested folder, or into build/`name`, and prints where. Without
    /// --json it also prints the lines of `after`, which may name the folder.
    pub fn write(
        &self,
        out: &mut dyn Write,
        name: &str,
        manifest: &Manifest,
        files: &[(String, String)],
        after: impl FnOnce(&Path) -> String,
    ) -> Result<(), Error> {
        let default = Path::new("build").join(name);
        let target = self.out.as_ref().unwrap_or(&default);
        let manifest = (manifest::FILE_NAME.to_string(), manifest.text());
        let files: Vec<_> = files.iter().chain([&manifest]).cloned().collect();
        folder::write(target, &files, self.force)?;
        if self.json {
            out.write_all(manifest.1.as_bytes())?;
        } else {
            files.iter().try_for_each(|(name, _)| writeln!(out, "{}", target.join(name).display()))?;
            out.write_all(after(target).as_bytes())?;
        }
        Ok(())
    }
}
