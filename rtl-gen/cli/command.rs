//! What the command understands, and how it ends.

#[cfg(feature = "full")]
use crate::commands::full::Command as More;
#[cfg(not(feature = "full"))]
use crate::commands::not_built::NotBuilt as More;
use crate::commands::{completions, describe, generate, list};
use crate::terminal::error::{Error, Outcome};
use crate::terminal::{interrupt, program};
use blocks::block::Block;
use blocks::registry::Registry;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand};
use rustix::termios::tcgetwinsize;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

/// Write hardware blocks as Verilog that is proven right
///
/// `gen-rtl --block BLOCK` writes a block's Verilog, with a manifest, into build/BLOCK. The other commands
/// list and describe the blocks, check them in simulators, and print what they must answer.
#[derive(Parser)]
#[command(
    name = "gen-rtl",
    version,
    color = ColorChoice::Never,
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    arg_required_else_help = true,
    override_usage = "gen-rtl --block BLOCK [OPTIONS]\n       gen-rtl COMMAND [ARGUMENTS]",
    after_help = "\
Examples:
  gen-rtl list
  gen-rtl --block pacq_mul
  gen-rtl --block pacq_mul --set weight_bits=2 --set stages=1 --out rtl
  gen-rtl --block pacq_mul --stdout | yosys -p 'read_verilog /dev/stdin; synth'
  gen-rtl verify pacq_mul --simulator all
  gen-rtl report loas
  gen-rtl synth pacq_mul --target ice40 --target asic

Exit status: 0 done; 1 a check failed; 2 wrong usage, or the machine refused; 130 Ctrl-C."
)]
struct Cli {
    #[command(flatten)]
    generate: generate::Generate,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    List(list::List),
    Describe(describe::Describe),
    #[command(flatten)]
    More(More),
    Completions(completions::Completions),
}

impl Cli {
    fn run(&self, registry: &Registry, out: &mut dyn Write) -> Result<Outcome, Error> {
        match &self.command {
            None => self.generate.run(registry, out),
            Some(Command::List(list)) => list.run(registry, out),
            Some(Command::Describe(describe)) => describe.run(registry, out),
            Some(Command::More(more)) => more.run(registry, out),
            Some(Command::Completions(completions)) => completions.run(&mut arguments(registry), out),
        }
    }
}

/// What is understood, in all its particulars.
fn arguments(registry: &Registry) -> clap::Command {
    // A wrong name of a block is answered with all names and the nearest.
    let names = PossibleValuesParser::new(registry.blocks().map(|block| block.name));
    let particular = |arg: Arg| match arg.get_id() == "block" {
        true => arg.value_parser(names.clone()),
        false => taking_negative_numbers(arg),
    };
    let command = each_argument(Cli::command(), &particular);
    match columns() {
        Some(columns) if columns < LEAST_WIDTH => command.term_width(LEAST_WIDTH),
        _ => command,
    }
}

/// Changes the arguments of a command and of those below it.
fn each_argument(command: clap::Command, change: &dyn Fn(Arg) -> Arg) -> clap::Command {
    command.mut_args(change).mut_subcommands(|command| each_argument(command, change))
}

/// So that a negative number is told to be illegal in its place, and not to be an unknown option.
fn taking_negative_numbers(arg: Arg) -> Arg {
    match arg.get_action().takes_values() && !arg.is_positional() {
        true => arg.allow_negative_numbers(true),
        false => arg,
    }
}

/// Help is not made narrower than its examples, in columns: a command that breaks in the middle cannot be copied.
const LEAST_WIDTH: usize = 80;

/// The width of the terminal, as far as it is known.
fn columns() -> Option<usize> {
    let given = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    given.or_else(|| tcgetwinsize(io::stdout()).ok().map(|size| size.ws_col.into()))
}

/// Does what the arguments of this process ask for, of these blocks and of the library's. The exit status is the one that
/// `--help` tells; a block whose description is wrong, or whose name another one has, is wrong usage.
pub fn main(blocks: &'static [Block]) -> ExitCode {
    match Registry::with(blocks) {
        Ok(registry) => run(&registry),
        Err(error) => fail(&Error::new(error.to_string())),
    }
}

fn run(registry: &Registry) -> ExitCode {
    let parsed = arguments(registry).try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return explain(&error),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let ended = interrupt::watch()
        .map_err(|error| Error::io("listen for Ctrl-C", error))
        .and_then(|()| cli.run(registry, &mut out))
        .and_then(|outcome| Ok(out.flush().map(|()| outcome)?));
    match ended {
        Ok(outcome) => outcome.status().into(),
        Err(error) => fail(&error),
    }
}

fn fail(error: &Error) -> ExitCode {
    error.report();
    error.status().into()
}

/// Prints the help or the version that was asked for, or what is wrong with the arguments.
fn explain(error: &clap::Error) -> ExitCode {
    // Clap says "tip" where this program says "help".
    let text = program::as_called(&error.to_string().replace("\n  tip: ", "\n  help: "));
    // Whoever closed the stream does not want the text.
    let _ = if error.use_stderr() { write!(io::stderr(), "{text}") } else { write!(io::stdout(), "{text}") };
    ExitCode::from(error.exit_code() as u8)
}
