//! Placeholders for the commands that need the feature `full`, in a build without it: they are listed like the others,
//! and say how to build them.

use crate::terminal::error::{Error, Outcome};
use blocks::registry::Registry;
use clap::error::Result as Parsed;
use clap::{Arg, ArgMatches, Command, FromArgMatches, Subcommand};
use std::io::Write;

/// Every such command, as name and description.
pub const COMMANDS: [(&str, &str); 13] = [
    ("verify", "Verify a block against its golden model"),
    ("model", "Print a block's expected outputs for given inputs"),
    ("testbench", "Write a self-checking Verilog testbench, with its vectors and the block"),
    ("package", "Write a block as a package for other tools"),
    ("mutate", "Measure how many faults in a block its testbench detects"),
    ("report", "Print a system's figures, from simulation of its RTL or a model, beside the published ones"),
    ("synth", "Synthesise a block: cells, delay, area, energy"),
    ("sweep", "Synthesise a block at every combination of parameters"),
    ("board", "Build a self-test of a block for an FPGA board"),
    ("quantize", "Quantise weight matrices to int8"),
    ("pack", "Pack weight matrices: quantised for the PacQ datapath, or int8 without loss"),
    ("unpack", "Unpack weights that `gen-rtl pack` packed"),
    ("simulate", "Run a matrix product, a transformer layer or a spiking network through the RTL"),
];

/// How to build them.
const BUILD: &str =
    "`cargo build --release --features full` builds every command into target/release/gen-rtl";

/// The name of the command that was called, whatever its arguments.
pub struct NotBuilt(String);

impl NotBuilt {
    /// Says how to build it.
    pub fn run(&self, _registry: &Registry, _out: &mut dyn Write) -> Result<Outcome, Error> {
        let name = &self.0;
        Err(Error::new(format!("`gen-rtl {name}` is not in this build, which only writes Verilog"))
            .help(BUILD))
    }
}

impl Subcommand for NotBuilt {
    fn augment_subcommands(command: Command) -> Command {
        COMMANDS.iter().fold(command, |command, (name, about)| command.subcommand(stand_in(name, about)))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        NotBuilt::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        COMMANDS.iter().any(|(known, _)| *known == name)
    }
}

/// Accepts all arguments of the command itself, `--help` included.
fn stand_in(name: &'static str, about: &str) -> Command {
    let anything = Arg::new("arguments").num_args(0..).trailing_var_arg(true).allow_hyphen_values(true);
    Command::new(name)
        .about(format!("{about} (not built)"))
        .disable_help_flag(true)
        .arg(anything.hide(true))
        .after_help(BUILD)
}

impl FromArgMatches for NotBuilt {
    fn from_arg_matches(matches: &ArgMatches) -> Parsed<NotBuilt> {
        Ok(NotBuilt(matches.subcommand_name().unwrap_or_default().into()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Parsed<()> {
        *self = NotBuilt::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(all(test, feature = "full"))]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_that_of_the_full_build() {
        let full = crate::commands::full::Command::augment_subcommands(Command::new("gen-rtl"));
        let built = full.get_subcommands().map(|command| {
            (command.get_name().to_string(), command.get_about().expect("it says what it does").to_string())
        });
        let listed = COMMANDS.map(|(name, about)| (name.to_string(), about.to_string()));
        assert_eq!(built.collect::<Vec<_>>(), listed);
    }
}
