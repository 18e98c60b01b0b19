//! `gen-rtl report statten`.

use super::show;
use crate::terminal::error::{Error, Outcome};
use crate::terminal::number;
use crate::terminal::progress::Bar;
use crate::terminal::table::Table;
use clap::Args;
use indicatif::HumanCount;
use reports::ReportError;
use reports::statten::{self, Block, LAYERS, MASKED, Measured, RATES};
use serde::Serialize;
use std::io::Write;

/// Measure the cycles of spiking attention on `statten`, for the layers of published networks
///
/// Each layer's eight heads run through the RTL of `statten`, at the defaults, with random spikes; every spike is compared with the
/// definition. Bounds are the least cycles of 16 units of 128 rows for the channels that fire, and of a row of Q a cycle (with
/// masks: a token). With masks the bound of K^T V is a row of its diagonal a cycle, in which one unit of 16 works: if all did, the
/// bound of the layer would be that of Q, a quarter. Loading is not in them: a beat of K takes a cycle for every eight chunks.
/// Linear layers are those of the same block: their least cycles on `loas_array`, with dense weights. What is not hidden are the
/// cycles after the last beat of Q, if q, k and v come head by head and no faster than the attention is done with them.
///
/// A small block of a network with 32 channels then runs on `loas_array` and `statten`, from an image to spikes. The spikes of q, k and
/// v enter the attention in the cycles in which the array gives them, and the projection starts when the attention's first tokens are
/// there. Image and weights are made by the seed. The published accuracy (78.39 % on ImageNet) needs trained weights, which are not
/// published.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl report statten
  gen-rtl report statten --seed 2 --json

Exit status: 0 done; 2 wrong usage, or an answer was wrong; 130 Ctrl-C.")]
pub struct StattenReport {
    /// Seed of spikes, of the image and of weights
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::seed)]
    seed: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// All measurements.
#[derive(Serialize)]
struct StattenView {
    seed: u64,
    layers: Vec<Measured>,
    block: Block,
}

impl StattenReport {
    /// Measures and prints.
    pub fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        show(out, self.json, |bar| self.measure(bar), print)
    }

    fn measure(&self, bar: &Bar) -> Result<StattenView, ReportError> {
        let block = statten::block(self.seed)?;
        let mut layers = statten::measure(&LAYERS, &RATES, self.seed, bar)?;
        layers.extend(statten::measure(&MASKED, &RATES[1..2], self.seed, bar)?);
        Ok(StattenView { seed: self.seed, layers, block })
    }
}

fn print(out: &mut dyn Write, view: &StattenView) -> Result<(), Error> {
    writeln!(out, "spiking attention, 8 heads, seed {}: every spike agrees with the definition", view.seed)?;
    writeln!(out, "\ncycles\n{}", layers(&view.layers))?;
    writeln!(out, "additions, millions\n{}", additions())?;
    writeln!(
        out,
        "a block of 32 channels, 64 tokens, T = 4, c = 2, two heads, on loas_array and statten\n{}",
        products(&view.block)
    )?;
    let Block { by_heads, attention, exposed, waiting, .. } = view.block;
    let (linear, all) = (view.block.linear(), view.block.all());
    writeln!(
        out,
        "q, k and v by heads, all tokens for k and v of a head, then for its q: {} cycles\nattention: {} cycles by itself; with these \
         operands in the cycles in which loas_array gives them, of which {waiting} wait at most, the projection takes {} longer\nthe \
         block takes {} cycles, {:.2} % more than its linear layers",
        count(by_heads),
        count(attention),
        count(exposed),
        count(all),
        percent(all, linear) - 100.0
    )?;
    Ok(())
}

fn count(value: u64) -> String {
    HumanCount(value).to_string()
}

fn percent(part: u64, whole: u64) -> f64 {
    100.0 * part as f64 / whole as f64
}

fn layers(layers: &[Measured]) -> Table {
    let mut table = Table::new([
        "layer",
        ">firing %",
        ">silent %",
        ">K^T V at least",
        ">Q at least",
        ">in a flow",
        ">over these %",
        ">loading",
        ">alone",
        ">linear layers at least",
        ">not hidden %",
    ]);
    for measured in layers {
        table.row([
            measured.layer.name.into(),
            format!("{:.0}", 100.0 * measured.rate),
            format!("{:.0}", 100.0 * measured.silent),
            count(measured.key_value_bound),
            count(measured.query_bound),
            count(measured.in_flow),
            format!("{:.1}", percent(measured.in_flow, measured.bound()) - 100.0),
            count(measured.loading),
            count(measured.alone),
            count(measured.linear),
            format!("{:.2}", percent(measured.exposed, measured.linear)),
        ]);
    }
    table
}

/// Of both orders of products.
fn additions() -> Table {
    let mut table = Table::new(["layer", ">K^T V first", ">Q K^T first", ">ratio"]);
    for layer in LAYERS {
        let [values_first, keys_first] = layer.additions();
        let millions = |additions: u64| format!("{:.1}", additions as f64 / 1e6);
        let ratio = keys_first as f64 / values_first as f64;
        table.row([layer.name.into(), millions(values_first), millions(keys_first), format!("{ratio:.1}")]);
    }
    table
}

fn products(block: &Block) -> Table {
    let mut table = Table::new(["linear layer", ">inputs", ">outputs", ">cycles", ">firing %"]);
    for product in &block.products {
        let [inputs, outputs] = product.shape;
        table.row([
            product.name.into(),
            inputs.to_string(),
            outputs.to_string(),
            count(product.cycles),
            format!("{:.0}", 100.0 * product.rate),
        ]);
    }
    table
}
