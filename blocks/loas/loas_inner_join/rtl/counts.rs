//! Counts the ones in the chunks of A: for each segment, the ones before it, from which any offset follows.

use super::super::interface::MaskA;
use super::super::params::{OffsetsA, Params};
use hdl::{Module, Signal, Stream, index_width};
use parts::arithmetic::count::{below, population};
use parts::arithmetic::prefix::Network;
use parts::storage::held::held;

/// The counts of both slots.
pub struct Counts<'m> {
    slots: [SlotCounts<'m>; 2],
    segment_bits: u32,
    /// The next chunk can be counted.
    pub is_idle: Signal<'m>,
}

/// The counts of a slot.
struct SlotCounts<'m> {
    /// For each segment the number of ones before it; the first is always 0.
    bases: Vec<Signal<'m>>,
    /// The bases are valid.
    is_counted: Signal<'m>,
}

impl<'m> Counts<'m> {
    /// Counts the ones of `a` when it is taken, with `load` = 1, into the slot `loads`; `masks` are those of the slots.
    pub fn new(
        m: &'m Module,
        params: &Params,
        a: &Stream<'m, MaskA<Signal<'m>>>,
        masks: [Signal<'m>; 2],
        load: Signal<'m>,
        loads: Signal<'m>,
    ) -> Counts<'m> {
        match params.offsets_a {
            OffsetsA::Fast => fast(m, params, a.payload.mask, load, loads),
            OffsetsA::Laggy => laggy(m, params, masks, load, loads),
        }
    }

    /// 1 if the ones of a slot are counted.
    pub fn is_counted(&self, slot: Signal<'m>) -> Signal<'m> {
        slot.mux(self.slots[1].is_counted, self.slots[0].is_counted)
    }

    /// The number of ones of a slot's mask below a position: the base of its segment, and the ones in the segment.
    pub fn offset(
        &self,
        m: &'m Module,
        slot: Signal<'m>,
        mask: Signal<'m>,
        position: Signal<'m>,
    ) -> Signal<'m> {
        let local_bits = index_width(self.segment_bits.into());
        let segment = position.high(position.width() - local_bits);
        let of_slots = self.slots[0].bases.iter().zip(&self.slots[1].bases);
        let bases: Vec<Signal> = of_slots.map(|(zero, one)| slot.mux(*one, *zero)).collect();
        let base = m.select(segment, &bases).named("base");
        let bits = m.select(segment, &mask.split_lsb(self.segment_bits)).named("segment");
        let below = below(m, position.low(local_bits), self.segment_bits);
        let counted = (bits & below).low(self.segment_bits - 1);
        base + population(&counted.split_lsb(1)).zext(base.width())
    }
}

/// All bases, computed in the cycle that takes the mask.
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
                held(m, &format!("base{}", segment + 1), *sum, load & loads.eq(number))
            };
            let bases = [m.lit(0, width)].into_iter().chain(sums.iter().enumerate().map(base));
            SlotCounts { bases: bases.collect(), is_counted: m.ones(1) }
        })
    };
    Counts { slots: [0, 1].map(slot), segment_bits: params.adders, is_idle: m.ones(1) }
}

/// The laggy prefix sum: one segment per cycle.
fn laggy<'m>(
    m: &'m Module,
    params: &Params,
    masks: [Signal<'m>; 2],
    load: Signal<'m>,
    loads: Signal<'m>,
) -> Counts<'m> {
    let width = params.position_bits();
    let segments = u64::from(params.segments());
    let busy = m.reg("laggy_busy", 1).reset_to(0);
    let slot = held(m, "laggy_slot", loads, load);
    let segment = m.reg("laggy_segment", index_width(segments)).enable(load | busy.value());
    segment.set((segment.value() + 1).gated(!load));
    let sum = m.reg("laggy_sum", width).enable(load | busy.value());
    let mask = slot.mux(masks[1], masks[0]);
    let bits = m.select(segment.value(), &mask.split_lsb(params.adders)).named("laggy_bits");
    let next = (sum.value() + population(&bits.split_lsb(1)).zext(width)).named("laggy_next");
    sum.set(next.gated(!load));
    // The base of the last segment is known at the end of the segment before it.
    let ends = (busy.value() & segment.value().eq(segments - 2)).named("laggy_ends");
    busy.enable(load | ends).set(load);

    let of_slot = |number: u64| {
        m.scope(&format!("slot{number}"), || {
            let is_counted = m.reg("is_counted", 1).reset_to(0);
            let starts = load & loads.eq(number);
            is_counted.enable(starts | (ends & slot.eq(number))).set(!starts);
            let base = |index: u64| {
                let counts = busy.value() & slot.eq(number) & segment.value().eq(index - 1);
                held(m, &format!("base{index}"), next, counts)
            };
            let bases = [m.lit(0, width)].into_iter().chain((1..segments).map(base));
            SlotCounts { bases: bases.collect(), is_counted: is_counted.value() }
        })
    };
    Counts { slots: [0, 1].map(of_slot), segment_bits: params.adders, is_idle: !busy.value() }
}
