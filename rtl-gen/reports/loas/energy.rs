//! Energy of an element, from the switching of its gates while it works on real operands.
//!
//! Every element does the same: a row of spikes times 32 columns of weights, for some rows. It never waits for operands, and
//! its outputs are always taken. What happens outside of it, above all in memories, is not included.

use super::Workload;
use super::beats;
use super::layers::Layer;
use super::sparten::{Sparten, step_masks, weight_mask};
use super::weights;
use crate::ReportError;
use crate::ports::{StreamPorts, reset};
use blocks::block::{Configured, elaborate};
use blocks::loas::{loas_array, loas_broadcast_array};
use hdl::{Bits, Bundle, Field};
use rayon::prelude::*;
use serde::Serialize;
use sim::{Interpreter, Options, Simulator};
use std::collections::VecDeque;
use synthesis::targets::ASIC;
use synthesis::{Request, synthesize_on};
use testbenches::{Progress, Recorder, Trace};

/// The energy of an element.
#[derive(Clone, Debug, Serialize)]
pub struct Energy {
    /// The element.
    pub name: &'static str,
    /// The network and layer of the operands.
    pub network: &'static str,
    /// Number of the layer.
    pub layer: u32,
    /// Matches of firing neurons with weights.
    pub matches: u64,
    /// Cycles for all of them.
    pub cycles: u64,
    /// Area in 2-input gates.
    pub gate_equivalents: f64,
    /// Shortest clock period, in ns.
    pub period: f64,
    /// Energy per match, in pJ.
    pub per_match: f64,
    /// The same, if no net changed more than once per cycle.
    pub without_glitches: f64,
}

/// SparTen's element uses this many times the energy of LoAS's, as published.
pub const PUBLISHED: f64 = 3.68;

/// LoAS's element with one match per cycle, as published.
pub const LOAS: &str = "loas_tppe, one match per cycle";

/// Rows that run.
const ROWS: usize = 2;

/// Cycles without an output after which an element counts as stuck.
const PATIENCE: u64 = 100_000;

