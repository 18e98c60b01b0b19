//! An epoch of a small network: the updates of `xbar_dfa` are pulses on the cells of `xbar_cell_model`, whose conductances are
//! then those of the golden models, cell for cell, on three simulators.

use blocks::block::Hardware;
use blocks::channel::{Channel, Interface, Ports, Timing};
use blocks::crossbar::cell::{CellParams, Polarity};
use blocks::crossbar::learning::golden::beyond;
use blocks::crossbar::learning::{Derivative, Network};
use blocks::crossbar::xbar_cell_model::model::{Array, Seen};
use blocks::crossbar::{xbar_cell_model, xbar_dfa};
use blocks::golden::{GoldenModel, Model, Reference};
use blocks::parameters::Values;
use blocks::stimulus::{Coverage, Space, Stimulus};
use fastrand::Rng;
use hdl::{Bits, Bundle, Design, Module, ModuleRef, Signal};
use test_support::needed::{MODELS, TESTBENCHES, missing};
use testbenches::{Request, Vectors, simulators, verify};

/// Rows of each layer, and neurons of the hidden one.
const ROWS: u32 = 4;
const CLASSES: u32 = 2;
const SAMPLES: usize = 48;

/// Clocks of a pulse, and codes of its DACs.
const PULSE: u64 = 3;
const SET: u64 = 12;
const RESET: u64 = 14;

/// The conductance of a weight of 0, and the step of weights, in nS.
const ZERO: i64 = 30_000;
const STEP: i64 = 1_000;

fn dfa() -> xbar_dfa::Params {
    let network = Network {
        inputs: ROWS,
        hidden_layers: 1,
        width: ROWS,
        classes: CLASSES,
        activation_bits: 5,
        potential_bits: 8,
        derivative: Derivative::Box,
        gamma_bits: 6,
        error_bits: 6,
        delta_bits: 6,
        ..Network::default()
    };
    xbar_dfa::Params { network, ..xbar_dfa::Params::default() }
}

/// The arrays of the layers.
fn arrays() -> [xbar_cell_model::Params; 2] {
    [(ROWS, 1), (CLASSES, 2)].map(|(columns, cell_seed)| {
        let cells = CellParams {
            nominal_clocks: PULSE as u32,
            start_conductance: 28_000,
            start_spread: 4000,
            cycle_to_cycle: 200,
            device_to_device: 100,
            stuck_least: 60,
            cell_seed,
            ..CellParams::default()
        };
        xbar_cell_model::Params { rows: ROWS, columns, cells, ..xbar_cell_model::Params::default() }
    })
}

/// The cells of a row of both layers, after an update.
#[derive(Clone, Copy, Bundle)]
struct Row<T> {
    conductances: T,
}

fn row() -> Row<u32> {
    Row { conductances: arrays().iter().map(|array| array.outputs().conductances).sum() }
}

/// The controller and its arrays.
struct Loop;

impl Values for Loop {
    fn values(&self) -> Vec<(String, String)> {
        vec![]
    }
}

impl Ports for Loop {
    fn interface(&self) -> Interface {
        let network = dfa().network;
        Interface {
            inputs: vec![Channel::new("sample", &network.sample()), Channel::new("error", &network.error())],
            outputs: vec![Channel::new("row", &row())],
            timing: Timing::Elastic,
        }
    }
}

impl Hardware for Loop {
    fn build(&self, design: &Design) -> ModuleRef {
        design.module("xbar_learning_loop", &[], learn)
    }
}

