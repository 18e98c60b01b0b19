//! How much the command says beside its results: `--quiet` and `--verbose`.

use clap::Args;
use std::env;
use std::ffi::OsStr;
use std::sync::OnceLock;

/// Set to anything but 0, it is as good as `--quiet`.
const VARIABLE: &str = "GEN_RTL_QUIET";

static CHOSEN: OnceLock<Verbosity> = OnceLock::new();

/// The options of every command.
#[derive(Args)]
pub struct Options {
    /// Print results and errors only: no progress. So does the variable GEN_RTL_QUIET
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Messages")]
    quiet: bool,
    /// Print each stage of the work and each program that runs, with its time, on standard error
    #[arg(short, long, global = true, help_heading = "Messages")]
    verbose: bool,
}

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verbosity {
    /// Results and errors.
    Quiet,
    /// Long work also shows its progress.
    Usual,
    /// Every stage, every program that runs, and details that are else left out.
    Verbose,
}

impl Options {
    /// Makes this the choice of the process.
    pub fn choose(&self) {
        let silenced =
            env::var_os(VARIABLE).is_some_and(|value| !value.is_empty() && value != OsStr::new("0"));
        // A process runs one command, so nothing was chosen before.
        CHOSEN.get_or_init(|| match self {
            Options { verbose: true, .. } => Verbosity::Verbose,
            Options { quiet: true, .. } => Verbosity::Quiet,
            _ if silenced => Verbosity::Quiet,
            _ => Verbosity::Usual,
        });
    }
}

/// What was chosen.
pub fn chosen() -> Verbosity {
    CHOSEN.get().copied().unwrap_or(Verbosity::Usual)
}
