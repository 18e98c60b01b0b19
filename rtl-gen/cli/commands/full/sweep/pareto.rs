//! Pareto-optimal points: no other point is better in both area and delay, or in both area and accuracy.

use super::point::PointResult;
use synthesis::{Target, targets};

/// What is weighed against area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// In ns.
    Delay,
    /// Samples that are not recognised, in percent.
    Error,
}

impl Cost {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Cost::Delay => "delay",
            Cost::Error => "error",
        }
    }

    /// Its unit.
    pub fn unit(self) -> &'static str {
        match self {
            Cost::Delay => "ns",
            Cost::Error => "%",
        }
    }

    fn of(self, result: &PointResult) -> Option<f64> {
        match self {
            Cost::Delay => result.figures.as_ref()?.timing.as_ref().map(|timing| timing.delay),
            Cost::Error => result.accuracy.map(|accuracy| 100.0 - accuracy),
        }
    }
}

/// A point with both figures.
#[derive(Clone, Copy)]
pub struct Measure<'r> {
    pub result: &'r PointResult,
    /// What is weighed.
    pub cost: f64,
    /// In the target's [unit](Target::area_unit).
    pub area: f64,
}

/// The targets of the results, each once.
pub fn targets(results: &[PointResult]) -> Vec<&'static Target> {
    let is_there = |target: &&Target| results.iter().any(|result| result.target == *target);
    targets::ALL.into_iter().filter(is_there).collect()
}

/// The points of a target that have an area and a cost.
pub fn measures<'r>(results: &'r [PointResult], target: &Target, cost: Cost) -> Vec<Measure<'r>> {
    let of = results.iter().filter(|result| result.target == target);
    of.filter_map(|result| measure(result, cost)).collect()
}

fn measure(result: &PointResult, cost: Cost) -> Option<Measure<'_>> {
    let resources = &result.figures.as_ref()?.resources;
    let area = resources.area.or(resources.luts.map(|luts| luts as f64))?;
    Some(Measure { result, cost: cost.of(result)?, area })
}

/// The Pareto-optimal points among these, sorted by cost.
pub fn front<'r>(results: &'r [PointResult], target: &Target, cost: Cost) -> Vec<Measure<'r>> {
    let mut all = measures(results, target, cost);
    all.sort_by(|a, b| (a.cost, a.area).partial_cmp(&(b.cost, b.area)).expect("figures are numbers"));
    let mut least = f64::INFINITY;
    all.retain(|measure| {
        let is_better = measure.area < least;
        least = least.min(measure.area);
        is_better
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use synthesis::targets::ICE40;
    use synthesis::{Figures, Resources, Timing};

    fn result(delay: f64, luts: u64) -> PointResult {
        let figures = Figures {
            target: &ICE40,
            device: String::new(),
            tools: vec![],
            resources: Resources { luts: Some(luts), ..Resources::default() },
            timing: Some(Timing { delay, f_max: 1000.0 / delay, path: vec![], method: String::new() }),
            energy: None,
            gate_level: None,
            remarks: vec![],
        };
        PointResult {
            config: None,
            parameters: vec![],
            target: &ICE40,
            figures: Some(figures),
            accuracy: Some(100.0 - delay),
            refused: None,
            failed: None,
        }
    }

    #[test]
    fn a_point_that_another_beats_is_not_on_the_front() {
        let results = [(5.0, 10), (3.0, 30), (4.0, 30), (4.0, 20), (6.0, 10)].map(|(d, l)| result(d, l));
        for cost in [Cost::Delay, Cost::Error] {
            let front: Vec<_> = front(&results, &ICE40, cost).iter().map(|m| (m.cost, m.area)).collect();
            assert_eq!(front, [(3.0, 30.0), (4.0, 20.0), (5.0, 10.0)], "{cost:?}");
        }
    }
}
