//! No text from a user becomes a directive to a tool.

use crate::lint::findings;
use crate::tools::{self, IVERILOG, PYTHON, VERILATOR, YOSYS};
use hdl::{Clocking, Design, Netlist};
use verilog::{Options, VerilogFile};

/// First words of comments that some tool takes for a directive, and the words that may follow them.
const TOOLS: &str = "verilator synopsys synthesis pragma cadence ambit xilinx altera quartus yosys slang iverilog icarus \
                     spyglass vcs coverage lint_off tool surelog verible vlint exemplar synplify leda lattice verific \
                     0in psl assert";
const ORDERS: &str =
    "translate_off lint_off_line full_case off begin protect tracing_off public disable_block on";

/// A module that consists of such remarks.
fn remarks() -> Netlist {
    let design = Design::new(Clocking::default());
    let child = design.module("synthesis", &["translate_off"], |m| {
        m.output("verilator_y", !m.input("synopsys", 1, "translate_off"), "lint_off");
    });
    let top = design.module("verilator", &["lint_off"], |m| {
        for tool in TOOLS.split_ascii_whitespace() {
            for order in ORDERS.split_ascii_whitespace() {
                m.describe(&format!("{tool} {order}"));
                m.parameter(tool, order);
            }
            m.describe(&format!("{tool}_off"));
            m.describe(&format!("  {tool}: off\n{tool} translate_off\r{tool} off\u{2028}{tool} off"));
        }
        for text in [
            "*/ endmodule /*",
            "(* full_case *)",
            "`undef x",
            "`include \"x\"",
            "a \\",
            "\\",
            "größe, 大",
            "\u{0}",
        ] {
            m.describe(text);
            m.parameter("text", text);
        }
        let child = m.instance("translate_off", child).set("synopsys", m.input("pragma", 1, "translate_off"));
        m.output("synthesis", child.get("verilator_y").named("ambit"), "translate_off");
    });
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}

fn printed() -> Vec<VerilogFile> {
    let generator = "verilator lint_off\nsynthesis translate_off".into();
    verilog::print(&remarks(), &Options { source_locators: true, generator, ..Options::default() })
}

#[test]
fn no_comment_begins_with_a_word() {
    for file in printed() {
        for (number, line) in file.text.lines().enumerate() {
            let comments: Vec<&str> = line.split("//").skip(1).collect();
            assert!(comments.is_empty() || line.starts_with("//!"), "{}:{number}: {line}", file.name);
            assert!(!line.contains("/*") || line.starts_with("//!"), "{}:{number}: {line}", file.name);
        }
        assert!(file.text.lines().filter(|line| line.starts_with("//!")).count() > 5);
    }
}

#[test]
fn tools_take_remarks_for_remarks() {
    if !tools::present(&[VERILATOR, IVERILOG, YOSYS, PYTHON]) {
        return;
    }
    let found = findings("verilator_lint_off", &printed(), &[]);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The control for the test above: without the mark in front of them, tools obey the same remarks.
#[test]
fn tools_obey_comments_that_begin_with_their_words() {
    if !tools::present(&[VERILATOR, IVERILOG, YOSYS, PYTHON]) {
        return;
    }
    let unmarked = |file: VerilogFile| VerilogFile { text: file.text.replace("//!", "//"), ..file };
    let found = findings("verilator_lint_off", &printed().into_iter().map(unmarked).collect::<Vec<_>>(), &[]);
    assert!(found.len() >= 2, "{}", found.join("\n"));
}

#[test]
fn a_text_of_any_length_is_printed() {
    let design = Design::new(Clocking::default());
    let top = design.module("top", &[], |m| {
        m.describe(&"words ".repeat(20_000));
        m.parameter("coefficients", vec!["1234"; 13_200].join(","));
        m.parameter(&"n".repeat(70_000), 1);
        m.output("q", !m.input("a", 8, &"long ".repeat(14_000)), "");
    });
    let netlist = design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"));
    let text = verilog::print(&netlist, &Options::default()).remove(0).text;
    assert!(text.contains("1234,1234\n") && text.contains("assign q = ~a;"));
}
