//! Tokens times tiles of weights.
//!
//! ```text
//! x --------------> [elements] --> x --> [sums] --> element by element --> + bias --> scale --> function --> scale --+--> results
//! weights --> tiles ---------------^       ^                                                                         +--> [queries] --> query
//!                           lent elements -+
//! ```

use super::counted::counted;
use super::group::Group;
use super::lent::{Offer, lend};
use super::split::gated_by_part;
use super::tokens::Elements;
use super::weights::{ON_THEIR_WAY, Weights};
use crate::block::Hardware;
use crate::common::flow::Flow;
use crate::common::saturate::saturated;
use crate::meadow::meadow_attention_head::params::{SCALE, ScaleFields};
use crate::meadow::meadow_attention_head::rtl::lent::LentBeat;
use crate::meadow::meadow_attention_head::rtl::query::Queries;
use crate::meadow::meadow_attention_head::rtl::serial::Serial;
use crate::meadow::meadow_attention_head::rtl::units::{Feed, Results, Units};
use crate::meadow::meadow_decoder_layer::params::{
    COUNT_BITS, ELEMENT_BITS, FUNCTION_BITS, Params, WIDE_BITS,
};
use crate::meadow::meadow_decoder_layer::step::Function;
use crate::meadow::meadow_mac_pe::Kind;
use crate::meadow::meadow_requantize::scaling::{Magnitude, product, rounded};
use crate::meadow::meadow_requantize::{MAGNITUDE_BITS, SHIFT_BITS, SUM_BITS};
use hdl::{Bundle, Child, Design, Encoded, Module, ModuleRef, Signal, index_width};
use parts::arithmetic::tree::tree;
use parts::storage::credit::Credit;
use parts::storage::fifo::Fifo;

/// What becomes of the sums of a step.
#[derive(Clone, Copy, Bundle)]
pub struct ProjectionJob<T> {
    /// Tokens, less one.
    pub last_row: T,
    /// Tiles of columns, less one.
    pub last_tile: T,
    /// They are queries.
    pub is_query: T,
    /// 0 none, 1 ReLU, 2 GELU, 3 SiLU.
    pub function: T,
    /// Results have 16 bits.
    pub is_wide: T,
    /// The scale behind the function.
    pub scale: ScaleFields<T>,
}

/// An element of the results of each token.
#[derive(Clone, Copy, Bundle)]
pub struct ResultBeat<T> {
    /// 16 bits each, the first token in the lowest bits.
    pub elements: T,
}

/// Jobs that wait.
const JOBS: u64 = 2;

impl Params {
    /// The widths of a job.
    pub fn projection_job(&self) -> ProjectionJob<u32> {
        ProjectionJob {
            last_row: COUNT_BITS,
            last_tile: COUNT_BITS,
            is_query: 1,
            function: Function::WIDTH,
            is_wide: 1,
            scale: SCALE,
        }
    }

    /// An element of each token.
    pub fn result(&self) -> ResultBeat<u32> {
        ResultBeat { elements: self.tokens * WIDE_BITS }
    }

    /// Bits of the place of an element in a tile.
    pub fn place_bits(&self) -> u32 {
        index_width(self.d_head.into())
    }
}

/// The module. `drops` drops the tile that has been loaded, if one has, and ends its job.
pub fn projection(design: &Design, params: &Params) -> ModuleRef {
    let head = params.head();
    let element = head.element(Kind::Broadcast, ELEMENT_BITS);
    let (unit, gelu, silu) =
        (element.build(design), params.gelu().build(design), params.silu().build(design));
    let parts = params.layer_parts();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    design.module("meadow_projection", &parts, |m| {
        m.describe("Products of tokens and tiles of weights, scaled.");
        m.describe(match params.split_k {
            1 => "A product group takes as many cycles as a token has elements, for each tile.",
            _ => "A product group takes as many cycles as the first part of a token has elements, for each tile.",
        });
        let drops = m.input("drops", 1, "drops the tile that has been loaded");
        let weights = Weights::new(m, params, drops);
        let of_part = |part| {
            let units = || Units::of_tokens(m, params.query_tokens(), element.clone(), unit);
            if params.split_k == 1 { units() } else { m.scope(&params.of_part("units", part), units) }
        };
        let units: Vec<Units> = (0..params.split_k).map(of_part).collect();
        let drops = (drops & weights.is_there).named("drops_tile");
        // Of tiles with few rows, several can be multiplied before the results of one have left.
        let tables = Credit::new(m, "tables_on_their_way", ON_THEIR_WAY);
        let used = m.scope("multiply", || multiply(m, params, &weights, &units, drops, tables.has_room));
        let functions = [m.instance("u_gelu", gelu), m.instance("u_silu", silu)];
        let post = Post { m, params, job: Job::new(m, params), functions };
        let read = post.results(&weights, &units, drops);
        tables.finish(used, read);
        weights.finish(used | drops);
    })
}

