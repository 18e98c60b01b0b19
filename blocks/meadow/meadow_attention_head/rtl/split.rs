//! Elements of scores and of values that make queries while no attention is under way: of two further groups of tokens.
//!
//! ```text
//!      first group  --> [elements of scores]  --+
//! x -> second group --> [elements of values]  --+--> one group after the other
//!      third group  --> [elements of queries] --+
//! ```
//!
//! Groups leave in this order, so that the elements are free again before their own stage needs them: those of scores when the
//! first query is made, those of values before its first probability comes.

use super::Stages;
use super::lent::{LentBeat, LentSums};
use super::query::Group;
use super::rounds::{LentRound, Round};
use super::units::Results;
use crate::common::flow::Flow;
use crate::meadow::meadow_attention_head::params::{GROUPS_OF_LENT_ROUND, Params};
use crate::meadow::meadow_requantize::SUM_BITS;
use hdl::{Module, Reg, Signal, Stream, Wire};
use parts::storage::credit::Credit;
use parts::storage::held::held;
use parts::stream::together::all_ready;

/// The streams of sums of lent elements, in the order of their groups.
const SUMS: [&str; 2] = ["scores_sums", "context_sums"];

/// The input of the query stage that opens a round with lent elements.
const IS_IDLE: &str = "attention_is_idle";

/// Groups whose queries have left and whose results have not: more than the stages hold.
const MOST_UNDER_WAY: u64 = 31;

impl Params {
    /// Operands of all lent elements.
    fn lent_by_both(&self) -> LentBeat<u32> {
        let of_stage = self.lent();
        LentBeat { elements: 2 * of_stage.elements, ..of_stage }
    }
}

/// The lent elements, as the query stage sees them.
pub struct Split<'m> {
    m: &'m Module,
    operands: Stream<'m, LentBeat<Signal<'m>>>,
    sums: [Stream<'m, LentSums<Signal<'m>>>; 2],
    row_sums: u32,
    is_idle: Signal<'m>,
    may_begin: Wire<'m>,
    shifts: Wire<'m>,
    /// Sums were taken, and their query has not begun.
    is_held: Reg<'m>,
}

