//! The lanes of a row: each looks up the spikes of its weight's neuron, and keeps the weight if there are some.

use super::super::interface::Weights;
use super::super::params::Params;
use crate::loas::drain::Drain;
use hdl::{Bundle, Module, Signal, Stream};
use parts::storage::fifo::Fifo;
use parts::storage::held::held;
use parts::stream::arbiter::round_robin;

/// A weight with the spikes of its neuron.
#[derive(Clone, Copy, Bundle)]
pub struct Added<T> {
    /// The place of the sums to which it is added.
    pub place: T,
    pub weight: T,
    /// The spikes of its neuron.
    pub word: T,
}

/// A lane.
struct Lane<'m> {
    fifo: Fifo<'m>,
    /// The weight that enters where `push` is 1.
    added: Added<Signal<'m>>,
    push: Signal<'m>,
}

/// The lanes of a pipe.
pub struct LanesOfPipe<'m> {
    lanes: Vec<Lane<'m>>,
}

/// All lanes.
pub struct Lanes<'m> {
    /// Those of each pipe.
    pub of_pipes: Vec<LanesOfPipe<'m>>,
    /// Each can take a weight.
    pub have_room: Signal<'m>,
    /// For each, whether it has no weight of a column that has still to be drained.
    pub drained: Vec<Signal<'m>>,
}

/// A weight that is added, and those that are under way.
pub struct Oldest<'m> {
    pub valid: Signal<'m>,
    pub added: Added<Signal<'m>>,
    /// For each place where a weight can be, whether there is one and where it is added; of a FIFO the oldest.
    pub busy: Vec<(Signal<'m>, Signal<'m>)>,
}

impl<'m> Lanes<'m> {
    /// The lanes for the weights of `b`; `words` are the spikes of the chunk's neurons. Where a beat is taken, the weights
    /// of neurons that fire enter.
    pub fn new(
        m: &'m Module,
        params: &Params,
        b: &Stream<'m, Weights<Signal<'m>>>,
        words: &[Signal<'m>],
        drain: &Drain<'m>,
    ) -> Lanes<'m> {
        let Weights { enables, positions, columns, weights, .. } = b.payload;
        let positions = positions.split_lsb(params.position_bits());
        let columns = columns.split_lsb(params.column_bits());
        let weights = weights.split_lsb(params.weight_bits);
        let of_pipe = |_| LanesOfPipe { lanes: vec![] };
        let mut of_pipes: Vec<LanesOfPipe> = (0..params.pipes).map(of_pipe).collect();
        let (mut room, mut drained) = (vec![], vec![]);
        for (number, enable) in enables.split_lsb(1).into_iter().enumerate() {
            m.scope(&format!("lane{number}"), || {
                let word = m.select(positions[number], words).named("word");
                let column = columns[number];
                let pipe = number % params.pipes as usize;
                let added =
                    Added { place: place(m, params, drain, column, pipe), weight: weights[number], word };
                let fifo = Fifo::new(m, "fifo", added.packed_width(), params.fifo_depth.into());
                room.push(!fifo.is_full());
                drained.push(!enable | column.lt(drain.column.high(params.column_bits())));
                let push = (b.fires() & enable & word.any()).named("push");
                of_pipes[pipe].lanes.push(Lane { fifo, added, push });
            });
        }
        Lanes { of_pipes, have_room: m.concat_lsb(&room).all().named("lanes_have_room"), drained }
    }
}

/// The place of the sums of a pipe's column.
fn place<'m>(
    m: &'m Module,
    params: &Params,
    drain: &Drain<'m>,
    column: Signal<'m>,
    pipe: usize,
) -> Signal<'m> {
    let column = match params.pipes.ilog2() {
        0 => column,
        bits => m.concat(&[column, m.lit(pipe as u128, bits)]),
    };
    drain.joined_place(m, column)
}

impl<'m> LanesOfPipe<'m> {
    /// Completes the lanes of a pipe: takes a weight from one in each cycle, and gives it one cycle later.
    pub fn take(self, m: &'m Module, params: &Params, pipe: u32) -> Oldest<'m> {
        let shape = Added { place: 0, weight: 0, word: 0 };
        let widths = self.lanes.first().map_or(shape, |lane| lane.added.map(|field| field.width()));
        let fronts: Vec<Signal> = self.lanes.iter().map(|lane| lane.fifo.front).collect();
        let asks: Vec<Signal> = self.lanes.iter().map(|lane| lane.fifo.has_word()).collect();
        let has_weight = m.concat_lsb(&asks).any().named("has_weight");
        let (turns, front) = match fronts.len() {
            1 => (vec![asks[0]], fronts[0]),
            _ => {
                let turns = round_robin(m, "turn", m.concat_lsb(&asks), m.ones(1)).one_hot.split_lsb(1);
                let cases: Vec<_> = turns.iter().copied().zip(fronts.iter().copied()).collect();
                (turns, m.one_hot(&cases))
            }
        };
        let valid = m.reg("added_valid", 1).reset_to(0);
        valid.set(has_weight);
        let added = m.unpack(&widths, held(m, "added", front, has_weight));
        let place_of = |front: &Signal<'m>| m.unpack(&widths, *front).place;
        let mut busy: Vec<_> = asks.iter().copied().zip(fronts.iter().map(place_of)).collect();
        busy.push((valid.value(), added.place));
        for (number, (lane, turn)) in self.lanes.into_iter().zip(turns).enumerate() {
            let number = number as u32 * params.pipes + pipe;
            m.scope(&format!("lane{number}"), || lane.fifo.finish(lane.push, m.pack(&lane.added), turn));
        }
        Oldest { valid: valid.value(), added, busy }
    }
}
