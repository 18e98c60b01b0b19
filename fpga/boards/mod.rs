//! Boards: a self-test of a block as a top module, its constraints and its bitstream. One file per board, and a line in
//! [`ALL`].

mod hx8k;
mod icebreaker;
mod self_test;
mod simulate;
mod ulx3s;
pub mod zcu102;

pub use hx8k::HX8K_BOARD;
pub use icebreaker::ICEBREAKER;
pub use ulx3s::{ULX3S_25F, ULX3S_85F};

use crate::cache::Cache;
use crate::nextpnr::{Placed, place_and_route};
use crate::targets::{Device, Family, Packing, Placer, Target};
use crate::{names::Names, yosys};
use blocks::block::Configured;
use self_test::{Pins, Vectors, combined};
use std::fs;
use std::path::Path;
use std::process::Command;
use testbenches::tools::{self, GXX, Tool, ToolError, VERILATOR, YOSYS, read_file, write_file};
use testbenches::{VerifyError, VerilogDesign};

/// Every board with a device that can be programmed from here, in the order of listings.
pub const ALL: [&Board; 4] = [&HX8K_BOARD, &ICEBREAKER, &ULX3S_25F, &ULX3S_85F];

/// A board with a device that can be programmed from here.
pub struct Board {
    /// Name on the command line.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// The target that its device belongs to.
    pub target: &'static Target,
    /// Its device.
    pub device: &'static Device,
    /// In Hz.
    pub clock: u32,
    /// The sites of its ports.
    pub sites: Sites,
    /// True if an LED lights at 0.
    pub lamps_active_low: bool,
}

/// The sites of a self-test's ports, as the device's tools name them.
pub struct Sites {
    /// The clock of the board.
    pub clock: &'static str,
    /// The LED for a run that passes.
    pub pass: &'static str,
    /// The LED for a run that fails.
    pub fail: &'static str,
    /// The serial output.
    pub line: &'static str,
}

impl Board {
    /// How its device is synthesised, placed and packed.
    fn flow(&self) -> (&'static Family, &'static Placer) {
        let family = self.target.family().expect("a board has a device");
        (family, family.placer.expect("a board's device can be placed"))
    }

    fn pins(&self) -> Pins {
        Pins {
            lamps_active_low: self.lamps_active_low,
            cycles_per_bit: self.clock.div_ceil(self_test::BAUD),
            shows_signature: false,
        }
    }

    fn megahertz(&self) -> u32 {
        self.clock / 1_000_000
    }

    /// The file of constraints: name and text.
    fn constraints(&self, packing: &Packing, top: &str) -> (String, String) {
        let Sites { clock, pass, fail, line } = &self.sites;
        let ports = [("clk", clock), ("led_pass", pass), ("led_fail", fail), ("uart_tx", line)];
        let lines = ports.map(|(port, site)| (packing.place)(port, site));
        let (_, extension) = packing.constraints;
        (format!("{top}.{extension}"), lines.concat() + &(packing.clock)(self.megahertz()))
    }
}

/// Name and content of a bitstream's file.
pub type Bitstream = (String, Vec<u8>);

/// The result of a build for a board.
pub struct Built {
    /// Name of the top module.
    pub top: String,
    /// Every text file: Verilog and constraints.
    pub files: Vec<(String, String)>,
    /// The bitstream for the device.
    pub bitstream: Bitstream,
    /// The signature of the golden model.
    pub signature: u32,
    /// The text on the serial line in the simulation of the Verilog, and in that of the synthesised netlist.
    pub said: [String; 2],
    /// Beats into the block.
    pub beats: u64,
    /// In MHz.
    pub f_max: Option<f64>,
}

impl Built {
    /// True if both simulations end with the golden model's signature, on the LEDs too.
    pub fn passed(&self) -> bool {
        let expected = format!("PASS {:08x}\r\n", self.signature);
        self.said.iter().all(|said| *said == expected)
    }
}