/// Feeds the elements; returns when a tile has been used. Its last elements are taken only where `has_room` is 1.
fn multiply<'m>(
    m: &'m Module,
    params: &Params,
    weights: &Weights<'m>,
    units: &[Units<'m>],
    drops: Signal<'m>,
    has_room: Signal<'m>,
) -> Signal<'m> {
    let feeds: Vec<Feed> = units.iter().map(Units::feed).collect();
    let are_ready = tree(feeds.iter().map(Feed::ready).collect(), &|a, b| a & b);
    let x = m.input_stream("x", &params.elements());
    let Elements { elements, has_part, is_query, last, ends_tile } = x.payload;
    let is_there = m.wire("element_is_there", 1);
    let takes = m.wire("takes_element", 1);
    let flow = Flow { m, advance: (!is_there.value() | takes.value()).named("advance") };
    x.set_ready(weights.is_there & flow.advance & (!ends_tile | has_room));
    is_there.drive(flow.flag("element_valid", x.fires()));
    let place = m.reg("place", params.turn_bits()).reset_to(0).enable(x.fires());
    place.set((place.value() + 1).gated(!last));
    let half = m.reg("half", 1).reset_to(0);
    let ends = (x.fires() & ends_tile).named("ends_tile");
    half.set(half.value() ^ (ends | drops));
    let rows = weights.rows(half.value(), place.value(), flow.advance);
    let last = flow.keep("is_last", last);
    let elements = flow.keep("elements", elements).split_lsb(ELEMENT_BITS);
    // A part without an element has no row either: what its memory holds there is of another tile, or unknown.
    let has_part = has_part.map(|has_part| flow.keep("has_part", has_part));
    let rows: Vec<Signal> = (0..).zip(rows).map(|(part, row)| gated_by_part(row, has_part, part)).collect();
    let of_parts: Vec<&[Signal]> = elements.chunks(params.product_tokens() as usize).collect();
    let own = params.query_tokens() as usize;
    let others_take = is_query.map_or(m.ones(1), |is_query| {
        let of_others: Vec<Signal> = of_parts.iter().flat_map(|of_part| &of_part[own..]).copied().collect();
        let beat = LentBeat { elements: m.concat_lsb(&of_others), row: m.concat_lsb(&rows), last };
        let is_there = is_there.value() & are_ready;
        let offer = Offer { is_there, is_query: flow.keep("is_query", is_query), beat };
        lend(m, params, ends & is_query, offer)
    });
    takes.drive(are_ready & others_take);
    let sends = is_there.value() & takes.value();
    for (feed, (of_part, row)) in feeds.into_iter().zip(of_parts.iter().zip(rows)) {
        feed.send(sends, of_part[..own].to_vec(), row, last);
    }
    ends
}

/// The job whose sums are scaled.
struct Job<'m> {
    jobs: Fifo<'m>,
    now: ProjectionJob<Signal<'m>>,
    next: Signal<'m>,
    push: Signal<'m>,
}

