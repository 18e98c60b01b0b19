//! `gen-rtl list`: the blocks.

use crate::terminal::error::{Error, Outcome};
use crate::terminal::json;
use crate::terminal::table::Table;
use blocks::block::Block;
use blocks::registry;
use clap::Args;
use serde::Serialize;
use std::io::Write;

/// List the blocks
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl list
  gen-rtl list --json | jq -r '.[].name'")]
pub struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Entry {
    name: &'static str,
    summary: &'static str,
    source: &'static str,
}

impl List {
    /// Writes the list.
    pub fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let blocks = registry::blocks();
        if self.json {
            json::write(out, &blocks.iter().map(entry).collect::<Vec<_>>())?;
        } else {
            let mut table = Table::new(["block", "summary"]);
            blocks.iter().for_each(|block| table.row([block.name().into(), block.summary().into()]));
            write!(out, "{table}")?;
        }
        Ok(Outcome::Done)
    }
}

fn entry(block: &Block) -> Entry {
    Entry { name: block.name(), summary: block.summary(), source: block.source() }
}