/// A phase is a pulse; then its rows take it, and behind the last phase the rows are shown.
fn learn(m: &Module) {
    let network = dfa().network;
    let child = m.instance("u_dfa", dfa().build(m.design()));
    m.input_stream("sample", &network.sample()).connect(&child.input_stream("sample", &network.sample()));
    m.input_stream("error", &network.error()).connect(&child.input_stream("error", &network.error()));
    let update = child.output_stream("out", &network.pulse());

    let is_given = m.reg("is_given", 1).reset_to(0);
    let clocks = m.reg("clocks", 4).reset_to(0);
    let pulses = (update.valid() & !is_given.value()).named("pulses");
    clocks.set((clocks.value() + 1).gated(pulses));
    let ends = pulses & clocks.value().eq(PULSE - 1);
    is_given.enable(ends | update.fires()).set(ends);

    let shown = m.reg("shown", 2).reset_to(0);
    let cells = arrays().into_iter().enumerate().map(|(layer, array)| {
        let own = layer as u32;
        let child = m.instance(&format!("u_cells{layer}"), array.build(m.design()));
        let columns = update.payload.columns.slice(own * ROWS + array.columns - 1, own * ROWS);
        child
            .set("drive", m.ones(1))
            .set("pulse", pulses)
            .set("polarity", update.payload.increase)
            .set("word_line", m.lit(SET.into(), array.word_line_bits))
            .set("line", m.lit(RESET.into(), array.line_bits))
            .set("cells", columns)
            .set("rows", update.payload.rows.slice(own * ROWS + ROWS - 1, own * ROWS))
            .set("renew", m.zero(1))
            .set("read_row", shown.value())
            .set("read_reference", m.zero(array.adc_bits))
    });
    let cells: Vec<_> = cells.collect();
    let all = |port: &str| -> Vec<Signal> { cells.iter().map(|child| child.get(port)).collect() };
    let is_taken = (is_given.value() & m.concat_lsb(&all("ready")).all()).named("is_taken");
    let output = m.output_stream("row", &row());
    output.set_valid(is_taken & update.payload.last);
    output.set_payload(Row { conductances: m.concat_lsb(&all("conductances")) });
    shown.enable(output.fires()).set(shown.value() + 1);
    update.set_ready(is_taken & (!update.payload.last | (output.fires() & shown.value().all())));
}

/// The cells of all layers.
struct Weights {
    layers: [Array; 2],
}

impl Weights {
    fn new() -> Weights {
        Weights { layers: arrays().map(|array| Array::new(&array)) }
    }

    /// An update by the signs of activations and deltas.
    fn update(&mut self, done: &xbar_dfa::model::Done) {
        for (layer, array) in self.layers.iter_mut().enumerate() {
            let rows = &done.sample.activations[layer * ROWS as usize..][..ROWS as usize];
            let deltas = &done.deltas[layer];
            for (row, delta, polarity) in [
                (1, -1, Polarity::Set),
                (1, 1, Polarity::Reset),
                (-1, 1, Polarity::Set),
                (-1, -1, Polarity::Reset),
            ] {
                let phase = Seen {
                    is_pulse: true,
                    polarity,
                    word_line: SET,
                    line: RESET,
                    columns: deltas
                        .iter()
                        .map(|own| beyond(*own, done.errors.floor).signum() == delta)
                        .collect(),
                    rows: rows.iter().map(|own| own.signum() == row).collect(),
                    renew: false,
                    read_row: 0,
                    reference: 0,
                };
                (0..PULSE).for_each(|_| array.clock(&phase));
                let rest = Seen { is_pulse: false, ..phase };
                (0..ROWS).for_each(|_| array.clock(&rest));
            }
        }
    }

    /// The conductances of a row of all layers.
    fn row(&self, row: usize) -> Bits {
        let mut bits = Bits::zero(row_bits());
        let cells = self.layers.iter().flat_map(|array| array.row(row).expect("the row is there"));
        for (place, conductance) in (0..).zip(cells) {
            bits.insert(place * 16, &Bits::truncated(conductance.into(), 16));
        }
        bits
    }

    /// Sums of a layer, in steps of eight weights.
    fn sums(&self, layer: usize, inputs: &[i64]) -> Vec<i64> {
        let array = &self.layers[layer];
        let columns = array.cells[0].len();
        let weight = |row: usize, column: usize| (array.cells[row][column].conductance as i64 - ZERO) / STEP;
        let sum = |column: usize| {
            inputs.iter().enumerate().map(|(row, input)| input * weight(row, column)).sum::<i64>() / 8
        };
        (0..columns).map(sum).collect()
    }
}

fn row_bits() -> u32 {
    row().conductances
}