/// An element at work.
struct Candidate {
    name: &'static str,
    block: Box<dyn Configured>,
    inputs: Vec<Input>,
    output: (&'static str, Vec<Field>),
    /// Beats of the output.
    expected: usize,
}

/// A stream with its beats.
struct Input {
    name: &'static str,
    fields: Vec<Field>,
    beats: VecDeque<Vec<Bits>>,
}

/// The programs that are needed.
pub fn needed() -> Vec<testbenches::tools::Tool> {
    synthesis::needed(&request())
}

fn request() -> Request {
    Request { gate_level_cycles: None, ..Request::new(&ASIC) }
}

/// Measures the elements on the layer with the most matches.
pub fn energies(workloads: &[Workload], progress: &dyn Progress) -> Result<Vec<Energy>, ReportError> {
    let of = |workload: &&Workload| workload.operands.meeting(|word| u64::from(word != 0));
    let Some(workload) = workloads.iter().max_by_key(of) else { return Ok(vec![]) };
    let rows: Vec<usize> = (0..ROWS).map(|row| workload.layer.m * (2 * row + 1) / (2 * ROWS)).collect();
    let matches = meeting(workload, &rows, |word| u64::from(word != 0));
    let candidates = [sparten(workload, &rows), joins(workload, &rows), broadcast(workload, &rows)];
    progress.start("energies of elements", candidates.len() as u64);
    let measure = |candidate: &Candidate| {
        if progress.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        let energy = measure(candidate, workload.layer, matches)?;
        progress.advance(1);
        Ok(energy)
    };
    candidates.par_iter().with_max_len(1).map(measure).collect()
}

/// The columns of a tile.
const COLUMNS: usize = 32;

/// The sum of `count(word)` over the words of some rows that meet a weight of the columns.
fn meeting(workload: &Workload, rows: &[usize], count: impl Fn(u8) -> u64) -> u64 {
    let weights = || workload.operands.weights.iter().take(COLUMNS).flatten();
    rows.iter()
        .flat_map(|row| weights().map(|(neuron, _)| count(workload.operands.spikes[*row][*neuron])))
        .sum()
}

/// SparTen's inner join alone: what it finds is neither fetched nor added.
fn sparten(workload: &Workload, rows: &[usize]) -> Candidate {
    let params = Sparten::params();
    let bits = params.mask_bits as usize;
    let operands = &workload.operands;
    let mut beats = VecDeque::new();
    for row in rows {
        for chunk in 0..workload.layer.k.div_ceil(bits) {
            let spikes = step_masks(operands.spikes.get(*row), chunk, bits);
            for column in operands.weights.iter().take(COLUMNS) {
                beats.push_back(vec![spikes.clone(), weight_mask(column, chunk, bits), Bits::zero(1)]);
            }
        }
    }
    let fields = params.join().fields();
    Candidate {
        name: "sparten_inner_join (the join alone)",
        inputs: vec![Input { name: "join", fields, beats }],
        output: ("match", params.found().fields()),
        expected: meeting(workload, rows, |word| word.count_ones().into()) as usize,
        block: Box::new(params),
    }
}

fn joins(workload: &Workload, rows: &[usize]) -> Candidate {
    let mut params = loas_array::Params { rows: 1, rows_per_beat: 1, ..loas_array::Params::default() };
    (params.element.columns, params.element.group) = (COLUMNS as u32, 4);
    (params.element.pipes, params.element.queue_depth, params.element.skid) = (1, 1, false);
    let (operands, count) =
        (&workload.operands, workload.layer.k.div_ceil(params.element.mask_bits as usize));
    let chunks = || rows.iter().flat_map(|row| (0..count).map(move |chunk| (*row, chunk)));
    let words = |row: usize| operands.spikes.get(row).map(|row| row.iter().copied().map(u16::from).collect());
    let a =
        chunks().flat_map(|(row, chunk)| beats::a_beats(&[words(row)], &params, chunk, chunk + 1 == count));
    let columns = &operands.weights[..operands.weights.len().min(COLUMNS)];
    let b = chunks().flat_map(|(_, chunk)| beats::b_beats(columns, &params, chunk));
    let (a, b) = (a.collect(), b.collect());
    let element = params.element;
    Candidate {
        name: LOAS,
        inputs: vec![
            Input { name: "a", fields: element.a().fields(), beats: a },
            Input { name: "b", fields: element.b().fields(), beats: b },
        ],
        output: ("sum", element.sum().fields()),
        expected: rows.len() * COLUMNS,
        block: Box::new(element),
    }
}

/// The element that looks spikes up, with its neuron.
fn broadcast(workload: &Workload, rows: &[usize]) -> Candidate {
    let params = loas_broadcast_array::Params {
        rows: 1,
        rows_per_beat: 1,
        lanes: 8,
        pipes: 1,
        skid: false,
        ..loas_broadcast_array::Params::default()
    };
    let (operands, count) = (&workload.operands, workload.layer.k.div_ceil(params.chunk as usize));
    let chunks = || rows.iter().flat_map(|row| (0..count).map(move |chunk| (*row, chunk)));
    let a = chunks().flat_map(|(row, chunk)| weights::a_beats(operands, &params, row, chunk)).collect();
    let b = chunks().flat_map(|(_, chunk)| weights::b_beats(operands, &params, 0, chunk, chunk + 1 == count));
    let b = b.collect();
    Candidate {
        name: "loas_broadcast_array of one row, one weight per cycle",
        inputs: vec![
            Input { name: "a", fields: params.a().fields(), beats: a },
            Input { name: "b", fields: params.b().fields(), beats: b },
        ],
        output: ("out", params.out().fields()),
        expected: rows.len() * COLUMNS,
        block: Box::new(params),
    }
}

fn measure(candidate: &Candidate, layer: &Layer, matches: u64) -> Result<Energy, ReportError> {
    let figures = synthesize_on(candidate.block.as_ref(), &request(), run(candidate)?, None)?;
    let missing = || ReportError::Wrong(format!("{}: synthesis gave no figures", candidate.name));
    let energy = figures.energy.as_ref().ok_or_else(missing)?;
    let per_match = |per_beat: f64| per_beat * energy.beats as f64 / matches as f64;
    Ok(Energy {
        name: candidate.name,
        network: layer.network,
        layer: layer.number,
        matches,
        cycles: energy.cycles,
        gate_equivalents: figures.resources.gate_equivalents.ok_or_else(missing)?,
        period: energy.period,
        per_match: per_match(energy.per_beat),
        without_glitches: per_match(energy.without_glitches),
    })
}

/// Records an element at work. The gates must give what the RTL gives.
fn run(candidate: &Candidate) -> Result<Trace, ReportError> {
    let wrong = |reason: String| ReportError::Wrong(format!("{}: {reason}", candidate.name));
    let netlist = elaborate(candidate.block.as_ref()).map_err(|errors| wrong(errors.to_string()))?;
    let simulator =
        Interpreter::new(&netlist, Options::default()).map_err(|error| wrong(error.to_string()))?;
    let mut recorder = Recorder::new(simulator);
    let mut inputs: Vec<(StreamPorts, VecDeque<Vec<Bits>>)> = candidate
        .inputs
        .iter()
        .map(|input| (StreamPorts::find(&recorder, input.name, &input.fields), input.beats.clone()))
        .collect();
    let output = StreamPorts::find(&recorder, candidate.output.0, &candidate.output.1);
    reset(&mut recorder);
    output.take_all(&mut recorder);
    let (mut given, mut silent) = (0, 0);
    while given < candidate.expected {
        for (stream, beats) in &inputs {
            stream.offer(&mut recorder, beats.front().map(Vec::as_slice));
        }
        for (stream, beats) in &mut inputs {
            if stream.is_ready(&mut recorder) {
                beats.pop_front();
            }
        }
        silent += 1;
        if let Some(beat) = output.offered(&mut recorder) {
            (given, silent) = (given + 1, 0);
            output.expect(&mut recorder, &beat);
        }
        if silent > PATIENCE {
            return Err(wrong("stuck".into()));
        }
        recorder.tick();
    }
    Ok(recorder.into_trace())
}
