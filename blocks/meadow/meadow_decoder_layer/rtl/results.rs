//! From an element of each token at a time to the rows of the tokens in memory.
//!
//! ```text
//! results --+--> a word of each token --> [token 0, token 1, ...], twice --> row by row --> rows
//! context --+
//! ```

use super::counted::counted;
use super::group::Group;
use super::projection::ResultBeat;
use crate::meadow::meadow_attention_head;
use crate::meadow::meadow_decoder_layer::params::{COUNT_BITS, ELEMENT_BITS, Params, WIDE_BITS};
use hdl::{Bundle, Design, Module, ModuleRef, Ram, Signal, index_width};
use meadow_attention_head::params::OutputBeat;
use parts::axi::Data;
use parts::storage::credit::Credit;
use parts::storage::fifo::Fifo;

/// The results of a step.
#[derive(Clone, Copy, Bundle)]
pub struct ResultJob<T> {
    /// Tokens, less one.
    pub last_row: T,
    /// Tiles, less one.
    pub last_tile: T,
    /// Elements have 16 bits.
    pub is_wide: T,
    /// They come from the attention stages.
    pub is_context: T,
}

/// The widths of a job.
pub const RESULT_JOB: ResultJob<u32> =
    ResultJob { last_row: COUNT_BITS, last_tile: COUNT_BITS, is_wide: 1, is_context: 1 };

/// Jobs that wait.
const JOBS: u64 = 2;

impl Params {
    /// Words of a tile's row of 16-bit elements.
    fn wide_words(&self) -> u32 {
        2 * self.row_beats()
    }
}

/// The module.
pub fn results(design: &Design, params: &Params) -> ModuleRef {
    let parts =
        [format!("p{}", params.tokens), format!("h{}", params.d_head), format!("b{}", params.bus_bits)];
    design.module("meadow_results", &parts.each_ref().map(String::as_str), |m| {
        m.describe("Collects the results of a group of tokens, and sends them token by token.");
        let input = m.input_stream("job", &RESULT_JOB);
        let word = m.pack(&input.payload);
        let [filling, draining] = ["filling", "draining"].map(|name| Fifo::new(m, name, word.width(), JOBS));
        input.set_ready(!filling.is_full() & !draining.is_full());
        let [fill_job, drain_job] = [&filling, &draining].map(|jobs| m.unpack(&RESULT_JOB, jobs.front));
        let groups = Credit::new(m, "groups", 2);
        let open = (filling.has_word() & groups.has_room).named("opens");
        let memory: Vec<_> = (0..params.tokens)
            .map(|token| {
                m.memory(&format!("token{token}"), params.bus_bits, 2 * u64::from(params.wide_words()))
            })
            .collect();
        let (filled, ends_fill) = m.scope("fill", || fill(m, params, &fill_job, open, &memory));
        let is_there = (draining.has_word() & groups.count().any()).named("has_group");
        let (drained, ends_drain) = m.scope("drain", || drain(m, params, &drain_job, is_there, &memory));
        filling.finish(input.fires(), word, ends_fill);
        draining.finish(input.fires(), word, ends_drain);
        groups.finish(filled, drained);
    })
}

/// Fills a half of the memory; returns when a group is there, and when it is the last one of its job.
fn fill<'m>(
    m: &'m Module,
    params: &Params,
    job: &ResultJob<Signal<'m>>,
    open: Signal<'m>,
    memory: &[Ram<'m>],
) -> (Signal<'m>, Signal<'m>) {
    let results = m.input_stream("results", &params.result());
    let context = m.input_stream("context", &params.head().out());
    results.set_ready(open & !job.is_context);
    context.set_ready(open & job.is_context);
    let OutputBeat { elements: narrow, last } = context.payload;
    last.unused();
    let takes = (results.fires() | context.fires()).named("takes");
    let ResultBeat { elements } = results.payload;
    let wide = elements.split_lsb(WIDE_BITS);
    let narrow = narrow.split_lsb(ELEMENT_BITS);

    let place = m.reg("place", params.place_bits()).reset_to(0).enable(takes);
    place.set(place.value() + 1);
    // Elements of a word, and words of a row: one bit of the place goes from one to the other.
    let lanes = params.lanes().ilog2();
    let is_word = place.value().low(lanes).all() & (job.is_wide | place.value().bit(lanes));
    let ends_word = (takes & is_word).named("ends_word");
    let address_bits = index_width(params.wide_words().into());
    let number = |low: u32| place.value().high(params.place_bits() - low).zext(address_bits);
    let word = if params.place_bits() == lanes + 1 {
        job.is_wide.mux(number(lanes), m.zero(address_bits))
    } else {
        job.is_wide.mux(number(lanes), number(lanes + 1))
    };
    let half = m.reg("half", 1).reset_to(0);
    for (token, memory) in memory.iter().enumerate() {
        let element = job.is_context.mux(narrow[token].sext(WIDE_BITS), wide[token]);
        let before = m.reg(&format!("before{token}"), params.bus_bits).enable(takes);
        let wide = m.concat(&[element, before.value().high(params.bus_bits - WIDE_BITS)]);
        let byte = element.low(ELEMENT_BITS);
        let narrow = m.concat(&[byte, before.value().high(params.bus_bits - ELEMENT_BITS)]);
        let next = job.is_wide.mux(wide, narrow);
        before.set(next);
        memory.write(ends_word, m.concat(&[half.value(), word]), next);
    }
    let ends_group = (takes & place.value().all()).named("ends_group");
    half.set(half.value() ^ ends_group);
    let group = Group::new(m, params.tokens, job.last_row, ends_group);
    (ends_group, counted(m, "tile", ends_group & group.is_last, job.last_tile))
}

/// Sends the rows of a half; returns when a group has gone, and when it was the last one of its job.
fn drain<'m>(
    m: &'m Module,
    params: &Params,
    job: &ResultJob<Signal<'m>>,
    is_there: Signal<'m>,
    memory: &[Ram<'m>],
) -> (Signal<'m>, Signal<'m>) {
    let output = m.output_stream("rows", &params.port().data());
    output.set_valid(is_there);
    let address_bits = index_width(params.wide_words().into());
    let [wide, narrow] =
        [params.wide_words(), params.row_beats()].map(|words| m.lit(u128::from(words - 1), address_bits));
    let last_word = job.is_wide.mux(wide, narrow);
    let word = m.reg("word", address_bits).reset_to(0).enable(output.fires());
    let ends_row = (output.fires() & word.value().eq(last_word)).named("ends_row");
    word.set((word.value() + 1).gated(!ends_row));
    let token_bits = index_width(params.tokens.into());
    let token = m.reg("token", token_bits).reset_to(0).enable(ends_row);
    let half = m.reg("half", 1).reset_to(0);
    let address = m.concat(&[half.value(), word.value()]);
    let word = |(number, memory): (u64, &Ram<'m>)| (token.value().eq(number), memory.read(address));
    let words: Vec<(Signal, Signal)> = (0..).zip(memory).map(word).collect();
    output.set_payload(Data { data: m.one_hot(&words) });

    let ends_group = m.wire("ends_group", 1);
    let group = Group::new(m, params.tokens, job.last_row, ends_group.value());
    let last_of_group = m.lit(u128::from(params.tokens - 1), token_bits);
    let last = group.is_last.mux(group.behind.low(token_bits), last_of_group);
    ends_group.drive(ends_row & token.value().eq(last));
    token.set((token.value() + 1).gated(!ends_group.value()));
    half.set(half.value() ^ ends_group.value());
    (ends_group.value(), counted(m, "tile", ends_group.value() & group.is_last, job.last_tile))
}
