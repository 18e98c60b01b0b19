//! A design as Verilog text with its ports: what the external simulators and linters work on.

use crate::tools::{ToolError, write_file};
use hdl::{Direction, Level, Netlist, Port, ResetStyle};
use std::collections::HashSet;
use std::path::Path;

/// A design printed as Verilog.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VerilogDesign {
    /// Name of the top module.
    pub top: String,
    /// Source files: name without a folder, and text. The text must not include other files.
    pub files: Vec<(String, String)>,
    /// Ports of the top module without the clock, in order of declaration.
    pub ports: Vec<Port>,
    /// Name of the clock input, if there is one.
    pub clock: Option<String>,
    /// The reset among the ports, if it is asynchronous: Verilog then needs an edge of it.
    pub asynchronous_reset: Option<AsynchronousReset>,
}

/// An input that resets registers without a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AsynchronousReset {
    /// Its index in the ports.
    pub port: usize,
    /// Its active level.
    pub active: Level,
}

impl VerilogDesign {
    /// The printed form of a netlist. Its reset, if it has one, is the first of the ports.
    pub fn of(netlist: &Netlist) -> VerilogDesign {
        let (top, clocking) = (netlist.top(), &netlist.clocking);
        let reset = Port { name: clocking.reset.clone(), width: 1, direction: Direction::Input };
        let files = verilog::print(netlist, &verilog::Options::default());
        VerilogDesign {
            top: top.name.clone(),
            files: files.into_iter().map(|file| (file.name, file.text)).collect(),
            ports: top
                .uses_reset
                .then_some(reset)
                .into_iter()
                .chain(top.ports.iter().map(|def| def.port.clone()))
                .collect(),
            clock: top.uses_clock.then(|| clocking.clock.clone()),
            asynchronous_reset: (top.uses_reset && clocking.style == ResetStyle::Asynchronous)
                .then_some(AsynchronousReset { port: 0, active: clocking.active }),
        }
    }

    /// Names of the source files, in order.
    pub fn file_names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(name, _)| name.as_str())
    }

    /// The input ports with their indices in `ports`.
    pub fn inputs(&self) -> impl Iterator<Item = (usize, &Port)> {
        self.with_direction(Direction::Input)
    }

    /// The output ports with their indices in `ports`.
    pub fn outputs(&self) -> impl Iterator<Item = (usize, &Port)> {
        self.with_direction(Direction::Output)
    }

    fn with_direction(&self, direction: Direction) -> impl Iterator<Item = (usize, &Port)> {
        self.ports.iter().enumerate().filter(move |(_, port)| port.direction == direction)
    }

    /// Writes the checked design's files into `folder`.
    pub fn write_to(&self, folder: &Path) -> Result<(), ToolError> {
        self.check().map_err(|reason| ToolError::Design { top: self.top.clone(), reason })?;
        self.files.iter().try_for_each(|(name, text)| write_file(&folder.join(name), text))
    }

    /// Names end up in command lines, C++ and Verilog, so each must be a plain identifier.
    fn check(&self) -> Result<(), String> {
        check_identifier("module", &self.top)?;
        if self.files.is_empty() {
            return Err("it has no source file".into());
        }
        let mut files = HashSet::new();
        for name in self.file_names() {
            let stem =
                name.strip_suffix(".v").ok_or_else(|| format!("file name `{name}` does not end in .v"))?;
            check_identifier("file", stem)?;
            if !files.insert(name) {
                return Err(format!("two files are named `{name}`"));
            }
        }
        let mut names = HashSet::new();
        for name in self.ports.iter().map(|port| &port.name).chain(&self.clock) {
            check_identifier("port", name)?;
            if !names.insert(name) {
                return Err(format!("two ports are named `{name}`"));
            }
        }
        if let Some(AsynchronousReset { port, .. }) = self.asynchronous_reset {
            let reset = self.ports.get(port).ok_or("its asynchronous reset is not among its ports")?;
            if (reset.width, reset.direction) != (1, Direction::Input) {
                return Err(format!("its asynchronous reset `{}` is not an input of one bit", reset.name));
            }
        }
        match self.ports.iter().find(|port| port.width == 0) {
            Some(port) => Err(format!("port `{}` has width 0: a width must be at least 1", port.name)),
            None => Ok(()),
        }
    }
}

fn check_identifier(kind: &str, name: &str) -> Result<(), String> {
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_';
    match name.chars().next() {
        Some(first) if !first.is_ascii_digit() && name.chars().all(legal) => Ok(()),
        _ => Err(format!(
            "{kind} name `{name}` must consist of letters, digits and `_`, and not begin with a digit"
        )),
    }
}
