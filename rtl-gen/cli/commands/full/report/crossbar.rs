//! `gen-rtl report crossbar`.

use super::show;
use crate::commands::full::shared::check_tools;
use crate::terminal::error::{Error, Outcome};
use crate::terminal::progress::Bar;
use crate::terminal::table::Table;
use blocks::crossbar::learning::UpdateForm;
use clap::Args;
use indicatif::HumanCount;
use reports::ReportError;
use reports::crossbar::digital::Element;
use reports::crossbar::learning::{self, Damaged, Data, InTheLoop, Learning, Noisy, Recovery, Repair};
use reports::crossbar::{
    self, Controller, Cost, Costs, Latency, Missing, Part, ProcessingElement, Programming, ReadOut, Reuse,
    Unit, attention, costs, digital, rules,
};
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;

/// Measure the clocks of crossbar controllers, beside their lower bounds and the published ones
///
/// Measures in this run, by simulation of the RTL: clocks of each controller by itself; clocks of vectors of 8-bit
/// inputs, and of spikes beside SpikeSim, through driver, sequencer and converter; clocks of DeiT-S, DeiT-B and LV-ViT-S, some of
/// whose encoders reuse an attention, in steps of their multiply-accumulates. Modelled: words of cells, which the golden model of
/// `xbar_program` programs, and the latency of learning, counted in times of a product.
///
/// With --data a network of three layers learns, is damaged, and repairs itself by pulses of `xbar_dfa` and of back-propagation; the
/// RTL of `xbar_dfa` runs an epoch, which must leave the weights of the golden model. `rtl-gen/reports/crossbar/README.md` describes what is counted.
///
/// With --synth the blocks are synthesised for standard cells, and both rules of learning are compared in area and energy.
///
/// Sections that need what is not there are named, with what they need.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl report crossbar
  gen-rtl report crossbar --synth
  gen-rtl report crossbar --data vowels
  gen-rtl report crossbar --json

Exit status: 0 done; 2 wrong usage, a file or tool is missing, or an answer was wrong; 130 Ctrl-C.")]
pub struct CrossbarReport {
    /// Add area and energy, which take Yosys and OpenSTA about a minute
    #[arg(long)]
    synth: bool,
    /// Train on the samples in this folder: int8 in `train.npy` and `test.npy`, and their classes from 0 on, integers, in
    /// `train_labels.npy` and `test_labels.npy`
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// All measurements.
#[derive(Serialize)]
struct CrossbarView {
    controllers: Vec<Controller>,
    read_outs: Vec<ReadOut>,
    processing_elements: Vec<ProcessingElement>,
    reuses: Vec<Reuse>,
    programming: Vec<Programming>,
    latencies: Vec<Latency>,
    /// None without data.
    learning: Option<Learning>,
    units: Vec<Unit>,
    costs: Vec<Costs>,
    missing: Vec<Missing>,
}

impl CrossbarReport {
    /// Measures and prints.
    pub fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        if self.synth {
            check_tools(digital::needed())
                .map_err(|error| error.help("omit --synth to leave out areas and energies"))?;
        }
        show(out, self.json, |bar| self.measure(bar), print)
    }

    fn measure(&self, bar: &Bar) -> Result<CrossbarView, ReportError> {
        let missing = [
            self.data.is_none().then_some(crossbar::WITHOUT_DATA),
            (!self.synth).then_some(crossbar::WITHOUT_SYNTHESIS),
        ];
        // Bad samples are refused before anything takes time.
        let data = self.data.as_deref().map(Data::read).transpose()?;
        let programming = crossbar::programming();
        let word = programming.iter().find(|word| word.levels == 16).map_or(0.0, |word| word.at_once);
        let units = if self.synth { digital::all(bar)? } else { vec![] };
        Ok(CrossbarView {
            costs: if self.synth { costs::costs(&units, bar)? } else { vec![] },
            units,
            controllers: crossbar::controllers()?,
            read_outs: crossbar::read_outs()?,
            processing_elements: crossbar::processing_elements()?,
            reuses: attention::reuses(&attention::NETWORKS, bar)?,
            latencies: crossbar::latencies(word),
            programming,
            learning: data.map(|data| learning::learn(&data, bar)).transpose()?,
            missing: missing.into_iter().flatten().collect(),
        })
    }
}

