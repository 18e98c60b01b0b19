//! The description of a family of devices.

use std::collections::BTreeMap;
use testbenches::ToolError;
use testbenches::tools::Tool;

/// A family of devices, as Yosys knows it.
pub struct Family {
    /// Yosys's command without the top module, with or without multipliers.
    pub command: fn(use_dsps: bool) -> String,
    /// Models of the cells in Verilog, except multipliers.
    pub models: fn() -> Result<String, ToolError>,
    /// Whether the models of block memories do anything.
    pub models_block_rams: bool,
    /// The classes of cells.
    pub cells: Cells,
    /// Place and route; `None` if the flow ends with cells.
    pub placer: Option<&'static Placer>,
    /// A usual device, by its name in Vivado; `None` if Vivado does not support the family.
    pub vivado_part: Option<&'static str>,
}

/// Classes of cells, by the prefixes of their names. Block RAMs are looked for before other classes.
pub struct Cells {
    /// Look-up tables.
    pub luts: &'static [&'static str],
    /// Carry cells.
    pub carries: &'static [&'static str],
    /// Flip-flops.
    pub flip_flops: &'static [&'static str],
    /// Multipliers.
    pub dsps: &'static [&'static str],
    /// Block memories.
    pub block_rams: &'static [&'static str],
    /// Look-up tables that serve as memories.
    pub lut_rams: &'static [&'static str],
    /// Kinds that are not counted: they come with the others at no cost.
    pub free: &'static [&'static str],
}

/// nextpnr for a family, and the steps after it.
pub struct Placer {
    /// The family's name in prose.
    pub family: &'static str,
    /// The program.
    pub nextpnr: Tool,
    /// The devices that it can place on.
    pub devices: &'static [&'static Device],
    /// The default device.
    pub usual: &'static Device,
    /// The steps from the routed design to a bitstream.
    pub packing: Packing,
    /// Words of a block memory at its widest.
    pub memory_depth: usize,
}

/// A device that can be placed and routed here.
#[derive(Debug, PartialEq, Eq)]
pub struct Device {
    /// Name on the command line, and option of nextpnr.
    pub name: &'static str,
    /// The package on usual boards, as nextpnr calls it.
    pub package: &'static str,
}

/// From constraints and a routed design to a bitstream.
pub struct Packing {
    /// The program.
    pub tool: Tool,
    /// nextpnr's option for constraints, and the extension of such a file.
    pub constraints: (&'static str, &'static str),
    /// nextpnr's option for the routed design, and the extension of such a file.
    pub routed: (&'static str, &'static str),
    /// The extension of a bitstream.
    pub bitstream: &'static str,
    /// The line of constraints that assigns a port to a site.
    pub place: fn(port: &str, site: &str) -> String,
    /// The line of constraints that gives the clock, `clk`, a frequency in MHz; empty if nextpnr takes it from an
    /// option.
    pub clock: fn(megahertz: u32) -> String,
}

impl Placer {
    /// The requested device, or the default one; an error if the family has no such device.
    pub fn device(&self, asked: Option<&'static Device>) -> Result<&'static Device, String> {
        match asked {
            None => Ok(self.usual),
            Some(device) if self.devices.contains(&device) => Ok(device),
            Some(device) => {
                let names: Vec<&str> = self.devices.iter().map(|device| device.name).collect();
                Err(format!("{} has no device `{}`: it has {}", self.family, device.name, names.join(", ")))
            }
        }
    }
}

/// The number of cells of each class.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Look-up tables.
    pub luts: u64,
    /// Carry cells.
    pub carries: u64,
    /// Flip-flops.
    pub flip_flops: u64,
    /// Multipliers.
    pub dsps: u64,
    /// Block RAMs.
    pub block_rams: u64,
    /// RAMs of look-up tables.
    pub lut_rams: u64,
    /// The kinds that the family does not list.
    pub unknown: Vec<String>,
}

impl Cells {
    /// Counts cells, given the number of each kind.
    pub fn count(&self, kinds: &BTreeMap<String, u64>) -> Counts {
        let mut counts = Counts::default();
        for (kind, count) in kinds {
            let begins = |names: &[&str]| names.iter().any(|name| kind.starts_with(name));
            let class = match () {
                () if begins(self.luts) => &mut counts.luts,
                () if begins(self.carries) => &mut counts.carries,
                () if begins(self.flip_flops) => &mut counts.flip_flops,
                () if begins(self.dsps) => &mut counts.dsps,
                () if begins(self.block_rams) => &mut counts.block_rams,
                () if begins(self.lut_rams) => &mut counts.lut_rams,
                () if begins(self.free) => continue,
                () => {
                    counts.unknown.push(kind.clone());
                    continue;
                }
            };
            *class += count;
        }
        counts
    }
}
