//! The hardware.
//!
//! ```text
//! a -> chunks (two slots: mask, bases of its segments) ---------------------------+
//!        | mask                                                                   | offset in A
//! b -> & -> empty? -> lanes (joins that wait) -> pipe: current join -> found -> fifo -> spike
//!                                                                        |
//!                                                                        +-> weight (offset in B)
//! ```

mod chunks;
mod counts;
mod lanes;
mod pipe;

use super::BLOCK;
use super::interface::{SPIKE, WEIGHT};
use super::params::{OffsetsA, Params};
use crate::block::Hardware;
use crate::loas::Covers;
use crate::top::block;
use chunks::Chunks;
use hdl::{Design, Module, ModuleRef, Signal};
use lanes::{Join, Lanes};
use parts::arithmetic::count::population;
use parts::stream::skid::input_stream;
use pipe::Pipe;

/// Cycles from a chunk to its first match in the FIFO: a laggy count that takes no longer never causes a wait.
const CYCLES_TO_FIFO: u32 = 4;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        build(self, design, Covers::All)
    }
}

/// Adds the block to a design.
pub fn build(params: &Params, design: &Design, covers: Covers) -> ModuleRef {
    let what =
        "The matches of bitmasks of B with a bitmask of A, and their offsets in the compressed values.";
    let timing = format!("Throughput: {} matches a cycle; joins without a match take none.", params.pipes);
    block(design, &BLOCK, params, &[what, &timing], |m| {
        joins(m, params, covers);
    })
}

fn joins(m: &Module, params: &Params, covers: Covers) {
    let (a, b) =
        (input_stream(m, "a", &params.a(), params.skid), input_stream(m, "b", &params.b(), params.skid));
    let chunks = Chunks::new(m, params, &a);

    // The joins of a beat that have at least one match.
    let masks = b.payload.masks.split_lsb(params.mask_bits);
    let tags = b.payload.tags.split_lsb(params.tag_bits);
    let joins: Vec<Join<Signal>> = masks
        .iter()
        .zip(tags)
        .map(|(mask, tag)| Join { mask: *mask, tag, slot: chunks.joined_slot })
        .collect();
    let matching: Vec<Signal> = masks.iter().map(|mask| (*mask & chunks.joined_mask).any()).collect();
    let matching = m.concat_lsb(&matching).named("matching").split_lsb(1);

    let mut pipes = vec![];
    let mut room = vec![];
    let taken = m.wire("b_taken", 1);
    for pipe in 0..params.pipes {
        m.scope(&format!("pipe{pipe}"), || {
            let own = |place: &u32| place % params.pipes == pipe;
            let places: Vec<usize> = (0..params.group).filter(own).map(|place| place as usize).collect();
            let joins: Vec<(Signal, Join<Signal>)> =
                places.iter().map(|place| (matching[*place], joins[*place])).collect();
            let lanes = Lanes::new(m, params, &joins, taken.value());
            room.extend(lanes.room.iter().zip(&places).map(|(room, place)| *room | !matching[*place]));
            let weight = m.output_stream(WEIGHT[pipe as usize], &params.weight());
            let spike = m.output_stream(SPIKE[pipe as usize], &params.spike());
            pipes.push(Pipe::new(m, params, lanes, &chunks, &weight, &spike));
        });
    }
    // Without `valid`, the masks may be X, which must not reach `ready`.
    let has_room = m.concat_lsb(&room).all().named("has_room");
    b.set_ready(chunks.can_join & (has_room | !b.valid()));
    taken.drive(b.fires());

    let started = population(&matching).named("joins_started");
    let done = m.output_stream("done", &params.done());
    let ended: Vec<(Signal, Signal)> = pipes.iter().map(|pipe| (pipe.ends_join, pipe.ended_slot)).collect();
    chunks.finish(m, &b, started, &ended, &done);

    if covers == Covers::None {
        return;
    }
    m.cover("beat_waits_for_room", b.valid() & !b.ready() & chunks.can_join);
    if params.offsets_a == OffsetsA::Laggy && params.segments() > CYCLES_TO_FIFO {
        let waits =
            pipes.iter().map(|pipe| pipe.waits_for_offset).reduce(|a, b| a | b).expect("there is a pipe");
        m.cover("match_waits_for_the_laggy_count", waits);
    }
    let full = pipes.iter().map(|pipe| pipe.fifo_full).reduce(|a, b| a | b).expect("there is a pipe");
    m.cover("fifo_full", full);
}
