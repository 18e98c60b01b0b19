//! Bursts of reads.

use super::waiting::Waiting;
use crate::axi::Axi4;
use crate::storage::credit::Credit;
use crate::stream::arbiter::round_robin;
use hdl::{Module, Reg, Signal};

/// The bursts of an ID that are under way, all of which are the same memory's.
struct UnderWay<'m> {
    id: u64,
    bursts: Credit<'m>,
    memory: Reg<'m>,
}

impl<'m> UnderWay<'m> {
    fn new(m: &'m Module, shape: &Axi4, id: u32) -> UnderWay<'m> {
        let bursts = Credit::new(m, &format!("under_way{id}"), shape.outstanding.into());
        UnderWay { id: id.into(), bursts, memory: m.reg(&format!("memory{id}"), shape.select_bits) }
    }

    /// A burst for this memory may follow.
    fn lets(&self, memory: Signal<'m>) -> Signal<'m> {
        !self.bursts.count().any() | (self.memory.value().eq(memory) & self.bursts.has_room)
    }

    /// A burst for a memory goes out where `goes` is the ID, and one ends where `ends` is.
    fn finish(
        self,
        memory: Signal<'m>,
        (goes, id): (Signal<'m>, Signal<'m>),
        (ends, ended): (Signal<'m>, Signal<'m>),
    ) {
        let enters = goes & id.eq(self.id);
        self.memory.enable(enters).set(memory);
        self.bursts.finish(enters, ends & ended.eq(self.id));
    }
}

/// Hands on addresses, and returns the data of all memories, a beat of one or another in a cycle.
pub(super) fn reads(m: &Module, shape: &Axi4) {
    let asked = Waiting::new(m, "s_axi_ar", &shape.address());
    let (address, memory) = (asked.beat, shape.selects(&asked.beat).named("read_memory"));
    let ids: Vec<UnderWay> = (0..shape.outstanding).map(|id| UnderWay::new(m, shape, id)).collect();
    // Data of one ID comes in the order of its addresses, which two memories would not keep.
    let lets: Vec<Signal> = ids.iter().map(|id| id.lets(memory)).collect();
    let may_go = (asked.has_beat & m.select(address.id, &lets)).named("read_may_go");
    let goes: Vec<Signal> = shape
        .memory_ports()
        .map(|(number, port)| {
            let output = m.output_stream(&format!("{port}_ar"), &shape.selected().address());
            output.set_valid(may_go & memory.eq(number));
            output.set_payload(shape.for_memory(&address));
            output.fires()
        })
        .collect();
    let goes = m.concat_lsb(&goes).any().named("read_goes");
    asked.finish(goes);

    let (ends, ended) = answers(m, shape, &ids);
    for id in ids {
        id.finish(memory, (goes, address.id), (ends, ended));
    }
}

/// Returns data; says where a burst ends, and its ID.
fn answers<'m>(m: &'m Module, shape: &Axi4, ids: &[UnderWay<'m>]) -> (Signal<'m>, Signal<'m>) {
    let output = m.output_stream("s_axi_r", &shape.read_data());
    let memories: Vec<_> = shape
        .memory_ports()
        .map(|(_, port)| Waiting::new(m, &format!("{port}_r"), &shape.read_data()))
        .collect();
    let requests: Vec<Signal> = memories.iter().map(|memory| memory.has_beat).collect();
    let turn = round_robin(m, "turn", m.concat_lsb(&requests), output.ready());
    let turns = turn.one_hot.split_lsb(1);
    let beats: Vec<(Signal, Signal)> =
        turns.iter().zip(&memories).map(|(turn, memory)| (*turn, m.pack(&memory.beat))).collect();
    let beat = m.unpack(&shape.read_data(), m.one_hot(&beats));
    output.set_valid(turn.one_hot.any());
    output.set_payload(beat);
    for (memory, turn) in memories.into_iter().zip(turns) {
        memory.finish(turn & output.ready());
    }
    let are_open: Vec<Signal> = ids.iter().map(|id| id.bursts.count().any()).collect();
    m.assert("data_was_asked_for", !output.valid() | m.select(beat.id, &are_open));
    (output.fires() & beat.last, beat.id)
}
