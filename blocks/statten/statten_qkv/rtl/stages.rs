//! The stages between what is asked for and the sums: read, gated, part, sum.

use super::walk::{Head, Walk};
use crate::common::flow::Flow;
use crate::statten::Shape;
use hdl::{Bundle, Signal};

/// What goes along.
#[derive(Clone, Copy, Bundle)]
pub struct Tag<T> {
    /// The column tile.
    pub tile: T,
    /// It is the first one.
    pub is_first: T,
    /// It is the last one.
    pub is_last_tile: T,
    /// The number of the last one.
    pub last_tile: T,
    /// The step, one bit for each.
    pub step: T,
    /// It is the first one.
    pub begins: T,
    /// It is the last one.
    pub is_last_step: T,
    /// Masks are made.
    pub makes_masks: T,
    /// The head is over.
    pub ends_head: T,
    /// The job is over.
    pub ends_job: T,
    /// What sums are divided by.
    pub denominator: T,
}

/// The stages.
pub struct Stages<'m> {
    /// First stage: the place of values of K^T V that are read.
    pub read_place: Signal<'m>,
    /// Second stage: the rows that are added.
    pub gate: Signal<'m>,
    /// The words of Q.
    pub words: Signal<'m>,
    /// They are masked: not added.
    pub are_masked: Signal<'m>,
    /// What goes along.
    pub gated: Tag<Signal<'m>>,
    /// Third stage.
    pub part: Tag<Signal<'m>>,
    /// Fourth stage.
    pub sum: Tag<Signal<'m>>,
    /// Its sum is complete.
    pub has_sum: Signal<'m>,
}

impl<'m> Stages<'m> {
    /// The stages behind what is asked for; `beats` are those of Q.
    pub fn new(
        flow: &Flow<'m>,
        shape: &Shape,
        walk: &Walk<'m>,
        head: &Head<Signal<'m>>,
        half: Signal<'m>,
        beats: &[Signal<'m>],
    ) -> Stages<'m> {
        let m = flow.m;
        let asked = Tag {
            tile: walk.tile.value,
            is_first: walk.is_first,
            is_last_tile: walk.tile.is_last,
            last_tile: head.last_tile,
            step: walk.step,
            begins: walk.begins,
            is_last_step: walk.is_last_step,
            makes_masks: walk.makes_masks,
            ends_head: walk.ends_head,
            ends_job: walk.ends_job,
            denominator: head.denominator,
        };
        let hold = |name: &str, tag: &Tag<Signal<'m>>| m.hold(name, tag, flow.advance);
        let read = hold("read", &asked);
        let row = flow.keep("read_row", walk.row);
        let word = |beat: &Signal<'m>| m.select(row, &beat.split_lsb(shape.time_steps));
        let words: Vec<Signal> = beats.iter().map(word).collect();
        let fires = |word: &Signal<'m>| (*word & read.step).any() | read.makes_masks;
        let gate = m.concat_lsb(&words.iter().map(fires).collect::<Vec<_>>());

        let gated = hold("gated", &read);
        let part = hold("part", &gated);
        let sum = hold("sum", &part);
        let has_sum = walk.valid & walk.tile.is_last & !walk.uses_masks;
        Stages {
            read_place: flow.keep("read_place", m.concat(&[walk.piece, half])),
            gate: flow.keep("gate", gate),
            words: flow.keep("words", m.concat_lsb(&words)),
            are_masked: flow.valid_through(&["read_masked", "masked"], walk.valid & walk.uses_masks),
            gated,
            part,
            sum,
            has_sum: flow.valid_through(&["read_sum", "gated_sum", "part_sum", "sum"], has_sum),
        }
    }
}
