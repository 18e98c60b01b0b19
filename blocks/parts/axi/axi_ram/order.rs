//! The order in which the beats of reads are served.

use super::asked::{Asked, INDEX_BITS};
use crate::arithmetic::lowest_one::lowest_one;
use crate::axi::Axi4;
use crate::coding::lfsr::lfsr;
use crate::storage::store::Store;
use hdl::{Bundle, Module, Reg, Signal};

/// Bits of the register that chooses.
const RANDOM_BITS: u32 = 16;

/// A beat to read.
#[derive(Clone, Copy, Bundle)]
pub(super) struct Beat<T> {
    /// ID of its burst.
    pub id: T,
    /// Its word.
    pub address: T,
    /// The last beat of its burst.
    pub last: T,
    /// Its burst is of a kind that the memory does not serve.
    pub is_refused: T,
}

/// What is to be read next.
pub(super) struct Next<'m> {
    /// There is a beat.
    pub has_beat: Signal<'m>,
    /// That beat.
    pub beat: Beat<Signal<'m>>,
    /// The burst at the front of the queue is done with.
    pub pops: Signal<'m>,
}

/// The bursts whose time has come, as the queue shows them.
pub(super) struct Due<'m> {
    /// There is one.
    pub has_burst: Signal<'m>,
    /// The oldest.
    pub burst: Asked<Signal<'m>>,
    /// The beat that is to be read next is taken.
    pub moves: Signal<'m>,
}

/// One burst after the other.
pub(super) fn in_order<'m>(m: &'m Module, due: &Due<'m>) -> Next<'m> {
    let Asked { id, len, is_refused, .. } = due.burst;
    let index = m.reg("read_index", INDEX_BITS).reset_to(0);
    let last = index.value().eq(len).named("read_is_last");
    let takes = due.has_burst & due.moves;
    index.enable(takes).set((index.value() + 1).gated(!last));
    let beat = Beat { id, address: due.burst.word(index.value()), last, is_refused };
    Next { has_beat: due.has_burst, beat, pops: takes & last }
}

/// The bursts that are served at once, one of each ID.
struct Slots<'m> {
    bursts: Store<'m>,
    is_used: Vec<Reg<'m>>,
    /// Beats that were served.
    counts: Vec<Reg<'m>>,
}

impl<'m> Slots<'m> {
    fn new(m: &'m Module, shape: &Axi4) -> Slots<'m> {
        let each = |name: &str, width| {
            (0..shape.outstanding).map(|id| m.reg(&format!("{name}{id}"), width).reset_to(0)).collect()
        };
        Slots {
            bursts: Store::new(m, "served", shape.asked().packed_width(), shape.outstanding.into()),
            is_used: each("is_used", 1),
            counts: each("served_beats", INDEX_BITS),
        }
    }

    fn used(&self, m: &'m Module) -> Signal<'m> {
        m.concat_lsb(&self.is_used.iter().map(|register| register.value()).collect::<Vec<_>>())
    }

    /// A burst takes the slot of its ID where `enters` is 1; a beat of `chosen` is served where `takes` is, and with its
    /// `last` the slot is free.
    fn finish(
        self,
        enters: Signal<'m>,
        burst: &Asked<Signal<'m>>,
        takes: Signal<'m>,
        chosen: Signal<'m>,
        last: Signal<'m>,
    ) {
        let m = enters.module();
        self.bursts.write(enters, burst.id, m.pack(burst));
        for (id, (is_used, count)) in self.is_used.iter().zip(&self.counts).enumerate() {
            let (enters, takes) = (enters & burst.id.eq(id as u64), takes & chosen.eq(id as u64));
            is_used.enable(enters | (takes & last)).set(enters);
            count.enable(enters | takes).set((count.value() + 1).gated(!enters));
        }
    }
}

/// A beat of any burst, one burst of each ID at a time.
pub(super) fn unordered<'m>(m: &'m Module, shape: &Axi4, due: &Due<'m>) -> Next<'m> {
    let slots = Slots::new(m, shape);
    let used = slots.used(m);
    // The first in use from a random one on.
    let random = lfsr(m, "random", RANDOM_BITS, 1, shape.id_bits(), m.ones(1)).low(shape.id_bits());
    let chosen = (lowest_one(m, used.rotate_right(random)).index + random).named("chosen");
    let burst = m.unpack(&shape.asked(), slots.bursts.read(chosen));
    let counts: Vec<Signal> = slots.counts.iter().map(|count| count.value()).collect();
    let index = m.select(chosen, &counts).named("read_index");
    let last = index.eq(burst.len).named("read_is_last");
    let takes = used.any() & due.moves;
    // The slot of its ID is free, or becomes free in this cycle.
    let frees = takes & last & chosen.eq(due.burst.id);
    let enters = (due.has_burst & (frees | !used.bit_at(due.burst.id))).named("enters");
    slots.finish(enters, &due.burst, takes, chosen, last);
    let beat = Beat { id: chosen, address: burst.word(index), last, is_refused: burst.is_refused };
    Next { has_beat: used.any(), beat, pops: enters }
}
