//! The chunks of A: two slots, so that one is loaded while the other is joined.

use super::super::params::{OffsetsA, Params};
use crate::common::prefix::Network;
use crate::common::rtl::count::{below, population};
use hdl::{Module, Reg, Signal, Stream, bit_length, index_width};

/// One slot.
struct Slot<'m> {
    mask: Reg<'m>,
    /// For each segment the number of ones before it; the first is always 0.
    bases: Vec<Signal<'m>>,
    /// The bases are there.
    is_counted: Signal<'m>,
    /// A chunk is there.
    is_loaded: Reg<'m>,
    /// The last beat of B has been taken.
    is_closed: Reg<'m>,
    /// Joins under way.
    joins: Reg<'m>,
}

/// Both slots.
pub struct Chunks<'m> {
    slots: Vec<Slot<'m>>,
    segment_bits: u32,
    /// The slot that is loaded next.
    loads: Reg<'m>,
    /// The slot that beats of B are joined with.
    joins: Reg<'m>,
    /// The slot that ends next.
    ends: Reg<'m>,
    load: Signal<'m>,
    /// Number and mask of the slot that beats of B are joined with.
    pub joined_slot: Signal<'m>,
    /// Its mask.
    pub joined_mask: Signal<'m>,
    /// It has a chunk that is open.
    pub can_join: Signal<'m>,
}

impl<'m> Chunks<'m> {
    /// The slots, filled from `a`.
    pub fn new(m: &'m Module, params: &Params, a: &Stream<'m>) -> Chunks<'m> {
        let [loads, joins, ends] =
            ["loaded_slot", "joined_slot", "ended_slot"].map(|name| m.reg(name, 1).reset_to(0));
        let load = m.wire("a_taken", 1);
        let most = params.group * params.queue_depth + params.pipes * (2 + params.fifo_depth);
        let states: Vec<_> = (0..2u32)
            .map(|slot| {
                m.scope(&format!("slot{slot}"), || {
                    let is_meant = loads.value().eq(u64::from(slot));
                    let mask = m.reg("mask", params.mask_bits).enable(load.value() & is_meant);
                    mask.set(a.field("mask"));
                    let joins = m.reg("joins", bit_length(most.into())).reset_to(0);
                    let [is_loaded, is_closed] =
                        ["is_loaded", "is_closed"].map(|name| m.reg(name, 1).reset_to(0));
                    (mask, joins, is_loaded, is_closed, is_meant)
                })
            })
            .collect();
        let masks: Vec<Signal> = states.iter().map(|state| state.0.value()).collect();
        let counts = match params.offsets_a {
            OffsetsA::Fast => fast(m, params, a.field("mask"), load.value(), loads.value()),
            OffsetsA::Laggy => laggy(m, params, &masks, load.value(), loads.value()),
        };
        let slots = states.into_iter().zip(counts.slots).map(|(state, (bases, is_counted))| {
            let (mask, joins, is_loaded, is_closed, _) = state;
            Slot { mask, bases, is_counted, is_loaded, is_closed, joins }
        });
        let slots: Vec<Slot> = slots.collect();
        let of = |select: Signal<'m>, value: &dyn Fn(&Slot<'m>) -> Signal<'m>| {
            select.mux(value(&slots[1]), value(&slots[0]))
        };
        a.set_ready(!of(loads.value(), &|slot| slot.is_loaded.value()) & counts.is_idle);
        load.drive(a.fires());
        loads.enable(load.value()).set(!loads.value());
        let can_join = of(joins.value(), &|slot| slot.is_loaded.value() & !slot.is_closed.value());
        let joined_mask = of(joins.value(), &|slot| slot.mask.value()).named("joined_mask");
        Chunks {
            segment_bits: params.adders,
            loads,
            joins,
            ends,
            load: load.value(),
            joined_slot: joins.value(),
            joined_mask,
            can_join: can_join.named("can_join"),
            slots,
        }
    }

    /// The mask of a slot.
    pub fn mask(&self, slot: Signal<'m>) -> Signal<'m> {
        slot.mux(self.slots[1].mask.value(), self.slots[0].mask.value())
    }

    /// Whether offsets in a slot can be made.
    pub fn is_counted(&self, slot: Signal<'m>) -> Signal<'m> {
        slot.mux(self.slots[1].is_counted, self.slots[0].is_counted)
    }

    /// The number of ones of a slot below a position: the base of its segment, and the ones in the segment.
    pub fn offset(&self, m: &'m Module, slot: Signal<'m>, position: Signal<'m>) -> Signal<'m> {
        let local_bits = index_width(self.segment_bits.into());
        let segment = position.high(position.width() - local_bits);
        let bases: Vec<Signal> = self.slots[0]
            .bases
            .iter()
            .zip(&self.slots[1].bases)
            .map(|(zero, one)| slot.mux(*one, *zero))
            .collect();
        let base = m.select(segment, &bases).named("base");
        let bits = m.select(segment, &self.mask(slot).split_lsb(self.segment_bits)).named("segment");
        let below = below(m, position.low(local_bits), self.segment_bits);
        let counted = (bits & below).low(self.segment_bits - 1);
        base + population(&counted.split_lsb(1)).zext(base.width())
    }

    /// Closes the slots: which joins of `b` start, and which end; gives each chunk that is done to `done`.
    pub fn finish(
        &self,
        m: &'m Module,
        b: &Stream<'m>,
        started: Signal<'m>,
        ended: &[(Signal<'m>, Signal<'m>)],
        done: &Stream<'m>,
    ) {
        let closes = (b.fires() & b.field("last")).named("closes");
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
        done.set_field("slot", self.ends.value());
        self.ends.enable(done.fires()).set(!self.ends.value());
    }
}

/// The bases of the slots, and whether they are there.
struct Counts<'m> {
    slots: Vec<(Vec<Signal<'m>>, Signal<'m>)>,
    /// The next chunk can be counted.
    is_idle: Signal<'m>,
}

/// All bases in the cycle in which the mask is taken.
fn fast<'m>(
    m: &'m Module,
    params: &Params,
    mask: Signal<'m>,
    load: Signal<'m>,
    loads: Signal<'m>,
) -> Counts<'m> {
    let width = params.position_bits();
    let segments = mask.split_lsb(params.adders);
    let counted = &segments[..segments.len() - 1];
    let ones: Vec<Signal> =
        counted.iter().map(|segment| population(&segment.split_lsb(1)).zext(width)).collect();
    let sums = Network::Sklansky.inclusive(&ones, &mut |low, high| low + high);
    let slot = |number: u64| {
        m.scope(&format!("slot{number}"), || {
            let base = |(segment, sum): (usize, &Signal<'m>)| {
                let base = m.reg(&format!("base{}", segment + 1), width).enable(load & loads.eq(number));
                base.set(*sum);
                base.value()
            };
            let bases = [m.lit(0, width)].into_iter().chain(sums.iter().enumerate().map(base));
            (bases.collect(), m.ones(1))
        })
    };
    Counts { slots: (0..2).map(slot).collect(), is_idle: m.ones(1) }
}

