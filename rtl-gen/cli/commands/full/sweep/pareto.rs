//! Pareto-optimal points: no other point is better in both area and delay.

use super::point::PointResult;
use synthesis::{Target, targets};

/// A point with both figures.
#[derive(Clone, Copy)]
pub struct Measure<'r> {
    pub result: &'r PointResult,
    /// In ns.
    pub delay: f64,
    /// In the target's [unit](Target::area_unit).
    pub area: f64,
}

/// The targets of the results, each once.
pub fn targets(results: &[PointResult]) -> Vec<&'static Target> {
    let is_there = |target: &&Target| results.iter().any(|result| result.target == *target);
    targets::ALL.into_iter().filter(is_there).collect()
}

/// The points of a target that have an area and a delay.
pub fn measures<'r>(results: &'r [PointResult], target: &Target) -> Vec<Measure<'r>> {
    let of = results.iter().filter(|result| result.target == target);
    of.filter_map(measure).collect()
}

fn measure(result: &PointResult) -> Option<Measure<'_>> {
    let figures = result.figures.as_ref()?;
    let resources = &figures.resources;
    let area = resources.area.or(resources.luts.map(|luts| luts as f64))?;
    Some(Measure { result, delay: figures.timing.as_ref()?.delay, area })
}

/// The Pareto-optimal points among these, sorted by delay.
pub fn front<'r>(results: &'r [PointResult], target: &Target) -> Vec<Measure<'r>> {
    let mut all = measures(results, target);
    all.sort_by(|a, b| (a.delay, a.area).partial_cmp(&(b.delay, b.area)).expect("figures are numbers"));
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
            parameters: vec![],
            target: &ICE40,
            figures: Some(figures),
            refused: None,
            failed: None,
        }
    }

    #[test]
    fn a_point_that_another_beats_is_not_on_the_front() {
        let results = [(5.0, 10), (3.0, 30), (4.0, 30), (4.0, 20), (6.0, 10)].map(|(d, l)| result(d, l));
        let front: Vec<_> = front(&results, &ICE40).iter().map(|m| (m.delay, m.area)).collect();
        assert_eq!(front, [(3.0, 30.0), (4.0, 20.0), (5.0, 10.0)]);
    }
}
