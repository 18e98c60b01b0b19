//! The hardware: three stages around the softmaxes. Each has a group of tokens of its own, which may be of another job.
//!
//! ```text
//! weights, table -> +-------+   keys --> +--------+   +---------+   values --> +---------+
//! x --------------> | query | ---------> | scores |-->| softmax |------------> | context | --> out
//!                   +-------+            +--------+   | a token |              +---------+
//!                                                     +---------+
//! job --> check --> jobs of each stage                              status <-- the last result
//! ```

mod buffer;
pub mod context;
pub mod control;
pub mod groups;
pub mod keys;
pub mod lent;
mod loader;
pub mod query;
mod rounds;
pub mod scores;
pub mod serial;
mod split;
pub mod units;

use super::BLOCK;
use super::params::{ELEMENT_BITS, Job, Params, TABLE};
use crate::block::Hardware;
use crate::top::block;
use context::{ContextJob, Probabilities};
use control::control;
use hdl::{Bundle, Child, Design, Module, ModuleRef, Signal, Stream};
use keys::KeyJob;
use parts::stream::together::{all_ready, all_valid};
use query::QueryJob;
use scores::{ScoreJob, Scores};
use split::lend;

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
    control(m, params, &stages, m.ones(1), ends.value());
    let queries = stages.query.output_stream("query", &params.queries());
    queries.connect(&stages.scores.input_stream("query", &params.queries()));

    let scores = stages.scores.output_stream("scores", &params.scores());
    let probabilities = stages.context.input_stream("probabilities", &params.probabilities());
    let softmaxes = softmaxes(m, params, &stages.softmax, &scores, &scores.payload, m.ones(1));
    probabilities.set_valid(softmaxes.valid);
    softmaxes.set_ready(probabilities.fires());
    probabilities.set_payload(softmaxes.probabilities);

    let output = m.output_stream("out", &params.out());
    let results = stages.context.output_stream("out", &params.out());
    results.connect(&output);
    ends.drive(output.fires() & results.payload.last);
    if params.lends {
        lend(m, params, &stages, queries.fires(), output.fires());
    }
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
            scores: params.score_stage(design, params.lends),
            softmax: params.softmax().build(design),
            context: params.context_stage(design, params.lends),
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
    pub softmax: Vec<Child<'m>>,
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

    /// Gives each stage its part of a job where `may_give` is 1 and all of them have room; whether they get it.
    pub fn give(&self, params: &Params, job: &Job<Signal<'m>>, may_give: Signal<'m>) -> Signal<'m> {
        let query = self.query.input_stream("job", &params.query_job()).in_step();
        let scores = self.scores.input_stream("job", &params.score_job()).in_step();
        let context = self.context.input_stream("job", &params.context_job()).in_step();
        let gives = may_give & query.ready() & scores.ready() & context.ready();
        query.set_valid(gives);
        scores.set_valid(gives);
        context.set_valid(gives);
        let (keys, tokens) = (job.key_job(), job.tokens);
        let last_element = (job.d_model - 1).low(query.payload.last_element.width());
        query.set_payload(QueryJob { last_element, tokens, lending: job.lending });
        scores.set_payload(ScoreJob { keys, scale: job.score, keeps: job.keeps });
        let (last_key, scale) = (keys.last_key, job.output);
        context.set_payload(ContextJob { last_key, tokens, scale, keeps: job.keeps });
        gives
    }
}

/// Feeds softmaxes, all in step, with the beats of `stream` in the form `beat`; none is taken while `opens` is 0.
pub fn softmaxes<'m, P>(
    m: &'m Module,
    params: &Params,
    units: &[Child<'m>],
    stream: &Stream<'m, P>,
    beat: &Scores<Signal<'m>>,
    opens: Signal<'m>,
) -> Softmaxes<'m> {
    let softmax = params.softmax();
    let inputs = softmax.input().fields();
    let into: Vec<_> = units.iter().map(|unit| unit.input_stream("in", &inputs).in_step()).collect();
    let takes = all_ready(m, &into) & opens;
    stream.set_ready(takes);
    let lanes = beat.scores.split_lsb(ELEMENT_BITS).into_iter().zip(beat.keep.split_lsb(1));
    for (unit, (score, keep)) in into.iter().zip(lanes) {
        unit.set_valid(stream.valid() & takes);
        unit.set_field("scores", score);
        unit.set_field("keep", keep);
        unit.set_field("last", beat.last);
    }

    let outputs = softmax.output().fields();
    let from: Vec<_> = units.iter().map(|unit| unit.output_stream("out", &outputs)).collect();
    let fields = |name: &str| m.concat_lsb(&from.iter().map(|unit| unit.field(name)).collect::<Vec<_>>());
    let valid = all_valid(m, &from);
    m.assert("rows_are_short_enough", !(valid & fields("error").any()));
    let probabilities = Probabilities { probabilities: fields("probabilities"), last: from[0].field("last") };
    Softmaxes { valid, probabilities, from }
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

impl<'m> Job<Signal<'m>> {
    /// What decides about its keys.
    pub fn key_job(&self) -> KeyJob<Signal<'m>> {
        let Job { keys, valid_keys, position, causal, skip, .. } = *self;
        KeyJob { last_key: keys - 1, valid_keys, position, causal, skip }
    }
}
