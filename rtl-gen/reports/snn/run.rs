//! A network on the hardware, layer by layer, beside the golden network.

use super::array::{Array, Given};
use super::golden::{self, Values};
use super::matrix::{Matrix, Prepared, Step};
use super::network::{Content, Network, Operation, Product};
use super::state::State;
use crate::ReportError;
use crate::loas::{Factors, Layer, Operands, Sparten, TIME_STEPS};
use blocks::block::elaborate;
use blocks::loas::loas_array::Params;
use blocks::loas::loas_plif;
use rayon::prelude::*;
use serde::Serialize;
use sim::Simulator;
use testbenches::Progress;
use testbenches::simulators::Drive;

/// What a layer took, for all samples.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Its name.
    pub name: String,
    /// Rows of spikes for all samples, their length, and columns of weights.
    pub shape: [usize; 3],
    /// Cycles from the first beat to the last spikes, with everything counted.
    pub cycles: u64,
    /// Cycles if every weight met every row, each pipe of each row one a cycle.
    pub dense: u64,
    /// Pairs of a weight that is not 0 and a neuron that fires.
    pub matches: u64,
    /// Cycles that the matches take, each pipe of each row one a cycle: the lower bound.
    pub limit: u64,
    /// Share of ones in the rows of spikes, over all time steps.
    pub density: f64,
    /// Share of weights that are not 0.
    pub weights: f64,
    /// Cycles of SparTen's inner-joins on the same operands, if they are asked for.
    pub sparten: Option<u64>,
}

/// What layers are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Baseline {
    /// Nothing.
    None,
    /// SparTen's inner-joins, which take four time steps: nothing for others.
    Sparten,
}

/// What a network took and gave.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Each layer with weights.
    pub layers: Vec<Figures>,
    /// For each sample, the sum of each value of the last map over the time steps.
    pub outputs: Vec<Vec<i64>>,
    /// The arrays that were elaborated, by how their neurons differ.
    pub arrays: Vec<Params>,
    /// Spikes and sums that were compared.
    pub compared: u64,
    /// The first that differs from the golden network.
    pub difference: Option<String>,
}

/// The array for the neurons of a layer. One without neurons takes any.
pub fn params_of(base: &Params, product: &Product) -> Params {
    match &product.neuron {
        None => base.clone(),
        Some(neuron) => {
            Params { leak: neuron.leak, reset: neuron.reset, compare: neuron.compare, ..base.clone() }
        }
    }
}

/// Runs samples, each with a word for each value of the input, the first time step in the most significant bit.
pub fn run(
    network: &Network,
    prepared: &Prepared,
    base: &Params,
    samples: &[Vec<u16>],
    (drive, baseline): (Drive, Baseline),
    progress: &dyn Progress,
) -> Result<Outcome, ReportError> {
    check(network, prepared, base)?;
    let products = || network.nodes.iter().filter_map(|node| product_of(&node.operation));
    let mut arrays: Vec<Params> = vec![];
    for product in products() {
        let params = params_of(base, product);
        // A layer without neurons runs on any array.
        if !arrays.contains(&params) && (product.neuron.is_some() || arrays.is_empty()) {
            arrays.push(params);
        }
    }
    let simulators = arrays.iter().map(|params| {
        let netlist = elaborate(params).map_err(|errors| ReportError::Wrong(errors.to_string()))?;
        Ok(drive(&netlist)?)
    });
    let mut simulators: Vec<Box<dyn Simulator>> = simulators.collect::<Result<_, ReportError>>()?;
    let running =
        arrays.iter().zip(&mut simulators).map(|(params, simulator)| Array::new(params, &mut **simulator));
    let states = samples.iter().map(|sample| State::new(prepared, sample));
    let sparten = match baseline {
        Baseline::Sparten if base.element.time_steps == TIME_STEPS => Some(Sparten::new(base.rows)),
        Baseline::Sparten | Baseline::None => None,
    };
    let mut course =
        Course { sparten, network, prepared, base, running: running.collect(), states: states.collect() };
    let golden = golden_maps(network, base, samples, progress)?;
    let mut outcome = Outcome { layers: vec![], outputs: vec![], arrays, compared: 0, difference: None };
    for (number, step) in prepared.steps.iter().enumerate() {
        course.step(number, step, &golden, &mut outcome, progress)?;
    }
    outcome.outputs = course.states.iter().map(|state| state.outputs(network, prepared)).collect();
    let expected = golden.iter().map(|maps| golden::outputs(maps.last().expect("there is the input")));
    let differ = outcome.outputs.iter().zip(expected).position(|(found, expected)| *found != expected);
    if let Some(sample) = differ.filter(|_| outcome.difference.is_none()) {
        outcome.difference = Some(format!("the outputs of sample {sample}"));
    }
    Ok(outcome)
}

fn product_of(operation: &Operation) -> Option<&Product> {
    match operation {
        Operation::Product(product) => Some(product),
        Operation::MaxPool { .. }
        | Operation::SumPool { .. }
        | Operation::Add { .. }
        | Operation::Flatten { .. } => None,
    }
}

