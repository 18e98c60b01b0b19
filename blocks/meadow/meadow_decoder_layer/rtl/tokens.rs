//! The buffer of tokens: rows of memory in, an element of each part of each token of a product group out, once for each tile of weights.
//!
//! ```text
//!            +--> [token 0] --+
//! rows ------+--> [token 1] --+--> bytes --> x
//!            +-->    ...    --+
//! ```

use super::counted::counted;
use super::group::Group;
use super::loads::Loaded;
use super::pass::{Pass, of_pass};
use super::split::{Place, Turns, gated_by_part};
use crate::common::flow::Flow;
use crate::meadow::meadow_decoder_layer::params::{COUNT_BITS, ELEMENT_BITS, Params};
use hdl::{Bundle, Collision, Design, Module, ModuleRef, Ram, Signal, Wire, index_width};
use parts::storage::fifo::Fifo;

/// The tokens of a step.
#[derive(Clone, Copy, Bundle)]
pub struct TokenJob<T> {
    /// They come from memory; otherwise they are there.
    pub loads: T,
    /// If elements are lent: queries are made, without them.
    pub is_query: Option<T>,
    /// Tokens, less one.
    pub last_row: T,
    /// Elements of a token, less one.
    pub last_element: T,
    /// Tiles of weights, less one.
    pub last_tile: T,
}

/// An element of each part of each token of a product group.
#[derive(Clone, Copy, Bundle)]
pub struct Elements<T> {
    /// Two's complement, the first token in the lowest bits.
    ///
    /// Those of the first parts come first; then those of the second ones. 0 where a part has no element.
    pub elements: T,
    /// If there are several parts, a bit for each of them but the first: whether it has an element.
    pub has_part: Option<T>,
    /// If elements are lent: queries are made. Then only the tokens of a pass count, which are the first ones.
    pub is_query: Option<T>,
    /// The last element of the group, or of the pass.
    pub last: T,
    /// The last one of the tile.
    pub ends_tile: T,
}

impl Params {
    /// The widths of a job.
    pub fn token_job(&self) -> TokenJob<u32> {
        TokenJob {
            loads: 1,
            is_query: self.lends.then_some(1),
            last_row: COUNT_BITS,
            last_element: self.element_bits(),
            last_tile: COUNT_BITS,
        }
    }

    /// An element of each part of each token.
    pub fn elements(&self) -> Elements<u32> {
        Elements {
            elements: self.split_k * self.product_tokens() * ELEMENT_BITS,
            has_part: self.other_parts(),
            is_query: self.lends.then_some(1),
            last: 1,
            ends_tile: 1,
        }
    }

    /// Bits of the number of an element of a token.
    pub fn element_bits(&self) -> u32 {
        index_width(self.inner.into())
    }

    /// Words of the memory of a part of a token.
    fn part_words(&self) -> u32 {
        self.token_words / self.split_k
    }

    /// Bits of the address of such a word.
    fn token_address_bits(&self) -> u32 {
        index_width(self.part_words().into())
    }
}

/// Jobs that wait.
const JOBS: u64 = 2;

/// The module. A product group leaves as soon as its tokens are there.
pub fn tokens(design: &Design, params: &Params) -> ModuleRef {
    let mut parts = vec![
        format!("p{}", params.product_tokens()),
        format!("d{}", params.inner),
        format!("w{}", params.token_words),
        format!("b{}", params.bus_bits),
    ];
    parts.extend(params.lends.then(|| format!("q{}", params.query_tokens())));
    parts.extend(params.split_part());
    design.module("meadow_tokens", &parts.iter().map(String::as_str).collect::<Vec<_>>(), |m| {
        m.describe(
            "Keeps the tokens of a step, and hands out an element of each token of a product group at a time.",
        );
        if let Some(text) = params.split_text() {
            m.describe(text);
        }
        let input = m.input_stream("job", &params.token_job());
        let next = m.pack(&input.payload);
        let jobs = Fifo::new(m, "jobs", next.width(), JOBS);
        input.set_ready(!jobs.is_full());
        let is_busy = m.reg("is_busy", 1).reset_to(0);
        let buffer = Buffer {
            m,
            params,
            start: (jobs.has_word() & !is_busy.value()).named("start"),
            job: m.unpack(&params.token_job(), jobs.front),
            banks: (0..params.product_tokens())
                .map(|token| {
                    let name = format!("token{token}");
                    params.banks(m, &name, params.bus_bits, params.part_words().into())
                })
                .collect(),
        };
        let ends_group = m.wire("group_is_read", 1);
        let has_group = m.scope("load", || buffer.load(ends_group.value()));
        let ends = m.scope("play", || buffer.play(has_group, &ends_group));
        is_busy.enable(buffer.start | ends).set(buffer.start);
        jobs.finish(input.fires(), next, ends);
    })
}

