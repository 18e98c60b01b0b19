//! Waiting joins: a short queue for each place of the group that a pipe serves, and the order in which they came.

use super::super::params::Params;
use hdl::{Bundle, Module, Signal, Wire};
use parts::storage::shift_queue::ShiftQueue;

/// A join: a mask of B, its tag, and the slot of the chunk of A.
#[derive(Clone, Copy, Bundle)]
pub struct Join<T> {
    pub mask: T,
    pub tag: T,
    pub slot: T,
}

/// The joins that wait for one pipe.
pub struct Lanes<'m> {
    /// For each lane, whether it can take a join.
    pub room: Vec<Signal<'m>>,
    /// There is a join.
    pub has_join: Signal<'m>,
    /// The oldest join; of those that came together, the one in the lowest place.
    pub oldest: Join<Signal<'m>>,
    take: Wire<'m>,
}

impl<'m> Lanes<'m> {
    /// Lanes for `joins`; each join enters if it is wanted and `taken` is 1.
    pub fn new(
        m: &'m Module,
        params: &Params,
        joins: &[(Signal<'m>, Join<Signal<'m>>)],
        taken: Signal<'m>,
    ) -> Lanes<'m> {
        let take = m.wire("takes_join", 1);
        let pushes: Vec<Signal> = joins.iter().map(|(wanted, _)| *wanted & taken).collect();
        let (has_join, turns) = order(m, params, &pushes, take.value());
        let mut room = vec![];
        let mut fronts = vec![];
        for (lane, ((_, join), push)) in joins.iter().zip(&pushes).enumerate() {
            m.scope(&format!("lane{lane}"), || {
                let pop = take.value() & turns[lane];
                let queue = ShiftQueue::new(m, m.pack(join), *push, pop, params.queue_depth);
                room.push(queue.has_room);
                fronts.push(queue.front);
            });
        }
        let cases: Vec<(Signal, Signal)> = turns.into_iter().zip(fronts).collect();
        let front = if cases.len() == 1 { cases[0].1 } else { m.one_hot(&cases) };
        let oldest = m.unpack(&Join { mask: params.mask_bits, tag: params.tag_bits, slot: 1 }, front);
        Lanes { room, has_join, oldest, take }
    }

    /// Takes the oldest join while `take` is 1, which is only allowed if there is one.
    pub fn finish(self, take: Signal<'m>) {
        self.take.drive(take);
    }
}

/// Returns whether there is a join, and for each lane whether its join is the oldest. A queue holds, for each beat
/// with joins, the lanes that have one; of the current beat, only the lanes that are left.
fn order<'m>(
    m: &'m Module,
    params: &Params,
    pushes: &[Signal<'m>],
    take: Signal<'m>,
) -> (Signal<'m>, Vec<Signal<'m>>) {
    let lanes = pushes.len() as u32;
    let word = m.concat_lsb(pushes);
    let left = m.reg("lanes_left", lanes).reset_to(0);
    let has_left = left.value().any();
    let pops = (take & !has_left).named("next_beat");
    // Each beat in the queue has a join in some lane, so there are never more beats than joins.
    let depth = lanes * params.queue_depth;
    let queue = m.scope("beats", || ShiftQueue::new(m, word, word.any(), pops, depth));
    let pending = has_left.mux(left.value(), queue.front.gated(queue.has_word)).named("pending_lanes");
    let pending_bits = pending.split_lsb(1);
    let mut turns = vec![];
    let mut earlier = m.lit(0, 1);
    for bit in pending_bits {
        turns.push(bit & !earlier);
        earlier = earlier | bit;
    }
    left.enable(take).set(pending & !m.concat_lsb(&turns));
    (earlier, turns)
}
