//! `gen-rtl completions`: completion scripts for shells.

use crate::terminal::error::{Error, Outcome};
use crate::terminal::program;
use clap::{Args, Command};
use clap_complete::Shell;
use std::io::Write;

/// Print a shell completion script
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl completions bash > ~/.local/share/bash-completion/completions/gen-rtl
  gen-rtl completions fish > ~/.config/fish/completions/gen-rtl.fish")]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Writes the script for `command`.
    pub fn run(&self, command: &mut Command, out: &mut dyn Write) -> Result<Outcome, Error> {
        // Into memory first: the generator panics if a write fails.
        let mut script = vec![];
        clap_complete::generate(self.shell, command, program::name(), &mut script);
        out.write_all(&script)?;
        Ok(Outcome::Done)
    }
}