fn print(out: &mut dyn Write, view: &CrossbarView) -> Result<(), Error> {
    writeln!(out, "clocks of controllers, without a stall\n{}", controllers(&view.controllers))?;
    writeln!(
        out,
        "clocks of a vector: 64 rows, 8-bit inputs, 8 columns a converter, T_settle 2\n{}",
        read_outs(&view.read_outs)
    )?;
    writeln!(
        out,
        "clocks of a processing element: 64 x 64, spikes, 8 columns a flash converter\n{}",
        elements(&view.processing_elements)
    )?;
    writeln!(out, "clocks of encoders that reuse attentions\n{}", reuses(&view.reuses))?;
    writeln!(
        out,
        "clocks of words of 48 cells, written and verified (model): xbar_program and EMBER's order, cells with variation\n{}",
        words(&view.programming)
    )?;
    writeln!(
        out,
        "slots of a sample that a network learns (model): times of a product (published: DFA up to {}x as fast as BP)\n{}",
        rules::PUBLISHED,
        latencies(&view.latencies)
    )?;
    if let Some(Learning { recoveries, repairs, noisy, in_the_loop }) = &view.learning {
        writeln!(out, "test samples that are recognised, %, mean of seeds\n{}", accuracies(recoveries))?;
        writeln!(
            out,
            "the same with updates of each form, at the middle damage of weights; pulses one after the other\n{}",
            forms(repairs)
        )?;
        writeln!(out, "the same of networks that learn with noise from the start\n{}", noises(noisy))?;
        let InTheLoop { samples, weights, pulses, cycles } = in_the_loop;
        writeln!(
            out,
            "xbar_dfa in the loop: {} samples and {} pulses by the RTL in {} cycles leave each of {} weights as the golden model does\n",
            count(*samples as u64),
            count(*pulses),
            count(*cycles),
            count(*weights as u64)
        )?;
    }
    if !view.units.is_empty() {
        writeln!(out, "blocks in osu018\n{}", units(&view.units))?;
        writeln!(out, "elements of SpikeSim (its code), 65 nm\n{}", spikesim())?;
    }
    for costs in &view.costs {
        writeln!(
            out,
            "DFA against BP, layers {}, in 65 nm (modelled from the tables above, and the synthesis of both blocks)\n{}",
            costs.network,
            rules_of_learning(costs)
        )?;
    }
    if !view.missing.is_empty() {
        writeln!(out, "not in this report\n{}", missing(&view.missing))?;
    }
    Ok(())
}

fn count(value: u64) -> String {
    HumanCount(value).to_string()
}

fn controllers(controllers: &[Controller]) -> Table {
    let mut table = Table::new(["controller", "setting", "clocks of", ">bound", ">measured"]);
    for Controller { block, setting, unit, bound, measured } in controllers {
        table.row([block.to_string(), setting.clone(), unit.to_string(), count(*bound), count(*measured)]);
    }
    table
}

fn read_outs(read_outs: &[ReadOut]) -> Table {
    let mut table =
        Table::new(["converter", ">bound", ">one hold a column", ">bound", ">two holds a column"]);
    for ReadOut { converter, serial_bound, serial, overlapped_bound, overlapped, .. } in read_outs {
        let clocks = [serial_bound, serial, overlapped_bound, overlapped].map(|clocks| count(*clocks));
        let [serial_bound, serial, overlapped_bound, overlapped] = clocks;
        table.row([converter.to_string(), serial_bound, serial, overlapped_bound, overlapped]);
    }
    table
}