/// The least width of sums with which no potential of a network saturates, and the layer that needs it. Potentials with a leak never
/// do, as they have a bit more than a sum.
pub fn least_sum_bits(network: &Network, prepared: &Prepared, steps: u32) -> Option<(usize, u32)> {
    let is_without_leak = |number: usize| {
        product_of(&network.nodes[number].operation)
            .and_then(|product| product.neuron.as_ref())
            .is_some_and(|neuron| neuron.leak == 0)
    };
    let products = prepared.products().filter(|(number, _)| is_without_leak(*number));
    products
        .map(|(number, matrix)| (number, matrix.sum_bits_without_leak(steps)))
        .max_by_key(|(_, bits)| *bits)
}

/// Refuses layers that the array cannot take.
pub fn check(network: &Network, prepared: &Prepared, base: &Params) -> Result<(), ReportError> {
    let refused = |number: usize, reason: String| {
        Err(ReportError::Layer { layer: network.nodes[number].name.clone(), reason })
    };
    let most = (1i64 << base.neuron().threshold_bits()) - 1;
    for (number, matrix) in prepared.products() {
        if matrix.k > base.element.max_k as usize {
            let reason = format!("its rows have {} inputs, but max_k is {}", matrix.k, base.element.max_k);
            return refused(number, reason);
        }
        let beyond = matrix.thresholds.iter().flatten().enumerate().find(|(_, at)| !(0..=most).contains(*at));
        if let Some((channel, threshold)) = beyond {
            let bits = base.element.sum_bits();
            let wider = if threshold < &0 { "" } else { "; sum_bits, or a greater max_k, widens it" };
            let reason = format!(
                "the threshold of channel {channel} is {threshold}: expected 0 to {most}, a sum of {bits} bits{wider}"
            );
            return refused(number, reason);
        }
    }
    let (steps, bits) = (base.element.time_steps, base.element.sum_bits());
    match least_sum_bits(network, prepared, steps).filter(|(_, least)| *least > bits) {
        Some((number, least)) => refused(
            number,
            format!(
                "its potentials add up over {steps} time steps without a leak: sum_bits is {bits}, they need {least}"
            ),
        ),
        None => Ok(()),
    }
}

/// The outputs of the golden network as an array of these parameters has it.
pub fn outputs_on_array(
    network: &Network,
    prepared: &Prepared,
    base: &Params,
    samples: &[Vec<u16>],
    progress: &dyn Progress,
) -> Result<Vec<Vec<i64>>, ReportError> {
    check(network, prepared, base)?;
    let maps = golden_maps(network, base, samples, progress)?;
    Ok(maps.iter().map(|maps| golden::outputs(maps.last().expect("there is the input"))).collect())
}

/// All maps of the golden network, for each sample.
fn golden_maps(
    network: &Network,
    base: &Params,
    samples: &[Vec<u16>],
    progress: &dyn Progress,
) -> Result<Vec<Vec<Values>>, ReportError> {
    let steps = base.element.time_steps;
    progress.start("golden network", samples.len() as u64);
    let maps = |sample: &Vec<u16>| {
        if progress.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        let at = |step: u32| sample.iter().map(|word| i64::from(word >> (steps - 1 - step) & 1)).collect();
        let neuron = |product: &Product| -> Option<loas_plif::Params> {
            product.neuron.as_ref().map(|_| params_of(base, product).neuron())
        };
        let maps = golden::maps(network, &neuron, (0..steps).map(at).collect());
        progress.advance(1);
        Ok(maps)
    };
    samples.par_iter().map(maps).collect()
}

struct Course<'c> {
    sparten: Option<Sparten>,
    network: &'c Network,
    prepared: &'c Prepared,
    base: &'c Params,
    running: Vec<Array<'c>>,
    states: Vec<State>,
}

