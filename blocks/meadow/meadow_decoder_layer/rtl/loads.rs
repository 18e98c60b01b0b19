//! What is read from memory, and to whom it goes.

use super::transfer::{Transfer, transfers};
use crate::meadow::meadow_decoder_layer::params::Params;
use hdl::{Bundle, Design, Encoded, ModuleRef, Signal};
use parts::axi::PortOf;
use parts::axi::read_dma::read_dma;
use parts::storage::fifo::Fifo;

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encoded)]
pub enum Reader {
    /// The sequencer: a step.
    Step,
    /// The buffer of tokens.
    Tokens,
    /// Tiles of weights.
    Weights,
    /// Keys.
    Keys,
    /// Values.
    Values,
    /// Gains and biases of a norm.
    Affine,
    /// Rows.
    A,
    /// Their second operands.
    B,
}

/// A beat for a reader.
#[derive(Clone, Copy, Bundle)]
pub struct Loaded<T> {
    /// Bytes of a row, from the lowest lane on; 0 behind its end.
    pub data: T,
    /// Last beat of the row.
    pub row_last: T,
}

/// Matrices that can wait for their data.
const UNDER_WAY: u64 = 8;

impl Params {
    /// The same: each row of a sparse product is a matrix of its own, and more of them than bursts are on their way.
    fn loads_under_way(&self) -> u64 {
        if self.sparse { 2 * u64::from(self.dma().outstanding) } else { UNDER_WAY }
    }

    /// A beat for a reader.
    pub fn loaded(&self) -> Loaded<u32> {
        Loaded { data: self.bus_bits, row_last: 1 }
    }

    /// A transfer from memory.
    pub fn load(&self) -> Transfer<u32> {
        self.transfer(Reader::WIDTH)
    }
}

/// The module: transfers in, a stream for each reader out. `is_idle` while nothing is under way; `failed` in the cycle in which a
/// matrix ends of which a part came with an error.
pub fn loads(design: &Design, params: &Params) -> ModuleRef {
    let (dma, transfers) = (read_dma(design, &params.dma()), transfers(design, params, &params.load()));
    let parts = params.memory_parts();
    design.module("meadow_loads", &parts.iter().map(String::as_str).collect::<Vec<_>>(), |m| {
        m.describe("Reads the operands of steps, each for its reader.");
        let (dma, transfers) = (m.instance("u_dma", dma), m.instance("u_transfers", transfers));
        let transfer = m.input_stream("transfer", &params.load());
        transfers.input_stream("transfer", &params.load()).connect(&transfer);
        params.dma().connect_reads(m, "m_axi", PortOf(dma, "m_axi"));

        let commands = transfers.output_stream("command", &params.routed(&params.load()));
        let into = dma.input_stream("command", &params.dma().command());
        let waiting = Fifo::new(m, "readers", Reader::WIDTH, params.loads_under_way());
        let has_room = !waiting.is_full();
        into.set_valid(commands.valid() & has_room);
        commands.set_ready(into.ready() & has_room);
        into.set_payload(commands.payload.command);

        let beats = dma.output_stream("out", &params.port().matrix_beat());
        let loaded = Loaded { data: beats.payload.data, row_last: beats.payload.row_last };
        let taken = Reader::VALUES.iter().map(|reader| {
            let stream = m.output_stream(reader.name, &params.loaded());
            let is_his = waiting.front.eq(reader.value);
            stream.set_valid(beats.valid() & waiting.has_word() & is_his);
            stream.set_payload(loaded);
            is_his & stream.ready()
        });
        let taken: Vec<Signal> = taken.collect();
        beats.set_ready(waiting.has_word() & m.concat_lsb(&taken).any());
        let ends = (beats.fires() & beats.payload.last).named("ends");
        m.output("failed", ends & beats.payload.error, "a matrix ends of which a part came with an error");
        m.output("reader", waiting.front, "whose matrix it is");
        let is_idle = !waiting.has_word() & !commands.valid() & transfer.ready();
        m.output("is_idle", is_idle, "no transfer is under way");
        waiting.finish(into.fires(), commands.payload.port, ends);
    })
}