fn elements(elements: &[ProcessingElement]) -> Table {
    let mut table = Table::new(["element", ">bound", ">clocks", ">SpikeSim's / these"]);
    for ProcessingElement { name, clocks, bound } in elements {
        let ratio = crossbar::SPIKESIM_CLOCKS as f64 / *clocks as f64;
        let bound = bound.map_or("-".into(), count);
        table.row([name.to_string(), bound, count(*clocks), format!("{ratio:.2}")]);
    }
    table
}

fn reuses(reuses: &[Reuse]) -> Table {
    let mut table = Table::new([
        "network",
        ">reuse",
        ">steps",
        ">clocks",
        ">saved",
        ">by MACs",
        ">hidden (derived)",
        ">K and V written",
    ]);
    let times = |ratio: f64| format!("{ratio:.2}x");
    for Reuse { network, reused, clocks, bound, saved, expected, hidden, kv_writes } in reuses {
        table.row([
            network.to_string(),
            count(*reused),
            count(*bound),
            count(*clocks),
            times(*saved),
            times(*expected),
            times(*hidden),
            count(*kv_writes),
        ]);
    }
    table
}

fn words(words: &[Programming]) -> Table {
    let mut table = Table::new([
        "levels",
        ">clocks a pulse",
        ">EMBER's order",
        ">level by level",
        ">bound",
        ">at once, flash",
        ">at once, SAR",
        ">EMBER's / flash",
        ">pulses a cell",
        ">failed",
    ]);
    for word in words {
        table.row([
            word.levels.to_string(),
            count(word.pulse_clocks),
            count(word.ember as u64),
            count(word.level_by_level as u64),
            count(word.bound as u64),
            count(word.at_once as u64),
            count(word.at_once_by_sar as u64),
            format!("{:.2}", word.ember / word.at_once),
            format!("{:.1}", word.pulses_of_cell),
            format!("{:.2}", word.failed),
        ]);
    }
    table
}

fn latencies(latencies: &[Latency]) -> Table {
    let heads = ["network", ">writes", ">BP", ">DFA", ">overlapped", ">BP / DFA", ">BP / overlapped"];
    let mut table = Table::new(heads);
    for Latency { network, writes, back_propagation, feedback, overlapped } in latencies {
        let times = |slots: &u64| format!("{:.2}", *back_propagation as f64 / *slots as f64);
        let slots = [writes, back_propagation, feedback, overlapped].map(|slots| count(*slots));
        let ratios = [times(feedback), times(overlapped)];
        table.row_of([network.clone()].into_iter().chain(slots).chain(ratios));
    }
    table
}

/// The share of samples that are recognised, in all that were counted.
fn share<T>(counted: &[T], of: impl Fn(&T) -> (usize, usize)) -> String {
    let (mut right, mut samples) = (0, 0);
    for (own_right, own_samples) in counted.iter().map(of) {
        right += own_right;
        samples += own_samples;
    }
    format!("{:.1}", 100.0 * right as f64 / samples as f64)
}

fn accuracies(recoveries: &[Recovery]) -> Table {
    let mut table =
        Table::new(["damage", ">seeds", ">before", ">damaged", ">repaired by DFA", ">overlapped", ">by BP"]);
    let damage = |recovery: &Recovery| (recovery.of, recovery.stuck_percent, recovery.drift_thousandths);
    for equal in recoveries.chunk_by(|a, b| damage(a) == damage(b)) {
        let (of, stuck, drift) = damage(&equal[0]);
        let of = match of {
            Damaged::Weights => "weights",
            Damaged::Cells => "cells",
        };
        let share = |right: fn(&Recovery) -> usize| share(equal, |own| (right(own), own.samples));
        table.row([
            format!("{stuck} % of {of} stuck, drift of sigma {:.1}", f64::from(drift) / 1000.0),
            equal.len().to_string(),
            share(|recovery| recovery.before),
            share(|recovery| recovery.damaged),
            share(|recovery| recovery.aligned),
            share(|recovery| recovery.overlapped),
            share(|recovery| recovery.propagated),
        ]);
    }
    table
}