impl Course<'_> {
    fn step(
        &mut self,
        number: usize,
        step: &Step,
        golden: &[Vec<Values>],
        outcome: &mut Outcome,
        progress: &dyn Progress,
    ) -> Result<(), ReportError> {
        let own = self.prepared.gathered.first[number + 1];
        match step {
            Step::Nothing => {}
            Step::Or(under) => {
                let own = own.expect("a maximum has spikes of its own");
                self.states.iter_mut().for_each(|state| state.or(under, own));
            }
            Step::Product(matrix) => self.product(number, matrix, golden, outcome, progress)?,
        }
        Ok(())
    }

    fn product(
        &mut self,
        number: usize,
        matrix: &Matrix,
        golden: &[Vec<Values>],
        outcome: &mut Outcome,
        progress: &dyn Progress,
    ) -> Result<(), ReportError> {
        let node = &self.network.nodes[number];
        let product = product_of(&node.operation).expect("it has a matrix");
        let params = params_of(self.base, product);
        let array = outcome.arrays.iter().position(|array| *array == params).unwrap_or(0);
        let (steps, columns) = (self.base.element.time_steps, matrix.columns.len());
        let always = (1u32 << steps).wrapping_sub(1) as u16;
        let states = &self.states;
        let row = |row: usize| {
            let state = states.get(row / matrix.places)?;
            Some(matrix.row(row % matrix.places, &state.spikes, always))
        };
        let factors =
            Factors { rows: states.len() * matrix.places, k: matrix.k, row: &row, columns: &matrix.columns };
        let mut figures = self.figures(&node.name, &factors);
        if let Some(sparten) = &self.sparten {
            figures.sparten = Some(joined(sparten, &factors)?);
        }
        let tiles =
            factors.rows.div_ceil(params.rows as usize) * columns.div_ceil(params.element.columns as usize);
        progress.start(&node.name, tiles as u64);
        let mut words = vec![0u16; states.len() * node.map.shape.size()];
        let mut sums = vec![0i64; if product.neuron.is_none() { words.len() } else { 0 }];
        let mut seen = 0;
        let mut take = |given: Given| {
            let (sample, place) = (given.row / matrix.places, given.row % matrix.places);
            let value = given.column * matrix.places + place;
            let expected = |step: usize| golden[sample][number + 1][step][value];
            let golden_word =
                (0..steps as usize).fold(0u16, |word, step| word << 1 | (expected(step) & 1) as u16);
            let golden_sums = (0..given.sums.len()).map(expected);
            let agrees = match node.map.content {
                Content::Sums => golden_sums.eq(given.sums.iter().copied()),
                Content::Spikes | Content::Counts { .. } => golden_word == given.word,
            };
            if !agrees && outcome.difference.is_none() {
                let found = format!("{:0width$b} {:?}", given.word, given.sums, width = steps as usize);
                outcome.difference = Some(format!(
                    "layer `{}`, sample {sample}, channel {}, place {place}: found {found}",
                    node.name, given.column
                ));
            }
            let at = sample * node.map.shape.size() + value;
            words[at] = given.word;
            if let Some(sum) = sums.get_mut(at) {
                *sum = given.sums.iter().sum();
            }
            seen += 1;
        };
        figures.cycles = self.running[array].run(
            &factors,
            matrix.thresholds.as_deref().unwrap_or(&[]),
            &mut take,
            progress,
        )?;
        if seen != words.len() {
            return Err(ReportError::Wrong(format!(
                "layer `{}`: {seen} results of {}",
                node.name,
                words.len()
            )));
        }
        outcome.compared += words.len() as u64;
        outcome.layers.push(figures);
        let (size, own) = (node.map.shape.size(), self.prepared.gathered.first[number + 1]);
        for (sample, state) in self.states.iter_mut().enumerate() {
            match own {
                Some(own) => {
                    state.spikes[own as usize..][..size].copy_from_slice(&words[sample * size..][..size]);
                }
                None => state.sums = sums[sample * size..][..size].to_vec(),
            }
        }
        Ok(())
    }

    fn figures(&self, name: &str, factors: &Factors<'_, i16>) -> Figures {
        let mut weights = vec![0u64; factors.k];
        factors.columns.iter().flatten().for_each(|(at, _)| weights[*at] += 1);
        let (mut matches, mut ones) = (0, 0);
        for row in (0..factors.rows).filter_map(factors.row) {
            matches += row
                .iter()
                .zip(&weights)
                .filter(|(word, _)| **word != 0)
                .map(|(_, weights)| weights)
                .sum::<u64>();
            ones += row.iter().map(|word| u64::from(word.count_ones())).sum::<u64>();
        }
        let (rows, k, columns) = (factors.rows, factors.k, factors.columns.len());
        let lanes = u64::from(self.base.rows * self.base.element.pipes);
        let places = (rows * k) as u64;
        Figures {
            name: name.into(),
            shape: [rows, k, columns],
            cycles: 0,
            dense: (places * columns as u64).div_ceil(lanes),
            matches,
            limit: matches.div_ceil(lanes),
            density: ones as f64 / (places * u64::from(self.base.element.time_steps)) as f64,
            weights: weights.iter().sum::<u64>() as f64 / (k * columns) as f64,
            sparten: None,
        }
    }
}

/// Cycles of SparTen's inner-joins. Which spikes and weights meet is all that they need.
fn joined(sparten: &Sparten, factors: &Factors<'_, i16>) -> Result<u64, ReportError> {
    let row = |row: usize| (factors.row)(row).map(|row| row.into_iter().map(|word| word as u8).collect());
    let column =
        |column: &Vec<(usize, i16)>| column.iter().map(|(at, weight)| (*at, weight.signum() as i8)).collect();
    let operands = Operands {
        spikes: (0..factors.rows).filter_map(row).collect(),
        weights: factors.columns.iter().map(column).collect(),
    };
    sparten.run(&Layer::of_user([factors.rows, factors.k, factors.columns.len()]), &operands)
}
