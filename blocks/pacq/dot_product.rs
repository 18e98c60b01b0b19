//! What dot-product units have behind their multipliers: trees add the products of a step, and one accumulator per
//! lane adds the steps.
//!
//! ```text
//! in --> [step] --> products --> trees --> [tree sums] --> + --> [sums] --> out
//!                                                          ^        |
//!                                                          +--------+
//! ```
//!
//! A step stays in its register until all its lanes have passed through the trees.

use crate::pacq::held_beat::HeldBeat;
use crate::pacq::sum::{FixedSum, Form};
use hdl::{Bundle, Module, Reg, Signal, Stream};
use parts::float::FloatFormat;
use parts::float::sum::float_sum;
use parts::storage::held::{held, held_flag};

/// A step of a dot product.
#[derive(Clone, Copy, Bundle)]
pub struct Step<T> {
    /// FP16, the first in the lowest bits.
    pub activations: T,
    /// In the same order.
    pub weights: T,
    /// The last step of the sums.
    pub last: T,
    /// What the sums begin with, a lane after the other; read with their first step.
    pub addends: Option<T>,
}

/// The sums of a dot product.
#[derive(Clone, Copy, Bundle)]
pub struct Sums<T> {
    /// A sum a lane, lane 0 in the lowest bits.
    pub sums: T,
    /// A partial sum exceeded the range of sums of max_k activations: the sums are meaningless.
    pub error: Option<T>,
}

/// The sums of a unit.
#[derive(Clone, Copy, Debug)]
pub struct Accumulators {
    /// Sums.
    pub lanes: u32,
    /// Sums that are updated in one cycle.
    pub trees: u32,
    /// Their form.
    pub form: Form,
}

impl Accumulators {
    /// Takes steps of `input`; `trees` builds the sums of a step for a group of lanes, and `give` converts a sum for
    /// the output, given also whether it is valid.
    pub fn build<'m>(
        self,
        m: &'m Module,
        input: &Stream<'m, Step<Signal<'m>>>,
        output: &Stream<'m, Sums<Signal<'m>>>,
        trees: impl FnOnce(&HeldBeat<'m>) -> Vec<Signal<'m>>,
        give: impl Fn(Signal<'m>, Signal<'m>) -> Signal<'m>,
    ) {
        let is_done = m.reg("sums_valid", 1).reset_to(0);
        let advance = (!is_done.value() | output.ready()).named("advance");
        let step = HeldBeat::new(m, "step", input, self.lanes / self.trees, advance);
        let next_is_first = m.reg("next_is_first", 1).reset_to(1).enable(step.takes);
        next_is_first.set(input.payload.last);
        let is_first = step.hold("is_first", next_is_first.value());
        let is_last = step.hold("is_last", input.payload.last);
        let addends = input.payload.addends.map(|addends| step.hold("addends", addends));

        let sums = m.concat_lsb(&trees(&step)).named("tree_sums");
        let kept = |name: &str, value: Signal<'m>| held(m, name, value, advance);
        let is_there = held_flag(m, "tree_sums_valid", step.valid, advance);
        let trees = Trees {
            sums: kept("tree_sums_q", sums),
            is_first: kept("tree_sums_first", is_first),
            addends: addends.map(|addends| kept("tree_sums_addends", step.group(addends))),
            group: step.group.map(|group| kept("tree_sums_group", group)),
            is_there: (is_there & advance).named("accumulates"),
        };
        let ends = kept("tree_sums_end", is_last & step.is_last_group);
        is_done.enable(advance).set(is_there & ends);
        output.set_valid(is_done.value());
        let Accumulated { lanes, overflow } = trees.accumulate(m, self);
        let lanes: Vec<Signal> = lanes.into_iter().map(|sum| give(sum, is_done.value())).collect();
        output.set_payload(Sums { sums: m.concat_lsb(&lanes), error: overflow });
    }
}

