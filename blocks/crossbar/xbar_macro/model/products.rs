//! Vectors, sums and results.

use super::stages::{Given, Results, fits};
use super::{Events, KEPT, Macro, Tag, Taken};
use crate::common::lanes::{apart, apart_unsigned, flag, joined, joined_within};
use crate::crossbar::xbar_adc_sar::model::Pace;
use crate::crossbar::xbar_macro::params::{Output, lane};
use crate::crossbar::xbar_mvm::model::{self as mvm, Times};
use crate::crossbar::xbar_sequencer::Clocks;
use hdl::Bits;
use parts::registers::FieldRef;

impl Macro {
    /// The inputs of a beat, and whether one is out of range.
    fn inputs(&self, data: &Bits) -> (Bits, bool) {
        let mvm = &self.params.mvm;
        let width = lane(mvm.input_bits);
        let lanes = apart_unsigned(width, &data.slice(mvm.lanes * width - 1, 0));
        let is_signed = mvm.encoding.is_signed();
        let is_odd = lanes.iter().any(|lane| !fits(*lane, width, mvm.input_bits, is_signed));
        (joined(mvm.input_bits, &lanes), is_odd)
    }

    /// The sums of this cycle with those of another macro, and whether one leaves its range.
    fn totals(&self, own: &[i128], partial: Option<&Bits>) -> (Vec<i128>, bool) {
        let width = lane(self.params.sum_bits());
        let others = partial.map_or(vec![0; own.len()], |data| apart(width, data));
        let totals: Vec<i128> = own.iter().zip(others).map(|(own, other)| own + i128::from(other)).collect();
        let greatest = (1i128 << (self.params.sum_bits() - 1)) - 1;
        let leaves = totals.iter().any(|total| !(-greatest - 1..=greatest).contains(total));
        let wrapped = |total: &i128| {
            let above = 128 - self.params.sum_bits();
            (total << above) >> above
        };
        (totals.iter().map(wrapped).collect(), leaves)
    }

    fn times(&self) -> Times {
        let steps = &self.registers.steps;
        let value = |field: FieldRef| u64::from(self.file.value(field));
        let or = |field: Option<FieldRef>, other: u64| field.map_or(other, value);
        let clocks = Clocks {
            precharge_clocks: value(steps.precharge_clocks),
            settle_clocks: value(steps.settle_clocks),
            convert_clocks: or(steps.convert_clocks, 1),
        };
        Times { clocks, pace: Pace { sample: or(steps.sample_clocks, 0), settle: or(steps.trial_clocks, 0) } }
    }

    /// Vectors, sums and results; gives whether the last sums of a vector leave `xbar_mvm`.
    pub(super) fn clock_products(&mut self, taken: &Taken, events: &mut Events) -> bool {
        let tag = self.tags.front().copied().unwrap_or(Tag { reload: false, rest: false, wrong: false });
        let (offered, has_room) = (self.mvm.offered(), self.kept.len() < KEPT);
        let waits_for_table = self.stages.as_ref().is_some_and(|stages| stages.loads(tag.reload));
        let loads = offered.is_some() && self.is_first_sum && waits_for_table;
        let goes_on = !loads && self.stages.as_ref().map_or(has_room, |stages| stages.moves(has_room));
        let partial = self.partials.beat(self.kept_partials.front(), self.params.partial().data.width());
        let out_ready = goes_on && (partial.is_some() || !self.params.chained);

        self.clock_vectors(taken, out_ready, events);
        self.clock_table(taken, loads, events);
        self.clock_partials(taken, goes_on && offered.is_some(), events);
        let given = offered.filter(|_| out_ready).map(|mvm::Offered { sums, saturated, last, error: _ }| {
            events.saturates = saturated.contains(&1);
            let (sums, leaves_range) = self.totals(&sums, partial.as_ref().filter(|_| self.params.chained));
            events.sum_error = leaves_range;
            let table = self.stages.as_ref().is_some_and(|stages| stages.table_is_wrong);
            let now = tag.wrong || events.partial.is_wrong || leaves_range || table;
            let rest = (self.params.output == Output::Lif).then_some(tag.rest);
            events.rests = self.is_first_sum && rest == Some(true);
            let clears = self.is_first_sum && rest.unwrap_or(true);
            self.was_wrong = (self.was_wrong && !clears) || now;
            self.is_first_sum = last;
            Given { sums, last, reload: tag.reload, rest, user: self.was_wrong }
        });
        let vector_ends = given.as_ref().is_some_and(|given| given.last);
        if vector_ends {
            self.tags.pop_front();
            self.inside -= 1;
        }
        self.clock_results(taken, given, has_room, events);
        vector_ends
    }

