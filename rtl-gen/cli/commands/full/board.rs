//! `gen-rtl board`: a self-test of a block on a board, down to the bitstream.

use crate::block::selection::{Chosen, Selection};
use crate::commands::full::shared::check_tools;
use crate::files::folder;
use crate::files::manifest::{self, ProjectManifest};
use crate::terminal::error::{Error, Outcome};
use crate::terminal::progress::Bar;
use crate::terminal::{interrupt, number};
use blocks::registry::Registry;
use clap::Args;
use clap::builder::PossibleValuesParser;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use synthesis::boards::{self, Built, zcu102};
use testbenches::Progress;

const EXAMPLES: &str = "\
Examples:
  gen-rtl board hx8k pacq_mul --set stages=2
  gen-rtl board ulx3s_85f loas_inner_join --out join
  gen-rtl board zcu102 pacq_mul --set stages=3

Exit status: 0 done; 1 a simulation does not end with the golden model's signature; 2 wrong usage, a tool is missing, or \
the self-test does not fit the board; 130 Ctrl-C.";

/// Build a self-test of a block for an FPGA board
///
/// The top module feeds the block with vectors from block RAM, accumulates a signature of its outputs and compares it
/// with the golden model's. It lights one LED if they agree and another one if they do not, and reports on the serial
/// port (115200 baud). The self-test is simulated as Verilog and after synthesis, then placed, routed and packed into a
/// bitstream. For the ZCU102, projects for Vivado are written instead.
#[derive(Args)]
#[command(after_help = format!("Boards:\n{}\n\n{EXAMPLES}", boards_help()))]
pub struct Board {
    /// The board to build for
    #[arg(value_name = "BOARD", value_parser = board_names())]
    board: String,
    #[command(flatten)]
    selection: Selection,
    /// Seed of the vectors
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::seed)]
    seed: u64,
    /// Write into this folder [default: build/BLOCK_BOARD]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write even if the folder holds files that are not from an earlier run; only files of the same name are lost
    #[arg(long)]
    force: bool,
}

/// The board's part of the manifest.
#[derive(Serialize)]
struct BoardView<'a> {
    board: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
}

/// Every board, as name and description.
fn boards() -> Vec<(&'static str, &'static str)> {
    let boards = boards::ALL.map(|board| (board.name, board.about));
    boards.into_iter().chain([(zcu102::NAME, zcu102::ABOUT)]).collect()
}

fn board_names() -> PossibleValuesParser {
    PossibleValuesParser::new(boards().into_iter().map(|(name, _)| name))
}

fn boards_help() -> String {
    let lines: Vec<String> = boards().iter().map(|(name, about)| format!("  {name:11} {about}")).collect();
    lines.join("\n")
}

impl Board {
    /// Builds the self-test, and writes it.
    pub fn run(&self, registry: &Registry, out: &mut dyn Write) -> Result<Outcome, Error> {
        let chosen = self.selection.configure(registry)?;
        match boards::ALL.into_iter().find(|board| board.name == self.board) {
            Some(board) => self.build(out, &chosen, board),
            None => {
                let files = zcu102::project(chosen.configured.as_ref(), self.seed)?;
                let files = files.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
                self.write(out, &chosen, files, None)?;
                Ok(Outcome::Done)
            }
        }
    }

    fn build(&self, out: &mut dyn Write, chosen: &Chosen, board: &boards::Board) -> Result<Outcome, Error> {
        check_tools(boards::needed(board))?;
        let bar = Bar::default();
        bar.start(&format!("{} for {}", chosen.block.name, board.name), 1);
        let built = interrupt::orderly(|| boards::build(chosen.configured.as_ref(), board, self.seed));
        drop(bar);
        let built = built?;
        let passed = built.passed();
        let [at_rtl, after] = built.said.each_ref().map(|said| said.trim_end().to_string());
        writeln!(out, "signature of the golden model: {:08x}, {} beats", built.signature, built.beats)?;
        writeln!(out, "simulated as Verilog: {at_rtl}")?;
        writeln!(out, "simulated after synthesis: {after}")?;
        if let Some(f_max) = built.f_max {
            writeln!(
                out,
                "placed and routed: {f_max:.1} MHz, with a clock of {:.0} MHz",
                f64::from(board.clock) / 1e6
            )?;
        }
        writeln!(out)?;
        let Built { files, bitstream, signature, .. } = built;
        let files =
            files.into_iter().map(|(name, text)| (name, text.into_bytes())).chain([bitstream]).collect();
        self.write(out, chosen, files, Some(signature))?;
        Ok(Outcome::of_check(passed))
    }

    fn write(
        &self,
        out: &mut dyn Write,
        chosen: &Chosen,
        mut files: Vec<(String, Vec<u8>)>,
        signature: Option<u32>,
    ) -> Result<(), Error> {
        let name = format!("{}_{}", chosen.block.name, self.board);
        let folder = self.out.clone().unwrap_or_else(|| Path::new("build").join(name));
        let signature = signature.map(|signature| format!("{signature:08x}"));
        let view = BoardView { board: &self.board, signature };
        let manifest = ProjectManifest::new(chosen, view, &files).text();
        files.push((manifest::FILE_NAME.into(), manifest.into_bytes()));
        folder::write(&folder, &files, self.force)?;
        Ok(files.iter().try_for_each(|(name, _)| writeln!(out, "{}", folder.join(name).display()))?)
    }
}
