//! The hardware: three stages around the softmaxes. Each has a group of tokens of its own.
//!
//! ```text
//! weights, table -> +-------+   keys --> +--------+   +---------+   values --> +---------+
//! x --------------> | query | ---------> | scores |-->| softmax |------------> | context | --> out
//!                   +-------+            +--------+   | a token |              +---------+
//!                                                     +---------+
//! job --> check --> numbers of each stage                           status <-- the last result
//! ```

mod buffer;
pub mod context;
pub mod groups;
pub mod keys;
mod query;
mod scores;
mod serial;
mod units;

use super::BLOCK;
use super::params::{ELEMENT_BITS, Job, Params, STATUS, ScaleFields, StatusBeat, TABLE};
use crate::block::Hardware;
use crate::top::block;
use context::{ContextJob, Probabilities};
use hdl::{Bundle, Child, Design, Module, ModuleRef, Signal, Signals, Stream};
use keys::{KeyJob, Keys};
use parts::stream::together::{all_ready, all_valid};
use query::QueryJob;
use scores::ScoreJob;
pub use scores::Scores;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let modules = StageModules::new(self, design);
        let timing = "Throughput: a group of tokens in about as many cycles as a token has elements, or as there are keys.";
        let what = "An attention head for several tokens at once, in one pipeline.";
        block(design, &BLOCK, self, &[what, timing], |m| {
            head(m, self, &modules);
        })
    }
}

fn head(m: &Module, params: &Params, modules: &StageModules) {
    let stages = Stages::new(m, params, modules);
    let ends = m.wire("job_ends", 1);
    let start = control(m, params, ends.value());
    stages.connect_job(params, &start);
    let queries = stages.query.output_stream("query", &params.queries());
    queries.connect(&stages.scores.input_stream("query", &params.queries()));

    let scores = stages.scores.output_stream("scores", &params.scores());
    let place = m.scope("softmax", || Keys::new(m, params, &start.keys, scores.fires()));
    let probabilities = stages.context.input_stream("probabilities", &params.probabilities());
    let softmaxes = stages.softmaxes(m, params, &scores, &place, m.ones(1));
    probabilities.set_valid(softmaxes.valid);
    softmaxes.set_ready(probabilities.fires());
    probabilities.set_payload(softmaxes.probabilities);

    let output = m.output_stream("out", &params.out());
    let results = stages.context.output_stream("out", &params.out());
    results.connect(&output);
    ends.drive(output.fires() & results.payload.last);
}

/// The modules of the stages.
pub struct StageModules {
    query: ModuleRef,
    scores: ModuleRef,
    softmax: ModuleRef,
    context: ModuleRef,
}

impl StageModules {
    /// Adds them to a design.
    pub fn new(params: &Params, design: &Design) -> StageModules {
        StageModules {
            query: params.query_stage(design),
            scores: params.score_stage(design),
            softmax: params.softmax().build(design),
            context: params.context_stage(design),
        }
    }
}

/// The stages, fed from the streams of the block.
pub struct Stages<'m> {
    /// Of queries.
    pub query: Child<'m>,
    /// Of scores.
    pub scores: Child<'m>,
    /// A softmax for each token.
    softmax: Vec<Child<'m>>,
    /// Of results.
    pub context: Child<'m>,
}

