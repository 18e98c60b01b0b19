//! The command line, and how the program ends.

#[cfg(feature = "full")]
use crate::commands::full::Command as More;
#[cfg(not(feature = "full"))]
use crate::commands::not_built::NotBuilt as More;
use crate::commands::{completions, describe, generate, list, man};
use crate::terminal::error::{Error, Outcome};
use crate::terminal::{interrupt, program, size, style, verbosity};
use blocks::block::Block;
use blocks::registry::Registry;
use clap::builder::PossibleValuesParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, ColorChoice, CommandFactory, FromArgMatches, Id, Parser, Subcommand};
use std::env;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

/// Generate hardware blocks as Verilog, verified against golden models
///
/// `gen-rtl --block BLOCK` writes a block's Verilog and a manifest into build/BLOCK. The other commands list and
/// describe the blocks, verify them in simulators, and synthesise them.
#[derive(Parser)]
#[command(
    name = "gen-rtl",
    version,
    color = ColorChoice::Never,
    max_term_width = 100,
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
    #[command(flatten)]
    messages: verbosity::Options,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    List(list::List),
    Describe(describe::Describe),
    #[command(flatten)]
    More(Box<More>),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Cli {
    fn run(&self, registry: &Registry, out: &mut dyn Write) -> Result<Outcome, Error> {
        match &self.command {
            None => self.generate.run(registry, out),
            Some(Command::List(list)) => list.run(registry, out),
            Some(Command::Describe(describe)) => describe.run(registry, out),
            Some(Command::More(more)) => more.run(registry, out),
            Some(Command::Completions(completions)) => completions.run(&mut arguments(registry), out),
            Some(Command::Man(man)) => man.run(arguments(registry), out),
        }
    }
}

/// The full description of the command line.
fn arguments(registry: &Registry) -> clap::Command {
    // A wrong block name is answered with all names and the nearest one.
    let names = PossibleValuesParser::new(registry.blocks().map(|block| block.name));
    let particular = |arg: Arg| match arg.get_id() == "block" {
        true => arg.value_parser(names.clone()),
        false => taking_negative_numbers(arg),
    };
    let command = each_argument(Cli::command(), &particular);
    match size::of_help() {
        Some(columns) if columns < LEAST_WIDTH => command.term_width(LEAST_WIDTH),
        _ => command,
    }
}

/// Changes the arguments of a command and of its subcommands.
fn each_argument(command: clap::Command, change: &dyn Fn(Arg) -> Arg) -> clap::Command {
    command.mut_args(change).mut_subcommands(|command| each_argument(command, change))
}

/// A negative number is then reported as out of range, not as an unknown option.
fn taking_negative_numbers(arg: Arg) -> Arg {
    match arg.get_action().takes_values() && !arg.is_positional() {
        true => arg.allow_negative_numbers(true),
        false => arg,
    }
}

/// The narrowest help, in columns: its examples must not wrap, since a broken command cannot be copied.
const LEAST_WIDTH: usize = 80;

/// Runs the command line of this process with these blocks and the library's. The exit status is the one that `--help`
/// documents; a block with a wrong description, or with the name of another one, is wrong usage.
pub fn main(blocks: &'static [Block]) -> ExitCode {
    match Registry::with(blocks) {
        Ok(registry) => run(&registry),
        Err(error) => fail(&Error::new(error.to_string())),
    }
}

fn run(registry: &Registry) -> ExitCode {
    let mut command = arguments(registry);
    let parsed = command.try_get_matches_from_mut(env::args_os()).and_then(|matches| {
        refuse_mixture(&mut command, &matches)?;
        Cli::from_arg_matches(&matches)
    });
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            return block_as_command(&error, registry).map_or_else(|| explain(&error), |named| fail(&named));
        }
    };
    cli.messages.choose();
    #[cfg(feature = "full")]
    crate::terminal::programs::watch();
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

/// Arguments that write Verilog do not go with a command.
fn refuse_mixture(command: &mut clap::Command, matches: &ArgMatches) -> Result<(), clap::Error> {
    let Some(name) = matches.subcommand_name() else { return Ok(()) };
    let of_generate = generate::Generate::augment_args(clap::Command::new("gen-rtl"));
    let ids: Vec<&Id> = of_generate.get_arguments().map(Arg::get_id).collect();
    let given = |arg: &&Arg| {
        ids.contains(&arg.get_id())
            && matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine)
    };
    let conflict = command
        .get_arguments()
        .find(given)
        .map(|arg| format!("the subcommand '{name}' cannot be used with '{arg}'"));
    conflict.map_or(Ok(()), |message| Err(command.error(ErrorKind::ArgumentConflict, message)))
}

fn fail(error: &Error) -> ExitCode {
    error.report();
    error.status().into()
}

/// The error for a block that stands where a command belongs, as in `gen-rtl pacq_mul`.
fn block_as_command(error: &clap::Error, registry: &Registry) -> Option<Error> {
    let Some(ContextValue::String(name)) = error.get(ContextKind::InvalidSubcommand) else { return None };
    let block = registry.find(name)?;
    let advice =
        format!("`gen-rtl --block {}` writes its Verilog; `gen-rtl --help` lists the commands", block.name);
    Some(Error::new(format!("`{name}` is a block, not a command")).help(advice))
}

/// Prints the requested help or version, or the error in the arguments.
fn explain(error: &clap::Error) -> ExitCode {
    // Clap says "tip" where this program says "help".
    let text = program::as_called(&error.to_string().replace("\n  tip: ", "\n  help: "));
    // Whoever closed the stream does not want the text.
    let _ = match error.use_stderr() {
        true => write!(io::stderr(), "{}", style::message(&text)),
        false => write!(io::stdout(), "{}", style::page(&text)),
    };
    ExitCode::from(error.exit_code() as u8)
}
