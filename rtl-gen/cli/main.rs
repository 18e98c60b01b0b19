//! The `gen-rtl` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
