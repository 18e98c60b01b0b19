//! What `gen-rtl synth` prints.

use crate::block::views::Subject;
use crate::terminal::table::Table;
use indicatif::HumanCount;
use serde::Serialize;
use std::io::{self, Write};
use synthesis::{Figures, GateLevel};

/// All results, as JSON.
#[derive(Serialize)]
pub struct SynthView {
    #[serde(flatten)]
    pub subject: Subject,
    pub targets: Vec<Figures>,
}

/// Prints tables and the longest paths.
pub fn print(out: &mut dyn Write, title: &str, figures: &[Figures]) -> io::Result<()> {
    writeln!(out, "{title}\n\n{}", table(figures))?;
    for figures in figures {
        let name = figures.target.name;
        if let Some(timing) = figures.timing.as_ref().filter(|timing| !timing.path.is_empty()) {
            writeln!(out, "{name}: longest path {}", timing.path.join(" > "))?;
        }
        if let Some(timing) = &figures.timing {
            writeln!(out, "{name}: delay by {}", timing.method)?;
        }
        if let Some(energy) = &figures.energy {
            writeln!(
                out,
                "{name}: energy at {:.2} ns, {} beats in {} cycles of typical stimulus: {:.3} pJ per beat, {:.3} without glitches; \
                 leakage {:.3} uW; {}",
                energy.period,
                energy.beats,
                energy.cycles,
                energy.per_beat,
                energy.without_glitches,
                energy.leakage,
                energy.model
            )?;
        }
        if let Some(mismatch) = figures.gate_level.as_ref().and_then(|run| run.mismatch.as_ref()) {
            writeln!(out, "{name}: the netlist differs from the block: {mismatch}")?;
        }
        figures.remarks.iter().try_for_each(|remark| writeln!(out, "{name}: {remark}"))?;
        writeln!(out, "{name}: {}", figures.tools.join(", "))?;
    }
    Ok(())
}

fn table(figures: &[Figures]) -> Table {
    let mut table = Table::new([
        "target",
        "device",
        ">LUTs",
        ">carries",
        ">FFs",
        ">DSPs",
        ">BRAMs",
        ">LUT RAMs",
        ">area um2",
        ">GE",
        ">ns",
        ">MHz",
        ">pJ per beat",
        "netlist",
    ]);
    for figures in figures {
        let r = &figures.resources;
        let count = |value: Option<u64>| value.map_or("-".into(), |value| HumanCount(value).to_string());
        let number =
            |value: Option<f64>, digits: usize| value.map_or("-".into(), |value| format!("{value:.digits$}"));
        let timing = figures.timing.as_ref();
        table.row([
            figures.target.name.into(),
            figures.device.clone(),
            count(r.luts),
            count(r.carries),
            count(Some(r.flip_flops)),
            count(r.dsps),
            count(r.block_rams),
            count(r.lut_rams),
            number(r.area, 0),
            number(r.gate_equivalents, 0),
            number(timing.map(|timing| timing.delay), 2),
            number(timing.map(|timing| timing.f_max), 1),
            number(figures.energy.as_ref().map(|energy| energy.per_beat), 3),
            figures.gate_level.as_ref().map_or("-".into(), verdict),
        ]);
    }
    table
}

fn verdict(run: &GateLevel) -> String {
    match run.mismatch {
        None => format!("agrees, {} cycles", HumanCount(run.cycles)),
        Some(_) => "differs".into(),
    }
}
