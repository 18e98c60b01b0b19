//! Prints a netlist as Verilog-2005 that people can read and that lint tools accept without a waiver.
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
//! - A node with a user's name, more than one reader, or a part of it selected, is one wire. What is read once and
//!   has no name is written into its reader while lines stay short. Temporaries are `_1`, `_2` and so on.
//! - An output port stands for the node that drives it where that has no other name.
//! - Registers with one enable and one reset share an `always` block, after the wires.
//! - What was written with `when` and `switch` is `if` and `case`: for a register in its `always` block, else in a block of
//!   its own, or a conditional expression where there are no more than alternatives in a row. An unknown condition takes the
//!   `else` branch, as an unknown enable does; an unknown select that no default catches gives an unknown value.
//! - Every expression has the width of what it is assigned to; products alone widen their factors.
//! - A ROM has a word at every address, 0 beyond its contents. A RAM whose depth is no power of two reads as
//!   unknown beyond it in a four-state simulator.
//! - Signals, and bits of them, that nothing reads are gathered in the wire `_unused`.
//! - Properties, and what only they read, stand under `` `ifdef FORMAL ``; a proof starts in reset.
//! - Port names stay as they are. Other names become legal in Verilog and SystemVerilog, and avoid the words of tools.
//! - Comments begin with `//!`, the mark of a documentation comment: a tool takes a comment for an order where it begins
//!   with a word such as `synthesis`, and so none does.

#![deny(clippy::wildcard_enum_match_arm)]

mod analysis;
mod arithmetic;
mod builder;
mod clocked;
mod decision;
// Of expressions the general case is always right: it gets parentheses, or a wire.
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

/// How the text is to look.
#[derive(Clone, Debug)]
pub struct Options {
    /// Puts `(* src = "file:line" *)` before declarations: the lines of the Rust source.
    pub source_locators: bool,
    /// Writes what is read once and has no name into its reader; else every node gets a wire.
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

/// One file for each module but black boxes, children before parents.
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