/// The programs that a board needs.
pub fn needed(board: &Board) -> Vec<Tool> {
    let (_, placer) = board.flow();
    vec![YOSYS, VERILATOR, GXX, placer.nextpnr, placer.packing.tool]
}

/// Builds the self-test of a block for a board, down to the bitstream, and simulates it before and after synthesis.
pub fn build(block: &dyn Configured, board: &Board, seed: u64) -> Result<Built, VerifyError> {
    let (family, placer) = board.flow();
    let top = format!("{}_self_test", board.name);
    let vectors = Vectors::new(block, placer.memory_depth, seed, &top)?;
    let netlist = self_test::netlist(block, &vectors, board.pins(), &top)?;
    let design = VerilogDesign::of(&netlist);
    let folder = Cache::open(None)?.work_folder()?;
    let folder = folder.path();
    let mut files = design.files.clone();
    files.push(board.constraints(&placer.packing, &top));
    files.iter().try_for_each(|(name, text)| write_file(&folder.join(name), text))?;
    let commands = vec![
        yosys::read(design.file_names()),
        format!("{} -top {top}", (family.command)(false)),
        "write_verilog -noattr -noexpr mapped.v".into(),
    ];
    yosys::synthesize(folder, &top, commands)?;
    let run = simulate::at_rtl(&netlist, board.pins())?;
    let mapped = read_file(&folder.join("mapped.v"))?;
    let after = simulate::after_synthesis(&design, &mapped, &(family.models)()?, board.pins(), &run)?;
    let (bitstream, f_max) = bitstream(board, placer, folder, &top, &Names::of(&netlist))?;
    Ok(Built {
        files,
        bitstream,
        signature: combined(&vectors.signatures),
        said: [run.said, after],
        beats: vectors.inputs.iter().map(|beats| beats.len() as u64).sum(),
        f_max,
        top,
    })
}

/// The text of the self-test in simulation with one bit of each vector flipped, unknown to the golden model: a
/// self-test that cannot fail would be useless.
pub fn simulate_with_fault(
    block: &dyn Configured,
    board: &Board,
    flipped: Option<u32>,
) -> Result<String, VerifyError> {
    let mut vectors = Vectors::new(block, board.flow().1.memory_depth, 1, "self_test")?;
    if let Some(bit) = flipped {
        vectors.inputs[0].iter_mut().for_each(|word| word.set_bit(bit, !word.bit(bit)));
    }
    let netlist = self_test::netlist(block, &vectors, board.pins(), "self_test")?;
    Ok(simulate::at_rtl(&netlist, board.pins())?.said)
}

/// Places, routes and packs the synthesised top module. Also gives the frequency that it reaches, in MHz.
fn bitstream(
    board: &Board,
    placer: &Placer,
    folder: &Path,
    top: &str,
    names: &Names,
) -> Result<(Bitstream, Option<f64>), ToolError> {
    let packing = &placer.packing;
    let file = |extension| format!("{top}.{extension}");
    let (constraints, from, to) =
        (file(packing.constraints.1), file(packing.routed.1), file(packing.bitstream));
    let options = [packing.constraints.0, &constraints, packing.routed.0, &from];
    let routed = match place_and_route(placer, board.device, board.megahertz(), folder, top, &options, names)?
    {
        Placed::Routed(routed) => routed,
        Placed::TooLarge(reason) => {
            return Err(ToolError::Design { top: top.into(), reason: format!("it does not fit: {reason}") });
        }
    };
    let clock = f64::from(board.clock) / 1e6;
    if let Some(f_max) = routed.f_max.filter(|f_max| *f_max < clock) {
        let reason = format!("it runs at {f_max:.1} MHz, but the board's clock has {clock:.1} MHz");
        return Err(ToolError::Design { top: top.into(), reason });
    }
    let mut pack = Command::new(packing.tool.find()?);
    tools::run_checked(pack.current_dir(folder).args([&from, &to]))?;
    let bytes = fs::read(folder.join(&to))
        .map_err(|source| ToolError::Io { action: format!("read {to}"), source })?;
    Ok(((to, bytes), routed.f_max))
}
