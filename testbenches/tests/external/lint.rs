//! What each linter accepts and what it finds.

use crate::designs::{design, input, output, pipeline, rotate, unknown};
use test_support::needed::{LINTERS, missing};
use testbenches::VerilogDesign;
use testbenches::lint::{Linter, lint, lint_with};

fn findings(linter: Linter, design: &VerilogDesign) -> Vec<String> {
    lint_with(linter, design).unwrap_or_else(|error| panic!("{error}")).findings
}

fn one_output(text: &str) -> VerilogDesign {
    design("dut", None, vec![input("a", 8), output("y", 8)], text)
}

#[test]
fn clean_designs_pass_all_four() {
    if missing(LINTERS) {
        return;
    }
    for design in [pipeline(), rotate(), unknown()] {
        let reports = lint(&design).unwrap();
        assert_eq!(reports.iter().map(|report| report.linter).collect::<Vec<_>>(), Linter::ALL);
        for report in reports {
            assert!(report.findings.is_empty(), "{}: {report}", design.top);
        }
    }
}

#[test]
fn verilator_finds_every_unused_bit() {
    if missing(LINTERS) {
        return;
    }
    let text = "module dut(input wire [7:0] a, output wire [7:0] y);\n  wire n = a[1];\n  \
                assign y = {8{a[0]}};\nendmodule\n";
    let found = findings(Linter::Verilator, &one_output(text));
    assert_eq!(
        found.iter().filter(|finding| finding.contains("UNUSEDSIGNAL: dut.v:")).count(),
        2,
        "{found:#?}"
    );
}

#[test]
fn icarus_finds_a_dangling_input() {
    if missing(LINTERS) {
        return;
    }
    let text =
        "module dut(input wire [7:0] a, output wire [7:0] y);\n  part part (.a(a), .y(y));\nendmodule\n";
    let part = "module part(input wire [7:0] a, input wire b, output wire [7:0] y);\n  assign y = a & {8{b}};\n\
                endmodule\n";
    let mut dangling = one_output(text);
    dangling.files.push(("part.v".into(), part.into()));
    let found = findings(Linter::Icarus, &dangling);
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("dangling input port"), "{found:#?}");
}

#[test]
fn yosys_finds_two_drivers_and_none() {
    if missing(LINTERS) {
        return;
    }
    let text = "module dut(input wire [7:0] a, output wire [7:0] y);\n  wire n;\n  assign y = a & {8{n}};\n  \
                assign y = ~a;\nendmodule\n";
    let found = findings(Linter::Yosys, &one_output(text));
    let count = |words: &str| found.iter().filter(|finding| finding.contains(words)).count();
    assert_eq!((count("multiple conflicting drivers"), count("has no driver")), (8, 1), "{found:#?}");
}

#[test]
fn slang_finds_a_mixed_width_and_knows_verilog_2005() {
    if missing(LINTERS) {
        return;
    }
    let text = "module dut(input wire [7:0] a, output wire [7:0] y);\n  wire [3:0] logic = a[3:0];\n  \
                assign y = a + logic;\nendmodule\n";
    let found = findings(Linter::Slang, &one_output(text));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0].starts_with("dut.v:3:16: warning: ") && found[0].contains("[-Warith-op-mismatch]"),
        "{found:#?}"
    );
}

#[test]
fn a_missing_top_is_a_finding_of_each() {
    if missing(LINTERS) {
        return;
    }
    let mut missing = pipeline();
    missing.top = "absent".into();
    for report in lint(&missing).unwrap() {
        assert!(report.findings.iter().any(|finding| finding.contains("absent")), "{report}");
    }
}
