//! Hardware blocks as Verilog: the language that they are written in, the library of them, and the command `gen-rtl`, for blocks of
//! your own too.
//!
//! A program of one line has every command for your blocks, beside the library's:
//!
//! ```no_run
//! # use gen_rtl::blocks::float::fp_mul as my;
//! fn main() -> std::process::ExitCode {
//!     gen_rtl::command(&[my::BLOCK])
//! }
//! ```
//!
//! A [`Block`](blocks::block::Block) is a constant: its name, its texts, and a struct of parameters that is
//! [`Configured`](blocks::block::Configured). The repository's `blocks/example` is a whole crate with one.
//!
//! The derive macros of [`hdl`] name that crate: who uses them also depends on it, as
//! `hdl = { package = "gen-rtl-hdl", version = "0.1" }`.
//!
//! Without the feature `full` the command has what writes Verilog: `--block`, `list`, `describe`, `completions`. With it, it also
//! has `verify`, `mutate`, `testbench`, `model`, `synth`, `sweep` and `board`.

pub use blocks;
pub use cli::main as command;
pub use hdl;
pub use parts;
pub use verilog;
