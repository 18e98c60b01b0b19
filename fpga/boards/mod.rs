//! Boards: a self-test of a block as a top module, its constraints, its bitstream.

mod pins;
mod self_test;
mod simulate;
pub mod zcu102;

use crate::cache::Cache;
use crate::nextpnr::{Placed, place_and_route};
use crate::target::{Device, Target};
use crate::tools::{ECPPACK, ICEPACK};
use crate::{flow, names::Names, yosys};
use blocks::block::Configured;
use self_test::{Pins, Vectors, combined};
use std::fs;
use std::path::Path;
use std::process::Command;
use testbenches::tools::{self, GXX, Tool, ToolError, VERILATOR, YOSYS, read_file, write_file};
use testbenches::{VerifyError, VerilogDesign};

/// A board with a device that can be programmed from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Board {
    /// Lattice iCE40-HX8K breakout board, 12 MHz.
    Hx8k,
    /// iCEBreaker: iCE40 UP5K, 12 MHz.
    Icebreaker,
    /// ULX3S with an ECP5 25F, 25 MHz.
    Ulx3s25f,
    /// ULX3S with an ECP5 85F, 25 MHz.
    Ulx3s85f,
}

impl Board {
    /// All of them.
    pub const ALL: [Board; 4] = [Board::Hx8k, Board::Icebreaker, Board::Ulx3s25f, Board::Ulx3s85f];

    /// Name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Board::Hx8k => "hx8k",
            Board::Icebreaker => "icebreaker",
            Board::Ulx3s25f => "ulx3s_25f",
            Board::Ulx3s85f => "ulx3s_85f",
        }
    }

    /// Its device.
    pub fn device(self) -> Device {
        match self {
            Board::Hx8k => Device::Hx8k,
            Board::Icebreaker => Device::Up5k,
            Board::Ulx3s25f => Device::Ecp5Of25k,
            Board::Ulx3s85f => Device::Ecp5Of85k,
        }
    }

    /// In Hz.
    pub fn clock(self) -> u32 {
        match self {
            Board::Hx8k | Board::Icebreaker => 12_000_000,
            Board::Ulx3s25f | Board::Ulx3s85f => 25_000_000,
        }
    }

    fn pins(self) -> Pins {
        Pins {
            lamps_active_low: self == Board::Icebreaker,
            cycles_per_bit: self.clock().div_ceil(self_test::BAUD),
            shows_signature: false,
        }
    }

    /// Words of a memory of vectors, as many as a block memory of the device has at its widest.
    fn depth(self) -> usize {
        match self.device().target() {
            Target::Ice40 => 256,
            _ => 512,
        }
    }
}

/// Name and content of a bitstream's file.
pub type Bitstream = (String, Vec<u8>);

/// What was built for a board.
pub struct Built {
    /// Name of the top module.
    pub top: String,
    /// Every text file: Verilog and constraints.
    pub files: Vec<(String, String)>,
    /// What the device is programmed with.
    pub bitstream: Bitstream,
    /// The signature of the golden model.
    pub signature: u32,
    /// What the serial line said in the simulation of the Verilog, and in that of the synthesised netlist.
    pub said: [String; 2],
    /// Beats into the block.
    pub beats: u64,
    /// In MHz.
    pub f_max: Option<f64>,
}

impl Built {
    /// True where both simulations end with the golden model's signature, on the lamps too.
    pub fn passed(&self) -> bool {
        let expected = format!("PASS {:08x}\r\n", self.signature);
        self.said.iter().all(|said| *said == expected)
    }
}

/// The programs that a board needs.
pub fn needed(board: Board) -> Vec<Tool> {
    let packer = match board.device().target() {
        Target::Ice40 => ICEPACK,
        _ => ECPPACK,
    };
    vec![YOSYS, VERILATOR, GXX, board.device().nextpnr(), packer]
}

/// Builds the self-test of a block for a board, down to the bitstream, and simulates it before and after synthesis.
pub fn build(block: &dyn Configured, board: Board, seed: u64) -> Result<Built, VerifyError> {
    let vectors = Vectors::new(block, board.depth(), seed);
    let top = format!("{}_self_test", board.name());
    let netlist = self_test::netlist(block, &vectors, board.pins(), &top)?;
    let design = VerilogDesign::of(&netlist);
    let folder = Cache::open(None)?.work_folder()?;
    let folder = folder.path();
    let mut files = design.files.clone();
    files.push(pins::constraints(board, &top));
    files.iter().try_for_each(|(name, text)| write_file(&folder.join(name), text))?;
    let commands = vec![
        yosys::read(design.file_names()),
        format!("{} -top {top}", flow::command(board.device().target(), false)),
        "write_verilog -noattr -noexpr mapped.v".into(),
    ];
    yosys::synthesize(folder, &top, commands)?;
    let run = simulate::at_rtl(&netlist, board.pins())?;
    let mapped = read_file(&folder.join("mapped.v"))?;
    let after = simulate::after_synthesis(&design, &mapped, board, &run)?;
    let (bitstream, f_max) = bitstream(board, folder, &top, &Names::of(&netlist))?;
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

/// What the self-test says in simulation where a bit of each vector is flipped, which the golden model did not see: a
/// self-test that cannot fail would be none.
pub fn simulate_with_fault(
    block: &dyn Configured,
    board: Board,
    flipped: Option<u32>,
) -> Result<String, VerifyError> {
    let mut vectors = Vectors::new(block, board.depth(), 1);
    if let Some(bit) = flipped {
        vectors.inputs[0].iter_mut().for_each(|word| word.set_bit(bit, !word.bit(bit)));
    }
    let netlist = self_test::netlist(block, &vectors, board.pins(), "self_test")?;
    Ok(simulate::at_rtl(&netlist, board.pins())?.said)
}

/// Places, routes and packs the synthesised top module. Gives the frequency that it reaches, in MHz, too.
fn bitstream(
    board: Board,
    folder: &Path,
    top: &str,
    names: &Names,
) -> Result<(Bitstream, Option<f64>), ToolError> {
    let constraints = pins::constraints(board, top).0;
    let (options, packer, from, to) = match board.device().target() {
        Target::Ice40 => (["--pcf", "--asc"], ICEPACK, format!("{top}.asc"), format!("{top}.bin")),
        _ => (["--lpf", "--textcfg"], ECPPACK, format!("{top}.config"), format!("{top}.bit")),
    };
    let options = [options[0], &constraints, options[1], &from];
    let routed =
        match place_and_route(board.device(), board.clock() / 1_000_000, folder, top, &options, names)? {
            Placed::Routed(routed) => routed,
            Placed::TooLarge(reason) => {
                return Err(ToolError::Design {
                    top: top.into(),
                    reason: format!("it does not fit: {reason}"),
                });
            }
        };
    let clock = f64::from(board.clock()) / 1e6;
    if let Some(f_max) = routed.f_max.filter(|f_max| *f_max < clock) {
        let reason = format!("it runs at {f_max:.1} MHz and the board's clock has {clock:.1} MHz");
        return Err(ToolError::Design { top: top.into(), reason });
    }
    let mut pack = Command::new(packer.find()?);
    tools::run_checked(pack.current_dir(folder).args([&from, &to]))?;
    let bytes = fs::read(folder.join(&to))
        .map_err(|source| ToolError::Io { action: format!("read {to}"), source })?;
    Ok(((to, bytes), routed.f_max))
}
