//! The golden model: the errors, then the transposed sums of each layer, times derivatives.

use super::params::Params;
use crate::common::lanes::{apart, flag, joined};
use crate::crossbar::learning::golden::{Arriving, ErrorVector, Sample, delta, output_delta, sign, update};
use crate::golden::{GoldenModel, Model, Reference};
use hdl::Bits;
use std::collections::VecDeque;

/// A delta whose transposed product is wanted.
pub struct Wanted {
    /// The hidden layer that the sums are for.
    pub layer: u32,
    /// The delta.
    pub delta: i64,
    /// It is the last one of its layer.
    pub is_last: bool,
}

/// What becomes of beats.
pub enum Done {
    /// A delta is read.
    Read(Wanted),
    /// A sample with the deltas of all layers, and whether something before it was wrong.
    Update(Learnt),
}

/// A sample with its errors and deltas.
#[derive(Default)]
pub struct Learnt {
    /// The sample.
    pub sample: Sample,
    /// Its errors.
    pub errors: ErrorVector,
    /// The deltas of its layers so far; the output layer last.
    pub deltas: VecDeque<Vec<i64>>,
    /// The sample, or something before it, was wrong.
    pub is_wrong: bool,
}

/// The golden model of the block.
pub struct Golden {
    params: Params,
    arriving: Arriving,
    /// Sums that no sample has used, each with its `last`.
    sums: VecDeque<(i64, bool)>,
    /// The sample under way; its first deltas may be incomplete.
    current: Option<Learnt>,
    /// A sum had a wrong `last`.
    error: bool,
}

impl Golden {
    /// After a reset.
    pub fn new(params: &Params) -> Golden {
        Golden {
            params: params.clone(),
            arriving: Arriving::new(params.network.clone()),
            sums: VecDeque::new(),
            current: None,
            error: false,
        }
    }

    /// Takes a beat of a channel. Gives what becomes of it to `done`.
    pub fn take(&mut self, channel: usize, beat: &[Bits], mut done: impl FnMut(Done)) {
        match channel {
            0 | 1 => self.arriving.take(channel, beat),
            _ => self.sums.push_back((apart(self.params.sum_bits, &beat[0])[0], beat[1].bit(0))),
        }
        while self.begin(&mut done) || self.go_on(&mut done) {}
    }

    /// Begins the next sample with the deltas of the outputs; false if it cannot.
    fn begin(&mut self, done: &mut impl FnMut(Done)) -> bool {
        if self.current.is_some() {
            return false;
        }
        let Some((sample, errors)) = self.arriving.pop() else { return false };
        let network = &self.params.network;
        let delta = |error: &i64| output_delta(network, *error, errors.shift);
        let output: Vec<i64> = errors.values.iter().map(delta).collect();
        for (number, delta) in (1..).zip(&output) {
            let (layer, is_last) = (network.hidden_layers - 1, number == output.len());
            done(Done::Read(Wanted { layer, delta: *delta, is_last }));
        }
        let is_wrong = sample.error || errors.error;
        self.current = Some(Learnt { sample, errors, deltas: [vec![], output].into(), is_wrong });
        true
    }

    /// Takes the next sum for the sample under way; false if one of them is missing.
    fn go_on(&mut self, done: &mut impl FnMut(Done)) -> bool {
        let network = &self.params.network;
        let Some(current) = &mut self.current else { return false };
        let Some((sum, said_last)) = self.sums.pop_front() else { return false };
        let layer = network.hidden_layers as usize + 1 - current.deltas.len();
        let of_layer = &mut current.deltas[0];
        let slope = current.sample.derivatives[layer][of_layer.len()];
        let delta = delta(network, sum, slope, current.errors.shift);
        of_layer.push(delta);
        let is_last = of_layer.len() == network.width as usize;
        self.error |= said_last != is_last;
        if layer > 0 {
            done(Done::Read(Wanted { layer: layer as u32 - 1, delta, is_last }));
        }
        match (is_last, layer) {
            (false, _) => {}
            (true, 1..) => current.deltas.push_front(vec![]),
            (true, 0) => {
                let mut learnt = self.current.take().unwrap_or_default();
                learnt.is_wrong |= self.error;
                done(Done::Update(learnt));
            }
        }
        true
    }
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let (params, read) = (self.params.clone(), self.params.read());
        let mut give = |channel, fields: Vec<Bits>| {
            let fields: Vec<Option<Bits>> = fields.into_iter().map(Some).collect();
            emit(channel, &fields);
        };
        self.take(channel, beat, |done| match done {
            Done::Read(Wanted { layer, delta, is_last }) => {
                let layer = read.layer.map(|bits| Bits::truncated(layer.into(), bits));
                let delta = joined(params.network.delta_bits, &[delta]);
                give(0, [Some(delta), layer, Some(flag(is_last))].into_iter().flatten().collect());
            }
            Done::Update(Learnt { sample, errors, deltas, is_wrong }) => {
                let columns: Vec<i8> =
                    deltas.iter().flatten().map(|delta| sign(*delta, errors.floor)).collect();
                update(&sample.rows, &columns, is_wrong).into_iter().for_each(|phase| give(1, phase));
            }
        });
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}
