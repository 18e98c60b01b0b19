//! `gen-rtl describe`: a block with its parameters, ports and timing.

use crate::block::refused::{self, Refused};
use crate::block::selection::{Chosen, Given, Selection};
use crate::block::views::{self, ChannelView, Port, TimingView};
use crate::terminal::error::{Error, Outcome};
use crate::terminal::json;
use crate::terminal::table::Table;
use blocks::block::elaborate;
use blocks::parameters::Parameter;
use blocks::registry::Registry;
use clap::Args;
use serde::Serialize;
use serde_json::Value;
use std::fmt;
use std::io::Write;

/// Describe a block: parameters, ports, latency, throughput, source
///
/// Ports and timing depend on the parameters, which are set with --set and --config.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl describe pacq_mul
  gen-rtl describe pacq_mul --set stages=2 --set flow=ready_valid
  gen-rtl describe pacq_mul --json | jq '.ports'
  gen-rtl describe pacq_mul --schema > pacq_mul.schema.json")]
pub struct Describe {
    #[command(flatten)]
    selection: Selection,
    /// Print the block's documentation page, in Markdown
    #[arg(long, conflicts_with = "json")]
    documentation: bool,
    /// Print a JSON schema for the block's parameter files (--config), for editors that complete and check them
    #[arg(long, conflicts_with_all = ["json", "documentation"])]
    schema: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Description {
    block: &'static str,
    summary: &'static str,
    source: &'static str,
    parameters: Vec<ParameterView>,
    refused: Vec<Refused>,
    top: String,
    ports: Vec<Port>,
    channels: Vec<ChannelView>,
    timing: TimingView,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct ParameterView {
    #[serde(flatten)]
    parameter: Parameter,
    value: Value,
}

impl Describe {
    /// Writes the description.
    pub fn run(&self, registry: &Registry, out: &mut dyn Write) -> Result<Outcome, Error> {
        let given = self.selection.parameters.given()?;
        let chosen = given.configure(self.selection.block(registry)?, &[])?;
        if self.documentation {
            out.write_all(chosen.block.documentation.as_bytes())?;
            return Ok(Outcome::Done);
        }
        if self.schema {
            json::write(out, &chosen.block.schema())?;
            return Ok(Outcome::Done);
        }
        let description = describe(&chosen, &given)?;
        if self.json { json::write(out, &description) } else { write!(out, "{description}") }?;
        Ok(Outcome::Done)
    }
}

fn describe(chosen: &Chosen, given: &Given) -> Result<Description, Error> {
    let (block, configured) = (chosen.block, chosen.configured.as_ref());
    let netlist = elaborate(configured)?;
    let interface = configured.interface();
    let values = configured.values();
    let view = |parameter: Parameter| {
        let value = values.iter().find(|(name, _)| name == parameter.name);
        ParameterView { value: value.map_or(Value::Null, |(_, value)| json::parameter(value)), parameter }
    };
    Ok(Description {
        block: block.name,
        summary: block.summary,
        source: block.source,
        parameters: block.parameters().into_iter().map(view).collect(),
        refused: refused::examples(block, given),
        top: netlist.top().name.clone(),
        ports: views::ports(&[&netlist]),
        channels: views::channels(&interface),
        timing: views::timing(configured),
        notes: configured.notes(),
    })
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.block, self.summary)?;
        writeln!(f, "source: {}", self.source)?;
        write!(f, "\nparameters\n{}", self.parameter_table())?;
        if !self.refused.is_empty() {
            writeln!(f, "\nrefused combinations, one example per rule")?;
            self.refused.iter().try_for_each(|refused| writeln!(f, "  {refused}"))?;
        }
        write!(f, "\nports of module {}\n{}", self.top, self.port_table())?;
        writeln!(f, "\nlatency: {}", views::cycles(self.timing.latency))?;
        writeln!(f, "throughput: {}", self.timing.throughput())?;
        self.notes.iter().try_for_each(|note| writeln!(f, "note: {note}"))
    }
}

impl Description {
    fn parameter_table(&self) -> Table {
        let mut table = Table::new(["name", "value", "default", "legal", "meaning"]);
        for ParameterView { parameter, value } in &self.parameters {
            let value = value.as_str().map_or_else(|| value.to_string(), String::from);
            let Parameter { name, meaning, legal, default } = parameter;
            table.row([name.to_string(), value, default.clone(), legal.to_string(), meaning.to_string()]);
        }
        table
    }

    fn port_table(&self) -> Table {
        let mut table = Table::new(["name", "direction", ">width", "meaning"]);
        for port in &self.ports {
            let Port { name, direction, width, meaning } = port;
            table.row([name.clone(), direction.to_string(), width.to_string(), meaning.clone()]);
        }
        table
    }
}