/// The sums of all lanes.
struct Accumulated<'m> {
    lanes: Vec<Signal<'m>>,
    /// A sum left its range; `None` for floats, which have infinities.
    overflow: Option<Signal<'m>>,
}

/// The sums of a group of lanes over the terms of a step.
struct Trees<'m> {
    sums: Signal<'m>,
    is_first: Signal<'m>,
    addends: Option<Signal<'m>>,
    group: Option<Signal<'m>>,
    is_there: Signal<'m>,
}

impl<'m> Trees<'m> {
    /// Adds the sums of the trees to the accumulators of their lanes, and returns these.
    fn accumulate(&self, m: &'m Module, accumulators: Accumulators) -> Accumulated<'m> {
        let Accumulators { lanes, trees, form, .. } = accumulators;
        let lanes: Vec<Reg> = (0..lanes).map(|lane| m.reg(&format!("sum{lane}"), form.width())).collect();
        let terms = self.sums.split_lsb(self.sums.width() / trees);
        let mut overflows = vec![];
        for (tree, term) in terms.into_iter().enumerate() {
            let own: Vec<Reg> = lanes.iter().copied().skip(tree).step_by(trees as usize).collect();
            let values: Vec<Signal> = own.iter().map(|lane| lane.value()).collect();
            let before = self.group.map_or(values[0], |group| m.select(group, &values));
            let base = match self.addends {
                Some(addends) => self.is_first.mux(addends.split_lsb(form.width())[tree], before),
                None => before.gated(!self.is_first),
            };
            let (next, overflow) = m.scope(&format!("next{tree}"), || add(m, form, base, term));
            let next = next.named(&format!("next{tree}"));
            overflows.extend(overflow);
            for (number, lane) in (0..).zip(own) {
                let is_own = self.group.map_or_else(|| m.ones(1), |group| group.eq(number));
                lane.enable(self.is_there & is_own).set(next);
            }
        }
        let overflow = (!overflows.is_empty()).then(|| self.since_first(m, m.concat_lsb(&overflows).any()));
        Accumulated { lanes: lanes.into_iter().map(Reg::value).collect(), overflow }
    }

    /// 1 if the flag was 1 for any group of lanes in the steps so far.
    fn since_first(&self, m: &'m Module, flag: Signal<'m>) -> Signal<'m> {
        let begins = self.group.map_or(self.is_first, |group| self.is_first & !group.any());
        let overflow = m.reg("overflow", 1).enable(self.is_there);
        overflow.set(flag | (overflow.value() & !begins));
        overflow.value()
    }
}

/// A sum plus what the trees add to it, and whether it leaves its range, which a float cannot.
fn add<'m>(m: &'m Module, form: Form, sum: Signal<'m>, term: Signal<'m>) -> (Signal<'m>, Option<Signal<'m>>) {
    match form {
        Form::Float(format) => (float_sum(m, format, sum, term), None),
        Form::Fixed { bits } => {
            let narrow = Form::Fixed { bits: term.width() - 2 };
            let term = FixedSum::unpacked(m, narrow, term, bits);
            let sum = FixedSum::unpacked(m, form, sum, bits);
            let next = sum.plus(term);
            let [before, added, after] = [sum, term, next].map(|sum| sum.steps.msb());
            let overflow = ((before ^ after) & (added ^ after)).named("overflow");
            (next.packed(m), Some(overflow))
        }
    }
}

/// A tree of floats: neighbours are added, then the sums of neighbours, and so on.
pub fn float_tree<'m>(m: &'m Module, format: FloatFormat, terms: Vec<Signal<'m>>) -> Signal<'m> {
    match terms.as_slice() {
        [only] => *only,
        terms => {
            let level = format!("of{}", terms.len());
            let pair = |(index, pair): (usize, &[Signal<'m>])| {
                m.scope(&format!("{level}_{index}"), || float_sum(m, format, pair[0], pair[1]))
            };
            float_tree(m, format, terms.chunks(2).enumerate().map(pair).collect())
        }
    }
}