impl<'m> Stages<'m> {
    /// Takes weights and their table, tokens, keys and values.
    pub fn new(m: &'m Module, params: &Params, modules: &StageModules) -> Stages<'m> {
        let softmax = |token| m.instance(&format!("u_softmax{token}"), modules.softmax);
        let stages = Stages {
            query: m.instance("u_query", modules.query),
            scores: m.instance("u_scores", modules.scores),
            softmax: (0..params.tokens).map(softmax).collect(),
            context: m.instance("u_context", modules.context),
        };
        let Stages { query, scores, context, .. } = &stages;
        m.input_stream("weights", &params.row()).connect(&query.input_stream("weights", &params.row()));
        m.input_stream("table", &TABLE).connect(&query.input_stream("table", &TABLE));
        m.input_stream("x", &params.x()).connect(&query.input_stream("x", &params.x()));
        m.input_stream("keys", &params.row()).connect(&scores.input_stream("keys", &params.row()));
        m.input_stream("values", &params.row()).connect(&context.input_stream("values", &params.row()));
        stages
    }

    /// Gives each stage its part of the job.
    pub fn connect_job(&self, params: &Params, job: &Start<'m>) {
        let Start { keys, tokens, .. } = *job;
        let KeyJob { start, last_key, .. } = keys;
        let last_element = job.last_element.low(params.element_bits());
        connect(self.query, &QueryJob { start, last_element, tokens });
        connect(self.scores, &ScoreJob { keys, scale: job.score });
        connect(self.context, &ContextJob { start, last_key, tokens, scale: job.output });
    }

    /// Feeds the softmaxes, all in step, with scores of the present key; none is taken while `opens` is 0.
    pub fn softmaxes(
        &self,
        m: &'m Module,
        params: &Params,
        scores: &Stream<'m, Scores<Signal<'m>>>,
        place: &Keys<'m>,
        opens: Signal<'m>,
    ) -> Softmaxes<'m> {
        let softmax = params.softmax();
        let inputs = softmax.input().fields();
        let into: Vec<_> =
            self.softmax.iter().map(|unit| unit.input_stream("in", &inputs).in_step()).collect();
        let takes = all_ready(m, &into) & opens;
        scores.set_ready(takes);
        let lanes = scores.payload.scores.split_lsb(ELEMENT_BITS).into_iter();
        for ((unit, score), keep) in into.iter().zip(lanes).zip(place.seen(params.tokens)) {
            unit.set_valid(scores.valid() & takes);
            unit.set_field("scores", score);
            unit.set_field("keep", keep);
            unit.set_field("last", place.is_last);
        }

        let outputs = softmax.output().fields();
        let from: Vec<_> = self.softmax.iter().map(|unit| unit.output_stream("out", &outputs)).collect();
        let fields = |name: &str| m.concat_lsb(&from.iter().map(|unit| unit.field(name)).collect::<Vec<_>>());
        let valid = all_valid(m, &from);
        m.assert("rows_are_short_enough", !(valid & fields("error").any()));
        let probabilities =
            Probabilities { probabilities: fields("probabilities"), last: from[0].field("last") };
        Softmaxes { valid, probabilities, from }
    }
}

/// What comes out of the softmaxes.
pub struct Softmaxes<'m> {
    /// There are probabilities.
    pub valid: Signal<'m>,
    /// Those of a key.
    pub probabilities: Probabilities<Signal<'m>>,
    from: Vec<Stream<'m, ()>>,
}

impl<'m> Softmaxes<'m> {
    /// The probabilities are taken where `ready` is 1, which may be only where they are there.
    pub fn set_ready(&self, ready: Signal<'m>) {
        self.from.iter().for_each(|unit| unit.set_ready(ready));
    }
}

/// Connects the ports that are named after the members.
fn connect<'m>(child: Child<'m>, values: &impl Signals<'m>) {
    for (place, value) in values.members() {
        child.set(place.name(), value);
    }
}

/// A job that begins, in the forms that the stages need.
pub struct Start<'m> {
    /// When it begins, and its keys.
    pub keys: KeyJob<Signal<'m>>,
    /// Tokens.
    pub tokens: Signal<'m>,
    /// Number of the last element of a token.
    last_element: Signal<'m>,
    score: ScaleFields<Signal<'m>>,
    output: ScaleFields<Signal<'m>>,
}

/// Takes a job when none is worked on, and says when it has ended.
pub fn control<'m>(m: &'m Module, params: &Params, ends: Signal<'m>) -> Start<'m> {
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
    let job = m.hold("job", &jobs.payload, begins);
    Start {
        keys: KeyJob {
            start: start.value(),
            last_key: job.keys - 1,
            valid_keys: job.valid_keys,
            position: job.position,
            causal: job.causal,
            skip: job.skip,
        },
        tokens: job.tokens,
        last_element: job.d_model - 1,
        score: job.score,
        output: job.output,
    }
}