impl<'m> Job<'m> {
    fn new(m: &'m Module, params: &Params) -> Job<'m> {
        let input = m.input_stream("job", &params.projection_job());
        let next = m.pack(&input.payload);
        let jobs = Fifo::new(m, "jobs", next.width(), JOBS);
        input.set_ready(!jobs.is_full());
        Job { now: m.unpack(&params.projection_job(), jobs.front), next, push: input.fires(), jobs }
    }
}

/// Behind the sums.
struct Post<'m, 'p> {
    m: &'m Module,
    params: &'p Params,
    job: Job<'m>,
    functions: [Child<'m>; 2],
}

/// The stages from an element's sum to its result.
const STAGES: [&str; 8] = [
    "biased",
    "magnitude",
    "product",
    "wide",
    "function",
    "function_magnitude",
    "function_product",
    "result",
];

impl<'m> Post<'m, '_> {
    /// Takes the sums of a product group when those before have gone, and sends the results of its groups of tokens, one after the
    /// other, element by element. Returns when the table of a tile has been read.
    fn results(self, weights: &Weights<'m>, units: &[Units<'m>], drops: Signal<'m>) -> Signal<'m> {
        let Post { m, params, .. } = self;
        let ProjectionJob { last_row, last_tile, is_query, .. } = self.job.now;
        let output = m.output_stream("results", &params.result());
        let is_there = m.wire("result_is_there", 1);
        let advance = (!is_there.value() | is_query | output.ready()).named("advance");
        let flow = Flow { m, advance };

        let results: Vec<Results> = units.iter().map(Units::results).collect();
        let begins = m.wire("begins_group", 1);
        let group = m.scope("group", || Group::new(m, params.tokens, last_row, begins.value()));
        let is_left = self.is_left(begins.value(), group.is_last);
        let takes = (begins.value() & !is_left).named("takes_sums");
        results.iter().for_each(|of_part| of_part.set_ready(takes));
        let mut of_parts: Vec<Vec<Signal>> = results.iter().map(Results::sums).collect();
        let mut are_there = tree(results.iter().map(Results::valid).collect(), &|a, b| a & b);
        if params.lends {
            let lent = m.input_stream("lent_sums", &params.lent_sums());
            lent.set_ready(takes & !is_query);
            are_there = are_there & (is_query | lent.valid());
            let sums = lent.payload.sums.split_lsb(params.d_head * SUM_BITS);
            let of_part = sums.len() / of_parts.len();
            of_parts.iter_mut().zip(sums.chunks(of_part)).for_each(|(all, lent)| all.extend(lent));
        }
        let serial = m.scope("serial", || {
            let all: Vec<Signal> = of_parts.iter().flat_map(|sums| self.by_lane(sums)).collect();
            let turns = [takes, begins.value()];
            Serial::of_groups(m, &all, params.product_groups(), params.place_bits(), turns, advance)
        });
        let ends_tile = (begins.value() & group.is_last).named("ends_tile");
        let ends_job = counted(m, "tile", ends_tile, last_tile);
        let query_is_busy = m.reg("query_is_busy", 1).reset_to(0);
        let is_drained = m.wire("is_drained", 1);
        let drains = m.reg("drains", 1).reset_to(0).enable(ends_job | is_drained.value());
        drains.set(ends_job);
        let is_free = !serial.is_busy & !query_is_busy.value() & !drains.value();
        begins.drive((is_left | (are_there & self.job.jobs.has_word())) & is_free);

        // The tile whose table is used, and that of the next sums.
        let next = m.reg("next_table", 2).reset_to(0).enable(ends_tile | drops);
        next.set(next.value() + 1);
        let table = m.reg("table", 2).enable(begins.value());
        table.set(next.value());
        let is_last_group = m.reg("is_last_group", 1).enable(begins.value());
        is_last_group.set(group.is_last);
        let ends_group = serial.is_busy & serial.is_last & advance;
        let reads_last = (ends_group & is_last_group.value()).named("reads_table_last");
        let results = self.scaled(flow, &serial, weights, table.value());
        let has_result = flow.valid_through(&STAGES, serial.is_busy);
        is_there.drive(has_result);
        let is_last = flow.through(&STAGES, "is_last", serial.is_last);
        output.set_valid(has_result & !is_query);
        output.set_payload(ResultBeat { elements: m.concat_lsb(&results) });
        let leaves = (has_result & advance).named("leaves");
        is_drained.drive(leaves & is_last & drains.value() & !serial.is_busy);
        let ends_queries = m.reg("ends_queries", 1).enable(begins.value());
        ends_queries.set(ends_job);
        let sent = self.query(&results, leaves & is_query, is_last, ends_queries.value());
        query_is_busy.enable(begins.value() | sent).set(begins.value() & is_query);
        let Job { jobs, next, push, .. } = self.job;
        jobs.finish(push, next, is_drained.value());
        reads_last
    }

    /// Whether a group of tokens is left of those whose sums were taken last. The next one begins where `begins` is 1, and none follows
    /// where `is_last` is 1.
    fn is_left(&self, begins: Signal<'m>, is_last: Signal<'m>) -> Signal<'m> {
        let Post { m, params, .. } = self;
        let groups = params.product_groups();
        if groups == 1 {
            return m.zero(1);
        }
        let number = m.reg("group_number", index_width(groups.into())).reset_to(0).enable(begins);
        let is = |group: u32| number.value().eq(u64::from(group));
        let ends = (is_last | is(groups - 1)).named("ends_product_group");
        number.set((number.value() + 1).gated(!ends));
        let ends_pass = (1..params.query_passes()).map(|pass| is(pass * params.query_groups() - 1));
        let ends_queries = ends_pass.fold(m.zero(1), |any, ends_pass| any | ends_pass);
        let is_left = m.reg("is_left", 1).reset_to(0).enable(begins);
        is_left.set(!(ends | (self.job.now.is_query & ends_queries)));
        is_left.value()
    }

