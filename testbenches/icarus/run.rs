//! Compiles and runs a testbench with Icarus Verilog.

use super::testbench::{Style, testbench};
use crate::tools::{self, ToolError, run as run_command, working_folder, write_file};
use crate::{Mismatch, Trace, VerilogDesign};
use hdl::Bits;
use std::process::Command;

/// The result of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IcarusReport {
    /// Number of cycles.
    pub cycles: usize,
    /// Number of values compared with a golden model's.
    pub checked_values: usize,
    /// Number of values that differ.
    pub mismatch_count: usize,
    /// The first of them.
    pub mismatches: Vec<Mismatch>,
}

impl IcarusReport {
    /// True if every value matches, and at least one of them is a golden model's.
    pub fn passed(&self) -> bool {
        self.mismatch_count == 0 && self.checked_values > 0
    }
}

/// Repeats a trace on a design. A warning of `iverilog -g2005 -Wall` is an error.
pub fn run(design: &VerilogDesign, trace: &Trace) -> Result<IcarusReport, ToolError> {
    let (iverilog, vvp) = (tools::IVERILOG.find()?, tools::VVP.find()?);
    let style = Style::of(design);
    let bench = testbench(design, trace, &style)?;
    let folder = working_folder()?;
    design.write_to(folder.path())?;
    write_file(&folder.path().join(&bench.file), &bench.verilog)?;
    bench.memory_files.iter().try_for_each(|(name, text)| write_file(&folder.path().join(name), text))?;

    let program = format!("{}.vvp", style.name);
    let mut compile = Command::new(&iverilog);
    compile
        .current_dir(folder.path())
        .args(["-g2005", "-Wall", "-s", &style.name, "-o", &program, &bench.file])
        .args(design.file_names());
    let compiled = run_command(&mut compile)?;
    if !compiled.status.success() || !compiled.output.is_empty() {
        return Err(compiled.into_error());
    }
    // The exit status is 1 for a mismatch too, so the last line decides.
    let finished = run_command(Command::new(&vvp).current_dir(folder.path()).args(["-N", &program]))?;
    let is_whole = |report: &IcarusReport| {
        (report.cycles, report.checked_values) == (trace.cycles(), trace.checked_values())
    };
    parse(&finished.output).filter(is_whole).ok_or_else(|| finished.into_error())
}

/// Parses the testbench's output; `None` if it does not end in a verdict.
fn parse(output: &str) -> Option<IcarusReport> {
    let (verdict, counts) = output.lines().rev().find_map(|line| line.split_once(": "))?;
    let counts_nothing = counts.starts_with("no value was checked in ");
    let counts: Vec<usize> = counts
        .split(' ')
        .filter(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .map_while(|n| n.parse().ok())
        .collect();
    let (mismatch_count, cycles, checked_values) = match (verdict, counts.as_slice()) {
        ("PASS", &[cycles, checked]) => (0, cycles, checked),
        ("FAIL", &[mismatches, cycles, checked]) => (mismatches, cycles, checked),
        ("FAIL", &[cycles]) if counts_nothing => (0, cycles, 0),
        _ => return None,
    };
    let mismatches = output.lines().filter_map(parse_mismatch).collect();
    Some(IcarusReport { cycles, checked_values, mismatch_count, mismatches })
}

fn parse_mismatch(line: &str) -> Option<Mismatch> {
    let (cycle, rest) = line.strip_prefix("MISMATCH cycle ")?.split_once(", port ")?;
    let (port, rest) = rest.split_once(": expected ")?;
    let (expected, found) = rest.split_once(", found ")?;
    let (width, digits) = expected.split_once("'h")?;
    let expected = Bits::parse_hex(digits, width.parse().ok()?).ok()?;
    Some(Mismatch { cycle: cycle.parse().ok()?, port: port.into(), expected, found: found.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_from_the_printed_lines() {
        let text = "MISMATCH cycle 3, port y: expected 9'h1f0, found 9'h1Xx\n\
                    FAIL: 12 mismatches in 50 cycles, 100 checked values\n";
        let report = parse(text).unwrap();
        assert_eq!((report.mismatch_count, report.cycles, report.checked_values), (12, 50, 100));
        let expected = Bits::truncated(0x1f0, 9);
        assert_eq!(
            report.mismatches,
            [Mismatch { cycle: 3, port: "y".into(), expected, found: "9'h1Xx".into() }]
        );
        assert!(parse("PASS: 50 cycles, 100 checked values\n").unwrap().passed());
        let unchecked = parse("FAIL: no value was checked in 50 cycles\n").unwrap();
        assert_eq!((unchecked.mismatch_count, unchecked.cycles, unchecked.checked_values), (0, 50, 0));
        assert!(!unchecked.passed());
        assert_eq!(parse("FAIL: y_tb.hex has fewer than 50 lines\n"), None);
        assert_eq!(parse(""), None);
    }
}
