//! What is written to memory, and from whom it comes.

use super::counted::counted;
use super::transfer::{Routed, Transfer, transfers};
use super::writes::{LOCAL, StoreCommand, StoreData, To, UNDER_WAY, writes};
use crate::meadow::meadow_decoder_layer::params::Params;
use hdl::{Bundle, Design, Encoded, Module, ModuleRef, Signal, Stream};
use parts::axi::PortOf;
use parts::axi::write_dma::{DONE, write_dma};
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

impl Params {
    /// A transfer to memory.
    pub fn store(&self) -> Transfer<u32> {
        let at_once = (self.local_words > 0).then_some(1);
        Transfer { at_once, ..self.transfer(Writer::WIDTH) }
    }

    /// The beats of a row of `row_bytes` bytes, less one.
    fn last_beat<'m>(&self, row_bytes: Signal<'m>) -> Signal<'m> {
        (row_bytes - 1).high(row_bytes.width() - self.bytes().ilog2())
    }
}

/// The module: transfers in, a stream of each writer in. `done` in the cycle in which a transfer has ended in memory; `failed` in
/// that in which a matrix of it has, with an error.
pub fn stores(design: &Design, params: &Params) -> ModuleRef {
    let dma = match params.local() {
        None => write_dma(design, &params.port()),
        Some(_) => writes(design, params),
    };
    let transfers = transfers(design, params, &params.store());
    let parts = params.memory_parts();
    design.module("meadow_stores", &parts.iter().map(String::as_str).collect::<Vec<_>>(), |m| {
        m.describe("Writes the results of steps, each from its writer.");
        let (dma, transfers) = (m.instance("u_dma", dma), m.instance("u_transfers", transfers));
        let transfer = m.input_stream("transfer", &params.store());
        transfers.input_stream("transfer", &params.store()).connect(&transfer);
        params.port().connect_writes(m, "m_axi", PortOf(dma, "m_axi"));
        if params.local().is_some() {
            params.port().connect_writes(m, LOCAL, PortOf(dma, LOCAL));
        }

        // The DMA takes a command when it has room; the data of its rows follows in the order of the commands.
        let commands = transfers.output_stream("command", &params.routed(&params.store()));
        let Routed { command, port, ends, at_once } = commands.payload;
        let into = dma.input_stream("command", &params.store_command());
        let to = at_once.map(|at_once| To::of(&command, at_once));
        // Of two commands at once, the second stands for both.
        let joins_next = at_once.map(|at_once| at_once & !ends);
        let sent = Sent {
            writer: port,
            to,
            last_beat: params.last_beat(command.row_bytes),
            rows: command.rows,
            tiles: command.tiles,
        };
        let sending = Fifo::new(m, "sending", sent.packed_width(), UNDER_WAY);
        let ending = Fifo::new(m, "ending", 1, UNDER_WAY);
        let has_room = !sending.is_full() & !ending.is_full();
        into.set_valid(commands.valid() & has_room);
        commands.set_ready(into.ready() & has_room);
        into.set_payload(StoreCommand { command, to, joins_next });

        let now = m.unpack(&sent.map(|member| member.width()), sending.front);
        let data = dma.input_stream("in", &params.store_data());
        from_writer(m, params, &data, &now, sending.has_word());
        let ends_row = counted(m, "beat", data.fires(), now.last_beat);
        let ends_tile = counted(m, "row", ends_row, now.rows - 1);
        let ends_matrix = counted(m, "tile", ends_tile, now.tiles - 1);
        let begins = joins_next.map_or(into.fires(), |joins_next| into.fires() & !joins_next);
        sending.finish(begins, m.pack(&sent), ends_matrix);

        let done = dma.output_stream("done", &DONE);
        done.set_ready(m.ones(1));
        m.output("done", done.fires() & ending.front, "a transfer has ended in memory");
        m.output("failed", done.fires() & done.payload.error, "a matrix was not written as a whole");
        ending.finish(begins, ends, done.fires());
    })
}

/// A matrix whose data is sent.
#[derive(Clone, Copy, Bundle)]
struct Sent<T> {
    writer: T,
    to: Option<To<T>>,
    /// Beats of a row, less one.
    last_beat: T,
    rows: T,
    tiles: T,
}

/// Hands on the beats of the writer of a matrix while `is_open`.
fn from_writer<'m>(
    m: &'m Module,
    params: &Params,
    data: &Stream<'m, StoreData<Signal<'m>>>,
    sent: &Sent<Signal<'m>>,
    is_open: Signal<'m>,
) {
    let takes = (data.ready() & is_open).named("takes");
    let (mut valid, mut words) = (vec![], vec![]);
    for own in Writer::VALUES {
        let stream = m.input_stream(own.name, &params.port().data());
        let is_his = sent.writer.eq(own.value);
        stream.set_ready(is_his & takes);
        valid.push((is_his, stream.valid()));
        words.push((is_his, stream.payload.data));
    }
    data.set_valid(m.one_hot(&valid) & is_open);
    data.set_payload(StoreData { data: m.one_hot(&words), to: sent.to });
}
