//! The attention stages behind the queries: scores, softmax, and weighted values.
//!
//! ```text
//!          keys --> +--------+   +---------+   values --> +---------+
//! query ----------> | scores |-->| softmax |------------> | context | --> out
//!                   +--------+   | a token |              +---------+
//!                                +---------+
//! ```
//!
//! While nothing of an attention is under way, the multipliers of scores and context can make products of others: `lent`.

use super::weights::row_of;
use crate::block::Hardware;
use crate::meadow::meadow_attention_head::params::{COUNT_BITS, RowBeat, SCALE, ScaleFields};
use crate::meadow::meadow_attention_head::rtl::context::ContextJob;
use crate::meadow::meadow_attention_head::rtl::keys::KeyJob;
use crate::meadow::meadow_attention_head::rtl::lent::{LentBeat, LentSums};
use crate::meadow::meadow_attention_head::rtl::scores::ScoreJob;
use crate::meadow::meadow_attention_head::rtl::softmaxes;
use crate::meadow::meadow_decoder_layer::params::Params;
use crate::top::module;
use hdl::{Bundle, Child, Design, Module, ModuleRef};
use parts::stream::together::{all_ready, all_valid};

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

    /// Operands of lent elements: first those of the scores, of which there is one for each token. If a token has two parts, the scores
    /// have the row of the first.
    pub fn lent(&self) -> LentBeat<u32> {
        let of_stage = self.head().lent();
        let (elements, row) = (2 * of_stage.elements, self.split_k * of_stage.row);
        LentBeat { elements, row, ..of_stage }
    }

    /// Their sums, in the same order.
    pub fn lent_sums(&self) -> LentSums<u32> {
        LentSums { sums: 2 * self.head().lent_sums().sums }
    }
}

/// The module. With `lends`, the elements of scores and of context, in step, take operands from `lent` and give `lent_sums`. Whoever
/// uses them begins when the results of all queries have left, and sends no query before it has taken all sums.
pub fn attention(design: &Design, params: &Params) -> ModuleRef {
    let lends = params.lends;
    let head = params.head();
    let stages =
        (head.score_stage(design, lends), head.softmax().build(design), head.context_stage(design, lends));
    module(design, "meadow_attention", &params.layer_parts(), |m| {
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
        if lends {
            lend(m, params, [scores, context]);
        }
    })
}

/// Joins the elements that the stages lend.
fn lend<'m>(m: &'m Module, params: &Params, stages: [Child<'m>; 2]) {
    let head = params.head();
    let input = m.input_stream("lent", &params.lent());
    let LentBeat { elements, row, last } = input.payload;
    let into = stages.map(|stage| stage.input_stream("lent", &head.lent()).in_step());
    let takes = all_ready(m, &into);
    input.set_ready(takes);
    let rows = row.split_lsb(params.row_bits());
    let operands = elements.split_lsb(head.lent().elements).into_iter().zip(rows.into_iter().cycle());
    for (stage, (elements, row)) in into.iter().zip(operands) {
        stage.set_valid(input.valid() & takes);
        stage.set_payload(LentBeat { elements, row, last });
    }

    let output = m.output_stream("lent_sums", &params.lent_sums());
    let from = stages.map(|stage| stage.output_stream("lent_sums", &head.lent_sums()));
    output.set_valid(all_valid(m, &from));
    from.iter().for_each(|stage| stage.set_ready(output.fires()));
    output.set_payload(LentSums { sums: m.concat_lsb(&from.each_ref().map(|stage| stage.payload.sums)) });
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
    scores.set_payload(ScoreJob { keys, scale: score, keeps: None });
    context.set_payload(ContextJob { last_key: keys.last_key, tokens, scale: output, keeps: None });
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
