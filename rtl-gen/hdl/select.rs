//! Selection among many values.

use crate::Bits;
use crate::diagnostic::Source;
use crate::module::Module;
use crate::netlist::{Case, Op};
use crate::signal::{Signal, width_advice};
use std::panic::Location;

impl Module {
    /// The value at `index` of `values`, which must have a value for each index. A table of more than two is a `case`
    /// in Verilog.
    #[track_caller]
    pub fn select<'m>(&'m self, index: Signal<'m>, values: &[Signal<'m>]) -> Signal<'m> {
        let source = Location::caller();
        let width = values.first().map_or(1, |value| value.width());
        if !self.check_operand("a selection", index, source)
            || !self.check_count(index, values.len(), source)
            || !self.check_alike("a selection", values, source)
        {
            return self.stand_in(width, source);
        }
        if let [at_0, at_1] = values {
            return index.mux_at(*at_1, *at_0, source);
        }
        let label = |at: usize| {
            self.node(Op::Const(Bits::truncated(at as u128, index.width())), index.width(), source)
        };
        let case = |(at, value): (usize, &Signal)| Case { labels: vec![label(at).id()], value: value.id() };
        let cases = values.iter().enumerate().map(case).collect();
        let otherwise = values[values.len() - 1].id();
        self.node(Op::Case { select: index.id(), cases, otherwise }, width, source)
    }

    /// The value of the first condition that is 1, else `otherwise`.
    #[track_caller]
    pub fn priority<'m>(&'m self, cases: &[(Signal<'m>, Signal<'m>)], otherwise: Signal<'m>) -> Signal<'m> {
        let source = Location::caller();
        let values: Vec<Signal> = cases.iter().map(|(_, value)| *value).chain([otherwise]).collect();
        if !self.check_cases("a priority selection", cases, &values, source) {
            return self.stand_in(otherwise.width(), source);
        }
        let cases = cases.iter().rev();
        cases.fold(otherwise, |rest, (condition, value)| condition.mux_at(*value, rest, source))
    }

    /// The bitwise or of all values whose condition is 1: a multiplexer if exactly one is.
    #[track_caller]
    pub fn one_hot<'m>(&'m self, cases: &[(Signal<'m>, Signal<'m>)]) -> Signal<'m> {
        let source = Location::caller();
        let values: Vec<Signal> = cases.iter().map(|(_, value)| *value).collect();
        let Some(first) = values.first() else {
            let message = "a one-hot selection needs at least one case".into();
            return self.reject(source, 1, message, vec![]);
        };
        if !self.check_cases("a one-hot selection", cases, &values, source) {
            return self.stand_in(first.width(), source);
        }
        let mut chosen = cases[0].1.gated(cases[0].0);
        for (condition, value) in &cases[1..] {
            chosen = chosen | value.gated(*condition);
        }
        chosen
    }

    fn check_count(&self, index: Signal<'_>, count: usize, source: Source) -> bool {
        let is_legal = index.width() < usize::BITS && count == 1 << index.width();
        if !is_legal && !index.is_faulty() {
            let message = format!("a selection by {index} needs a value for each index: it has {count}");
            self.error(source, message, vec![format!("expected 2^{} values", index.width())]);
        }
        is_legal
    }

    fn check_cases<'m>(
        &'m self,
        what: &str,
        cases: &[(Signal<'m>, Signal<'m>)],
        values: &[Signal<'m>],
        source: Source,
    ) -> bool {
        let is_condition = |(case, (condition, _)): (usize, &(Signal<'m>, Signal<'m>))| {
            self.check_one_bit(format_args!("condition {case} of {what}"), *condition, source)
        };
        cases.iter().enumerate().all(is_condition) && self.check_alike(what, values, source)
    }

    /// Checks that all values belong to this module and have the same width.
    fn check_alike<'m>(&'m self, what: &str, values: &[Signal<'m>], source: Source) -> bool {
        if !values.iter().all(|value| self.check_operand(what, *value, source)) {
            return false;
        }
        let odd = values.iter().position(|value| !value.agrees_with(values[0]));
        if let Some(odd) = odd {
            let (first, odd_one) = (values[0], values[odd]);
            let message =
                format!("{what} needs values of one width: value 0 is {first}, value {odd} is {odd_one}");
            self.error(source, message, vec![width_advice(first, odd_one)]);
        }
        odd.is_none()
    }
}