/// The memories with the present job, which begins with `start`.
struct Buffer<'m, 'p> {
    m: &'m Module,
    params: &'p Params,
    start: Signal<'m>,
    job: TokenJob<Signal<'m>>,
    /// Of each token, the words of each part.
    banks: Vec<Vec<Ram<'m>>>,
}

impl<'m> Buffer<'m, '_> {
    /// Fills the banks; returns whether the next group that is read is there. One is read where `is_read` is 1.
    fn load(&self, is_read: Signal<'m>) -> Signal<'m> {
        let Buffer { m, params, start, job, banks } = self;
        let rows = m.input_stream("rows", &params.loaded());
        let Loaded { data, row_last } = rows.payload;
        let loads = m.reg("loads", 1).reset_to(0);
        rows.set_ready(loads.value());
        let ends_row = (rows.fires() & row_last).named("ends_row");
        let ends = counted(m, "row", ends_row, job.last_row);
        loads.enable(*start | ends).set(*start & job.loads);

        let tokens = params.product_tokens();
        let last_token = m.lit(u128::from(tokens - 1), index_width(tokens.into()));
        let width = params.token_address_bits() + params.part_bits();
        let token = m.reg("token", last_token.width()).reset_to(0).enable(ends_row);
        let ends_group = (ends_row & (token.value().eq(last_token) | ends)).named("ends_group");
        token.set((token.value() + 1).gated(!ends_group));
        // The group's first word, and the next one: the words of the parts by turns.
        let [first, word] = ["group_word", "word"].map(|name| m.reg(name, width).reset_to(0));
        let next = params.next_word(word.value(), ends_row).gated(!ends).named("next_word");
        first.enable(ends_group).set(next);
        word.enable(rows.fires()).set((ends_row & !ends_group).mux(first.value(), next));
        let Place { is_part, place } = params.place_of_word(m, word.value());
        for (number, banks) in banks.iter().enumerate() {
            let takes = rows.fires() & token.value().eq(number as u64);
            for (bank, is_part) in banks.iter().zip(&is_part) {
                bank.write(takes & *is_part, place, data);
            }
        }
        // Groups that are there and have not been read: while rows come, each is read for the first time.
        let ahead = m.reg("groups_ahead", COUNT_BITS).enable(*start | (ends_group ^ is_read));
        ahead.set(ends_group.mux(ahead.value() + 1, ahead.value() - 1).gated(!*start));
        !loads.value() | ahead.value().any()
    }

    /// Plays the groups, tile by tile; returns when the last element leaves.
    fn play(&self, has_group: Signal<'m>, group_is_read: &Wire<'m>) -> Signal<'m> {
        let Buffer { m, params, start, job, .. } = self;
        let output = m.output_stream("x", &params.elements());
        let plays = m.reg("plays", 1).reset_to(0);
        let is_there = m.wire("element_is_there", 1);
        let flow = Flow { m, advance: (!is_there.value() | output.ready()).named("advance") };
        let is_open = (plays.value() & has_group).named("is_open");
        is_there.drive(flow.flag("valid", is_open));
        let reads = (is_open & flow.advance).named("reads");

        let element = m.reg("element", params.turn_bits()).reset_to(0).enable(reads);
        let turns = Turns::new(m, params, job.last_element);
        let is_last = element.value().eq(turns.last).named("is_last_element");
        element.set((element.value() + 1).gated(!is_last));
        let ends_group = m.wire("ends_group", 1);
        let group = Group::new(m, params.product_tokens(), job.last_row, ends_group.value());
        let ends_pass = (reads & is_last).named("ends_pass");
        let pass = job.is_query.map(|is_query| Pass::new(m, params, is_query, &group, ends_pass));
        let pass_is_last = pass.as_ref().map_or(m.ones(1), |pass| pass.is_last);
        ends_group.drive(ends_pass & pass_is_last);
        let ends_group = ends_group.value();
        group_is_read.drive(ends_group);
        let ends_tile = (ends_group & group.is_last).named("ends_tile");
        let ends = counted(m, "tile", ends_tile, job.last_tile);
        plays.enable(*start | ends).set(*start);

        // A word is read for each of its bytes.
        let lane_bits = index_width(params.bytes().into());
        let lane = if params.turn_bits() < lane_bits {
            element.value().zext(lane_bits)
        } else {
            element.value().low(lane_bits)
        };
        let word = m.reg("word", params.token_address_bits()).reset_to(0);
        let next = (word.value() + 1).gated(!ends_tile);
        let first = || first_word(m, next, ends_group);
        let next = pass.as_ref().map_or(next, |pass| (ends_pass & !pass.is_last).mux(first(), next));
        word.enable(reads & (lane.all() | is_last)).set(next);
        let lane = flow.keep("lane", lane);
        let has_part = turns.has_part(element.value()).map(|has_part| flow.keep("has_part", has_part));
        let of_tokens = self.elements(flow, word.value(), lane, &group, has_part);
        let pass = pass.map(|pass| flow.keep("pass", pass.number));
        let of_part = |part: usize| {
            let elements: Vec<Signal> = of_tokens.iter().map(|parts| parts[part]).collect();
            pass.map_or(elements.clone(), |pass| of_pass(m, params, &elements, pass))
        };
        let elements: Vec<Signal> = (0..params.split_k as usize).flat_map(of_part).collect();
        let is_query = job.is_query.map(|is_query| flow.keep("is_query", is_query));
        let [last, ends_tile, is_end] = [("is_last", is_last), ("is_tile_end", ends_tile), ("is_end", ends)]
            .map(|(name, flag)| flow.keep(name, flag));
        output.set_valid(is_there.value());
        let elements = m.concat_lsb(&elements);
        output.set_payload(Elements { elements, has_part, is_query, last, ends_tile });
        output.fires() & is_end
    }

    /// The byte of a `lane` of a word of each part of each token, a cycle later; 0 where there is no token or no element.
    fn elements(
        &self,
        flow: Flow<'m>,
        word: Signal<'m>,
        lane: Signal<'m>,
        group: &Group<'m>,
        has_part: Option<Signal<'m>>,
    ) -> Vec<Vec<Signal<'m>>> {
        let Buffer { m, params, banks, .. } = self;
        let of_bank = |token: u32, part: u32, bank: &Ram<'m>| {
            let name = params.of_part(&format!("word{token}"), part);
            let word = bank.read_at_clock(&name, word, Collision::Undefined);
            let element = m.select(lane, &word.enable(flow.advance).value().split_lsb(ELEMENT_BITS));
            gated_by_part(element, has_part, part)
        };
        let of_token = |(token, banks): (u32, &Vec<Ram<'m>>)| -> Vec<Signal> {
            let parts = (0..).zip(banks);
            let elements: Vec<Signal> = parts.map(|(part, bank)| of_bank(token, part, bank)).collect();
            let has_token = flow.keep(&format!("has_token{token}"), group.has(token));
            elements.into_iter().map(|element| element.gated(has_token)).collect()
        };
        (0..).zip(banks).map(of_token).collect()
    }
}

/// The first word of the present group, which the next pass begins with as well: the next word where a group ends.
fn first_word<'m>(m: &'m Module, next: Signal<'m>, ends_group: Signal<'m>) -> Signal<'m> {
    let first = m.reg("group_word", next.width()).reset_to(0).enable(ends_group);
    first.set(next);
    first.value()
}
