//! The attention stages behind the queries: scores, softmax, and weighted values.
//!
//! ```text
//!          keys --> +--------+   +---------+   values --> +---------+
//! query ----------> | scores |-->| softmax |------------> | context | --> out
//!                   +--------+   | a token |              +---------+
//!                                +---------+
//! ```

use super::weights::row_of;
use crate::block::Hardware;
use crate::meadow::meadow_attention_head::params::{COUNT_BITS, RowBeat, SCALE, ScaleFields};
use crate::meadow::meadow_attention_head::rtl::context::ContextJob;
use crate::meadow::meadow_attention_head::rtl::keys::KeyJob;
use crate::meadow::meadow_attention_head::rtl::scores::ScoreJob;
use crate::meadow::meadow_attention_head::rtl::softmaxes;
use crate::meadow::meadow_decoder_layer::params::Params;
use hdl::{Bundle, Child, Design, Module, ModuleRef};

/// The attention of a step.
#[derive(Clone, Copy, Bundle)]
pub struct AttentionJob<T> {
    /// Tokens.
    pub tokens: T,
    /// Keys, and which of them count.
    pub keys: KeyJob<T>,
    /// Scale of scores.
    pub score: ScaleFields<T>,
    /// Scale of results.
    pub output: ScaleFields<T>,
}

impl Params {
    /// The widths.
    pub fn attention_job(&self) -> AttentionJob<u32> {
        AttentionJob { tokens: COUNT_BITS, keys: self.head().key_job(), score: SCALE, output: SCALE }
    }
}

/// The module.
pub fn attention(design: &Design, params: &Params) -> ModuleRef {
    let head = params.head();
    let stages = (head.score_stage(design), head.softmax().build(design), head.context_stage(design));
    let parts = params.layer_parts();
    design.module("meadow_attention", &parts.iter().map(String::as_str).collect::<Vec<_>>(), |m| {
        m.describe("The attention of queries to keys and values.");
        let scores = m.instance("u_scores", stages.0);
        let units: Vec<Child> =
            (0..params.tokens).map(|token| m.instance(&format!("u_softmax{token}"), stages.1)).collect();
        let context = m.instance("u_context", stages.2);
        jobs(m, params, scores, context);
        rows(m, params, "keys", scores);
        rows(m, params, "values", context);

        let head = params.head();
        scores.input_stream("query", &head.queries()).connect(&m.input_stream("query", &head.queries()));
        let beats = scores.output_stream("scores", &head.scores());
        let softmaxes = softmaxes(m, &head, &units, &beats, &beats.payload, m.ones(1));
        let probabilities = context.input_stream("probabilities", &head.probabilities());
        probabilities.set_valid(softmaxes.valid);
        softmaxes.set_ready(probabilities.fires());
        probabilities.set_payload(softmaxes.probabilities);
        m.output_stream("out", &head.out()).connect(&context.output_stream("out", &head.out()));
    })
}

/// Gives each stage its part of a job.
fn jobs<'m>(m: &'m Module, params: &Params, scores: Child<'m>, context: Child<'m>) {
    let head = params.head();
    let jobs = m.input_stream("job", &params.attention_job());
    let AttentionJob { tokens, keys, score, output } = jobs.payload;
    let scores = scores.input_stream("job", &head.score_job()).in_step();
    let context = context.input_stream("job", &head.context_job()).in_step();
    let gives = (jobs.valid() & scores.ready() & context.ready()).named("gives_job");
    jobs.set_ready(scores.ready() & context.ready());
    scores.set_valid(gives);
    context.set_valid(gives);
    scores.set_payload(ScoreJob { keys, scale: score });
    context.set_payload(ContextJob { last_key: keys.last_key, tokens, scale: output });
}

/// Gives a stage the rows that are loaded for it.
fn rows<'m>(m: &'m Module, params: &Params, name: &str, stage: Child<'m>) {
    let loaded = m.input_stream(name, &params.loaded());
    let rows = stage.input_stream(name, &params.head().row());
    let row = m.scope(name, || row_of(m, params, loaded.payload.data, loaded.fires()));
    rows.set_valid(loaded.valid() & loaded.payload.row_last);
    loaded.set_ready(rows.ready() | !loaded.payload.row_last);
    rows.set_payload(RowBeat { row });
}
