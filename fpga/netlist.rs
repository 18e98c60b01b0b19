//! Yosys's netlists in JSON: cells with a net for each bit of each pin.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use testbenches::ToolError;

/// All modules of a file, by name.
#[derive(Debug, Deserialize)]
pub struct Modules {
    pub modules: BTreeMap<String, Netlist>,
}

/// A flat module.
#[derive(Clone, Debug, Deserialize)]
pub struct Netlist {
    #[serde(default)]
    pub ports: BTreeMap<String, Port>,
    #[serde(default)]
    pub cells: BTreeMap<String, Cell>,
    #[serde(default)]
    pub netnames: BTreeMap<String, NetName>,
}

/// A port of the module.
#[derive(Clone, Debug, Deserialize)]
pub struct Port {
    pub direction: String,
    pub bits: Vec<Bit>,
}

/// A cell, with the nets at its pins.
#[derive(Clone, Debug, Deserialize)]
pub struct Cell {
    #[serde(rename = "type")]
    pub kind: String,
    pub connections: BTreeMap<String, Vec<Bit>>,
}

/// A name of some nets.
#[derive(Clone, Debug, Deserialize)]
pub struct NetName {
    pub bits: Vec<Bit>,
    /// 1 if Yosys made the name.
    #[serde(default)]
    pub hide_name: u8,
}

/// A net by its number, or a constant: `0`, `1`, `x` or `z`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(untagged)]
pub enum Bit {
    Net(usize),
    Constant(String),
}

impl Modules {
    /// Reads a file that `write_json` wrote.
    pub fn read(path: &Path) -> Result<Modules, ToolError> {
        let action = || format!("read {}", path.display());
        let text = fs::read(path).map_err(|source| ToolError::Io { action: action(), source })?;
        serde_json::from_slice(&text)
            .map_err(|error| ToolError::Io { action: action(), source: error.into() })
    }

    /// A module by name. Panics if it is missing: Yosys was told to write it.
    pub fn take(mut self, name: &str) -> Netlist {
        self.modules.remove(name).unwrap_or_else(|| panic!("Yosys's netlist has the module `{name}`"))
    }
}

impl Netlist {
    /// How many cells there are of each kind.
    pub fn count_cells(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for cell in self.cells.values() {
            *counts.entry(cell.kind.clone()).or_default() += 1;
        }
        counts
    }
}
