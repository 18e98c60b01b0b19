//! `gen-rtl list`: the blocks.

use crate::terminal::error::{Error, Outcome};
use crate::terminal::json;
use crate::terminal::table::Table;
use blocks::block::Block;
use blocks::registry::Registry;
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
    pub fn run(&self, registry: &Registry, out: &mut dyn Write) -> Result<Outcome, Error> {
        if self.json {
            json::write(out, &registry.blocks().map(entry).collect::<Vec<_>>())?;
        } else {
            let mut table = Table::new(["block", "summary"]);
            registry.blocks().for_each(|block| table.row([block.name.into(), block.summary.into()]));
            write!(out, "{table}")?;
        }
        Ok(Outcome::Done)
    }
}

fn entry(block: &Block) -> Entry {
    Entry { name: block.name, summary: block.summary, source: block.source }
}
