//! Phases at any pace, and the coverage points that they reach.

use super::Params;
use super::model::{Sequencer, Step, Taken, phase_fields, taken};
use super::params::{CLOCKS_BITS, Clocks};
use crate::common::lanes::flag;
use crate::crossbar::phase::Phase;
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;

/// Phases of a case.
const PHASES: usize = 4;

/// The points; those from `OF_TWO_HOLDS` on need two holds.
const POINTS: [&str; 10] = [
    "phase without a precharge",
    "phase with a precharge of several clocks",
    "number of clocks 0 where it counts as 1",
    "conversion of several clocks",
    "column that is not taken at once",
    "last phase of a vector",
    "array without a phase",
    "longest step",
    "phase that waits for a hold",
    "phase converted without a gap behind another",
];
const OF_TWO_HOLDS: usize = 8;

fn points(params: &Params) -> &'static [&'static str] {
    if params.holds == 2 { &POINTS } else { &POINTS[..OF_TWO_HOLDS] }
}

impl Stimulus for Params {
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            play(&params, &mut case_rng(seed, index), emit);
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        PHASES as u64 * (u64::from(self.columns) * 2 + 10)
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(points(self), Observer { params: self, sequencer: Sequencer::new(self) })
    }
}

/// Mostly short ones, seldom any, or the longest of all.
fn clocks(params: &Params, rng: &mut Rng) -> Clocks<u64> {
    let greatest = (1 << CLOCKS_BITS) - 1;
    let step = |rng: &mut Rng| match rng.u8(..64) {
        0 => greatest,
        1 => rng.u64(..=greatest),
        2..=5 => rng.u64(..24),
        _ => rng.u64(..5),
    };
    // Those of many columns would take most of the time.
    let convert_clocks = match rng.u32(..64 * params.columns) {
        0 => greatest,
        1 => rng.u64(..=greatest),
        _ if params.columns > 8 => rng.u64(..3),
        _ => rng.u64(..5),
    };
    Clocks { precharge_clocks: step(rng), settle_clocks: step(rng), convert_clocks }
}

/// Plays a case until its last column is taken.
fn play(params: &Params, rng: &mut Rng, emit: &mut dyn FnMut(usize, &[Bits])) {
    let mut sequencer = Sequencer::new(params);
    let chance = |rng: &mut Rng| [0, 0, 4, 14][rng.usize(..4)];
    let (idle, stall) = (chance(rng), chance(rng));
    let (mut clocks_now, changes) = (clocks(params, rng), rng.u8(..4) == 0);
    // Clocks without a phase put the array into the first step by their numbers, whatever was before. The first one settles: runs
    // have a reset there.
    for clocks in [Clocks { precharge_clocks: 0, ..clocks_now }, clocks_now] {
        let taken = Taken { clocks, ..Taken::default() };
        emit(0, &beat(params, &taken, rng));
        sequencer.clock(&taken);
    }
    let (mut left, mut offered) = (PHASES, None);
    while left > 0 || sequencer.converted.is_some() {
        if offered.is_none() && left > 0 && rng.u8(..16) >= idle {
            offered = Some(phase(params, rng));
        }
        let taken = Taken { phase: offered, clocks: clocks_now, out_ready: rng.u8(..16) >= stall };
        emit(0, &beat(params, &taken, rng));
        if sequencer.clock(&taken).moves {
            (left, offered) = (left - 1, None);
        }
        // Registers may be written at any time.
        if changes && rng.u8(..32) == 0 {
            clocks_now = clocks(params, rng);
        }
    }
}

fn phase(params: &Params, rng: &mut Rng) -> Phase<u64> {
    Phase {
        bit: Some(rng.u64(..u64::from(params.input_bits))),
        subtract: Some(rng.u64(..2)),
        last: rng.u64(..2),
    }
}

/// The inputs of a cycle as a beat; without a phase, its fields are anything.
fn beat(params: &Params, taken: &Taken, rng: &mut Rng) -> Vec<Bits> {
    let noise = phase(params, rng);
    let fields = phase_fields(params, Some(taken.phase.unwrap_or(noise))).into_iter().flatten();
    let Clocks { precharge_clocks, settle_clocks, convert_clocks } = taken.clocks;
    let clocks = [precharge_clocks, settle_clocks, convert_clocks];
    [flag(taken.phase.is_some())]
        .into_iter()
        .chain(fields)
        .chain(clocks.map(|clocks| Bits::truncated(clocks.into(), CLOCKS_BITS)))
        .chain([flag(taken.out_ready)])
        .collect()
}

/// Finds the coverage points of cycles.
struct Observer<'p> {
    params: &'p Params,
    sequencer: Sequencer,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let taken = taken(self.params, beat);
        let before = self.sequencer.clone();
        let events = self.sequencer.clock(&taken);
        let Clocks { precharge_clocks, settle_clocks, convert_clocks } = taken.clocks;
        let is_offered = before.converted.is_some_and(|converted| converted.is_offered());
        let is_settling = matches!(before.step, Step::Settle(_));
        let begins = events.moves || (events.takes && !events.ends);
        let is_reached = [
            events.moves && precharge_clocks == 0,
            matches!(before.step, Step::Precharge(1)),
            (events.moves && is_settling && settle_clocks == 0) || (begins && convert_clocks == 0),
            before.converted.is_some() && !is_offered,
            is_offered && !taken.out_ready,
            events.moves && taken.phase.is_some_and(|phase| phase.last == 1),
            taken.phase.is_none(),
            matches!(before.step, Step::Precharge(254) | Step::Settle(254)),
            before.step == Step::Rest,
            events.moves && events.ends,
        ];
        report_reached(&is_reached[..points(self.params).len()], hit);
    }
}
