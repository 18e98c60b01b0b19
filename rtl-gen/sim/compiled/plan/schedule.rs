//! The order in which functions run on lanes.

use super::functions::{self, Cut};
use super::stages::Stages;
use super::{Lane, Planned, TOP};
use crate::compiled::options::Functions;
use crate::compiled::unit::{TermOp, Unit};
use std::collections::BTreeMap;

/// A function of a unit, run on some of its lanes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::compiled) struct Step {
    pub unit: usize,
    pub function: usize,
    /// In ascending order.
    pub lanes: Vec<u32>,
}

/// Orders by levels. The top's terms of level 0 wait for no child; a stage of a child runs in the level after that of
/// the inputs that it needs, and the terms that read it have its level.
struct Levels<'a> {
    top: &'a Unit,
    modules: &'a [(usize, Unit, Stages)],
    children: &'a [(usize, usize)],
    of_term: Vec<u32>,
    /// For each child the level of each of its stages, where that is known.
    of_stage: Vec<Vec<Option<u32>>>,
}

/// Plans all units and their steps.
pub(super) fn schedule(
    top: Unit,
    modules: Vec<(usize, Unit, Stages)>,
    children: &[(usize, usize)],
    lanes: Vec<Vec<Lane>>,
    least_for_vectors: usize,
    size: Functions,
) -> (Vec<Planned>, Vec<Step>) {
    let (of_term, of_stage) = Levels::of(&top, &modules, children);
    let count = of_term.iter().chain(of_stage.iter().flatten()).max().map_or(1, |most| *most as usize + 1);
    let mut cuts = vec![functions::cut_levels(&top, &of_term, count, size)];
    cuts.extend(modules.iter().map(|(_, unit, stages)| functions::cut_stages(unit, stages, size)));
    let steps = steps(count as u32, &of_stage, children, &cuts);
    let units = [top].into_iter().chain(modules.into_iter().map(|(_, unit, _)| unit));
    let planned = units.zip(cuts).zip(lanes).map(|((unit, cut), lanes)| Planned {
        unit,
        fills_vectors: lanes.len() >= least_for_vectors,
        lanes,
        functions: cut.functions,
        is_stored: cut.is_stored,
    });
    (planned.collect(), steps)
}

fn steps(levels: u32, of_stage: &[Vec<u32>], children: &[(usize, usize)], cuts: &[Cut]) -> Vec<Step> {
    let mut runs: BTreeMap<(u32, usize, usize), Vec<u32>> = BTreeMap::new();
    for (child, &(unit, lane)) in children.iter().enumerate() {
        for (stage, level) in of_stage[child].iter().enumerate() {
            runs.entry((*level, unit, stage)).or_default().push(lane as u32);
        }
    }
    let mut steps = vec![];
    for level in 0..levels {
        for ((_, unit, stage), lanes) in runs.range((level, 0, 0)..(level + 1, 0, 0)) {
            let functions = cuts[*unit].of_stage[*stage].iter();
            steps.extend(functions.map(|&function| Step { unit: *unit, function, lanes: lanes.clone() }));
        }
        let functions = cuts[TOP].of_stage[level as usize].iter();
        steps.extend(functions.map(|&function| Step { unit: TOP, function, lanes: vec![0] }));
    }
    steps
}

impl Levels<'_> {
    /// The level of each term of the top, and of each stage of each child.
    fn of(
        top: &Unit,
        modules: &[(usize, Unit, Stages)],
        children: &[(usize, usize)],
    ) -> (Vec<u32>, Vec<Vec<u32>>) {
        let unknown = |(unit, _): &(usize, usize)| vec![None; modules[unit - 1].2.needs.len()];
        let of_stage = children.iter().map(unknown).collect();
        let mut levels = Levels { top, modules, children, of_term: vec![], of_stage };
        for id in top.ids() {
            let level = levels.term(&top.term(id).op, &top.term(id).operands());
            levels.of_term.push(level);
        }
        let all = |child: usize| (0..levels.of_stage[child].len() as u32).map(move |stage| (child, stage));
        for (child, stage) in (0..children.len()).flat_map(all).collect::<Vec<_>>() {
            levels.stage(child, stage);
        }
        let known = levels.of_stage.into_iter().map(|stages| stages.into_iter().flatten().collect());
        (levels.of_term, known.collect())
    }

    fn term(&mut self, op: &TermOp, operands: &[crate::compiled::unit::TermId]) -> u32 {
        if let TermOp::ChildOutput { child, port } = op {
            return self.output(*child, *port);
        }
        operands.iter().map(|id| self.of_term[id.index()]).max().unwrap_or(0)
    }

    fn output(&mut self, child: usize, port: usize) -> u32 {
        let (_, unit, stages) = &self.modules[self.children[child].0 - 1];
        let driver = unit.outputs.iter().find(|(output, _)| *output == port).map(|(_, driver)| *driver);
        let driver = driver.expect("every output has a driver");
        if let TermOp::Input(input) = unit.term(driver).op {
            return 1 + self.input(child, input);
        }
        match unit.term(driver).is_source() {
            true => 0,
            false => self.stage(child, stages.of_term[driver.index()]),
        }
    }

    /// The level of what drives an input of a child.
    fn input(&self, child: usize, port: usize) -> u32 {
        let mut inputs = self.top.children[child].inputs.iter();
        let driver = inputs.find(|(input, _)| *input == port).map(|(_, driver)| *driver);
        self.of_term[driver.expect("every input has a driver").index()]
    }

    fn stage(&mut self, child: usize, stage: u32) -> u32 {
        if let Some(level) = self.of_stage[child][stage as usize] {
            return level;
        }
        let needs = self.modules[self.children[child].0 - 1].2.needs[stage as usize].clone();
        let inputs = needs.inputs.iter().map(|input| 1 + self.input(child, *input)).max();
        let stages = needs.stages.iter().map(|earlier| self.stage(child, *earlier)).max();
        let level = inputs.max(stages).unwrap_or(1);
        self.of_stage[child][stage as usize] = Some(level);
        level
    }
}