fn forms(repairs: &[Repair]) -> Table {
    let mut table =
        Table::new(["updates", ">seeds", ">damaged", ">repaired by DFA", ">by BP", ">pulses of an update"]);
    for equal in repairs.chunk_by(|a, b| a.update == b.update) {
        let share = |right: fn(&Repair) -> usize| share(equal, |own| (right(own), own.samples));
        let slots = equal.iter().map(|repair| repair.slots).sum::<f64>() / equal.len() as f64;
        let form = match equal[0].update {
            UpdateForm::Signs => "signs",
            UpdateForm::Trains => "trains",
            UpdateForm::Counts => "counts",
        };
        table.row([
            form.into(),
            equal.len().to_string(),
            share(|repair| repair.damaged),
            share(|repair| repair.aligned),
            share(|repair| repair.propagated),
            format!("{slots:.1}"),
        ]);
    }
    table
}

fn noises(noisy: &[Noisy]) -> Table {
    let mut table = Table::new([">programming noise, %", ">read noise, %", ">seeds", ">DFA", ">BP"]);
    for equal in noisy.chunk_by(|a, b| a.noise == b.noise) {
        let noise = equal[0].noise;
        table.row([
            noise.programming_percent.to_string(),
            noise.read_percent.to_string(),
            equal.len().to_string(),
            share(equal, |own| (own.aligned, own.samples)),
            share(equal, |own| (own.propagated, own.samples)),
        ]);
    }
    table
}

fn units(units: &[Unit]) -> Table {
    let mut table = Table::new(["block", ">gates", ">ns", ">pJ", "of a"]);
    for Unit { block, per, gate_equivalents, delay, energy, area: _ } in units {
        table.row([
            block.to_string(),
            format!("{gate_equivalents:.0}"),
            format!("{delay:.2}"),
            format!("{energy:.2}"),
            per.to_string(),
        ]);
    }
    table
}

fn spikesim() -> Table {
    let mut table = Table::new(["element", ">pJ", ">um2"]);
    for Element { name, energy, area } in digital::SPIKESIM {
        let area = area.map_or("-".into(), |area| area.to_string());
        table.row([name.to_string(), energy.to_string(), area]);
    }
    table
}

fn rules_of_learning(costs: &Costs) -> Table {
    let mut table = Table::new(["part", ">BP, um2", ">DFA, um2", ">BP, pJ a sample", ">DFA, pJ a sample"]);
    let mut row = |part: &str, before: Cost, after: Cost| {
        let figures = [before.area, after.area, before.energy, after.energy];
        table
            .row_of([part.to_string()].into_iter().chain(figures.map(|figure| count(figure.round() as u64))));
    };
    for Part { part, back_propagation, feedback } in &costs.parts {
        row(part, *back_propagation, *feedback);
    }
    let of = |rule| costs::total(&costs.parts, rule);
    row("all", of(|part| part.back_propagation), of(|part| part.feedback));
    let percent = |saved: f64| format!("{saved:.1} %");
    let mut saved = |what: &str, area: String, energy: String| {
        table.row([what.to_string(), String::new(), area, String::new(), energy]);
    };
    saved("saved", percent(costs.area_saved), percent(costs.energy_saved));
    saved("published", percent(costs::PUBLISHED_AREA), percent(costs::PUBLISHED_ENERGY));
    saved("saved behind the forward pass", "-".into(), percent(costs.energy_saved_behind_forward));
    let writes = format!("saved, with {} pJ of writes in both", count(costs.writes.round() as u64));
    saved(&writes, "-".into(), percent(costs.energy_saved_with_writes));
    table
}

fn missing(missing: &[Missing]) -> Table {
    let mut table = Table::new(["section", "needs"]);
    for Missing { section, needs } in missing {
        table.row([section.to_string(), needs.to_string()]);
    }
    table
}
