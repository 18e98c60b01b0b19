//! What is written to memory, and from whom it comes.

use super::counted::counted;
use super::transfer::{Routed, Transfer, transfers};
use crate::meadow::meadow_decoder_layer::params::Params;
use hdl::{Bundle, Design, Encoded, Module, ModuleRef, Signal, Stream};
use parts::axi::write_dma::{DONE, write_dma};
use parts::axi::{Data, PortOf};
use parts::storage::fifo::Fifo;

/// Who writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encoded)]
pub enum Writer {
    /// Products and attention.
    Results,
    /// Rows: the first result.
    First,
    /// Rows: the second one.
    Second,
}

/// Matrices that can wait for their data, or for the answers of memory.
const UNDER_WAY: u64 = 8;

impl Params {
    /// A transfer to memory.
    pub fn store(&self) -> Transfer<u32> {
        self.transfer(Writer::WIDTH)
    }

    /// The beats of a row of `row_bytes` bytes, less one.
    fn last_beat<'m>(&self, row_bytes: Signal<'m>) -> Signal<'m> {
        (row_bytes - 1).high(row_bytes.width() - self.bytes().ilog2())
    }
}

/// The module: transfers in, a stream of each writer in. `done` in the cycle in which a transfer has ended in memory; `failed` in
/// that in which a matrix of it has, with an error.
pub fn stores(design: &Design, params: &Params) -> ModuleRef {
    let (dma, transfers) = (write_dma(design, &params.dma()), transfers(design, params, Writer::WIDTH));
    let parts = params.memory_parts();
    design.module("meadow_stores", &parts.iter().map(String::as_str).collect::<Vec<_>>(), |m| {
        m.describe("Writes the results of steps, each from its writer.");
        let (dma, transfers) = (m.instance("u_dma", dma), m.instance("u_transfers", transfers));
        let transfer = m.input_stream("transfer", &params.store());
        transfers.input_stream("transfer", &params.store()).connect(&transfer);
        params.dma().connect_writes(m, "m_axi", PortOf(dma, "m_axi"));

        // The DMA takes a command when it has room; the data of its rows follows in the order of the commands.
        let commands = transfers.output_stream("command", &params.routed(Writer::WIDTH));
        let Routed { command, port, ends } = commands.payload;
        let into = dma.input_stream("command", &params.dma().command());
        let sent = Sent {
            writer: port,
            last_beat: params.last_beat(command.row_bytes),
            rows: command.rows,
            tiles: command.tiles,
        };
        let sending = Fifo::new(m, "sending", sent.packed_width(), UNDER_WAY);
        let ending = Fifo::new(m, "ending", 1, UNDER_WAY);
        let has_room = !sending.is_full() & !ending.is_full();
        into.set_valid(commands.valid() & has_room);
        commands.set_ready(into.ready() & has_room);
        into.set_payload(command);

        let now = m.unpack(&sent.map(|member| member.width()), sending.front);
        let data = dma.input_stream("in", &params.port().data());
        from_writer(m, params, &data, now.writer, sending.has_word());
        let ends_row = counted(m, "beat", data.fires(), now.last_beat);
        let ends_tile = counted(m, "row", ends_row, now.rows - 1);
        let ends_matrix = counted(m, "tile", ends_tile, now.tiles - 1);
        sending.finish(into.fires(), m.pack(&sent), ends_matrix);

        let done = dma.output_stream("done", &DONE);
        done.set_ready(m.ones(1));
        m.output("done", done.fires() & ending.front, "a transfer has ended in memory");
        m.output("failed", done.fires() & done.payload.error, "a matrix was not written as a whole");
        ending.finish(into.fires(), ends, done.fires());
    })
}

/// A matrix whose data is sent.
#[derive(Clone, Copy, Bundle)]
struct Sent<T> {
    writer: T,
    /// Beats of a row, less one.
    last_beat: T,
    rows: T,
    tiles: T,
}

/// Hands on the beats of a writer while `is_open`.
fn from_writer<'m>(
    m: &'m Module,
    params: &Params,
    data: &Stream<'m, Data<Signal<'m>>>,
    writer: Signal<'m>,
    is_open: Signal<'m>,
) {
    let takes = (data.ready() & is_open).named("takes");
    let (mut valid, mut words) = (vec![], vec![]);
    for own in Writer::VALUES {
        let stream = m.input_stream(own.name, &params.port().data());
        let is_his = writer.eq(own.value);
        stream.set_ready(is_his & takes);
        valid.push((is_his, stream.valid()));
        words.push((is_his, stream.payload.data));
    }
    data.set_valid(m.one_hot(&valid) & is_open);
    data.set_payload(Data { data: m.one_hot(&words) });
}
