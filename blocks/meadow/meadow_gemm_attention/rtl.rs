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
use super::params::{Params, ProbabilityBeat};
use crate::block::Hardware;
use crate::meadow::meadow_attention_head::rtl::context::Probabilities;
use crate::meadow::meadow_attention_head::rtl::groups::Groups;
use crate::meadow::meadow_attention_head::rtl::keys::Keys;
use crate::meadow::meadow_attention_head::rtl::{StageModules, Stages, Start, control};
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal, Stream};

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let modules = StageModules::new(&self.head, design);
        let what = "The stages of an attention head, whose results go to memory and come back.";
        let timing = "Throughput: a key of a group of tokens in a cycle, in each stage.";
        block(design, &BLOCK, self, &[what, timing], |m| {
            let stages = Stages::new(m, &self.head, &modules);
            let ends = m.wire("job_ends", 1);
            let start = control(m, &self.head, ends.value());
            stages.connect_job(&self.head, &start);
            let engine = Engine { m, params: self, stages, start };
            let left = [engine.queries(), engine.scores(), engine.softmaxes(), engine.results()];
            let runs = m.reg("runs", 1).reset_to(0);
            ends.drive(runs.value() & !m.concat_lsb(&left).any());
            let begins = engine.start.keys.start;
            runs.enable(begins | ends.value()).set(begins);
        })
    }
}

/// The stages with the job that begins.
struct Engine<'m, 'p> {
    m: &'m Module,
    params: &'p Params,
    stages: Stages<'m>,
    start: Start<'m>,
}

impl<'m> Engine<'m, '_> {
    /// The groups of the job, counted for `name`.
    fn groups(&self, name: &str) -> Groups<'m> {
        let Start { keys, tokens, .. } = &self.start;
        self.m.scope(name, || Groups::new(self.m, &self.params.head, keys.start, *tokens))
    }

    /// The keys of its groups.
    fn keys(&self, name: &str, advance: Signal<'m>) -> Keys<'m> {
        self.m.scope(name, || Keys::new(self.m, &self.params.head, &self.start.keys, advance))
    }

    /// The stage of queries; whether it has groups left, as the others.
    fn queries(&self) -> Signal<'m> {
        let declared = self.params.head.queries();
        let output = self.m.output_stream("query_out", &declared);
        self.stages.query.output_stream("query", &declared).connect(&output);
        let groups = self.groups("query_out");
        let has_group = groups.has_group();
        groups.finish(output.fires());
        has_group
    }

    fn scores(&self) -> Signal<'m> {
        let declared = self.params.head.queries();
        let input = self.m.input_stream("query_in", &declared);
        let groups = self.groups("query_in");
        let into = self.stages.scores.input_stream("query", &declared);
        gate(&input, &into, groups.has_group());
        into.set_payload(input.payload);
        groups.finish(input.fires());

        let declared = self.params.scores();
        let output = self.m.output_stream("scores_out", &declared);
        self.stages.scores.output_stream("scores", &declared).connect(&output);
        let groups = self.groups("scores_out");
        let has_group = groups.has_group();
        groups.finish(output.fires() & self.keys("scores_out", output.fires()).is_last);
        has_group
    }

    fn softmaxes(&self) -> Signal<'m> {
        let Engine { m, params, stages, .. } = self;
        let input = m.input_stream("scores_in", &params.scores());
        let groups = self.groups("scores_in");
        let keys = self.keys("scores_in", input.fires());
        let softmaxes = stages.softmaxes(m, &params.head, &input, &keys, groups.has_group());
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
        let Engine { m, params, stages, .. } = self;
        let input = m.input_stream("probabilities_in", &params.probabilities());
        let groups = self.groups("probabilities_in");
        let keys = self.keys("probabilities_in", input.fires());
        let into = stages.context.input_stream("probabilities", &params.head.probabilities());
        gate(&input, &into, groups.has_group());
        let ProbabilityBeat { probabilities } = input.payload;
        into.set_payload(Probabilities { probabilities, last: keys.is_last });
        groups.finish(input.fires() & keys.is_last);

        let output = m.output_stream("out", &params.head.out());
        let results = stages.context.output_stream("out", &params.head.out());
        results.connect(&output);
        let ends = output.fires() & results.payload.last;
        let is_left = m.reg("results_left", 1).reset_to(0).enable(self.start.keys.start | ends);
        is_left.set(self.start.keys.start);
        is_left.value()
    }
}

/// Hands on the handshake of a stream while `opens` is 1.
fn gate<'m, P, Q>(from: &Stream<'m, P>, into: &Stream<'m, Q>, opens: Signal<'m>) {
    into.set_valid(from.valid() & opens);
    from.set_ready(into.ready() & opens);
}
