//! The jobs of a stage, each with its rows, or with those of the job before.
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
use parts::storage::held::held;

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

/// What a job says about its rows.
pub struct RowsOfJob<'m> {
    /// The number of the last one.
    pub last: Signal<'m>,
    /// They are those of the job before, where jobs may keep them.
    pub keeps: Option<Signal<'m>>,
}

impl<'m, J: Signals<'m>> Loader<'m, J> {
    /// Takes `jobs`, and for each the `rows` that it asks for, at most `depth`. The job that is worked on ends where `ends` is 1; the
    /// next one begins there if it is loaded.
    pub fn new(
        m: &'m Module,
        jobs: &Stream<'m, J>,
        rows: &Stream<'m, RowBeat<Signal<'m>>>,
        depth: u32,
        of_job: impl Fn(&J) -> RowsOfJob<'m>,
        ends: Signal<'m>,
    ) -> Loader<'m, J> {
        let queue = Fifo::new(m, "jobs", jobs.payload.packed_width(), WAITING);
        jobs.set_ready(!queue.is_full());
        let front = m.unpack(&jobs.payload, queue.front);
        let RowsOfJob { last, keeps } = of_job(&front);
        let is_loaded = m.reg("is_loaded", 1).reset_to(0);
        let is_busy = m.reg("is_busy", 1).reset_to(0);
        let starts = (is_loaded.value() & (!is_busy.value() | ends)).named("starts");
        let kept = keeps.map(|keeps| Kept::new(m, keeps, queue.has_word(), is_loaded.value()));
        let (opens, release) = match &kept {
            None => (queue.has_word(), ends),
            Some(kept) => (kept.opens, kept.release(starts)),
        };
        let rows = Buffer::new(m, rows, rows.payload.row, depth, opens, last, release);
        let loads = match &kept {
            None => rows.fills,
            Some(kept) => kept.loads(rows.fills),
        };
        queue.finish(jobs.fires(), m.pack(&jobs.payload), loads);

        // There are two halves: while one is read, only one job can be loaded.
        m.assert("loaded_job_has_room", !(loads & is_loaded.value() & !starts));
        is_loaded.enable(loads | starts).set(loads);
        is_busy.enable(starts | ends).set(starts);
        let next = m.hold("loaded", &front, loads);
        Loader { rows, starts, next, is_busy: is_busy.value() }
    }
}

/// Jobs that keep the rows of the job before: these stay until a job with rows of its own begins.
struct Kept<'m> {
    m: &'m Module,
    /// Rows may be taken: those of a job that needs some, if none waits that could keep others.
    opens: Signal<'m>,
    /// A job is loaded that needs none.
    skips: Signal<'m>,
    /// The job that is loaded keeps the rows that are there.
    is_keeping: Signal<'m>,
}

impl<'m> Kept<'m> {
    /// Whether the job in front, if there is one, `keeps` its rows; none is taken while another one is loaded.
    fn new(m: &'m Module, keeps: Signal<'m>, has_job: Signal<'m>, is_loaded: Signal<'m>) -> Kept<'m> {
        let may_load = has_job & !is_loaded;
        let skips = (may_load & keeps).named("keeps_rows");
        let is_keeping = held(m, "loaded_keeps", keeps, may_load);
        Kept { m, opens: may_load & !keeps, skips, is_keeping }
    }

    /// A job is loaded.
    fn loads(&self, fills: Signal<'m>) -> Signal<'m> {
        (fills | self.skips).named("loads")
    }

    /// The rows that were there are not needed any more: one `starts` with rows of its own. Before the first one there are none.
    fn release(&self, starts: Signal<'m>) -> Signal<'m> {
        let has_rows = self.m.reg("has_rows", 1).reset_to(0).enable(starts);
        has_rows.set(self.m.ones(1));
        (starts & !self.is_keeping & has_rows.value()).named("releases")
    }
}
