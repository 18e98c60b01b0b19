//! With `--verbose`, the programs that run.

use crate::terminal::verbosity::{Verbosity, chosen};
use std::io::{self, Write};
use std::time::Duration;
use testbenches::tools::{self, Finished};

/// Starts to print each program that has ended, if details are wanted.
pub fn watch() {
    if chosen() == Verbosity::Verbose {
        tools::watch(print);
    }
}

fn print(Finished { command, status, .. }: &Finished, time: Duration) {
    let ended = if status.success() { String::new() } else { format!(", {status}") };
    // A missing line is no reason to stop.
    let _ = writeln!(io::stderr(), "{command}  ({:.1} s{ended})", time.as_secs_f64());
}
