//! Bursts of writes.

use super::asked::INDEX_BITS;
use super::late::Late;
use super::{Memory, count_beats};
use crate::axi::align::Stored;
use crate::axi::{Axi4, ResponseBeat};
use crate::storage::fifo::Fifo;
use hdl::{Bundle, Module, Signal};

/// A beat of data that comes in this cycle.
pub(super) struct Write<'m> {
    /// It comes.
    pub fires: Signal<'m>,
    /// It is stored, because it has no error.
    pub is_stored: Signal<'m>,
    /// Its word.
    pub address: Signal<'m>,
    /// Data and strobes.
    pub beat: Stored<Signal<'m>>,
}

/// Takes a beat of data where `may` is 1, a burst after the other, and answers them in their order.
pub(super) fn writes<'m>(m: &'m Module, shape: &Axi4, memory: &Memory, may: Signal<'m>) -> Write<'m> {
    let asks = m.input_stream("s_axi_aw", &shape.address());
    let data = m.input_stream("s_axi_w", &shape.write_data());
    let output = m.output_stream("s_axi_b", &shape.write_response());
    let open = Fifo::new(m, "write", shape.asked().packed_width(), shape.outstanding.into());
    let width = shape.write_response().packed_width();
    let answers = Late::new(m, "response", width, shape.outstanding, memory.latency);
    asks.set_ready(!open.is_full());
    data.set_ready(may & open.has_word() & !answers.is_full());
    count_beats(m, "written_beats", data.fires(), "beats of data taken since reset");

    let burst = m.unpack(&shape.asked(), open.front);
    let index = m.reg("write_index", INDEX_BITS).reset_to(0);
    let is_end = index.value().eq(burst.len).named("write_is_end");
    m.assert("last_is_where_the_burst_ends", !data.fires() | data.payload.last.eq(is_end));
    index.enable(data.fires()).set((index.value() + 1).gated(!is_end));
    let address = burst.word(index.value()).named("write_address");

    let resp = memory.response(m, address, burst.is_refused).named("write_resp");
    let ends = (data.fires() & is_end).named("write_ends");
    // That of the last beat is the worst of all: where one has an error, those after it have one.
    output.set_valid(answers.has_word());
    output.set_payload(m.unpack(&shape.write_response(), answers.front()));
    answers.finish(ends, m.pack(&ResponseBeat { id: burst.id, resp }), output.fires());
    open.finish(asks.fires(), shape.pack_asked(m, "write", &asks), ends);

    let beat = Stored { data: data.payload.data, strb: data.payload.strb };
    Write { fires: data.fires(), is_stored: data.fires() & !resp.bit(1), address, beat }
}
