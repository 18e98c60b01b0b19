//! Area and depth of a design from Yosys, with the same script for everything that is compared.

use crate::ReportError;
use serde::Serialize;
use std::fs;
use std::process::Command;
use testbenches::VerilogDesign;
use testbenches::tools::{self, ToolError, YOSYS};

/// The size of a design.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Area {
    /// Gate equivalents: a quarter of the transistors that Yosys estimates for static CMOS gates of up to four inputs,
    /// registers left out.
    pub gates: u64,
    /// LUTs of four inputs.
    pub luts: u64,
    /// LUTs on the longest path between registers or ports.
    pub lut_depth: u64,
    /// Flip-flops, including those of memories.
    pub flip_flops: u64,
}

/// The script for every design; words in braces are replaced. ABC's default script takes minutes for the largest prefix
/// networks and finds no fewer LUTs.
const SCRIPT: &str = "read_verilog {files}; hierarchy -top {top}; proc; flatten; opt -fast; memory; \
                      opt -fast -full; techmap; opt -fast; design -save mapped; \
                      abc -g cmos4 -script \"+strash;dc2;dc2;map\"; opt_clean; tee -q -o gates.txt stat -tech cmos; \
                      design -load mapped; abc -lut 4 -script \"+strash;dc2;dc2;if\"; opt_clean; \
                      tee -q -o luts.txt stat; tee -q -a luts.txt ltp -noff";

/// Synthesises a design.
pub fn area(design: &VerilogDesign) -> Result<Area, ReportError> {
    let folder = tools::working_folder()?;
    for (name, text) in &design.files {
        fs::write(folder.path().join(name), text).map_err(|error| failed("write Verilog", &error))?;
    }
    let files: Vec<&str> = design.file_names().collect();
    let script = SCRIPT.replace("{files}", &files.join(" ")).replace("{top}", &design.top);
    let mut command = Command::new(YOSYS.find()?);
    tools::run_checked(command.current_dir(folder.path()).args(["-q", "-p", &script]))?;
    let read = |name: &str| {
        fs::read_to_string(folder.path().join(name)).map_err(|error| failed("read Yosys's figures", &error))
    };
    let (gates, luts) = (read("gates.txt")?, read("luts.txt")?);
    let of_flip_flops = luts.lines().filter(|line| line.contains("DFF"));
    Ok(Area {
        gates: number_after(&gates, "transistors:") / 4,
        luts: number_after(&luts, "$lut "),
        lut_depth: number_after(&luts, "(length="),
        flip_flops: of_flip_flops
            .filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
            .sum(),
    })
}

/// The number after a word; 0 if the word is missing.
fn number_after(text: &str, word: &str) -> u64 {
    let rest = text.split_once(word).map_or("", |(_, rest)| rest.trim_start());
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

fn failed(action: &str, error: &std::io::Error) -> ToolError {
    ToolError::Failed { command: action.into(), status: "an error".into(), output: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_behind_their_words() {
        let text =
            "   Number of cells: 12\n     $lut                         1455\nLongest path (length=16):";
        assert_eq!(
            [number_after(text, "$lut "), number_after(text, "(length="), number_after(text, "none")],
            [1455, 16, 0]
        );
    }
}
