//! Area and energy of both rules of learning: arrays and converters by SpikeSim, the digital side by synthesis.
//!
//! Each layer has arrays of its own. Both rules read them forward; back-propagation reads all but those of the first layer
//! backwards too, by converters on their rows.

use super::digital::{self, ADC, CROSSBAR, MULTIPLEXER, Per, Unit};
use crate::ReportError;
use blocks::block::Configured;
use blocks::crossbar::learning::Network;
use blocks::crossbar::learning::slots::Layer;
use blocks::crossbar::{xbar_bp, xbar_dfa};
use serde::Serialize;
use std::iter::Sum;
use std::ops::{Add, Mul};
use testbenches::Progress;

/// What direct feedback alignment saves of the energy of back-propagation, as it is published, in percent.
pub const PUBLISHED_ENERGY: f64 = 64.1;

/// The same of the area.
pub const PUBLISHED_AREA: f64 = 10.1;

/// Rows and columns of an array, and how many of them share a converter.
const SIZE: u32 = 64;
const SHARED: u32 = 8;

/// Columns of a weight: a pair.
const PAIR: u32 = 2;

/// Phases of a product of 8-bit inputs; of one backwards, whose deltas drive the columns that add, then those that subtract.
const PHASES: u32 = 8;
const TRANSPOSED_PHASES: u32 = 2 * PHASES;

/// From 180 nm and 1.8 V to 65 nm and 1 V: areas by the square of the length, energies by length and the square of the voltage.
const LENGTH: f64 = 65.0 / 180.0;
const VOLTAGE: f64 = 1.0 / 1.8;
const TO_65_NM: Cost = Cost { area: LENGTH * LENGTH, energy: LENGTH * VOLTAGE * VOLTAGE };

/// A pulse of NeuroSim V2.1 on a cell of the highest conductance, in pJ: 4 V for 50 ns at 240 kOhm.
const PULSE: f64 = 4.0 * 4.0 / 240e3 * 50e-9 * 1e12;

/// The networks: inputs, hidden layers, their neurons, classes. For six layers the published speed-up is that of the slots.
const NETWORKS: [[u32; 4]; 2] = [[64, 2, 32, 10], [64, 5, 32, 10]];

/// Square micrometres in 65 nm, and pJ for a sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Cost {
    /// Square micrometres.
    pub area: f64,
    /// pJ.
    pub energy: f64,
}

impl Add for Cost {
    type Output = Cost;

    fn add(self, other: Cost) -> Cost {
        Cost { area: self.area + other.area, energy: self.energy + other.energy }
    }
}

impl Sum for Cost {
    fn sum<I: Iterator<Item = Cost>>(costs: I) -> Cost {
        costs.fold(Cost::default(), Cost::add)
    }
}

impl Mul for Cost {
    type Output = Cost;

    fn mul(self, factor: Cost) -> Cost {
        Cost { area: self.area * factor.area, energy: self.energy * factor.energy }
    }
}

/// A part of what learns, with either rule.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    /// What it is.
    pub part: &'static str,
    /// With back-propagation.
    pub back_propagation: Cost,
    /// With direct feedback alignment.
    pub feedback: Cost,
}

/// What a network takes to learn a sample.
#[derive(Clone, Debug, Serialize)]
pub struct Costs {
    /// Its layers.
    pub network: String,
    /// Everything but writes.
    pub parts: Vec<Part>,
    /// Energy of the pulses of an update with either rule, in pJ, if each weight gets one.
    pub writes: f64,
    /// What direct feedback alignment saves of the area, in percent.
    pub area_saved: f64,
    /// Of the energy, without writes.
    pub energy_saved: f64,
    /// Of the energy behind the forward pass, which both rules have in common, without writes.
    pub energy_saved_behind_forward: f64,
    /// Of the energy, with writes.
    pub energy_saved_with_writes: f64,
}

/// The first parts, which both rules have in common.
const FORWARD_PARTS: usize = 2;

/// What all parts take.
pub fn total(parts: &[Part], of: fn(&Part) -> Cost) -> Cost {
    parts.iter().map(of).sum()
}

/// The costs of every network. `units` are the blocks that [`digital::all`] gives.
pub fn costs(units: &[Unit], progress: &dyn Progress) -> Result<Vec<Costs>, ReportError> {
    progress.start("rules of learning in standard cells", 2 * NETWORKS.len() as u64);
    let controllers = Controllers::new(units)?;
    NETWORKS.iter().map(|network| of_network(&controllers, *network, progress)).collect()
}