impl<'m> Split<'m> {
    /// Adds the streams to and from lent elements to a module.
    pub fn new(m: &'m Module, params: &Params) -> Split<'m> {
        Split {
            m,
            operands: m.output_stream("lent", &params.lent_by_both()),
            sums: SUMS.map(|name| m.input_stream(name, &params.lent_sums())),
            row_sums: params.d_head * SUM_BITS,
            is_idle: m.input(IS_IDLE, 1, "the results of all queries that have left are there"),
            may_begin: m.wire("lent_round_may_begin", 1),
            shifts: m.wire("sums_shift", 1),
            is_held: m.reg("is_held", 1).reset_to(0),
        }
    }

    /// Rounds with lent elements may begin while the stage `is_empty` too.
    pub fn may_begin(&self, is_empty: Signal<'m>) {
        self.may_begin.drive(is_empty & self.is_idle & !self.is_held.value());
    }

    /// The sums that were taken last are needed while this is 1.
    pub fn shifts(&self, is_busy: Signal<'m>) {
        self.shifts.drive(is_busy);
    }

    /// The elements of a round may come. Once it has begun nothing else begins, so this stays 1 to its end.
    pub fn opens(&self, round: &Round<Signal<'m>>) -> Signal<'m> {
        !lent(round).is_lent | self.may_begin.value()
    }

    /// Sends lent elements their part of a beat if it `is_there`; gives the part of the stage's own ones, which are `ready`.
    pub fn feed(
        &self,
        flow: Flow<'m>,
        round: &Round<Signal<'m>>,
        is_there: Signal<'m>,
        ready: Signal<'m>,
        beat: LentBeat<Signal<'m>>,
    ) -> Signal<'m> {
        let is_lent = flow.keep("elements_are_lent", lent(round).is_lent);
        let of_group = beat.elements.width() / GROUPS_OF_LENT_ROUND;
        self.operands.set_valid(is_there & is_lent);
        self.operands.set_payload(LentBeat { elements: beat.elements.low(2 * of_group), ..beat });
        // They are empty when a round begins, and keep its sums.
        let is_free = ready & self.operands.ready();
        self.m.assert("lent_elements_are_free", !(is_there & is_lent) | is_free);
        is_lent.mux(beat.elements.high(of_group), beat.elements.low(of_group))
    }

    /// The next group of the round whose sums come first. Its sums are taken when those before have gone, so that its elements are
    /// free while the query before waits; those of a group that there is not are dropped.
    pub fn group(
        &self,
        round: &Round<Signal<'m>>,
        own: &Results<'m, '_>,
        has_table: Signal<'m>,
        is_busy: Signal<'m>,
    ) -> Group<'m> {
        let Split { m, sums, row_sums, shifts, is_held, .. } = self;
        let LentRound { is_lent, has_second, has_own } = lent(round);
        let turn = m.reg("turn", 2).reset_to(0);
        let [is_first, is_second] = [0u64, 1].map(|group| is_lent & turn.value().eq(group));
        let is_own = (!(is_first | is_second)).named("turn_of_own");
        let of_turn = |first, second, own| m.priority(&[(is_first, first), (is_second, second)], own);

        let valid = of_turn(sums[0].valid(), sums[1].valid(), own.valid());
        let has_group = of_turn(m.ones(1), has_second, has_own).named("has_group");
        let leaves = (valid & !shifts.value() & !is_held.value()).named("takes_sums");
        sums[0].set_ready(leaves & is_first);
        sums[1].set_ready(leaves & is_second);
        own.set_ready(leaves & is_own);
        turn.enable(leaves & is_lent).set((turn.value() + 1).gated(!is_own));

        let lent_sums = |stream: &Stream<'m, LentSums<Signal<'m>>>| stream.payload.sums.split_lsb(*row_sums);
        let ends_job = of_turn(!has_second, !has_own, m.ones(1));
        let takes = leaves & has_group;
        let begins = ((takes | is_held.value()) & has_table & !is_busy).named("begins");
        is_held.enable(takes | begins).set(!begins);
        let is_last = (round.is_last & ends_job).named("ends_job");
        let is_last = takes.mux(is_last, held(m, "held_ends_job", is_last, takes));
        Group {
            takes,
            begins,
            sums: vec![lent_sums(&sums[0]), lent_sums(&sums[1]), own.sums()],
            choice: m.concat(&[leaves & !is_first, leaves & !is_second]),
            is_last,
            ends_round: leaves & is_own,
        }
    }
}

/// The groups of a round.
fn lent<'m>(round: &Round<Signal<'m>>) -> LentRound<Signal<'m>> {
    round.lent.expect("stages lend elements")
}

/// Gives the query stage the elements of the others. A query leaves it where `query_leaves` is 1, and an element of the result of each
/// token of a group leaves the last stage where `result_leaves` is 1.
pub fn lend<'m>(
    m: &'m Module,
    params: &Params,
    stages: &Stages<'m>,
    query_leaves: Signal<'m>,
    result_leaves: Signal<'m>,
) {
    let lenders = [stages.scores, stages.context];
    let operands = stages.query.output_stream("lent", &params.lent_by_both());
    let LentBeat { elements, row, last } = operands.payload;
    let into = lenders.map(|stage| stage.input_stream("lent", &params.lent()));
    operands.set_ready(all_ready(m, &into));
    for (stage, elements) in into.iter().zip(elements.split_lsb(params.lent().elements)) {
        stage.set_valid(operands.valid());
        stage.set_payload(LentBeat { elements, row, last });
    }
    for (stage, name) in lenders.iter().zip(SUMS) {
        let sums = stages.query.input_stream(name, &params.lent_sums());
        stage.output_stream("lent_sums", &params.lent_sums()).connect(&sums);
    }

    // With the first element of its result, a group has left all processing elements.
    let place = m.reg("result_place", params.place_bits()).reset_to(0).enable(result_leaves);
    place.set(place.value() + 1);
    let attention = Credit::new(m, "groups_under_way", MOST_UNDER_WAY);
    stages.query.set(IS_IDLE, !attention.count().any());
    m.assert("groups_under_way_have_room", attention.has_room | !query_leaves);
    attention.finish(query_leaves, result_leaves & !place.value().any());
}
