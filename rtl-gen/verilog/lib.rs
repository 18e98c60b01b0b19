//! Prints a netlist as Verilog-2005 that people can read and that lint tools accept without waivers.
//!
//! ```
//! use hdl::{Clocking, Design};
//!
//! let design = Design::new(Clocking::default());
//! let adder = design.module("adder", &["w8"], |m| {
//!     let (a, b) = (m.input("a", 8, "addend"), m.input("b", 8, "addend"));
//!     m.output("sum", a + b, "the sum modulo 256");
//! });
//! let files = verilog::print(&design.elaborate(adder)?, &verilog::Options::default());
//! assert_eq!(files[0].name, "adder_w8.v");
//! assert!(files[0].text.contains("assign sum = a + b;"));
//! # Ok::<(), hdl::Diagnostics>(())
//! ```
//!
//! How the text relates to the netlist:
//!
//! - A node with a user's name, with several readers, or with a part selected from it, is one wire. A node with one
//!   reader and no name is written into its reader while lines stay short. Temporaries are `_1`, `_2` and so on.
//! - An output port replaces the node that drives it, if that has no other name.
//! - Registers with one enable and one reset share an `always` block, after the wires.
//! - `when` and `switch` become `if` and `case`: for a register in its `always` block, else in a block of their own, or
//!   a conditional expression if they only choose among alternatives in a row. An unknown condition takes the `else`
//!   branch, like an unknown enable; an unknown select without a default gives an unknown value.
//! - Every expression has the width of what it is assigned to; only products widen their factors.
//! - A ROM has a word at every address, 0 beyond its contents. A RAM whose depth is not a power of two reads as unknown
//!   beyond its depth in a four-state simulator.
//! - Signals, and bits of them, that nothing reads are collected in the wire `_unused`.
//! - Properties, and logic that only they read, are under `` `ifdef FORMAL ``; a proof starts in reset.
//! - Port names stay as they are. Other names become legal in Verilog and SystemVerilog, and avoid the words of tools.
//! - Comments begin with `//!`, the mark of a documentation comment: a tool may take a comment for a directive if it
//!   begins with a word such as `synthesis`, so none does.

#![deny(clippy::wildcard_enum_match_arm)]

mod analysis;
mod arithmetic;
mod builder;
mod clocked;
mod decision;
// A wildcard is safe for expressions: the general case gets parentheses, or a wire.
#[allow(clippy::wildcard_enum_match_arm)]
mod expr;
mod gathered;
mod header;
pub mod keep_parameter;
mod literal;
mod lower;
mod module;
mod names;
mod nesting;
mod plan;
mod ports;
mod procedural;
mod sinks;
mod statements;
mod stubs;
#[allow(clippy::wildcard_enum_match_arm)]
mod text;
mod unread;

pub use stubs::black_box_stubs;

use hdl::Netlist;
use hdl::netlist::Body;

/// The style of the text.
#[derive(Clone, Debug)]
pub struct Options {
    /// Puts `(* src = "file:line" *)` before declarations: the lines of the Rust source.
    pub source_locators: bool,
    /// Writes unnamed nodes with one reader into their reader; otherwise every node gets a wire.
    pub prettify: bool,
    /// Name and version of the generator, for the header of each module.
    pub generator: String,
}

impl Default for Options {
    fn default() -> Options {
        Options { source_locators: false, prettify: true, generator: "gen-rtl".into() }
    }
}

/// A file of Verilog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerilogFile {
    /// The name of its module and `.v`.
    pub name: String,
    /// All of it.
    pub text: String,
}

/// One file for each module except black boxes, children before parents.
pub fn print(netlist: &Netlist, options: &Options) -> Vec<VerilogFile> {
    let modules = netlist.modules.iter().filter_map(|module| match &module.body {
        Body::Logic(logic) => Some((module, logic)),
        Body::BlackBox { .. } => None,
    });
    let file = |(module, logic): (&hdl::netlist::ModuleDef, _)| VerilogFile {
        name: format!("{}.v", module.name),
        text: module::text(netlist, module, logic, options),
    };
    modules.map(file).collect()
}
