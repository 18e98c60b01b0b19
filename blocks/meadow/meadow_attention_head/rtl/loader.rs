//! The jobs of a stage, each with its rows.
//!
//! ```text
//! job ---> [queue] ---> [loaded] ---> the job that is worked on
//!             v
//! rows --> [half that loads] [half that is read]
//! ```

use super::buffer::Buffer;
use crate::meadow::meadow_attention_head::params::RowBeat;
use hdl::{Module, Signal, Signals, Stream};
use parts::storage::fifo::Fifo;

/// Jobs that wait for their rows. The last stage gets a job when the first one does, and begins it a few jobs later.
const WAITING: u64 = 4;

/// The jobs of a stage: the rows of one load while another is worked on.
pub struct Loader<'m, J> {
    /// The rows.
    pub rows: Buffer<'m>,
    /// A job begins: the one that is worked on from the next cycle on.
    pub starts: Signal<'m>,
    /// It, only while it begins.
    pub next: J,
    /// A job is worked on.
    pub is_busy: Signal<'m>,
}

impl<'m, J: Signals<'m>> Loader<'m, J> {
    /// Takes `jobs`, and for each `rows` up to the one of the number `last`, of which there are at most `depth`. The job that is
    /// worked on ends where `ends` is 1; the next one begins there if it is loaded.
    pub fn new(
        m: &'m Module,
        jobs: &Stream<'m, J>,
        rows: &Stream<'m, RowBeat<Signal<'m>>>,
        depth: u32,
        last: impl Fn(&J) -> Signal<'m>,
        ends: Signal<'m>,
    ) -> Loader<'m, J> {
        let queue = Fifo::new(m, "jobs", jobs.payload.packed_width(), WAITING);
        jobs.set_ready(!queue.is_full());
        let front = m.unpack(&jobs.payload, queue.front);
        let rows = Buffer::new(m, rows, rows.payload.row, depth, queue.has_word(), last(&front), ends);
        let loads = rows.fills;
        queue.finish(jobs.fires(), m.pack(&jobs.payload), loads);

        // There are two halves: while one is read, only one job can be loaded.
        let is_loaded = m.reg("is_loaded", 1).reset_to(0);
        let is_busy = m.reg("is_busy", 1).reset_to(0);
        let starts = (is_loaded.value() & (!is_busy.value() | ends)).named("starts");
        m.assert("loaded_job_has_room", !(loads & is_loaded.value() & !starts));
        is_loaded.enable(loads | starts).set(loads);
        is_busy.enable(starts | ends).set(starts);
        let next = m.hold("loaded", &front, loads);
        Loader { rows, starts, next, is_busy: is_busy.value() }
    }
}
