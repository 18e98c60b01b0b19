//! OpenSTA: delays, the longest path, and power for given activities. There are no wires: delays and energies are those
//! of the cells and of the pins that they drive.

use super::gates::Gates;
use super::liberty::Library;
use crate::tools::OPENSTA;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use testbenches::tools::{self, ToolError, read_file, write_file};

/// The input of an analysis: the files that every session reads.
pub struct Session<'a> {
    pub folder: &'a Path,
    pub library: &'a Library,
    pub gates: &'a Gates<'a>,
    /// Net of the clock input; `None` for a design without a clock.
    pub clock: Option<usize>,
}

/// The longest path of a netlist.
#[derive(Clone, Debug, PartialEq)]
pub struct LongestPath {
    /// In ns, the setup time of the register at its end included.
    pub delay: f64,
    /// The nets on it, by number.
    pub nets: Vec<usize>,
}

/// The power and energy of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CellPower {
    /// In W, leakage.
    pub leakage: f64,
    /// In W, if only the clock switches; leakage included.
    pub idle: f64,
    /// In J, for one change of each of its outputs, with the pins that they drive.
    pub change: f64,
}

/// A period, in ns, that is longer than every path.
const RELAXED: f64 = 1000.0;

impl Session<'_> {
    /// The longest path: from an input or register to an output or register.
    pub fn longest_path(&self) -> Result<LongestPath, ToolError> {
        let report = "report_checks -path_delay max -fields {net} -digits 4";
        let printed = self.run("path", RELAXED, &[report.into()])?;
        let number = |words: &str| {
            let line = printed.lines().find(|line| line.trim_end().ends_with(words));
            line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok())
        };
        let slack = number("slack (MET)").or_else(|| number("slack (VIOLATED)"));
        let nets = printed.lines().filter_map(|line| {
            let before = line.trim_end().strip_suffix(" (net)")?;
            before.split_whitespace().last()?.strip_prefix(['n', 'i'])?.parse().ok()
        });
        match slack {
            Some(slack) => Ok(LongestPath { delay: RELAXED - slack, nets: nets.collect() }),
            None => Err(ToolError::Design {
                top: self.gates.top.clone(),
                reason: format!("OpenSTA found no path:\n{printed}"),
            }),
        }
    }

    /// Writes the delay of every cell to a file in SDF, and gives its text.
    pub fn sdf(&self) -> Result<String, ToolError> {
        self.run("delays", RELAXED, &["write_sdf -digits 4 delays.sdf".into()])?;
        read_file(&self.folder.join("delays.sdf"))
    }

    /// The power of the cells at a period in ns, in their order.
    ///
    /// OpenSTA 2.0 replaces activities that it is given pin by pin by ones that it propagates, but accepts one for the
    /// whole design. A cell's power is linear in its activity, so two such analyses give the energy of a change. The
    /// other inputs of a cell are assumed to be 0 as often as 1.
    pub fn cell_powers(&self, period: f64) -> Result<Vec<CellPower>, ToolError> {
        let commands = [0, 1].map(|activity| {
            format!(
                "set_power_activity -global -activity {activity} -duty 0.5\n\
                 report_power -digits 8 -instances [get_cells *]"
            )
        });
        let printed = self.run("power", period, &commands)?;
        let mut found = vec![vec![]; self.gates.cells.len()];
        for (cell, [_, _, leakage, total]) in printed.lines().filter_map(instance_power) {
            found[cell].push((leakage, total));
        }
        let power = |reports: Vec<(f64, f64)>| match reports.as_slice() {
            &[(leakage, idle), (_, active)] => {
                Some(CellPower { leakage, idle, change: (active - idle) * period * 1e-9 })
            }
            _ => None,
        };
        found.into_iter().map(power).collect::<Option<Vec<_>>>().ok_or_else(|| ToolError::Design {
            top: self.gates.top.clone(),
            reason: format!("OpenSTA reported no power of some cells:\n{printed}"),
        })
    }

    /// Runs commands on the linked design, and gives their output.
    fn run(&self, name: &str, period: f64, commands: &[String]) -> Result<String, ToolError> {
        let mut script = format!(
            "read_liberty {}\nread_verilog gates.v\nlink_design {}\n{}\n\
             set_input_delay 0 -clock clock [all_inputs]\nset_output_delay 0 -clock clock [all_outputs]\n",
            self.library.file(),
            self.gates.top,
            match self.clock {
                Some(net) => format!("create_clock -name clock -period {period:.4} [get_ports i{net}]"),
                None => format!("create_clock -name clock -period {period:.4}"),
            },
        );
        for command in commands {
            writeln!(script, "{command}").expect("a string takes any text");
        }
        write_file(&self.folder.join("gates.v"), &self.gates.verilog())?;
        let file = format!("{name}.tcl");
        write_file(&self.folder.join(&file), &script)?;
        let mut command = Command::new(OPENSTA.find()?);
        let finished = tools::run(command.current_dir(self.folder).args(["-exit", &file]))?;
        let has_error = finished.output.lines().any(|line| line.starts_with("Error"));
        if has_error || !finished.status.success() { Err(finished.into_error()) } else { Ok(finished.output) }
    }
}

/// A line of a report: a cell's internal, switching, leakage and total power.
fn instance_power(line: &str) -> Option<(usize, [f64; 4])> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [internal, switching, leakage, total, cell] = words.as_slice() else { return None };
    let numbers = [internal, switching, leakage, total].map(|word| word.parse::<f64>());
    let [Ok(internal), Ok(switching), Ok(leakage), Ok(total)] = numbers else { return None };
    Some((cell.strip_prefix('c')?.parse().ok()?, [internal, switching, leakage, total]))
}
