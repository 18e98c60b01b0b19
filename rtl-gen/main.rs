//! The `gen-rtl` command, with the library's blocks.

use std::process::ExitCode;

fn main() -> ExitCode {
    gen_rtl::command(&[])
}
