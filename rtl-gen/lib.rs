//! Hardware blocks as Verilog: the language in which they are written, a library of blocks, and the command `gen-rtl`,
//! also for your own blocks.
//!
//! A program of one line has every command for your blocks and the library's:
//!
//! ```no_run
//! # use gen_rtl::blocks::float::fp_mul as my;
//! fn main() -> std::process::ExitCode {
//!     gen_rtl::command(&[my::BLOCK])
//! }
//! ```
//!
//! A [`Block`](blocks::block::Block) is a constant: its name, its texts, and a parameter struct that implements
//! [`Configured`](blocks::block::Configured). The folder `blocks/example` of the repository is a whole crate with one.
//!
//! The derive macros of [`hdl`] refer to a crate `hdl`. Where the language comes through this crate alone, the path is given:
//! `#[bundle(crate = "gen_rtl::hdl")]`, `#[encoded(crate = "gen_rtl::hdl")]`.
//!
//! Without the feature `full` the command only writes Verilog: `--block`, `list`, `describe`, `completions`. With it,
//! there are also `verify`, `mutate`, `testbench`, `model`, `synth`, `sweep` and `board`.

pub use blocks;
pub use cli::main as command;
pub use hdl;
pub use parts;
pub use verilog;