    /// A part's sums of a product group for each token of a group: those of the first group in the lowest bits.
    fn by_lane(&self, sums: &[Signal<'m>]) -> Vec<Signal<'m>> {
        let tokens = self.params.tokens as usize;
        let of_lane = |lane: usize| sums.iter().skip(lane).step_by(tokens).copied().collect::<Vec<_>>();
        (0..tokens).map(|lane| self.m.concat_lsb(&of_lane(lane))).collect()
    }

    /// The results of a place, of each token.
    fn scaled(
        &self,
        flow: Flow<'m>,
        serial: &Serial<'m>,
        weights: &Weights<'m>,
        table: Signal<'m>,
    ) -> Vec<Signal<'m>> {
        let rounding = self.params.rounding;
        let column = weights.column(table, serial.place);
        let stages = ["biased", "magnitude"];
        let shift = flow.through(&["biased", "magnitude", "product"], "shift", column.shift.low(SHIFT_BITS));
        let multiplier = flow.through(&stages, "multiplier", column.multiplier);
        let bias = column.bias.sext(MAGNITUDE_BITS);
        // The sums of parts, and those of them all, are within their width.
        let tokens = self.params.tokens as usize;
        let sum =
            |token| tree(serial.sums.iter().skip(token).step_by(tokens).copied().collect(), &|a, b| a + b);
        let biased: Vec<Signal> = (0..tokens).map(|token| sum(token).sext(MAGNITUDE_BITS) + bias).collect();
        let magnitudes = Magnitude::of_lanes(flow, &flow.keep_all("biased", &biased));
        let wide = self.each(magnitudes, |magnitude| {
            rounded(flow, rounding, product(flow, magnitude, multiplier), shift, WIDE_BITS)
        });
        let after = flow.keep_all("function", &self.applied(&wide));
        let ProjectionJob { scale: ScaleFields { multiplier, shift }, is_wide, .. } = self.job.now;
        let magnitudes = self.m.scope("after", || Magnitude::of_lanes(flow, &after));
        self.each(magnitudes, |magnitude| {
            self.m.scope("after", || {
                let result = rounded(flow, rounding, product(flow, magnitude, multiplier), shift, WIDE_BITS);
                is_wide.mux(result, saturated(result, ELEMENT_BITS).sext(WIDE_BITS))
            })
        })
    }

    /// What `of` makes of the lane of each token.
    fn each(
        &self,
        lanes: Vec<Magnitude<Signal<'m>>>,
        of: impl Fn(Magnitude<Signal<'m>>) -> Signal<'m>,
    ) -> Vec<Signal<'m>> {
        (0..)
            .zip(lanes)
            .map(|(token, lane): (u32, _)| self.m.scope(&format!("token{token}"), || of(lane)))
            .collect()
    }

    /// The function of each number of 16 bits.
    fn applied(&self, wide: &[Signal<'m>]) -> Vec<Signal<'m>> {
        let short: Vec<Signal> = wide.iter().map(|wide| saturated(*wide, FUNCTION_BITS)).collect();
        let [gelu, silu] = self.functions.map(|function| {
            function.set("x", self.m.concat_lsb(&short));
            function.get("y").split_lsb(FUNCTION_BITS)
        });
        let of_token = |(token, wide): (usize, &Signal<'m>)| {
            let function = self.job.now.function;
            self.m.select(
                function,
                &[*wide, wide.gated(!wide.msb()), gelu[token].sext(WIDE_BITS), silu[token].sext(WIDE_BITS)],
            )
        };
        wide.iter().enumerate().map(of_token).collect()
    }

    /// Collects the elements of queries; returns when they are sent.
    fn query(
        &self,
        elements: &[Signal<'m>],
        takes: Signal<'m>,
        is_last: Signal<'m>,
        last: Signal<'m>,
    ) -> Signal<'m> {
        let Post { m, params, .. } = self;
        let head = params.head();
        let output = m.output_stream("query", &head.queries());
        let is_there = m.reg("query_is_there", 1).reset_to(0);
        let row = |(token, element): (usize, &Signal<'m>)| {
            let query = m.reg(&format!("query{token}"), params.row_bits()).enable(takes);
            query.set(
                m.concat(&[element.low(ELEMENT_BITS), query.value().high(params.row_bits() - ELEMENT_BITS)]),
            );
            query.value()
        };
        let queries: Vec<Signal> = elements.iter().enumerate().map(row).collect();
        is_there.enable((takes & is_last) | output.fires()).set(takes & is_last);
        output.set_valid(is_there.value());
        output.set_payload(Queries { queries: m.concat_lsb(&queries), last });
        output.fires()
    }
}