    fn clock_vectors(&mut self, taken: &Taken, out_ready: bool, events: &mut Events) {
        let begins = self.vectors.place == 0;
        let may_go = !begins || !self.words.wants_array();
        let data = self.vectors.beat(taken.vector.as_ref(), self.params.vector().data.width());
        let (beat, is_odd) = match data {
            None => (None, false),
            Some(data) => {
                let (inputs, is_odd) = self.inputs(&data);
                let skips = flag(self.file.value(self.registers.skip_zeros) == 1);
                (may_go.then(|| vec![inputs, skips, flag(self.vectors.is_last())]), is_odd)
            }
        };
        let to_mvm = mvm::Taken {
            beat,
            times: self.times(),
            load: taken.load.clone(),
            comparators: taken.comparators.clone(),
            out_ready,
        };
        let may_go = self.mvm.clock(&to_mvm).in_ready && may_go;
        events.ready.vector = self.vectors.is_ready(may_go);
        let step = self.vectors.clock(taken.vector.as_ref(), may_go, is_odd);
        self.inside += u32::from(step.takes && begins);
        if step.ends {
            let (reload, rest) = (std::mem::take(&mut self.reload_next), std::mem::take(&mut self.rest_next));
            self.tags.push_back(Tag { reload, rest, wrong: step.is_wrong });
        }
        (events.vector, events.odd_input) = (step, step.takes && is_odd);
    }

    fn clock_table(&mut self, taken: &Taken, loads: bool, events: &mut Events) {
        let Some(stages) = &mut self.stages else { return };
        events.ready.table = self.tables.is_ready(loads);
        let data = self.tables.beat(taken.table.as_ref(), self.params.table().data.width());
        let entry = data.map(|data| stages.entry(&data));
        let is_odd = entry.as_ref().is_some_and(|(_, is_odd)| *is_odd);
        let step = self.tables.clock(taken.table.as_ref(), loads, is_odd);
        if let Some((fields, _)) = entry.filter(|_| step.takes) {
            stages.load(&fields, step.ends, step.is_wrong);
        }
        (events.table, events.odd_entry) = (step, step.takes && is_odd);
    }

    fn clock_partials(&mut self, taken: &Taken, goes_on: bool, events: &mut Events) {
        events.ready.partial = self.kept_partials.len() < KEPT;
        let is_ready = self.partials.is_ready(goes_on);
        if self.params.chained {
            events.partial = self.partials.clock(self.kept_partials.front(), goes_on, false);
        }
        if is_ready {
            self.kept_partials.pop_front();
        }
        self.kept_partials.extend(taken.partial.clone().filter(|_| events.ready.partial));
    }

    fn clock_results(&mut self, taken: &Taken, given: Option<Given>, has_room: bool, events: &mut Events) {
        let (width, sum_lane) = (self.params.result().data, lane(self.params.sum_bits()));
        let results = match &mut self.stages {
            None => given.map(|given| Results {
                data: joined_within(width, sum_lane, &given.sums),
                last: given.last,
                user: given.user,
            }),
            Some(stages) if stages.moves(has_room) => stages.clock(given.as_ref(), width),
            Some(_) => None,
        };
        if taken.result_ready {
            events.results = self.kept.pop_front().map(|results| results.user);
        }
        self.kept.extend(results);
    }
}
