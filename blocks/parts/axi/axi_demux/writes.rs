//! Bursts of writes.

use super::waiting::Waiting;
use crate::axi::{AddressBeat, Axi4, ResponseBeat, WriteBeat};
use crate::storage::credit::Credit;
use crate::storage::fifo::Fifo;
use hdl::{Bundle, Module, Signal};

/// A burst that is not answered.
#[derive(Clone, Copy, Bundle)]
struct Unanswered<T> {
    /// Its memory.
    memory: T,
    /// The ID that it came with.
    id: T,
}

/// Hands on addresses and data, and returns the responses in the order of the addresses.
pub(super) fn writes(m: &Module, shape: &Axi4) {
    let unanswered = Unanswered { memory: shape.select_bits, id: shape.id_bits() };
    let order = Fifo::new(m, "unanswered", unanswered.packed_width(), shape.outstanding.into());
    let oldest = m.unpack(&unanswered, order.front);
    let answered = answers(m, shape, &oldest);

    // Bursts that were offered to one memory, whose data has not all left. No other memory is offered one: if it were, and several
    // masters shared the memories, each could wait for data that is behind another's.
    let with_data = Credit::new(m, "with_data", shape.outstanding.into());
    let asked = Waiting::new(m, "s_axi_aw", &shape.address());
    let memory = shape.selects(&asked.beat).named("write_memory");
    let present = m.reg("present_memory", shape.select_bits);
    let is_free = !with_data.count().any() | present.value().eq(memory);
    let is_offered = m.reg("is_offered", 1).reset_to(0);
    let begins = asked.has_beat & !is_offered.value() & is_free & !order.is_full();
    let begins = begins.named("write_begins");
    present.enable(begins).set(memory);
    let goes = addresses(m, shape, &asked.beat, begins | is_offered.value());
    is_offered.enable(begins | goes).set(!goes);
    let ends = data(m, shape, with_data.count().any(), present.value());
    with_data.finish(begins, ends);
    order.finish(begins, m.pack(&Unanswered { memory, id: asked.beat.id }), answered);
    asked.finish(goes);
}

/// Offers an address to its memory; returns whether it is taken. All have the ID 0, so that a memory answers in their order.
fn addresses<'m>(
    m: &'m Module,
    shape: &Axi4,
    address: &AddressBeat<Signal<'m>>,
    is_offered: Signal<'m>,
) -> Signal<'m> {
    let memory = shape.selects(address);
    let of_memory = shape.for_memory(address);
    let goes = shape.memory_ports().map(|(number, port)| {
        let output = m.output_stream(&format!("{port}_aw"), &shape.selected().address());
        output.set_valid(is_offered & memory.eq(number));
        output.set_payload(AddressBeat { id: m.zero(shape.id_bits()), ..of_memory });
        output.fires()
    });
    m.concat_lsb(&goes.collect::<Vec<_>>()).any().named("write_goes")
}

/// Sends data to the present memory while `is_open`; returns where a burst ends. A memory may want data before it takes the
/// address, so data does not wait for that.
fn data<'m>(m: &'m Module, shape: &Axi4, is_open: Signal<'m>, present: Signal<'m>) -> Signal<'m> {
    let beats = Waiting::new(m, "s_axi_w", &shape.write_data());
    let WriteBeat { last, .. } = beats.beat;
    let goes = shape.memory_ports().map(|(number, port)| {
        let output = m.output_stream(&format!("{port}_w"), &shape.write_data());
        output.set_valid(beats.has_beat & is_open & present.eq(number));
        output.set_payload(beats.beat);
        output.fires()
    });
    let goes = m.concat_lsb(&goes.collect::<Vec<_>>()).any().named("data_goes");
    beats.finish(goes);
    goes & last
}

/// Returns the response to the oldest burst when it is there; says when it is taken. All responses have room, so that no memory
/// waits for another.
fn answers<'m>(m: &'m Module, shape: &Axi4, oldest: &Unanswered<Signal<'m>>) -> Signal<'m> {
    let output = m.output_stream("s_axi_b", &shape.write_response());
    let memories = shape.memory_ports().map(|(number, port)| {
        let input = m.input_stream(&format!("{port}_b"), &shape.write_response());
        let ResponseBeat { id, resp } = input.payload;
        id.unused();
        let responses = Fifo::new(m, &format!("{port}_b_waiting"), resp.width(), shape.outstanding.into());
        input.set_ready(!responses.is_full());
        let is_oldest = oldest.memory.eq(number);
        let (has, front) = (responses.has_word(), responses.front);
        responses.finish(input.fires(), resp, is_oldest & has & output.ready());
        ((is_oldest, has), (is_oldest, front))
    });
    let (has, responses): (Vec<_>, Vec<_>) = memories.unzip();
    output.set_valid(m.one_hot(&has));
    output.set_payload(ResponseBeat { id: oldest.id, resp: m.one_hot(&responses) });
    output.fires()
}
