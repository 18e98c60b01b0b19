//! Writes to both memories: a write DMA of each, behind the streams of one.
//!
//! ```text
//! command --> by address --+--> [u_outside] --> memory outside
//! in -------> fork --------+
//! done <----- in order ----+--> [u_local] ----> on-chip memory
//! ```

use crate::meadow::meadow_decoder_layer::params::{ADDRESS_BITS, Params};
use hdl::{Bundle, Child, Design, Module, ModuleRef, Signal};
use parts::axi::write_dma::{DONE, Done, write_dma};
use parts::axi::{Command, Data, PortOf};
use parts::storage::fifo::Fifo;
use parts::stream::fork::fork_to;

/// Why the members of on-chip memory are there.
const IS_THERE: &str = "there is on-chip memory";

/// Matrices that can wait for their data, or for the answers of memory.
pub const UNDER_WAY: u64 = 8;

/// The port to on-chip memory.
pub const LOCAL: &str = "m_axi_local";

/// The memories that rows go to: one, or both.
#[derive(Clone, Copy, Bundle)]
pub struct To<T> {
    /// The one outside.
    pub outside: T,
    /// The one on the chip.
    pub local: T,
}

impl<'m> To<Signal<'m>> {
    /// The memory of a command's address, or both.
    pub fn of(command: &Command<Signal<'m>>, both: Signal<'m>) -> To<Signal<'m>> {
        let is_local = command.address.high(1);
        To { outside: !is_local | both, local: is_local | both }
    }

    fn each(&self) -> [Signal<'m>; 2] {
        [self.outside, self.local]
    }
}

/// A command; with on-chip memory, the highest bit of its address selects that.
#[derive(Clone, Copy, Bundle)]
pub struct StoreCommand<T> {
    /// What is written.
    #[bundle(flatten)]
    pub command: Command<T>,
    /// With on-chip memory: where its rows go.
    pub to: Option<To<T>>,
    /// With on-chip memory: the next command has the same rows, in the other memory. Both are one: they have the data of one, and
    /// end as one.
    pub joins_next: Option<T>,
}

/// A beat of a row.
#[derive(Clone, Copy, Bundle)]
pub struct StoreData<T> {
    /// Bytes from the lowest lane on.
    pub data: T,
    /// With on-chip memory: where it goes.
    pub to: Option<To<T>>,
}

impl Params {
    fn to(&self) -> Option<To<u32>> {
        (self.local_words > 0).then_some(To { outside: 1, local: 1 })
    }

    /// The widths of a command.
    pub fn store_command(&self) -> StoreCommand<u32> {
        let joins_next = self.to().map(|_| 1);
        StoreCommand { command: self.dma().command(), to: self.to(), joins_next }
    }

    /// The widths of a beat.
    pub fn store_data(&self) -> StoreData<u32> {
        StoreData { data: self.bus_bits, to: self.to() }
    }
}

/// The module.
pub fn writes(design: &Design, params: &Params) -> ModuleRef {
    let shape = params.port();
    let dma = write_dma(design, &shape);
    let parts = params.memory_parts();
    design.module("meadow_writes", &parts.iter().map(String::as_str).collect::<Vec<_>>(), |m| {
        m.describe("Writes matrices to both memories: each to one of them, or the same to both.");
        let dmas = [("u_outside", "m_axi"), ("u_local", LOCAL)].map(|(name, port)| {
            let dma = m.instance(name, dma);
            shape.connect_writes(m, port, PortOf(dma, "m_axi"));
            dma
        });
        let (begins, to) = command(m, params, &dmas);
        data(m, params, &dmas);
        done(m, &dmas, begins, &to);
    })
}

/// Hands on commands; returns where one begins whose rows are its own or the last one's, and where these go.
fn command<'m>(m: &'m Module, params: &Params, dmas: &[Child<'m>; 2]) -> (Signal<'m>, To<Signal<'m>>) {
    let input = m.input_stream("command", &params.store_command());
    let StoreCommand { command, to, joins_next } = input.payload;
    let (to, joins_next) = (to.expect(IS_THERE), joins_next.expect(IS_THERE));
    let is_local = command.address.high(1);
    let command = Command { address: command.address.low(ADDRESS_BITS), ..command };
    let taken = [!is_local, is_local].into_iter().zip(dmas).map(|(is_its, dma)| {
        let into = dma.input_stream("command", &params.port().command());
        into.set_valid(input.valid() & is_its);
        into.set_payload(command);
        is_its & into.ready()
    });
    input.set_ready(m.concat_lsb(&taken.collect::<Vec<_>>()).any());
    (input.fires() & !joins_next, to)
}

/// Hands on rows.
fn data<'m>(m: &'m Module, params: &Params, dmas: &[Child<'m>; 2]) {
    let input = m.input_stream("in", &params.store_data());
    let StoreData { data, to } = input.payload;
    let branches = dmas.map(|dma| dma.input_stream("in", &params.port().data()));
    branches.iter().for_each(|branch| branch.set_payload(Data { data }));
    fork_to(m, &input, &branches, &to.expect(IS_THERE).each());
}

/// Says how commands ended, in their order: where they had the same rows, when the last one has. `begins`: one begins, whose rows
/// go `to`.
fn done<'m>(m: &'m Module, dmas: &[Child<'m>; 2], begins: Signal<'m>, to: &To<Signal<'m>>) {
    // The stores let no more begin.
    let order = Fifo::new(m, "order", 2, UNDER_WAY);
    let ended = dmas.map(|dma| dma.output_stream("done", &DONE));
    let of_each = || order.front.split_lsb(1).into_iter().zip(&ended);
    let have_all_ended = of_each().map(|(is_in, done)| !is_in | done.valid());
    let output = m.output_stream("done", &DONE);
    output.set_valid(order.has_word() & m.concat_lsb(&have_all_ended.collect::<Vec<_>>()).all());
    let errors = of_each().map(|(is_in, done)| is_in & done.payload.error);
    output.set_payload(Done { error: m.concat_lsb(&errors.collect::<Vec<_>>()).any() });
    of_each().for_each(|(is_in, done)| done.set_ready(is_in & output.fires()));
    order.finish(begins, m.concat_lsb(&to.each()), output.fires());
}