struct Golden {
    dfa: xbar_dfa::model::Golden,
    weights: Weights,
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let Golden { dfa, weights } = self;
        dfa.take(channel, beat, |done| {
            weights.update(&done.expect("samples have their lengths"));
            (0..ROWS as usize).for_each(|row| emit(0, &[Some(weights.row(row))]));
        });
    }
}

impl Reference for Loop {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden { dfa: xbar_dfa::model::Golden::new(&dfa()), weights: Weights::new() })
    }
}

/// An epoch: forward passes are of the cells as the updates before left them. Gives the absolute error of each sample.
fn epoch(emit: &mut dyn FnMut(usize, &[Bits])) -> Vec<i64> {
    let (mut dfa_model, mut weights, mut rng) =
        (xbar_dfa::model::Golden::new(&dfa()), Weights::new(), Rng::with_seed(1));
    let field = |value: i64, width: u32| Bits::truncated((value as u128) & ((1 << width) - 1), width);
    let mut sample = |_| {
        let inputs: Vec<i64> = (0..ROWS).map(|_| rng.i64(-12..=12)).collect();
        let potentials: Vec<i64> =
            weights.sums(0, &inputs).iter().map(|sum| (*sum).clamp(-128, 127)).collect();
        let hidden: Vec<i64> = potentials.iter().map(|potential| (potential / 2).clamp(-15, 15)).collect();
        let is_first = inputs[0] + inputs[1] > inputs[2] + inputs[3];
        let outputs = weights.sums(1, &hidden);
        let targets = if is_first { [16, -16] } else { [-16, 16] };
        let errors: Vec<i64> = outputs
            .iter()
            .zip(targets)
            .map(|(output, target)| (output / 2 - target).clamp(-31, 31))
            .collect();

        let both = inputs.iter().map(|input| (*input, 0)).chain(hidden.iter().copied().zip(potentials));
        let count = 2 * ROWS as usize;
        let of_sample = both.enumerate().map(|(place, (activation, potential))| {
            let last = (place + 1 == count).into();
            (0, vec![field(activation, 5), field(potential, 8), field(1, 4), field(last, 1)])
        });
        let of_errors = errors.iter().enumerate().map(|(place, error)| {
            let last = (place + 1 == errors.len()).into();
            (1, vec![field(*error, 6), field(1, 4), field(1, 5), field(last, 1)])
        });
        for (channel, beat) in of_sample.chain(of_errors) {
            emit(channel, &beat);
            dfa_model.take(channel, &beat, |done| {
                weights.update(&done.expect("samples have their lengths"));
            });
        }
        errors.iter().map(|error| error.abs()).sum()
    };
    (0..SAMPLES).map(&mut sample).collect()
}

impl Stimulus for Loop {
    fn random(&self, _seed: u64) -> Space {
        let make = |_, emit: &mut dyn FnMut(usize, &[Bits])| {
            epoch(emit);
        };
        Space { name: "an epoch".into(), cases: 1, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        100 * SAMPLES as u64
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::of_beats(vec![], |_, _| ())
    }
}

#[test]
fn errors_fall_by_more_than_a_quarter_within_the_epoch() {
    let errors = epoch(&mut |_, _| ());
    let sum = |samples: &[i64]| samples.iter().sum::<i64>();
    let (before, after) = (sum(&errors[..SAMPLES / 4]), sum(&errors[3 * SAMPLES / 4..]));
    assert!(4 * after < 3 * before, "errors of {before} before, {after} after: {errors:?}");
}

#[test]
fn an_epoch_leaves_the_cells_of_the_golden_model_on_three_simulators() {
    if missing(MODELS) || missing(TESTBENCHES) {
        return;
    }
    for simulator in simulators::ALL {
        let request = Request { simulator, vectors: Vectors::Count(1), seed: 1, wave: None, threads: 1 };
        let report = verify(&Loop, &request, &()).expect("the simulator runs");
        assert!(report.failure.is_none(), "{simulator}: {:?}", report.failure);
        assert!(report.spaces[0].cycles > 1000, "{simulator}: {:?}", report.spaces);
    }
}
