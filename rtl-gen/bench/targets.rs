//! The goals.

use crate::report::Table;
use serde::Serialize;

/// A figure with its target.
#[derive(Clone, Debug, Serialize)]
pub struct Target {
    /// What is measured.
    pub what: String,
    /// What was measured.
    pub measured: f64,
    /// What was to be reached, and what then.
    pub target: f64,
    /// The next goal, if there is one.
    pub then: Option<f64>,
    /// Of what it is a multiple, or its unit.
    pub unit: &'static str,
    /// Whether less is better.
    pub is_limit: bool,
}

impl Target {
    /// A ratio that should be at least `target`.
    pub fn ratio(what: &str, measured: f64, target: f64, then: Option<f64>) -> Target {
        Target { what: what.into(), measured, target, then, unit: "x", is_limit: false }
    }

    /// Seconds that should be at most `target`.
    pub fn seconds(what: &str, measured: f64, target: f64, then: Option<f64>) -> Target {
        Target { what: what.into(), measured, target, then, unit: " s", is_limit: true }
    }

    fn reaches(&self, goal: f64) -> bool {
        if self.is_limit { self.measured <= goal } else { self.measured >= goal }
    }

    fn verdict(&self) -> &'static str {
        match (self.then.is_some_and(|then| self.reaches(then)), self.reaches(self.target)) {
            (true, _) => "met, and the next",
            (false, true) => "met",
            (false, false) => "missed",
        }
    }
}

/// All targets with what was measured.
pub fn table(targets: &[Target]) -> Table {
    let mut table = Table::new("Targets", &["", "measured", "target", "then", ""]);
    for target in targets {
        let value = |value: f64| {
            let digits = if value < 10.0 { 2 } else { 0 };
            format!("{value:.digits$}{}", target.unit)
        };
        let then = target.then.map_or(String::new(), value);
        let (measured, goal) = (value(target.measured), value(target.target));
        table.row([target.what.clone(), measured, goal, then, target.verdict().into()]);
    }
    table
}
