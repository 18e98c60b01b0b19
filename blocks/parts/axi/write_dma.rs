#![doc = include_str!("write_dma.md")]

use super::Axi4;
use super::align::{Stored, place};
use super::bursts::bursts;
use super::port::{Request, WriteBeat};
use super::rows::rows;
use crate::Part;
use crate::storage::fifo::Fifo;
use hdl::{Bundle, Design, Module, ModuleRef, Signal, Stream};

/// See the page.
pub const PART: Part = Part {
    name: "write_dma",
    summary: "an AXI4 master that writes matrices of any stride, tile by tile",
    page: include_str!("write_dma.md"),
    example,
};

/// Addresses that wait until they are taken: two, so that one leaves in each cycle.
const ADDRESSES: u64 = 2;

/// How a command ended.
#[derive(Clone, Copy, Bundle)]
pub struct Done<T> {
    /// A burst of the matrix was answered with an error.
    pub error: T,
}

/// Its width.
pub const DONE: Done<u32> = Done { error: 1 };

/// The module: see the page. Panics where a number of the shape is out of range: [`Axi4::check`] says which.
#[track_caller]
pub fn write_dma(design: &Design, shape: &Axi4) -> ModuleRef {
    let shape = shape.checked();
    design.module("write_dma", &shape.parts().each_ref().map(String::as_str), |m| {
        m.describe("Writes matrices through an AXI4 port, tile by tile, row by row.");
        let command = m.input_stream("command", &shape.command());
        let input = m.input_stream("in", &shape.data());
        let address = m.output_stream("m_axi_aw", &shape.address());

        let stage =
            |name: &str, module: fn(&Design, &Axi4) -> ModuleRef| m.instance(name, module(design, shape));
        let [rows, bursts, place] =
            [stage("u_rows", rows), stage("u_bursts", bursts), stage("u_place", place)];
        rows.input_stream("command", &shape.command()).connect(&command);
        bursts.input_stream("row", &shape.row_at()).connect(&rows.output_stream("row", &shape.row_at()));

        // Bursts that were asked for and not answered yet: whether each is the last one of its command.
        let asked = Fifo::new(m, "asked", 1, shape.outstanding.into());
        let burst = bursts.output_stream("burst", &shape.bursts());
        let bundle = burst.payload;
        // A memory may take an address only when it sees data, so data does not wait until the address is taken.
        let request = Request { beat: bundle.beat, len: bundle.len };
        let addresses = Fifo::new(m, "addresses", m.pack(&request).width(), ADDRESSES);
        burst.set_ready(!addresses.is_full() & !asked.is_full());
        address.set_valid(addresses.has_word());
        let front = m.unpack(&request.map(|member| member.width()), addresses.front);
        address.set_payload(shape.ask(m, m.zero(shape.id_bits()), &front));
        addresses.finish(burst.fires(), m.pack(&request), address.fires());

        // A row whose data has not left, and a burst whose data has not left, have one that is not answered: these queues have room.
        let waiting = Fifo::new(m, "rows", m.pack(&bundle.row).width(), shape.outstanding.into());
        let row = place.input_stream("row", &shape.row());
        row.set_valid(waiting.has_word());
        row.set_payload(m.unpack(&shape.row(), waiting.front));
        waiting.finish(burst.fires() & bundle.starts_row, m.pack(&bundle.row), row.fires());
        place.input_stream("in", &shape.data()).connect(&input);

        let lengths = Fifo::new(m, "lengths", shape.burst_bits(), shape.outstanding.into());
        let ends_burst = send(m, shape, &place.output_stream("out", &shape.stored()), &lengths);
        lengths.finish(burst.fires(), bundle.len, ends_burst);

        let is_answered = answers(m, shape, asked.front);
        asked.finish(burst.fires(), bundle.ends_row & bundle.row.is_last, is_answered);
    })
}

/// Sends the beats of bursts of these lengths; returns when the last one of a burst leaves.
fn send<'m>(
    m: &'m Module,
    shape: &Axi4,
    beats: &Stream<'m, Stored<Signal<'m>>>,
    lengths: &Fifo<'m>,
) -> Signal<'m> {
    let output = m.output_stream("m_axi_w", &shape.write_data());
    let index = m.reg("index", shape.burst_bits()).reset_to(0);
    let last = index.value().eq(lengths.front).named("is_last");
    output.set_valid(beats.valid() & lengths.has_word());
    beats.set_ready(output.ready() & lengths.has_word());
    output.set_payload(WriteBeat { data: beats.payload.data, strb: beats.payload.strb, last });
    index.enable(output.fires()).set((index.value() + 1).gated(!last));
    output.fires() & last
}

/// Takes the answers to bursts, and says how a command ended when the answer to its last burst comes; returns when one is taken.
fn answers<'m>(m: &'m Module, shape: &Axi4, ends_command: Signal<'m>) -> Signal<'m> {
    let answer = m.input_stream("m_axi_b", &shape.write_response());
    let done = m.output_stream("done", &DONE);
    answer.payload.id.unused();
    let is_done = m.reg("is_done", 1).reset_to(0);
    answer.set_ready(!is_done.value());
    let ends = answer.fires() & ends_command;
    // The higher bit of a response is set for errors.
    let has_failed = m.reg("has_failed", 1).reset_to(0);
    let fails = has_failed.value() | answer.payload.resp.bit(1);
    has_failed.enable(answer.fires()).set(fails & !ends_command);
    is_done.enable(ends | done.ready()).set(ends);
    let error = m.reg("error", 1);
    error.enable(ends).set(fails);
    done.set_valid(is_done.value());
    done.set_payload(Done { error: error.value() });
    answer.fires()
}

fn example(design: &Design) -> ModuleRef {
    write_dma(design, &super::EXAMPLE)
}
