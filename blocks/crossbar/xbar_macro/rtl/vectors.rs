//! Vectors on their way into `xbar_mvm`, and what each of them brings along.

use super::lanes::apart;
use super::packet::{Packet, Taken};
use crate::crossbar::xbar_macro::params::{Output, Params, VECTOR};
use hdl::{Bundle, Child, Module, Signal};
use parts::storage::credit::Credit;
use parts::storage::fifo::Fifo;

/// The most vectors in `xbar_mvm`: three in the driver, and eight behind it.
const VECTORS: u64 = 11;

/// What a vector brings along to its sums.
#[derive(Clone, Copy, Bundle)]
pub struct Tag<T> {
    /// It waits for a new table; only with output stages.
    pub reload: Option<T>,
    /// All neurons are at rest before it; only with neurons.
    pub rest: Option<T>,
    /// It is wrong.
    pub wrong: T,
}

fn tag(params: &Params) -> Tag<u32> {
    Tag { reload: params.stage().map(|_| 1), rest: (params.output == Output::Lif).then_some(1), wrong: 1 }
}

/// What software says of the next vector.
pub struct Next<'m> {
    pub skip_zeros: Signal<'m>,
    /// Where it does, in this cycle.
    pub reload: Option<Signal<'m>>,
    pub rest: Option<Signal<'m>>,
}

/// The vectors that are inside.
pub struct Vectors<'m> {
    inside: Credit<'m>,
    tags: Fifo<'m>,
    begins: Signal<'m>,
    ends: Signal<'m>,
    pushed: Signal<'m>,
    /// There are some, from the first beat to the last sums.
    pub are_inside: Signal<'m>,
    /// Of the one whose sums come next.
    pub tag: Tag<Signal<'m>>,
    /// One is wrong, in this cycle.
    pub error: Signal<'m>,
}

impl<'m> Vectors<'m> {
    /// Takes vectors; none begins while `waits` is 1.
    pub fn new(
        m: &'m Module,
        params: &Params,
        mvm: Child<'m>,
        next: &Next<'m>,
        waits: Signal<'m>,
    ) -> Vectors<'m> {
        let lanes = params.mvm.lanes;
        let stream = m.input_stream(VECTOR, &params.vector());
        let packet = Packet::new(m, stream.valid(), stream.payload, params.mvm.driver().beats());
        let (is_first, is_last, valid) = (packet.is_first, packet.is_last, packet.valid);
        let may_go = (!is_first | !waits).named("may_go");
        let is_signed = params.mvm.encoding.is_signed();
        let (inputs, is_odd) = apart(m, packet.data, lanes, params.mvm.input_bits, is_signed);
        mvm.set("in_valid", valid & may_go).set("in_data", m.concat_lsb(&inputs)).set("in_last", is_last);
        mvm.set("in_skip_zeros", next.skip_zeros);
        let Taken { ready, takes, ends, is_wrong } = packet.finish(m, mvm.get("in_ready") & may_go, is_odd);
        stream.set_ready(ready);

        let said = |name: &str, says: Option<Signal<'m>>| says.map(|says| until(m, name, says, ends));
        let brought = Tag {
            reload: said("reload_next", next.reload),
            rest: said("rest_next", next.rest),
            wrong: is_wrong,
        };
        let declared = tag(params);
        let inside = Credit::new(m, "inside", VECTORS);
        let tags = Fifo::new(m, "tags", declared.packed_width(), VECTORS);
        Vectors {
            are_inside: inside.count().any().named("are_inside"),
            tag: m.unpack(&declared, tags.front),
            begins: takes & is_first,
            ends,
            pushed: m.pack(&brought),
            error: ends & is_wrong,
            inside,
            tags,
        }
    }

    /// The last sums of a vector leave where `leaves` is 1.
    pub fn finish(self, m: &'m Module, leaves: Signal<'m>) {
        m.assert("there_is_room_for_vectors", !self.begins | self.inside.has_room);
        self.inside.finish(self.begins, leaves);
        self.tags.finish(self.ends, self.pushed, leaves);
    }
}

/// A flag that is 1 from `sets` until `uses`.
fn until<'m>(m: &'m Module, name: &str, sets: Signal<'m>, uses: Signal<'m>) -> Signal<'m> {
    let flag = m.reg(name, 1).reset_to(0).enable(sets | uses);
    flag.set(sets);
    flag.value()
}
