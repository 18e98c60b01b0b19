//! The hardware: three stages around the softmaxes. Each has a group of tokens of its own.
//!
//! ```text
//! weights, bias --> +-------+   keys --> +--------+   +---------+   values --> +---------+
//! x --------------> | query | ---------> | scores |-->| softmax |------------> | context | --> out
//!                   +-------+            +--------+   | a token |              +---------+
//!                                                     +---------+
//! job --> check --> numbers of each stage                           status <-- the last result
//! ```

mod buffer;
mod context;
mod groups;
mod query;
mod scores;
mod serial;

use super::BLOCK;
use super::params::{BIAS, ELEMENT_BITS, Job, Params, STATUS, StatusBeat};
use crate::block::Hardware;
use crate::top::block;
use context::{ContextJob, Probabilities};
use hdl::{Bundle, Child, Design, Module, ModuleRef, Signal, Signals};
use parts::stream::together::{all_ready, all_valid};
use query::QueryJob;
use scores::ScoreJob;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let stages = Stages {
            query: self.query_stage(design),
            scores: self.score_stage(design),
            softmax: self.softmax().build(design),
            context: self.context_stage(design),
        };
        let timing = "Throughput: a group of tokens in about as many cycles as a token has elements, or as there are keys.";
        let what = "An attention head for several tokens at once, in one pipeline.";
        block(design, &BLOCK, self, &[what, timing], |m| {
            head(m, self, stages);
        })
    }
}

/// The modules of the stages.
struct Stages {
    query: ModuleRef,
    scores: ModuleRef,
    softmax: ModuleRef,
    context: ModuleRef,
}

fn head(m: &Module, params: &Params, stages: Stages) {
    let query = m.instance("u_query", stages.query);
    let scores = m.instance("u_scores", stages.scores);
    let context = m.instance("u_context", stages.context);
    m.input_stream("weights", &params.row()).connect(&query.input_stream("weights", &params.row()));
    m.input_stream("bias", &BIAS).connect(&query.input_stream("bias", &BIAS));
    m.input_stream("x", &params.x()).connect(&query.input_stream("x", &params.x()));
    m.input_stream("keys", &params.row()).connect(&scores.input_stream("keys", &params.row()));
    m.input_stream("values", &params.row()).connect(&context.input_stream("values", &params.row()));
    query.output_stream("query", &params.queries()).connect(&scores.input_stream("query", &params.queries()));
    let output = m.output_stream("out", &params.out());
    let results = context.output_stream("out", &params.out());
    results.connect(&output);
    softmaxes(m, params, stages.softmax, scores, context);

    let ends = (output.fires() & results.payload.last).named("job_ends");
    let Control { start, job } = control(m, params, ends);
    let last_key = job.keys - 1;
    let last_element = (job.d_model - 1).low(params.element_bits());
    connect(query, &QueryJob { start, last_element, tokens: job.tokens, scale: job.query });
    connect(
        scores,
        &ScoreJob {
            start,
            last_key,
            valid_keys: job.valid_keys,
            position: job.position,
            causal: job.causal,
            skip: job.skip,
            scale: job.score,
        },
    );
    connect(context, &ContextJob { start, last_key, tokens: job.tokens, scale: job.output });
}

/// Connects the ports that are named after the members.
fn connect<'m>(child: Child<'m>, values: &impl Signals<'m>) {
    for (place, value) in values.members() {
        child.set(place.name(), value);
    }
}

/// A softmax for each token, all in step.
fn softmaxes<'m>(m: &'m Module, params: &Params, softmax: ModuleRef, scores: Child<'m>, context: Child<'m>) {
    let softmax_params = params.softmax();
    let units: Vec<Child> =
        (0..params.tokens).map(|token| m.instance(&format!("u_softmax{token}"), softmax)).collect();
    let into: Vec<_> = units
        .iter()
        .map(|unit| unit.input_stream("in", &softmax_params.input().fields()).in_step())
        .collect();
    let from: Vec<_> =
        units.iter().map(|unit| unit.output_stream("out", &softmax_params.output().fields())).collect();

    let scores = scores.output_stream("scores", &params.scores());
    let takes = all_ready(m, &into);
    scores.set_ready(takes);
    let lanes = scores.payload.scores.split_lsb(ELEMENT_BITS).into_iter();
    for ((unit, score), keep) in into.iter().zip(lanes).zip(scores.payload.keep.split_lsb(1)) {
        unit.set_valid(scores.valid() & takes);
        unit.set_field("scores", score);
        unit.set_field("keep", keep);
        unit.set_field("last", scores.payload.last);
    }

    let probabilities = context.input_stream("probabilities", &params.probabilities());
    let has_probabilities = all_valid(m, &from);
    probabilities.set_valid(has_probabilities);
    from.iter().for_each(|unit| unit.set_ready(probabilities.fires()));
    let lanes: Vec<Signal> = from.iter().map(|unit| unit.field("probabilities")).collect();
    probabilities
        .set_payload(Probabilities { probabilities: m.concat_lsb(&lanes), last: from[0].field("last") });
    let too_long: Vec<Signal> = from.iter().map(|unit| unit.field("error")).collect();
    m.assert("rows_are_short_enough", !(has_probabilities & m.concat_lsb(&too_long).any()));
}

/// The job that is worked on.
struct Control<'m> {
    /// It begins.
    start: Signal<'m>,
    job: Job<Signal<'m>>,
}

/// Takes a job when none is worked on, and says when it has ended.
fn control<'m>(m: &'m Module, params: &Params, ends: Signal<'m>) -> Control<'m> {
    let (jobs, status) = (m.input_stream("job", &params.job()), m.output_stream("status", &STATUS));
    let is_busy = m.reg("is_busy", 1).reset_to(0);
    let reports = m.reg("reports", 1).reset_to(0);
    jobs.set_ready(!is_busy.value() & !reports.value());
    let Job { d_model, tokens, keys, valid_keys, .. } = jobs.payload;
    let within = |count: Signal<'m>, most: u32| count.any() & count.le(u64::from(most));
    let is_legal =
        within(d_model, params.d_model) & within(keys, params.keys) & tokens.any() & valid_keys.le(keys);
    let is_legal = is_legal.named("is_legal");
    let begins = (jobs.fires() & is_legal).named("begins");
    is_busy.enable(begins | ends).set(begins);
    let start = m.reg("start", 1).reset_to(0);
    start.set(begins);
    let refuses = (jobs.fires() & !is_legal).named("refuses");
    let ended = refuses | ends;
    reports.enable(ended | status.fires()).set(ended);
    let error = m.reg("error", 1).enable(ended);
    error.set(refuses);
    status.set_valid(reports.value());
    status.set_payload(StatusBeat { error: error.value() });
    Control { start: start.value(), job: m.hold("job", &jobs.payload, begins) }
}
