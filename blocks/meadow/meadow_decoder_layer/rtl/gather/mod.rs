//! A sparse product: the elements of its token that are not 0, and the rows of weights that they need.
//!
//! ```text
//! loaded --+----------------------------------------------> rows
//!          +--> [scan] --> [values, offsets] --+--> [send] --> row
//!                                              |
//!                                              +--> [play] --+--> x
//! elements ----------------------------------------------->--+
//! ```

mod play;
mod scan;
mod send;

use super::tokens::Elements;
use crate::meadow::meadow_decoder_layer::params::{ADDRESS_BITS, COUNT_BITS, ELEMENT_BITS, Params};
use hdl::{Bundle, Design, Module, ModuleRef, Ram, Signal};

/// A sparse product.
#[derive(Clone, Copy, Bundle)]
pub struct GatherJob<T> {
    /// Tiles of weights, less one.
    pub last_tile: T,
    /// Bytes from a row of weights to the next.
    pub stride: T,
}

/// The widths of a job.
pub const GATHER_JOB: GatherJob<u32> = GatherJob { last_tile: COUNT_BITS, stride: ADDRESS_BITS };

/// The list of a token is complete.
#[derive(Clone, Copy, Bundle)]
pub struct Listed<T> {
    /// Its entries, less one.
    pub last_entry: T,
}

/// A row of weights that is to be loaded, or the table before those of a tile.
#[derive(Clone, Copy, Bundle)]
pub struct GatheredRow<T> {
    /// Bytes from the beginning of the weights, modulo the address space.
    pub offset: T,
    /// It is the table.
    pub is_table: T,
    /// The last row of the job.
    pub last: T,
}

/// The widths of a row.
pub const GATHERED_ROW: GatheredRow<u32> = GatheredRow { offset: ADDRESS_BITS, is_table: 1, last: 1 };

impl Params {
    /// The widths of what is told of a list.
    pub fn listed(&self) -> Listed<u32> {
        Listed { last_entry: self.element_bits() }
    }
}

/// The module. While it has a job, its row of `loaded` makes the list, `x` plays it instead of `elements`, and no other row may come in
/// before that one.
pub fn gather(design: &Design, params: &Params) -> ModuleRef {
    let mut parts = vec![
        format!("p{}", params.product_tokens()),
        format!("h{}", params.d_head),
        format!("d{}", params.inner),
        format!("b{}", params.bus_bits),
    ];
    parts.extend(params.lends.then(|| "lends".to_string()));
    parts.extend(params.split_part());
    design.module("meadow_gather", &parts.iter().map(String::as_str).collect::<Vec<_>>(), |m| {
        m.describe(
            "Lists the elements of a token that are not 0, and asks for their rows of weights, tile by tile.",
        );
        if let Some(text) = params.split_text() {
            m.describe(text);
        }
        let jobs = m.input_stream("job", &GATHER_JOB);
        let is_busy = m.reg("is_busy", 1).reset_to(0);
        jobs.set_ready(!is_busy.value());
        let depth = u64::from(params.inner);
        let gather = Gather {
            m,
            params,
            start: jobs.fires(),
            job: m.hold("job", &jobs.payload, jobs.fires()),
            is_busy: is_busy.value(),
            values: params.banks(m, "values", ELEMENT_BITS, params.turns(params.inner).into()),
            offsets: m.memory("offsets", ADDRESS_BITS, depth),
        };
        let list = m.scope("scan", || gather.scan());
        gather.tell(&list);
        m.scope("send", || gather.send(&list));
        let ends = m.scope("play", || gather.play(&list));
        is_busy.enable(jobs.fires() | ends).set(jobs.fires());
    })
}

/// The list with the present job, which begins with `start`.
struct Gather<'m, 'p> {
    m: &'m Module,
    params: &'p Params,
    start: Signal<'m>,
    job: GatherJob<Signal<'m>>,
    is_busy: Signal<'m>,
    /// Elements of the token: those of each part.
    values: Vec<Ram<'m>>,
    /// Where the row of each of them begins.
    offsets: Ram<'m>,
}

/// What has been found.
struct List<'m> {
    /// The list is complete: it can be read from the next cycle on.
    ends: Signal<'m>,
    /// Its entries, less one, from the next cycle on.
    last_entry: Signal<'m>,
}

impl<'m> Gather<'m, '_> {
    /// Tells the sequencer of a list.
    fn tell(&self, list: &List<'m>) {
        let output = self.m.output_stream("list", &self.params.listed());
        let is_there = self.m.reg("list_is_there", 1).reset_to(0).enable(list.ends | output.fires());
        is_there.set(list.ends);
        output.set_valid(is_there.value());
        output.set_payload(Listed { last_entry: list.last_entry });
    }
}
