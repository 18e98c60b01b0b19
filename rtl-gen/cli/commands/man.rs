//! `gen-rtl man`: manual pages.

use crate::block::version::{GENERATOR, VERSION};
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
    folder::write_file(&folder.join(format!("{}.1", name(command))), &page(command)?)?;
    command.get_subcommands().try_for_each(|below| write_all(folder, below))
}

fn name(command: &Command) -> String {
    program::page_name(command.get_display_name().unwrap_or(command.get_name()))
}

fn page(command: &Command) -> Result<Vec<u8>, Error> {
    let mut page = vec![];
    let source = format!("{GENERATOR} {VERSION}");
    Page::new(command.clone()).title(name(command)).source(source).render(&mut page)?;
    Ok(program::in_roff(&String::from_utf8_lossy(&page)).into_bytes())
}
