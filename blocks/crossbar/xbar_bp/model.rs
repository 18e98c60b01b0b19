//! The golden model: the errors, then the transposed sums of each layer, times derivatives.

use super::params::Params;
use crate::common::lanes::{apart, flag, joined};
use crate::crossbar::learning::golden::{
    Arrived, Arriving, ErrorVector, Sample, Updates, delta, output_delta,
};
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
    /// A sample with the deltas of all layers; none if something of it has a wrong length.
    Update(Option<Learnt>),
}

/// A sample with its errors and deltas.
#[derive(Default)]
pub struct Learnt {
    sample: Sample,
    errors: ErrorVector,
    /// The deltas of its layers so far; the output layer last.
    deltas: VecDeque<Vec<i64>>,
    /// Sums taken for the first of them.
    sums: usize,
    /// The sums for a layer were too few or too many.
    is_wrong: bool,
}

impl Learnt {
    /// What an update is made from.
    pub fn learnt(&mut self) -> (&Sample, &ErrorVector, &[Vec<i64>]) {
        (&self.sample, &self.errors, self.deltas.make_contiguous())
    }
}

/// The golden model of the block.
pub struct Golden {
    params: Params,
    arriving: Arriving,
    /// Sums that no sample has used, each with its `last`.
    sums: VecDeque<(i64, bool)>,
    /// The sample under way; its first deltas may be incomplete.
    current: Option<Learnt>,
}

impl Golden {
    /// After a reset.
    pub fn new(params: &Params) -> Golden {
        let arriving = Arriving::new(&params.network, params.network.error());
        Golden { params: params.clone(), arriving, sums: VecDeque::new(), current: None }
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
        let Some(Arrived { sample, errors, .. }) = self.arriving.pop() else { return false };
        let Some((sample, errors)) = sample.zip(errors) else {
            done(Done::Update(None));
            return true;
        };
        let network = &self.params.network;
        let delta = |error: &i64| output_delta(network, *error, errors.shift);
        let output: Vec<i64> = errors.values.iter().map(delta).collect();
        for (number, delta) in (1..).zip(&output) {
            let (layer, is_last) = (network.hidden_layers - 1, number == output.len());
            done(Done::Read(Wanted { layer, delta: *delta, is_last }));
        }
        let deltas = [vec![], output].into();
        self.current = Some(Learnt { sample, errors, deltas, ..Learnt::default() });
        true
    }

    /// Takes the next sum for the sample under way; false if one of them is missing.
    fn go_on(&mut self, done: &mut impl FnMut(Done)) -> bool {
        let network = &self.params.network;
        let width = network.width as usize;
        let Some(current) = &mut self.current else { return false };
        let Some((sum, is_last)) = self.sums.pop_front() else { return false };
        let layer = network.hidden_layers as usize + 1 - current.deltas.len();
        current.sums += 1;
        if current.sums <= width {
            let slope = current.sample.derivatives[layer][current.sums - 1];
            let delta = delta(network, sum, slope, current.errors.shift);
            current.deltas[0].push(delta);
            if layer > 0 {
                let is_last = is_last || current.sums == width;
                done(Done::Read(Wanted { layer: layer as u32 - 1, delta, is_last }));
            }
        }
        if is_last {
            current.is_wrong |= current.sums != width;
            current.sums = 0;
            match layer {
                1.. => current.deltas.push_front(vec![]),
                0 => done(Done::Update(self.current.take().filter(|learnt| !learnt.is_wrong))),
            }
        }
        true
    }
}

/// The golden model with its updates.
struct Answering {
    params: Params,
    golden: Golden,
    updates: Updates,
}

impl Model for Answering {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let Answering { params, golden, updates } = self;
        let mut give = |channel, fields: Vec<Bits>| {
            let fields: Vec<Option<Bits>> = fields.into_iter().map(Some).collect();
            emit(channel, &fields);
        };
        golden.take(channel, beat, |done| match done {
            Done::Read(Wanted { layer, delta, is_last }) => {
                let layer = params.read().layer.map(|bits| Bits::truncated(layer.into(), bits));
                let delta = joined(params.network.delta_bits, &[delta]);
                give(0, [Some(delta), layer, Some(flag(is_last))].into_iter().flatten().collect());
            }
            Done::Update(mut learnt) => {
                let learnt = learnt.as_mut().map(Learnt::learnt);
                updates.beats(learnt).into_iter().for_each(|beat| give(1, beat));
            }
        });
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        let (golden, updates) = (Golden::new(self), Updates::new(&self.network));
        GoldenModel::sequential(Answering { params: self.clone(), golden, updates })
    }
}
