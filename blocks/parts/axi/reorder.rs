//! Bursts of reads under way, and the buffer in which their data comes into order.

use super::Axi4;
use crate::storage::credit::Credit;
use crate::storage::store::Store;
use hdl::{Bundle, Collision, Design, Module, ModuleRef, Reg, Signal, Stream};

/// A beat of memory, in the order of the requests.
#[derive(Clone, Copy, Bundle)]
pub(super) struct Fetched<T> {
    /// The data.
    pub data: T,
    /// A beat of its burst has come with an error; at the last beat of the burst, all of them count.
    pub error: T,
}

impl Axi4 {
    pub(super) fn fetched(&self) -> Fetched<u32> {
        Fetched { data: self.data_bits, error: 1 }
    }
}

/// The bursts under way, a ring of slots. The number of a slot is the ID of its burst.
struct Slots<'m> {
    /// The slot of the next burst.
    newest: Reg<'m>,
    /// The slot of the burst whose data leaves.
    oldest: Reg<'m>,
    /// Slots in use.
    used: Credit<'m>,
    /// Beats of each burst, less one.
    lengths: Store<'m>,
    /// Beats of each burst that have come.
    counts: Vec<Reg<'m>>,
    /// A beat of the burst came with an error.
    errors: Vec<Reg<'m>>,
}

impl<'m> Slots<'m> {
    fn new(m: &'m Module, shape: &Axi4) -> Slots<'m> {
        let pointer = |name| m.reg(name, shape.id_bits()).reset_to(0);
        let each = |name: &str, width| {
            (0..shape.outstanding).map(|slot| m.reg(&format!("{name}{slot}"), width).reset_to(0)).collect()
        };
        Slots {
            newest: pointer("newest"),
            oldest: pointer("oldest"),
            used: Credit::new(m, "used", shape.outstanding.into()),
            lengths: Store::new(m, "lengths", shape.burst_bits(), shape.outstanding.into()),
            counts: each("count", shape.burst_bits() + 1),
            errors: each("error", 1),
        }
    }

    /// A burst takes the newest slot where `opens` is 1, and the oldest is given back where `closes` is.
    fn move_on(self, opens: Signal<'m>, closes: Signal<'m>, len: Signal<'m>) {
        self.lengths.write(opens, self.newest.value(), len);
        self.newest.enable(opens).set(self.newest.value() + 1);
        self.oldest.enable(closes).set(self.oldest.value() + 1);
        self.used.finish(opens, closes);
    }

    /// Counts the beats that come for each slot, from 0 for a burst that takes it, and notes their errors.
    fn count(&self, opens: Signal<'m>, arrives: Signal<'m>, id: Signal<'m>, fails: Signal<'m>) {
        for (slot, (count, error)) in self.counts.iter().zip(&self.errors).enumerate() {
            let opens = opens & self.newest.value().eq(slot as u64);
            let arrives = arrives & id.eq(slot as u64);
            count.enable(opens | arrives).set((count.value() + 1).gated(!opens));
            error.enable(opens | arrives).set((error.value() | fails) & !opens);
        }
    }

    fn of(&self, registers: &[Reg<'m>], slot: Signal<'m>) -> Signal<'m> {
        let values: Vec<Signal> = registers.iter().map(|register| register.value()).collect();
        slot.module().select(slot, &values)
    }
}

/// The module that reads bursts and hands on their beats in the order of the requests, whatever the order in which memory answers.
/// A burst is asked for when there is room for all its data, so memory never waits.
pub(super) fn reorder(design: &Design, shape: &Axi4) -> ModuleRef {
    design.module("dma_reorder", &shape.parts().each_ref().map(String::as_str), |m| {
        m.describe(
            "Reads bursts, several under way at once, and hands on their beats in the order of the requests.",
        );
        m.describe(
            "A burst has an ID of its own and room for all its data, so memory may answer in any order.",
        );
        let request = m.input_stream("request", &shape.request());
        let address = m.output_stream("m_axi_ar", &shape.address());
        let answer = m.input_stream("m_axi_r", &shape.read_data());
        let slots = Slots::new(m, shape);
        let has_slot = slots.used.has_room.named("has_slot");
        request.set_ready(has_slot & address.ready());
        address.set_valid(has_slot & request.valid());
        address.set_payload(shape.ask(m, slots.newest.value(), &request.payload));

        answer.set_ready(m.ones(1));
        let id = answer.payload.id;
        let place = slots.of(&slots.counts, id).low(shape.burst_bits()).named("place");
        let length = slots.lengths.read(id);
        m.assert("last_is_where_the_burst_ends", !answer.fires() | answer.payload.last.eq(place.eq(length)));
        // The higher bit of a response is set for errors.
        slots.count(address.fires(), answer.fires(), id, answer.payload.resp.bit(1));

        let buffer = m.memory("buffer", shape.data_bits, u64::from(shape.outstanding * shape.burst));
        buffer.write(answer.fires(), m.concat(&[id, place]), answer.payload.data);
        let closes = drain(m, shape, &slots, buffer);
        slots.move_on(address.fires(), closes, request.payload.len);
    })
}

/// Reads the beats of the oldest slot out of the buffer; returns when the last one of a slot is read.
fn drain<'m>(m: &'m Module, shape: &Axi4, slots: &Slots<'m>, buffer: hdl::Ram<'m>) -> Signal<'m> {
    let output: Stream<_> = m.output_stream("beat", &shape.fetched());
    let oldest = slots.oldest.value();
    let next = m.reg("next", shape.burst_bits()).reset_to(0);
    let has_come = next.value().zext(shape.burst_bits() + 1).lt(slots.of(&slots.counts, oldest));
    let has_beat = (has_come & slots.used.count().any()).named("has_beat");
    let is_valid = m.reg("is_valid", 1).reset_to(0);
    let moves = (!is_valid.value() | output.ready()).named("moves");
    let reads = (moves & has_beat).named("reads");
    let is_end = next.value().eq(slots.lengths.read(oldest)).named("is_end");
    is_valid.enable(moves).set(has_beat);
    next.enable(reads).set((next.value() + 1).gated(!is_end));
    // A word is read a cycle or more after it was written.
    let data =
        buffer.read_at_clock("data", m.concat(&[oldest, next.value()]), Collision::Undefined).enable(reads);
    let error = m.reg("error", 1);
    error.enable(reads).set(slots.of(&slots.errors, oldest));
    output.set_valid(is_valid.value());
    output.set_payload(Fetched { data: data.value(), error: error.value() });
    reads & is_end
}
