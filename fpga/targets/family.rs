//! What is known of a family of devices.

use std::collections::BTreeMap;
use testbenches::ToolError;
use testbenches::tools::Tool;

/// A family of devices, as Yosys knows it.
pub struct Family {
    /// What Yosys is told: the command without the top module; multipliers may be used, or not.
    pub command: fn(use_dsps: bool) -> String,
    /// Models of the cells in Verilog, but of multipliers.
    pub models: fn() -> Result<String, ToolError>,
    /// What the cells are.
    pub cells: Cells,
    /// What places and routes them; none where they are the end.
    pub placer: Option<&'static Placer>,
    /// A usual device, by its name in Vivado; none where Vivado does not know the family.
    pub vivado_part: Option<&'static str>,
}

/// Kinds of cells by what they are: how their names begin. Block memories are looked for before other ones.
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
    /// What is not counted: it comes with the others at no cost.
    pub free: &'static [&'static str],
}

/// nextpnr for a family, and what follows it.
pub struct Placer {
    /// The family's name in prose.
    pub family: &'static str,
    /// The program.
    pub nextpnr: Tool,
    /// The devices that it can place on.
    pub devices: &'static [&'static Device],
    /// The device where none is asked for.
    pub usual: &'static Device,
    /// From the routed design to what the device is programmed with.
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
    /// nextpnr's option for constraints, and how the name of such a file ends.
    pub constraints: (&'static str, &'static str),
    /// nextpnr's option for the routed design, and how the name of such a file ends.
    pub routed: (&'static str, &'static str),
    /// How the name of a bitstream's file ends.
    pub bitstream: &'static str,
    /// The line of constraints that puts a port at a site.
    pub place: fn(port: &str, site: &str) -> String,
    /// The line of constraints that gives the clock, `clk`, a frequency in MHz; empty where nextpnr takes it from its option.
    pub clock: fn(megahertz: u32) -> String,
}

impl Placer {
    /// The device that is asked for, or the usual one; an error, in words, where the family has no such device.
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

/// How many cells there are of each class.
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
    /// Counts cells, given how many there are of each kind.
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
