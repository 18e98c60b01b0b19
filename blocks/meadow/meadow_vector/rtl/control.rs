//! One job after the other.

use crate::meadow::meadow_attention_head::params::{STATUS, StatusBeat};
use crate::meadow::meadow_vector::params::{First, Job, Norm, Op, Params};
use hdl::{Module, Signal};

/// The job that is worked on.
pub struct Work<'m> {
    /// It begins.
    pub start: Signal<'m>,
    /// Its numbers.
    pub job: Job<Signal<'m>>,
    /// Number of the last word of a row of `a`.
    pub last: Signal<'m>,
    /// The same of a row of `b`.
    pub last_of_b: Signal<'m>,
    /// Its rows go through the norm.
    pub has_norm: Signal<'m>,
}

/// Takes a job when none is worked on, and says when it has ended: when it `is_done`, which counts from the cycle after its start.
pub fn control<'m>(m: &'m Module, params: &Params, is_done: Signal<'m>) -> Work<'m> {
    let (jobs, status) = (m.input_stream("job", &params.job()), m.output_stream("status", &STATUS));
    let is_busy = m.reg("is_busy", 1).reset_to(0);
    let reports = m.reg("reports", 1).reset_to(0);
    jobs.set_ready(!is_busy.value() & !reports.value());
    let is_legal = is_legal(params, &jobs.payload);
    let begins = (jobs.fires() & is_legal).named("begins");
    let start = m.reg("start", 1).reset_to(0);
    start.set(begins);
    let ends = (is_busy.value() & !start.value() & is_done).named("ends");
    is_busy.enable(begins | ends).set(begins);
    let ended = ends | (jobs.fires() & !is_legal);
    reports.enable(ended | status.fires()).set(ended);
    let error = m.reg("error", 1).enable(ended);
    error.set(!is_busy.value());
    status.set_valid(reports.value());
    status.set_payload(StatusBeat { error: error.value() });

    let job = m.hold("job", &jobs.payload, begins);
    let last = |beats: Signal<'m>| (beats - 1).low(params.place_bits());
    Work {
        start: start.value(),
        last: last(job.beats),
        last_of_b: last(job.b_beats),
        has_norm: (!job.norm.eq(Norm::None)).named("has_norm"),
        job,
    }
}

/// Whether all numbers of a job are within their ranges.
fn is_legal<'m>(params: &Params, job: &Job<Signal<'m>>) -> Signal<'m> {
    let Job { rows, beats, b_beats, op, norm, first, second, .. } = *job;
    let has_beats = beats.any() & beats.le(u64::from(params.beats()));
    let is_part = op.eq(Op::Rotary) & b_beats.any() & b_beats.le(beats);
    let suits = op.eq(Op::Copy) | b_beats.eq(beats) | is_part;
    let has_norm = norm.eq(Norm::Layer) | norm.eq(Norm::Rms);
    let knows_norm = norm.eq(Norm::None) | has_norm;
    let gives_normal = second | first.eq(First::Normal);
    let has_output = second | !first.eq(First::None);
    (rows.any() & has_beats & suits & knows_norm & has_output & !(has_norm ^ gives_normal)).named("is_legal")
}