fn of_network(
    controllers: &Controllers,
    [inputs, hidden_layers, width, classes]: [u32; 4],
    progress: &dyn Progress,
) -> Result<Costs, ReportError> {
    let network = Network { inputs, hidden_layers, width, classes, ..Network::default() };
    let block = |name: &'static str, block: &dyn Configured| {
        if progress.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        let unit = digital::unit(name, Per::Beat("beat of a sample"), block)?;
        progress.advance(1);
        let cost = Cost { area: unit.area, energy: unit.energy * f64::from(network.rows()) };
        Ok(cost * TO_65_NM)
    };
    let feedback = block("xbar_dfa", &xbar_dfa::Params { network: network.clone(), ..Default::default() })?;
    let back_propagation =
        block("xbar_bp", &xbar_bp::Params { network: network.clone(), ..Default::default() })?;
    Ok(compared(controllers, &network, back_propagation, feedback))
}

/// A network with the costs of the blocks that learn.
fn compared(controllers: &Controllers, network: &Network, back_propagation: Cost, feedback: Cost) -> Costs {
    let layers = layers(network);
    let forward: ReadOut = layers.iter().map(|layer| forward(controllers, layer)).sum();
    let transposed: ReadOut = layers[1..].iter().map(|layer| transposed(controllers, layer)).sum();
    let both = |part, cost| Part { part, back_propagation: cost, feedback: cost };
    let alone = |part, cost| Part { part, back_propagation: cost, feedback: Cost::default() };
    let parts = vec![
        both("arrays, converters of columns", forward.analog),
        both("their controllers", forward.controllers),
        alone("converters of rows", transposed.analog),
        alone("their controllers", transposed.controllers),
        Part { part: "xbar_bp or xbar_dfa", back_propagation, feedback },
    ];
    let (before, after) = (total(&parts, |part| part.back_propagation), total(&parts, |part| part.feedback));
    let weights: u32 = layers.iter().map(|layer| layer.rows * layer.columns).sum();
    let writes = f64::from(weights) * PULSE;
    let saved = |before: f64, after: f64| 100.0 * (1.0 - after / before);
    let sizes = [network.inputs].into_iter().chain(layers.iter().map(|layer| layer.columns));
    let learning = &parts[FORWARD_PARTS..];
    Costs {
        energy_saved_behind_forward: saved(
            total(learning, |part| part.back_propagation).energy,
            total(learning, |part| part.feedback).energy,
        ),
        network: sizes.map(|size| size.to_string()).collect::<Vec<_>>().join("-"),
        parts,
        writes,
        area_saved: saved(before.area, after.area),
        energy_saved: saved(before.energy, after.energy),
        energy_saved_with_writes: saved(before.energy + writes, after.energy + writes),
    }
}

/// The layers of a fully connected network.
fn layers(network: &Network) -> Vec<Layer> {
    let hidden = |_| network.width;
    let columns = (0..network.hidden_layers).map(hidden).chain([network.classes]);
    let rows = [network.inputs].into_iter().chain((0..network.hidden_layers).map(hidden));
    rows.zip(columns)
        .map(|(rows, columns)| Layer { rows, columns, positions: 1, input_positions: 1 })
        .collect()
}

/// The controllers of an array in 65 nm. Their energies are of a beat of inputs, a clock, a conversion.
struct Controllers {
    driver: Cost,
    sequencer: Cost,
    converter: Cost,
}

impl Controllers {
    fn new(units: &[Unit]) -> Result<Controllers, ReportError> {
        let cost = |block: &str| {
            let unit = units.iter().find(|unit| unit.block == block);
            let unit = unit.ok_or_else(|| ReportError::Wrong(format!("{block}: it was not synthesised")))?;
            Ok::<Cost, ReportError>(Cost { area: unit.area, energy: unit.energy } * TO_65_NM)
        };
        Ok(Controllers {
            driver: cost(digital::DRIVER)?,
            sequencer: cost(digital::SEQUENCER)?,
            converter: cost(digital::FLASH)? + cost(digital::SHIFT_ADD)?,
        })
    }
}

/// What reads the arrays of a layer in a direction, and what a product takes.
#[derive(Clone, Copy, Default)]
struct ReadOut {
    analog: Cost,
    controllers: Cost,
}

impl Sum for ReadOut {
    fn sum<I: Iterator<Item = ReadOut>>(all: I) -> ReadOut {
        all.fold(ReadOut::default(), |sum, own| ReadOut {
            analog: sum.analog + own.analog,
            controllers: sum.controllers + own.controllers,
        })
    }
}

