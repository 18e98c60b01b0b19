//! The width of the terminal.

use rustix::termios::tcgetwinsize;
use std::io::{self, IsTerminal};

/// Its columns, if it is known, or the variable `COLUMNS`.
pub fn of_help() -> Option<usize> {
    let given = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    given.or_else(of_output)
}

/// Its columns if standard output is a terminal, `None` if it is a file or a pipe.
pub fn of_output() -> Option<usize> {
    let stdout = io::stdout();
    let columns = stdout.is_terminal().then(|| tcgetwinsize(&stdout).ok()).flatten()?.ws_col;
    // Some terminals do not know it.
    (columns > 0).then_some(columns.into())
}
