//! The header of a container, and what it asks for.

use super::words::Words;
use crate::meadow::packing::{HEADER_BYTES, MAGIC};
use crate::meadow::weight_unpacker::params::{Params, WORD_BITS};
use hdl::{Module, Reg, Signal, index_width};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Words of the header.
const WORDS: u32 = HEADER_BYTES as u32 * 8 / WORD_BITS;

/// The fields of a header, in registers. Only what is asked for is kept.
pub struct Header<'m> {
    module: &'m Module,
    /// Words of the header that come in one step, the number of the step, and a 1 in each step.
    words: u32,
    front: Signal<'m>,
    step: Option<Reg<'m>>,
    takes: Signal<'m>,
    bytes: RefCell<BTreeMap<u32, Signal<'m>>>,
}

impl<'m> Header<'m> {
    /// Takes a part of the header in each cycle with `takes` = 1, the first one again after `restarts`.
    pub fn new(
        m: &'m Module,
        params: &Params,
        words: &Words<'m>,
        takes: Signal<'m>,
        restarts: Signal<'m>,
    ) -> Header<'m> {
        let in_step = params.beat_words();
        let steps = WORDS / in_step;
        let step = (steps > 1).then(|| m.reg("header_step", index_width(steps.into())).reset_to(0));
        if let Some(step) = step {
            step.enable(takes | restarts).set((step.value() + 1).gated(!restarts));
        }
        let front = words.front(in_step);
        Header { module: m, words: in_step, front, step, takes, bytes: RefCell::default() }
    }

    /// The part that is taken is the last one.
    pub fn is_last(&self) -> Signal<'m> {
        self.step.map_or(self.module.ones(1), |step| step.value().all())
    }

    /// A byte.
    fn byte(&self, place: u32) -> Signal<'m> {
        let m = self.module;
        *self.bytes.borrow_mut().entry(place).or_insert_with(|| {
            let in_step = 2 * self.words;
            let (step, low) = (place / in_step, 8 * (place % in_step));
            let is_now = self.step.map_or(m.ones(1), |register| register.value().eq(u64::from(step)));
            let byte = m.reg(&format!("header_byte{place}"), 8).enable(self.takes & is_now);
            byte.set(self.front.slice(low + 7, low));
            byte.value()
        })
    }

    /// Several bytes.
    fn field(&self, first: u32, bytes: u32) -> Signal<'m> {
        let parts: Vec<Signal> = (first..first + bytes).map(|place| self.byte(place)).collect();
        self.module.concat_lsb(&parts)
    }

    /// Magic and version are right, and there are weights.
    pub fn is_legal(&self) -> Signal<'m> {
        let magic = self.field(0, 4).eq(u64::from(u32::from_le_bytes(MAGIC)));
        magic & self.byte(4).eq(1) & self.count().any()
    }

    /// The scheme has this number.
    pub fn is_scheme(&self, number: u64) -> Signal<'m> {
        self.byte(5).eq(number)
    }

    /// Number of weights.
    pub fn count(&self) -> Signal<'m> {
        self.field(16, 4)
    }

    /// `huffman`: the lanes are ours, and the classes fit.
    pub fn suits_lanes(&self, params: &Params) -> Signal<'m> {
        let m = self.module;
        let k = self.field(8, 4);
        let rest = match params.lanes {
            1 => m.zero(1),
            lanes => k.low(lanes.ilog2()).any(),
        };
        let may_have_classes = k.any() & !rest;
        let is_legal = |classes: u32| {
            let is_so = self.byte(28).eq(u64::from(classes));
            if classes > 1 { is_so & may_have_classes } else { is_so }
        };
        let classes = [1, 2, 4].into_iter().filter(|classes| *classes <= params.classes);
        let has_classes = classes.map(is_legal).reduce(|a, b| a | b).expect("there is one");
        self.byte(7).eq(u64::from(params.lanes)) & has_classes
    }

    /// Number of classes, 3 bits.
    pub fn classes(&self) -> Signal<'m> {
        self.byte(28).low(3)
    }

    /// Rows of lanes in an output.
    pub fn rows(&self, params: &Params) -> Signal<'m> {
        self.field(8, 4).high(32 - params.lanes.ilog2())
    }

    /// `meadow`: packets, modes and unique chunks fit.
    pub fn suits_packets(&self, params: &Params) -> Signal<'m> {
        let m = self.module;
        let packet = self.field(20, 2).eq(u64::from(params.packet_bits));
        let chunk = self.byte(22).eq(1) | self.byte(22).eq(2);
        let modes = self.byte(23).any() & self.byte(23).le(16);
        let unique = self.field(24, 4);
        let fits = unique.any() & unique.le(u64::from(params.unique));
        let widths = (0..16).map(|mode| {
            let is_used = self.byte(23).gt(m.lit(mode.into(), 8));
            let width = self.byte(32 + mode);
            !is_used | (width.any() & width.le(16))
        });
        packet & chunk & modes & fits & widths.reduce(|a, b| a & b).expect("there are 16")
    }

    /// A chunk has two weights.
    pub fn has_pairs(&self) -> Signal<'m> {
        self.byte(22).bit(1)
    }

    /// Number of modes, 5 bits.
    pub fn modes(&self) -> Signal<'m> {
        self.byte(23).low(5)
    }

    /// Number of unique chunks, 17 bits.
    pub fn unique(&self) -> Signal<'m> {
        self.field(24, 3).low(17)
    }

    /// The width of a mode's IDs, less 1, 4 bits.
    pub fn width(&self, mode: u32) -> Signal<'m> {
        (self.byte(32 + mode).low(5) - 1).low(4)
    }
}