/// Rows driven, columns converted, a slot for each position.
fn forward(controllers: &Controllers, layer: &Layer) -> ReadOut {
    let arrays =
        parts(layer.rows).flat_map(|rows| parts(PAIR * layer.columns).map(move |columns| (rows, columns)));
    arrays
        .map(|(rows, columns)| {
            let mut own = read_out(controllers, rows, columns, PHASES * layer.positions);
            own.analog.area += area(CROSSBAR);
            own
        })
        .sum()
}

/// Columns driven, rows converted, a slot for each position of the inputs.
fn transposed(controllers: &Controllers, layer: &Layer) -> ReadOut {
    let arrays =
        parts(layer.rows).flat_map(|rows| parts(PAIR * layer.columns).map(move |columns| (rows, columns)));
    let phases = TRANSPOSED_PHASES * layer.input_positions;
    arrays.map(|(rows, columns)| read_out(controllers, columns, rows, phases)).sum()
}

/// What of so many lines each array has.
fn parts(lines: u32) -> impl Iterator<Item = u32> + Clone {
    (0..lines.div_ceil(SIZE)).map(move |array| (lines - array * SIZE).min(SIZE))
}

/// One array: converters for all its lines, of which `converted` are in use.
fn read_out(controllers: &Controllers, driven: u32, converted: u32, phases: u32) -> ReadOut {
    let steps = f64::from(phases * converted.div_ceil(SIZE / SHARED));
    let conversions = f64::from(phases * converted);
    let beats = f64::from(driven.div_ceil(8) * phases.div_ceil(PHASES));
    let converters = f64::from(SIZE / SHARED);
    let Controllers { driver, sequencer, converter } = controllers;
    ReadOut {
        analog: Cost {
            area: converters * (area(ADC) + area(MULTIPLEXER)),
            energy: steps * CROSSBAR.energy + conversions * (ADC.energy + MULTIPLEXER.energy),
        },
        controllers: Cost {
            area: driver.area + sequencer.area + converters * converter.area,
            energy: beats * driver.energy + steps * sequencer.energy + conversions * converter.energy,
        },
    }
}

fn area(element: digital::Element) -> f64 {
    element.area.unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_takes_what_spikesim_counts() {
        // One phase of 64 columns: X/8 (crossbar + X/8 (ADC + mux)).
        let analog = read_out(&NO_CONTROLLERS, 64, 64, 1).analog;
        let expected = 8.0 * (1.764 + 8.0 * (2.031 + 0.0942));
        assert!((analog.energy - expected).abs() < 1e-9, "{analog:?}");
        assert_eq!(analog.area, 8.0 * 740.0);
    }

    const NO_CONTROLLERS: Controllers =
        Controllers { driver: NOTHING, sequencer: NOTHING, converter: NOTHING };
    const NOTHING: Cost = Cost { area: 0.0, energy: 0.0 };

    #[test]
    fn feedback_saves_the_converters_of_rows_and_the_products_by_them() {
        let network = Network { inputs: 64, hidden_layers: 2, width: 32, classes: 10, ..Network::default() };
        let costs = compared(&NO_CONTROLLERS, &network, NOTHING, NOTHING);
        assert_eq!(costs.network, "64-32-32-10");
        // Three arrays of 8 converters, and 8 more on the rows of two of them.
        let (arrays, rows) = (3.0 * (26.2 + 8.0 * 740.0), 2.0 * 8.0 * 740.0);
        assert!((costs.area_saved - 100.0 * rows / (arrays + rows)).abs() < 1e-9, "{costs:?}");
        // 64, 64 and 20 columns in 8 phases; then 32 rows each in 16, a crossbar for each eight.
        let (forward, backward) =
            (8.0 * (19.0 * 1.764 + 148.0 * 2.1252), 16.0 * (8.0 * 1.764 + 64.0 * 2.1252));
        let expected = 100.0 * backward / (forward + backward);
        assert!((costs.energy_saved - expected).abs() < 1e-9, "{costs:?}");
        assert_eq!(costs.energy_saved_behind_forward, 100.0);
        // 3392 weights, 3.33 pJ a pulse.
        assert!((costs.writes - 3392.0 * 10.0 / 3.0).abs() < 1e-6, "{costs:?}");
    }

    #[test]
    fn layers_that_are_greater_than_an_array_have_several() {
        assert_eq!(parts(150).collect::<Vec<_>>(), [64, 64, 22]);
        let network = Network { inputs: 64, hidden_layers: 2, width: 32, classes: 10, ..Network::default() };
        let sizes: Vec<_> = layers(&network).iter().map(|layer| (layer.rows, layer.columns)).collect();
        assert_eq!(sizes, [(64, 32), (32, 32), (32, 10)]);
    }
}
