//! `gen-rtl man`: manual pages.

use crate::files::folder;
use crate::terminal::error::{Error, Outcome};
use crate::terminal::program;
use clap::{Args, Command};
use clap_mangen::Man as Page;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Print the manual page, or write those of all commands
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl man | man -l -
  gen-rtl man --out ~/.local/share/man/man1")]
pub struct Man {
    /// Write a page for each command, such as gen-rtl-verify.1, into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Man {
    /// Writes the pages of `command`.
    pub fn run(&self, command: Command, out: &mut dyn Write) -> Result<Outcome, Error> {
        let mut command = command.disable_help_subcommand(true);
        // From here on each command has its whole name, and the options of all commands.
        command.build();
        match &self.out {
            None => out.write_all(&page(&command)?)?,
            Some(folder) => write_all(folder, &command)?,
        }
        Ok(Outcome::Done)
    }
}

/// Writes the page of a command and those of its subcommands.
fn write_all(folder: &Path, command: &Command) -> Result<(), Error> {
    fs::create_dir_all(folder)
        .map_err(|error| Error::io(format!("make folder {}", folder.display()), error))?;
    let name = command.get_display_name().unwrap_or(command.get_name());
    folder::write_file(&folder.join(format!("{name}.1")), &page(command)?)?;
    command.get_subcommands().try_for_each(|below| write_all(folder, below))
}

fn page(command: &Command) -> Result<Vec<u8>, Error> {
    let mut page = vec![];
    Page::new(command.clone()).render(&mut page)?;
    Ok(program::as_called(&String::from_utf8_lossy(&page)).into_bytes())
}