/// A segment a cycle: the laggy prefix-sum.
fn laggy<'m>(
    m: &'m Module,
    params: &Params,
    masks: &[Signal<'m>],
    load: Signal<'m>,
    loads: Signal<'m>,
) -> Counts<'m> {
    let width = params.position_bits();
    let segments = u64::from(params.segments());
    let busy = m.reg("laggy_busy", 1).reset_to(0);
    let slot = m.reg("laggy_slot", 1).enable(load);
    slot.set(loads);
    let segment = m.reg("laggy_segment", index_width(segments)).enable(load | busy.value());
    segment.set((segment.value() + 1).gated(!load));
    let sum = m.reg("laggy_sum", width).enable(load | busy.value());
    let mask = slot.value().mux(masks[1], masks[0]);
    let bits = m.select(segment.value(), &mask.split_lsb(params.adders)).named("laggy_bits");
    let next = (sum.value() + population(&bits.split_lsb(1)).zext(width)).named("laggy_next");
    sum.set(next.gated(!load));
    // The base of a segment is known at the end of the one before it.
    let ends = (busy.value() & segment.value().eq(segments - 2)).named("laggy_ends");
    busy.enable(load | ends).set(load);

    let of_slot = |number: u64| {
        m.scope(&format!("slot{number}"), || {
            let is_counted = m.reg("is_counted", 1).reset_to(0);
            let starts = load & loads.eq(number);
            is_counted.enable(starts | (ends & slot.value().eq(number))).set(!starts);
            let base = |index: u64| {
                let counts = busy.value() & slot.value().eq(number) & segment.value().eq(index - 1);
                let base = m.reg(&format!("base{index}"), width).enable(counts);
                base.set(next);
                base.value()
            };
            let bases = [m.lit(0, width)].into_iter().chain((1..segments).map(base));
            (bases.collect(), is_counted.value())
        })
    };
    Counts { slots: (0..2).map(of_slot).collect(), is_idle: !busy.value() }
}
