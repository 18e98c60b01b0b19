//! The hardware: the stages of the head, each between streams of its own.
//!
//! ```text
//! weights, table -> +-------+          keys --> +--------+
//! x --------------> | query | --> query_out     | scores | --> scores_out
//!                   +-------+     query_in ---> +--------+
//!
//!                   +---------+                       values --> +---------+
//! scores_in ------> | softmax | --> probabilities_out            | context | --> out
//!                   | a token |     probabilities_in ----------> +---------+
//!                   +---------+
//! ```

use super::BLOCK;
use super::params::{Params, ProbabilityBeat, QueryBeat, ScoreBeat};
use crate::block::Hardware;
use crate::meadow::meadow_attention_head;
use crate::meadow::meadow_attention_head::rtl::context::Probabilities;
use crate::meadow::meadow_attention_head::rtl::control::{Begin, control};
use crate::meadow::meadow_attention_head::rtl::groups::Groups;
use crate::meadow::meadow_attention_head::rtl::keys::Keys;
use crate::meadow::meadow_attention_head::rtl::query::Queries;
use crate::meadow::meadow_attention_head::rtl::scores::Scores;
use crate::meadow::meadow_attention_head::rtl::{StageModules, Stages, softmaxes};
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal, Stream};

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let head = &self.head();
        let modules = StageModules::new(head, design);
        let what = "The stages of an attention head, whose results go to memory and come back.";
        let timing = "Throughput: a key of a group of tokens in a cycle, in each stage.";
        block(design, &BLOCK, self, &[what, timing], |m| {
            let stages = Stages::new(m, head, &modules);
            let (runs, ends) = (m.reg("runs", 1).reset_to(0), m.wire("job_ends", 1));
            let begin = control(m, head, &stages, !runs.value(), ends.value());
            runs.enable(begin.begins | ends.value()).set(begin.begins);
            let engine = Engine { m, params: self, head, stages, begin };
            let left = [engine.queries(), engine.scores(), engine.softmaxes(), engine.results()];
            ends.drive(runs.value() & !m.concat_lsb(&left).any());
        })
    }
}

/// The stages with the job that begins.
struct Engine<'m, 'p> {
    m: &'m Module,
    params: &'p Params,
    head: &'p meadow_attention_head::Params,
    stages: Stages<'m>,
    begin: Begin<'m>,
}

impl<'m> Engine<'m, '_> {
    /// The groups of the job, counted for `name`.
    fn groups(&self, name: &str) -> Groups<'m> {
        let Begin { begins, job } = &self.begin;
        self.m.scope(name, || Groups::new(self.m, self.head, job.tokens, *begins))
    }

    /// The keys of its groups.
    fn keys(&self, name: &str, advance: Signal<'m>) -> Keys<'m> {
        let Begin { begins, job } = &self.begin;
        self.m.scope(name, || Keys::new(self.m, self.head, &job.key_job(), *begins, advance))
    }

    /// The stage of queries; whether it has groups left, as the others.
    fn queries(&self) -> Signal<'m> {
        let Engine { m, params, head, stages, .. } = self;
        let output = m.output_stream("query_out", &params.queries());
        let results = stages.query.output_stream("query", &head.queries());
        gate(&results, &output, m.ones(1));
        output.set_payload(QueryBeat { queries: results.payload.queries });
        let groups = self.groups("query_out");
        let has_group = groups.has_group();
        groups.finish(output.fires());
        has_group
    }

    fn scores(&self) -> Signal<'m> {
        let Engine { m, params, head, stages, .. } = self;
        let input = m.input_stream("query_in", &params.queries());
        let groups = self.groups("query_in");
        let into = stages.scores.input_stream("query", &head.queries());
        gate(&input, &into, groups.has_group());
        into.set_payload(Queries { queries: input.payload.queries, last: groups.is_last() });
        groups.finish(input.fires());

        let output = m.output_stream("scores_out", &params.scores());
        let results = stages.scores.output_stream("scores", &head.scores());
        gate(&results, &output, m.ones(1));
        output.set_payload(ScoreBeat { scores: results.payload.scores });
        let groups = self.groups("scores_out");
        let has_group = groups.has_group();
        groups.finish(output.fires() & results.payload.last);
        has_group
    }

    fn softmaxes(&self) -> Signal<'m> {
        let Engine { m, params, head, stages, .. } = self;
        let input = m.input_stream("scores_in", &params.scores());
        let groups = self.groups("scores_in");
        let keys = self.keys("scores_in", input.fires());
        let keep = m.concat_lsb(&keys.seen(head.tokens));
        let beat = Scores { scores: input.payload.scores, keep, last: keys.is_last };
        let softmaxes = softmaxes(m, head, &stages.softmax, &input, &beat, groups.has_group());
        groups.finish(input.fires() & keys.is_last);

        let output = m.output_stream("probabilities_out", &params.probabilities());
        let Probabilities { probabilities, last } = softmaxes.probabilities;
        output.set_valid(softmaxes.valid);
        softmaxes.set_ready(output.fires());
        output.set_payload(ProbabilityBeat { probabilities });
        let groups = self.groups("probabilities_out");
        let has_group = groups.has_group();
        groups.finish(output.fires() & last);
        has_group
    }

    fn results(&self) -> Signal<'m> {
        let Engine { m, params, head, stages, begin } = self;
        let input = m.input_stream("probabilities_in", &params.probabilities());
        let groups = self.groups("probabilities_in");
        let keys = self.keys("probabilities_in", input.fires());
        let into = stages.context.input_stream("probabilities", &head.probabilities());
        gate(&input, &into, groups.has_group());
        let ProbabilityBeat { probabilities } = input.payload;
        into.set_payload(Probabilities { probabilities, last: keys.is_last });
        groups.finish(input.fires() & keys.is_last);

        let output = m.output_stream("out", &head.out());
        let results = stages.context.output_stream("out", &head.out());
        results.connect(&output);
        let ends = output.fires() & results.payload.last;
        let is_left = m.reg("results_left", 1).reset_to(0).enable(begin.begins | ends);
        is_left.set(begin.begins);
        is_left.value()
    }
}

/// Hands on the handshake of a stream while `opens` is 1.
fn gate<'m, P, Q>(from: &Stream<'m, P>, into: &Stream<'m, Q>, opens: Signal<'m>) {
    into.set_valid(from.valid() & opens);
    from.set_ready(into.ready() & opens);
}
