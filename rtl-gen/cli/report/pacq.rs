//! `gen-rtl report pacq`.

use crate::error::{Error, Outcome};
use crate::progress::Bar;
use crate::synth::check_tools;
use crate::table::Table;
use crate::{interrupt, json};
use clap::Args;
use indicatif::HumanCount;
use reports::ReportError;
use reports::pacq::{self, Accuracy, Figure, Gemm, Unit, energy};
use serde::Serialize;
use std::io::Write;

/// Cycles, errors and energies of PacQ's datapaths
///
/// Every row is measured in this run: cycles of dot-product units, of tiles and of a product of m16 n4096 k4096 on the
/// hardware, on random operands, its results compared with the golden models; errors of the golden models against exact
/// sums of 4096 terms; areas, delays and energies in osu018's standard cells, by the switching of the gates on typical
/// operands. The published figures are beside them.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl report pacq
  gen-rtl report pacq --no-synthesis --json

Exit status: 0 done; 2 wrong usage, a tool is missing, or an answer was wrong; 130 Ctrl-C.")]
pub struct PacqReport {
    /// Chooses the operands
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Leave out areas, delays and energies
    #[arg(long)]
    no_synthesis: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// All that was measured.
#[derive(Serialize)]
struct PacqView {
    seed: u64,
    dot_product_cycles: Vec<Figure>,
    tile_speed_ups: Vec<Figure>,
    fetches_saved: Vec<Figure>,
    errors: Vec<Accuracy>,
    gemms: Vec<Gemm>,
    units: Vec<Unit>,
}

impl PacqReport {
    /// Measures and prints.
    pub fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        if !self.no_synthesis {
            check_tools(energy::needed())
                .map_err(|error| error.help("give --no-synthesis to leave out areas and energies"))?;
        }
        let bar = Bar::new();
        let view = interrupt::orderly(|| self.measure(&bar));
        drop(bar);
        let view = view?;
        match self.json {
            true => json::write(out, &view)?,
            false => print(out, &view)?,
        }
        Ok(Outcome::Done)
    }

    fn measure(&self, bar: &Bar) -> Result<PacqView, ReportError> {
        Ok(PacqView {
            seed: self.seed,
            dot_product_cycles: pacq::dot_product_cycles()?,
            tile_speed_ups: pacq::tile_speed_ups()?,
            fetches_saved: pacq::fetches(),
            errors: pacq::accuracy(self.seed),
            gemms: pacq::gemms(self.seed, bar)?,
            units: if self.no_synthesis { vec![] } else { energy::all(bar)? },
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
        "operands fetched less than with words along k\n{}",
        figures("a tile", &view.fetches_saved, percent)
    )?;
    writeln!(out, "relative error (rms) at K = 4096, groups of 128\n{}", errors(&view.errors))?;
    writeln!(out, "m16 n4096 k4096\n{}", gemms(&view.gemms))?;
    if !view.units.is_empty() {
        writeln!(out, "units in osu018\n{}", units(&view.units))?;
        writeln!(out, "energies compared\n{}", figures("", &compared(&view.units), times))?;
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
    let mut table =
        Table::new(["engine", ">cycles", ">speed-up", ">of its products a cycle", ">results compared"]);
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
    let mut table = Table::new(["unit", ">gates", ">ns", ">products a cycle", ">pJ a product"]);
    for Unit { name, products, cycles, gate_equivalents, delay, energy } in units {
        table.row([
            name.clone(),
            format!("{gate_equivalents:.0}"),
            format!("{delay:.1}"),
            format!("{}", *products as f64 / *cycles as f64),
            format!("{energy:.1}"),
        ]);
    }
    table
}

/// What the units' energies are to each other.
fn compared(units: &[Unit]) -> Vec<Figure> {
    let unit = |name: &str| units.iter().find(|unit| unit.name == name).expect("all units are there");
    let per_energy = |own: &str, other: &str, what: &str, published: Option<f64>| Figure {
        name: what.into(),
        measured: unit(own).per_energy(unit(other)),
        published,
    };
    let energy_delay = |own: &str, what: &str, saved: f64| Figure {
        name: what.into(),
        measured: unit(own).energy_delay(unit(energy::FP16_DP)),
        published: Some(1.0 - saved),
    };
    let ([int4_1, int4_2, int4_4], [int2_1, int2_2, int2_4]) = (energy::INT4_DP, energy::INT2_DP);
    vec![
        per_energy(
            energy::INT4_MULTIPLIER,
            energy::FP16_MULTIPLIER,
            "throughput a watt, INT4 multiplier",
            Some(3.38),
        ),
        per_energy(
            energy::INT2_MULTIPLIER,
            energy::FP16_MULTIPLIER,
            "throughput a watt, INT2 multiplier",
            Some(6.75),
        ),
        per_energy(int4_2, energy::FP16_DP, "throughput a watt, INT4 DP-4", Some(1.39)),
        per_energy(int2_2, energy::FP16_DP, "throughput a watt, INT2 DP-4", Some(1.51)),
        per_energy(int4_2, int4_1, "throughput a watt, INT4, 2 trees against 1", Some(1.33)),
        per_energy(int4_4, int4_2, "throughput a watt, INT4, 4 trees against 2", Some(1.11)),
        per_energy(int2_2, int2_1, "throughput a watt, INT2, 2 trees against 1", Some(1.38)),
        per_energy(int2_4, int2_2, "throughput a watt, INT2, 4 trees against 2", Some(1.18)),
        energy_delay(int4_2, "energy x delay of the dot products, INT4 / FP16", 0.704),
        energy_delay(int2_2, "energy x delay of the dot products, INT2 / FP16", 0.814),
    ]
}
