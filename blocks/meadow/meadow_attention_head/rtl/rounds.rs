//! The rounds in which the queries of a job are made: each of a group of tokens, or of three where stages lend elements.

use super::groups::Groups;
use super::query::QueryJob;
use crate::meadow::meadow_attention_head::params::{
    COUNT_BITS, GROUPS_OF_LENT_ROUND, LendingJob, Params, SINGLE_ROUNDS_BITS,
};
use hdl::{Bundle, Module, Reg, Signal};

/// A round.
#[derive(Clone, Copy, Bundle)]
pub struct Round<T> {
    /// The job's last.
    pub is_last: T,
    /// Its groups, where stages lend elements.
    pub lent: Option<LentRound<T>>,
}

/// A round of a stage that may use lent elements. The groups of a round of three are in the elements of scores, of values and of
/// queries, in this order.
#[derive(Clone, Copy, Bundle)]
pub struct LentRound<T> {
    /// It has three groups, as far as tokens are left.
    pub is_lent: T,
    /// There is a group in the elements of values, if it has three.
    pub has_second: T,
    /// There is a group in the elements of queries.
    pub has_own: T,
}

/// The rounds of a job.
pub struct Rounds<'m> {
    groups: Groups<'m>,
    singles: Option<Singles<'m>>,
    /// The present one.
    pub round: Round<Signal<'m>>,
}

/// The rounds of one group behind one of three.
struct Singles<'m> {
    left: Reg<'m>,
    job: LendingJob<Signal<'m>>,
    start: Signal<'m>,
}

impl<'m> Rounds<'m> {
    /// Those of a job that begins where `start` is 1: of `next`, which is there in that cycle.
    pub fn new(m: &'m Module, params: &Params, next: &QueryJob<Signal<'m>>, start: Signal<'m>) -> Rounds<'m> {
        let Some(lending) = &next.lending else {
            let groups = Groups::new(m, params, next.tokens, start);
            return Rounds { round: Round { is_last: groups.is_last(), lent: None }, groups, singles: None };
        };
        let job = m.hold("lending", lending, start);
        let left = m.reg("single_rounds_left", SINGLE_ROUNDS_BITS);
        let is_lent = (job.lends & !left.value().any()).named("round_is_lent");
        let tokens = |groups: u32| m.lit((groups * params.tokens).into(), COUNT_BITS);
        let of_round = is_lent.mux(tokens(GROUPS_OF_LENT_ROUND), tokens(1));
        let groups = Groups::of(m, next.tokens, start, of_round);
        let lent = LentRound {
            is_lent,
            has_second: groups.has_token(params.tokens),
            has_own: !is_lent | groups.has_token(2 * params.tokens),
        };
        let round = Round { is_last: groups.is_last(), lent: Some(lent) };
        Rounds { groups, singles: Some(Singles { left, job, start }), round }
    }

    /// The next round comes where the present one `ends`.
    pub fn finish(self, ends: Signal<'m>) {
        if let Some((Singles { left, job, start }, round)) = self.singles.zip(self.round.lent) {
            let next = round.is_lent.mux(job.single_rounds, left.value() - 1);
            left.enable(start | ends).set(next.gated(!start));
        }
        self.groups.finish(ends);
    }
}
