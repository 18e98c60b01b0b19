//! The command `gen-rtl` with a user's block and the library's.

mod leaky_accumulator;

use std::process::ExitCode;

fn main() -> ExitCode {
    gen_rtl::command(&[leaky_accumulator::BLOCK])
}
