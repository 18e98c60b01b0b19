//! The chunks of A: two slots, so that one is loaded while the other is joined.

use super::super::interface::{Done, MaskA, MasksB};
use super::super::params::Params;
use super::counts::Counts;
use hdl::{Module, Reg, Signal, Stream, bit_length};
use parts::arithmetic::count::population;

/// One slot.
struct Slot<'m> {
    mask: Reg<'m>,
    /// The slot holds a chunk.
    is_loaded: Reg<'m>,
    /// The last beat of B for this chunk has been taken.
    is_closed: Reg<'m>,
    /// Number of joins in progress.
    joins: Reg<'m>,
}

/// Both slots.
pub struct Chunks<'m> {
    slots: [Slot<'m>; 2],
    counts: Counts<'m>,
    /// The slot to load next.
    loads: Reg<'m>,
    /// The slot that beats of B are joined with.
    joins: Reg<'m>,
    /// The slot that ends next.
    ends: Reg<'m>,
    load: Signal<'m>,
    /// The number of the slot that beats of B are joined with.
    pub joined_slot: Signal<'m>,
    /// Its mask.
    pub joined_mask: Signal<'m>,
    /// That slot holds a chunk, and more beats of B for it may come.
    pub can_join: Signal<'m>,
}

impl<'m> Slot<'m> {
    /// A slot that loads its mask from `a` while `loads` is 1.
    fn new(m: &'m Module, params: &Params, a: &Stream<'m, MaskA<Signal<'m>>>, loads: Signal<'m>) -> Slot<'m> {
        let mask = m.reg("mask", params.mask_bits).enable(loads);
        mask.set(a.payload.mask);
        // The joins in the lanes, and for each pipe the current one, the match found, and those in the FIFO.
        let most = params.group * params.queue_depth + params.pipes * (2 + params.fifo_depth);
        let joins = m.reg("joins", bit_length(most.into())).reset_to(0);
        let [is_loaded, is_closed] = ["is_loaded", "is_closed"].map(|name| m.reg(name, 1).reset_to(0));
        Slot { mask, is_loaded, is_closed, joins }
    }
}

impl<'m> Chunks<'m> {
    /// The slots, filled from `a`.
    pub fn new(m: &'m Module, params: &Params, a: &Stream<'m, MaskA<Signal<'m>>>) -> Chunks<'m> {
        let [loads, joins, ends] =
            ["loaded_slot", "joined_slot", "ended_slot"].map(|name| m.reg(name, 1).reset_to(0));
        let load = a.fires().named("a_taken");
        let slots = [0, 1].map(|number: u64| {
            let loads = load & loads.value().eq(number);
            m.scope(&format!("slot{number}"), || Slot::new(m, params, a, loads))
        });
        let masks = slots.each_ref().map(|slot| slot.mask.value());
        let counts = Counts::new(m, params, a, masks, load, loads.value());

        let is_open = slots.each_ref().map(|slot| slot.is_loaded.value() & !slot.is_closed.value());
        let is_loaded = slots.each_ref().map(|slot| slot.is_loaded.value());
        a.set_ready(!loads.value().mux(is_loaded[1], is_loaded[0]) & counts.is_idle);
        loads.enable(load).set(!loads.value());
        Chunks {
            joined_slot: joins.value(),
            joined_mask: joins.value().mux(masks[1], masks[0]).named("joined_mask"),
            can_join: joins.value().mux(is_open[1], is_open[0]).named("can_join"),
            slots,
            counts,
            loads,
            joins,
            ends,
            load,
        }
    }

    /// The mask of a slot.
    pub fn mask(&self, slot: Signal<'m>) -> Signal<'m> {
        slot.mux(self.slots[1].mask.value(), self.slots[0].mask.value())
    }

    /// 1 if the ones of a slot are counted, so that offsets can be computed.
    pub fn is_counted(&self, slot: Signal<'m>) -> Signal<'m> {
        self.counts.is_counted(slot)
    }

    /// The number of ones of a slot below a position.
    pub fn offset(&self, m: &'m Module, slot: Signal<'m>, position: Signal<'m>) -> Signal<'m> {
        self.counts.offset(m, slot, self.mask(slot), position)
    }

    /// Completes the slots: counts the joins of `b` that start and those that end, and sends each finished chunk to
    /// `done`.
    pub fn finish(
        &self,
        m: &'m Module,
        b: &Stream<'m, MasksB<Signal<'m>>>,
        started: Signal<'m>,
        ended: &[(Signal<'m>, Signal<'m>)],
        done: &Stream<'m, Done<Signal<'m>>>,
    ) {
        let closes = (b.fires() & b.payload.last).named("closes");
        self.joins.enable(closes).set(!self.joins.value());
        let mut is_done = vec![];
        for (number, slot) in self.slots.iter().enumerate() {
            m.scope(&format!("slot{number}"), || {
                let is = |select: Signal<'m>| select.eq(number as u64);
                let width = slot.joins.value().width();
                let starts = started.zext(width).gated(b.fires() & is(self.joins.value()));
                let ends: Vec<Signal> = ended.iter().map(|(ends, of)| *ends & is(*of)).collect();
                slot.joins.set(slot.joins.value() + starts - population(&ends).zext(width));
                let loads = self.load & is(self.loads.value());
                slot.is_loaded.enable(loads | (done.fires() & is(self.ends.value()))).set(loads);
                let closes = closes & is(self.joins.value());
                slot.is_closed.enable(loads | closes).set(closes);
                let is_over = slot.is_loaded.value() & slot.is_closed.value() & !slot.joins.value().any();
                is_done.push(is_over.named("is_done"));
            });
        }
        done.set_valid(self.ends.value().mux(is_done[1], is_done[0]));
        done.set_payload(Done { slot: self.ends.value() });
        self.ends.enable(done.fires()).set(!self.ends.value());
    }
}
