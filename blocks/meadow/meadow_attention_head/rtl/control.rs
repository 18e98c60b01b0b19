//! Takes jobs, gives each stage its part, and answers them in their order.

use super::Stages;
use crate::meadow::meadow_attention_head::params::{Job, Params, STATUS, StatusBeat};
use hdl::{Module, Signal};
use parts::storage::credit::Credit;
use parts::storage::fifo::Fifo;
use parts::stream::slot::Slot;

/// Jobs that were taken and not answered.
const UNANSWERED: u64 = 8;

/// A job that the stages get.
pub struct Begin<'m> {
    /// They get it.
    pub begins: Signal<'m>,
    /// It, only while they get it.
    pub job: Job<Signal<'m>>,
}

/// Gives the stages a job where `may_begin` is 1 and all of them have room. They work on them in their order; one ends where `ends`
/// is 1.
pub fn control<'m>(
    m: &'m Module,
    params: &Params,
    stages: &Stages<'m>,
    may_begin: Signal<'m>,
    ends: Signal<'m>,
) -> Begin<'m> {
    let (jobs, status) = (m.input_stream("job", &params.job()), m.output_stream("status", &STATUS));
    let leaves = m.wire("job_leaves", 1);
    let Slot { is_full, beat: job } = Slot::new(m, "job", &jobs, &jobs.payload, leaves.value());
    let answers = Fifo::new(m, "answers", 1, UNANSWERED);
    let may_leave = is_full & !answers.is_full();
    let begins = m.wire("begins", 1);
    let is_legal =
        (is_legal(params, &job) & keeps_what_is_there(m, params, &job, begins.value())).named("is_legal");
    begins.drive(stages.give(params, &job, may_leave & is_legal & may_begin));
    let begins = begins.value();
    let refuses = (may_leave & !is_legal).named("refuses");
    leaves.drive(begins | refuses);

    let ended = Credit::new(m, "ended", UNANSWERED);
    let is_refused = answers.front;
    status.set_valid(answers.has_word() & (is_refused | ended.count().any()));
    status.set_payload(StatusBeat { error: is_refused });
    answers.finish(leaves.value(), refuses, status.fires());
    ended.finish(ends, status.fires() & !is_refused);
    Begin { begins, job }
}

/// Whether all numbers of a job are within their ranges.
fn is_legal<'m>(params: &Params, job: &Job<Signal<'m>>) -> Signal<'m> {
    let within = |count: Signal<'m>, most: u32| count.any() & count.le(u64::from(most));
    within(job.d_model, params.d_model)
        & within(job.keys, params.keys)
        & job.tokens.any()
        & job.valid_keys.le(job.keys)
}

/// Whether as many keys and values are there as a job wants to keep: those of the last job that began with its own.
fn keeps_what_is_there<'m>(
    m: &'m Module,
    params: &Params,
    job: &Job<Signal<'m>>,
    begins: Signal<'m>,
) -> Signal<'m> {
    let Some(keeps) = job.keeps else { return m.ones(1) };
    let kept = m.reg("keys_kept", params.key_bits()).reset_to(0).enable(begins & !keeps);
    kept.set(job.keys);
    !keeps | job.keys.le(kept.value())
}
