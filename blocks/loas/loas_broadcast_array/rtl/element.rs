//! The processing element of a row.
//!
//! ```text
//! a: words --> two chunks --+
//!                           | word at the position of each lane's weight
//! b: weights ---------------+--> fires? --> a FIFO per lane --> one a cycle and pipe --> sums (T) --> sum
//! ```

use super::super::interface::{ColumnSums, Spikes, Weights};
use super::super::params::Params;
use super::lanes::{Added, Lanes};
use crate::loas::drain::Drain;
use crate::loas::events::{Event, until_row};
use crate::loas::sums::{Bank, Sums};
use hdl::{Design, Module, ModuleRef, Reg, Signal, Stream};
use parts::storage::held::held;

impl Params {
    /// Adds the element to a design, as a module of its own.
    pub fn element(&self, design: &Design) -> ModuleRef {
        let names = [
            format!("t{}", self.time_steps),
            format!("w{}", self.weight_bits),
            format!("s{}", self.sum_bits()),
            format!("k{}", self.chunk),
            format!("c{}", self.columns),
            format!("x{}", self.sum_sets),
            format!("l{}", self.lanes),
            format!("p{}", self.pipes),
            format!("f{}", self.fifo_depth),
        ];
        design.module("loas_broadcast_element", &names.each_ref().map(String::as_str), |m| element(m, self))
    }
}

fn element(m: &Module, params: &Params) {
    m.describe("Adds broadcast weights to the sums of the time steps at which a row's neurons fire.");
    let (a, b) = (m.input_stream("a", &params.row()), m.input_stream("b", &params.b()));
    let sum = m.output_stream("sum", &params.sum());
    let Weights { last, last_chunk, .. } = b.payload;
    let ends_row = last & last_chunk;
    let (words, can_look_up) = chunks(m, params, &a, &b);

    // The last weights of a row leave its lanes before its sums do.
    let starts = m.wire("drain_starts", 1);
    let row_ends = (b.fires() & ends_row).named("row_ends");
    let drain = Drain::new(m, [params.columns, params.sum_sets], row_ends, starts.value(), &sum);
    let lanes = Lanes::new(m, params, &b, &words, &drain);
    let is_drained = m.concat_lsb(&lanes.drained).all().named("columns_are_drained");
    let waits = drain.stops(m) | drain.blocks(ends_row, is_drained);
    // Without `valid`, the payload may be X, which must not reach `ready`.
    b.set_ready(can_look_up & lanes.have_room & (!waits | !b.valid()));

    let mut sums = vec![];
    let mut overflows = vec![];
    let mut busy = vec![];
    for (pipe, lanes) in (0..).zip(lanes.of_pipes) {
        m.scope(&format!("pipe{pipe}"), || {
            let oldest = lanes.take(m, params, pipe);
            let bank = Bank::new(m, pipe, params.pipes, &drain);
            let memory = Sums::new(m, bank, params.time_steps, params.sum_bits());
            let Added { place, weight, word } = oldest.added;
            let steps: Vec<Signal> =
                word.split_lsb(1).into_iter().rev().map(|fires| weight.gated(fires)).collect();
            let overflow = memory.add(m, oldest.valid, place, &steps);
            overflows.push(Event::of(overflow, &drain, place));
            busy.extend(oldest.busy.iter().map(|(busy, place)| *busy & is_of_drained(&drain, *place)));
            sums.push(m.concat_lsb(&memory.drained(m)));
        });
    }
    starts.drive(drain.flushing & !m.concat_lsb(&busy).any());
    let bank_bits = params.pipes.ilog2();
    let sums = if bank_bits == 0 { sums[0] } else { m.select(drain.place.low(bank_bits), &sums) };
    sum.set_payload(ColumnSums { sums, overflow: until_row(m, "overflow", &overflows, &drain) });
}

/// 1 if a place is of the row that is flushed.
fn is_of_drained<'m>(drain: &Drain<'m>, place: Signal<'m>) -> Signal<'m> {
    match drain.drained_set {
        None => place.module().ones(1),
        Some(set) => !(place.msb() ^ set),
    }
}

/// Two chunks, so that one is loaded while weights meet the other: returns the words of the neurons that weights meet, and
/// whether they are there.
fn chunks<'m>(
    m: &'m Module,
    params: &Params,
    a: &Stream<'m, Spikes<Signal<'m>>>,
    b: &Stream<'m, Weights<Signal<'m>>>,
) -> (Vec<Signal<'m>>, Signal<'m>) {
    let [loads, meets]: [Reg; 2] = ["loaded_slot", "met_slot"].map(|name| m.reg(name, 1).reset_to(0));
    let ends = (b.fires() & b.payload.last).named("chunk_ends");
    let slots = [0, 1].map(|number: u64| {
        let taken = a.fires() & loads.value().eq(number);
        let left = ends & meets.value().eq(number);
        let is_loaded = m.reg(&format!("slot{number}_is_loaded"), 1).reset_to(0).enable(taken | left);
        is_loaded.set(taken);
        (held(m, &format!("words{number}"), a.payload.words, taken), is_loaded.value())
    });
    loads.enable(a.fires()).set(!loads.value());
    meets.enable(ends).set(!meets.value());
    let [(words0, is_loaded0), (words1, is_loaded1)] = slots;
    a.set_ready(!loads.value().mux(is_loaded1, is_loaded0));
    let words = meets.value().mux(words1, words0).named("words");
    (words.split_lsb(params.time_steps), meets.value().mux(is_loaded1, is_loaded0).named("can_look_up"))
}
