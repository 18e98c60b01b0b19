//! `gen-rtl report pacq`.

use super::show;
use crate::commands::full::shared::check_tools;
use crate::terminal::error::{Error, Outcome};
use crate::terminal::number;
use crate::terminal::progress::Bar;
use crate::terminal::table::Table;
use clap::Args;
use indicatif::HumanCount;
use reports::ReportError;
use reports::pacq::energy::{self, Compared};
use reports::pacq::{self, Accuracy, Figure, Gemm, Unit};
use serde::Serialize;
use std::io::Write;

/// Measure cycles, errors and energies of PacQ's datapaths
///
/// Measures everything in this run: cycles of dot-product units, of tiles and of a product of m16 n4096 k4096 on the
/// hardware, with random operands, the results compared with the golden models; errors of the golden models against
/// exact sums of 4096 terms; areas, delays and energies in osu018's standard cells, from the switching activity of the
/// gates with typical operands. The published figures are printed beside them.
///
/// The paper does not say what its operand fetches count; ours are words that units fetch from their buffers. In long
/// paths most of the energy is glitches, so energies are also given without them. Energy x delay compares the dot
/// products at the same clock, without buffers and without the dequantisation that the plain unit needs.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl report pacq
  gen-rtl report pacq --no-synthesis --json

Exit status: 0 done; 2 wrong usage, a tool is missing, or an answer was wrong; 130 Ctrl-C.")]
pub struct PacqReport {
    /// Seed of the operands
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::seed)]
    seed: u64,
    /// Leave out areas, delays and energies
    #[arg(long)]
    no_synthesis: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// All measurements.
#[derive(Serialize)]
struct PacqView {
    seed: u64,
    dot_product_cycles: Vec<Figure>,
    tile_speed_ups: Vec<Figure>,
    fetches_saved: Vec<Figure>,
    errors: Vec<Accuracy>,
    gemms: Vec<Gemm>,
    units: Vec<Unit>,
    compared: Vec<Compared>,
}

impl PacqReport {
    /// Measures and prints.
    pub fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        if !self.no_synthesis {
            check_tools(energy::needed())
                .map_err(|error| error.help("give --no-synthesis to leave out areas and energies"))?;
        }
        show(out, self.json, |bar| self.measure(bar), print)
    }

    fn measure(&self, bar: &Bar) -> Result<PacqView, ReportError> {
        let units = if self.no_synthesis { vec![] } else { energy::all(bar)? };
        Ok(PacqView {
            seed: self.seed,
            dot_product_cycles: pacq::dot_product_cycles()?,
            tile_speed_ups: pacq::tile_speed_ups()?,
            fetches_saved: pacq::fetches(),
            errors: pacq::accuracy(self.seed),
            gemms: pacq::gemms(self.seed, bar)?,
            compared: if units.is_empty() { vec![] } else { energy::compared(&units) },
            units,
        })
    }
}

fn print(out: &mut dyn Write, view: &PacqView) -> Result<(), Error> {
    writeln!(
        out,
        "PacQ, seed {}: every result that was compared agrees with the golden models\n",
        view.seed
    )?;
    let whole = |value: f64| format!("{value:.0}");
    let times = |value: f64| format!("{value:.2}x");
    let percent = |value: f64| format!("{:.1} %", 100.0 * value);
    writeln!(out, "cycles of a DP-4\n{}", figures("outputs", &view.dot_product_cycles, whole))?;
    writeln!(out, "speed-up of a tile\n{}", figures("m16 k16", &view.tile_speed_ups, times))?;
    writeln!(
        out,
        "operand fetches saved, compared with words along k\n{}",
        figures("a tile", &view.fetches_saved, percent)
    )?;
    writeln!(out, "relative error (rms) at K = 4096, groups of 128\n{}", errors(&view.errors))?;
    writeln!(out, "m16 n4096 k4096\n{}", gemms(&view.gemms))?;
    if !view.units.is_empty() {
        writeln!(out, "units in osu018\n{}", units(&view.units))?;
        writeln!(out, "energies compared\n{}", compared(&view.compared))?;
    }
    Ok(())
}

fn figures(name: &'static str, figures: &[Figure], text: impl Fn(f64) -> String) -> Table {
    let mut table = Table::new([name, ">measured", ">published"]);
    for Figure { name, measured, published } in figures {
        table.row([name.clone(), text(*measured), published.map_or("-".into(), &text)]);
    }
    table
}

fn errors(errors: &[Accuracy]) -> Table {
    let mut table = Table::new(["datapath", ">measured", ">derived from the paper"]);
    let percent = |error: f64| match error {
        0.1.. => format!("{:.0} %", 100.0 * error),
        0.001.. => format!("{:.2} %", 100.0 * error),
        _ => format!("{:.5} %", 100.0 * error),
    };
    for Accuracy { datapath, error, published } in errors {
        table.row([datapath.clone(), percent(*error), published.map_or("-".into(), percent)]);
    }
    table
}

fn gemms(gemms: &[Gemm]) -> Table {
    let mut table = Table::new(["engine", ">cycles", ">speed-up", ">utilisation", ">results compared"]);
    let plain = gemms.first().map_or(0, |gemm| gemm.cycles);
    for Gemm { name, cycles, utilisation, checked } in gemms {
        table.row([
            name.clone(),
            HumanCount(*cycles).to_string(),
            format!("{:.2}x", plain as f64 / *cycles as f64),
            format!("{:.2} %", 100.0 * utilisation),
            HumanCount(*checked).to_string(),
        ]);
    }
    table
}

fn units(units: &[Unit]) -> Table {
    let mut table =
        Table::new(["unit", ">gates", ">ns", ">products per cycle", ">pJ per product", ">without glitches"]);
    for Unit { name, products, cycles, gate_equivalents, delay, energy, without_glitches } in units {
        table.row([
            name.clone(),
            format!("{gate_equivalents:.0}"),
            format!("{delay:.1}"),
            format!("{}", *products as f64 / *cycles as f64),
            format!("{energy:.1}"),
            format!("{without_glitches:.1}"),
        ]);
    }
    table
}

fn compared(compared: &[Compared]) -> Table {
    let mut table = Table::new(["", ">measured", ">without glitches", ">published"]);
    for Compared { name, measured, without_glitches, published } in compared {
        let [measured, without_glitches, published] =
            [measured, without_glitches, published].map(|value| format!("{value:.2}x"));
        table.row([name.clone(), measured, without_glitches, published]);
    }
    table
}
