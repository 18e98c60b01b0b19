//! Vectors for an array of any cells, and the coverage points that they reach.

use super::model::{Mvm, Taken, Times, taken};
use super::params::Params;
use crate::common::lanes::{flag, joined};
use crate::crossbar::device::levels;
use crate::crossbar::pins::{Adc, ArrayPlace};
use crate::crossbar::xbar_adc_sar::model::Pace;
use crate::crossbar::xbar_array_model::model::{Array, Loaded};
use crate::crossbar::xbar_sequencer::Clocks;
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;

/// Vectors of a case.
const VECTORS: usize = 2;

/// Cells of a model that are programmed once more.
const LOADS: u32 = 4;

/// The points; the last one is reached if the array can.
const POINTS: [&str; 8] = [
    "code 0",
    "code between",
    "phase that no row drives",
    "conversion that waits for room",
    "sums that are not taken at once",
    "vector that is too long",
    "sum below 0",
    "code that saturates",
];

fn points(params: &Params) -> &'static [&'static str] {
    match params.array_model(0).saturates(params.rows_at_once()) {
        true => &POINTS,
        false => &POINTS[..POINTS.len() - 1],
    }
}

impl Stimulus for Params {
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            // All vectors behind one that is too long are wrong, so that the first ones are not.
            let may_be_long = index > 0;
            Case::new(&params, may_be_long, case_rng(seed, index)).play(emit);
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        let loads = match self.array {
            ArrayPlace::External => 0,
            ArrayPlace::Model => self.inputs_of_vector() * self.columns() + LOADS,
        };
        let conversion = match self.read_out.adc {
            Adc::Flash => 2,
            Adc::Sar => self.read_out.adc_bits + 4,
        };
        let phases = self.driver().slots().len() as u32 * VECTORS as u32;
        u64::from(loads + phases * (self.columns() * conversion + 4) + self.driver().beats() * 4)
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(points(self), Observer { params: self, mvm: Mvm::new(self) })
    }
}

/// A case under way.
struct Case<'p> {
    params: &'p Params,
    rng: Rng,
    mvm: Mvm,
    /// Those at the pins, if they are outside.
    arrays: Vec<Array>,
    times: Times,
    /// Beats that are to come.
    beats: Vec<Vec<Bits>>,
    is_offered: bool,
    /// Chances of 16 that a beat is late, and that sums wait.
    idle: u8,
    stall: u8,
    /// Comparators say anything.
    is_noise: bool,
}

impl<'p> Case<'p> {
    fn new(params: &'p Params, may_be_long: bool, mut rng: Rng) -> Case<'p> {
        let beats = (0..VECTORS).flat_map(|_| vector(params, may_be_long, &mut rng)).collect::<Vec<_>>();
        let chance = |rng: &mut Rng| [0, 0, 4, 14][rng.usize(..4)];
        Case {
            params,
            mvm: Mvm::new(params),
            arrays: (0..params.row_arrays).map(|array| Array::new(&params.array_model(array))).collect(),
            times: times(&mut rng),
            beats: beats.into_iter().rev().collect(),
            is_offered: false,
            idle: chance(&mut rng),
            stall: chance(&mut rng),
            is_noise: rng.u8(..4) == 0,
            rng,
        }
    }

    /// Programs all cells, then plays until the last sums are taken.
    fn play(mut self, emit: &mut dyn FnMut(usize, &[Bits])) {
        let params = self.params;
        let mut level = levels(&params.device, &mut self.rng);
        let cells = (0..params.columns() as usize)
            .flat_map(|column| (0..params.inputs_of_vector() as usize).map(move |row| (row, column)));
        for (row, column) in cells {
            let cells = (0..params.adcs).map(|_| level(&mut self.rng)).collect();
            let load = Loaded { row, column, cells };
            match params.array {
                ArrayPlace::External => self.program(&load),
                ArrayPlace::Model => self.cycle(Some(load), emit),
            }
        }
        if let Some(widths) = params.inputs().side.load {
            // Any cells again, and some that are not there.
            for _ in 0..LOADS {
                let column = widths.column.map_or(0, |width| self.rng.usize(..1 << width));
                let cells = (0..params.adcs).map(|_| level(&mut self.rng)).collect();
                let row = self.rng.usize(..1 << widths.row);
                self.cycle(Some(Loaded { row, column, cells }), emit);
            }
        }
        // Vectors that are too long have no sums of their own, so the last sums are those of the last vector.
        let mut left = VECTORS;
        while left > 0 {
            let is_last = self.mvm.offered().is_some_and(|offered| offered.last);
            let out_ready = self.rng.u8(..16) >= self.stall;
            self.step(out_ready, emit);
            left -= usize::from(is_last && out_ready);
        }
        self.cycle(None, emit);
    }

    fn program(&mut self, Loaded { row, column, cells }: &Loaded) {
        let count = self.arrays.len();
        self.arrays[row % count].load(row / count, *column, cells);
    }

    /// A cycle without vectors, so that a case may be preceded by any number of them.
    fn cycle(&mut self, load: Option<Loaded>, emit: &mut dyn FnMut(usize, &[Bits])) {
        let taken = Taken { load, ..self.taken(None, false) };
        self.end(taken, emit);
    }

    fn step(&mut self, out_ready: bool, emit: &mut dyn FnMut(usize, &[Bits])) {
        self.is_offered |= self.rng.u8(..16) >= self.idle;
        let beat = self.beats.last().filter(|_| self.is_offered).cloned();
        let is_offered = beat.is_some();
        if self.rng.u8(..64) == 0 {
            self.times = times(&mut self.rng);
        }
        let taken = self.taken(beat, out_ready);
        if self.end(taken, emit) && is_offered {
            self.beats.pop();
            self.is_offered = false;
        }
    }

    fn taken(&mut self, beat: Option<Vec<Bits>>, out_ready: bool) -> Taken {
        let comparators = match self.params.array {
            ArrayPlace::Model => vec![],
            ArrayPlace::External => {
                let answer = self.mvm.answer(&self.arrays);
                let mut says = |answer: &u64| if self.is_noise { self.rng.u64(..2) } else { *answer };
                answer.iter().map(&mut says).collect()
            }
        };
        Taken { beat, times: self.times, load: None, comparators, out_ready }
    }

    /// The cycle ends. Gives whether a beat could be taken in it.
    fn end(&mut self, taken: Taken, emit: &mut dyn FnMut(usize, &[Bits])) -> bool {
        emit(0, &fields(self.params, &taken, &mut self.rng));
        self.mvm.clock_arrays(&mut self.arrays);
        self.mvm.clock(&taken).in_ready
    }
}

/// Short ones, or seldom any.
pub fn times(rng: &mut Rng) -> Times {
    let mut step = |most: u64| if rng.u8(..32) == 0 { rng.u64(..32) } else { rng.u64(..most) };
    let clocks = Clocks { precharge_clocks: step(3), settle_clocks: step(5), convert_clocks: step(4) };
    Times { clocks, pace: Pace { sample: step(4), settle: step(2).min(15) } }
}

/// The beats of a vector: of any inputs, or of one for all; seldom too many or too few.
fn vector(params: &Params, may_be_long: bool, rng: &mut Rng) -> Vec<Vec<Bits>> {
    let beats = params.driver().beats();
    let beats = match rng.u8(..16) {
        0 if may_be_long => beats + rng.u32(1..3),
        1 => 1,
        _ => beats,
    };
    let all = (1u64 << params.input_bits) - 1;
    let (kind, same) = (rng.u8(..4), [0, all, all / 2 + 1, rng.u64(..=all)][rng.usize(..4)]);
    let mut input = || match kind {
        0 => same,
        1 if rng.u8(..8) > 0 => 0,
        _ => rng.u64(..=all),
    };
    let mut data = || joined(params.input_bits, &(0..params.lanes).map(|_| input()).collect::<Vec<_>>());
    let data: Vec<Bits> = (0..beats).map(|_| data()).collect();
    let beat = |(number, data): (u32, Bits)| vec![data, flag(rng.bool()), flag(number + 1 == beats)];
    (0..).zip(data).map(beat).collect()
}

/// The inputs of a cycle in the order of their ports; those that do not matter are anything.
fn fields(params: &Params, taken: &Taken, rng: &mut Rng) -> Vec<Bits> {
    let declared = params.inputs();
    let side = declared.side;
    let number = |value: u64, width: u32| Bits::truncated(value.into(), width);
    let nothing = vec![number(rng.u64(..), declared.in_data), flag(rng.bool()), flag(rng.bool())];
    let Times { clocks, pace } = taken.times;
    let load = load_fields(params, taken.load.as_ref());
    let answer = side.thermometer.or(side.cmp).map(|_| joined(1, &taken.comparators));
    [flag(taken.beat.is_some())]
        .into_iter()
        .chain(taken.beat.clone().unwrap_or(nothing))
        .chain([number(clocks.precharge_clocks, side.steps.precharge_clocks)])
        .chain([number(clocks.settle_clocks, side.steps.settle_clocks)])
        .chain(side.steps.convert_clocks.map(|width| number(clocks.convert_clocks, width)))
        .chain(side.steps.sample_clocks.map(|width| number(pace.sample, width)))
        .chain(side.steps.trial_clocks.map(|width| number(pace.settle, width)))
        .chain(load)
        .chain(answer)
        .chain([flag(taken.out_ready)])
        .collect()
}

/// The inputs that program cells of the model, if it is inside.
pub fn load_fields(params: &Params, load: Option<&Loaded>) -> Vec<Bits> {
    let Some(widths) = params.side().load else { return vec![] };
    let number = |value: usize, width: u32| Bits::truncated(value as u128, width);
    let nothing = Loaded { row: 0, column: 0, cells: vec![0; params.adcs as usize] };
    let Loaded { row, column, cells } = load.unwrap_or(&nothing);
    [flag(load.is_some()), number(*row, widths.row)]
        .into_iter()
        .chain(widths.column.map(|width| number(*column, width)))
        .chain([joined(params.device.cell_bits, cells)])
        .collect()
}

/// Finds the coverage points of cycles.
struct Observer<'p> {
    params: &'p Params,
    mvm: Mvm,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let taken = taken(self.params, beat);
        let offered = self.mvm.offered();
        let drives = self.mvm.drives();
        let events = self.mvm.clock(&taken);
        let greatest = (1 << self.params.read_out.adc_bits) - 1;
        let has = |is: &dyn Fn(u64) -> bool| events.codes.iter().flatten().any(|code| is(*code));
        let is_reached = [
            has(&|code| code == 0),
            has(&|code| 0 < code && code < greatest),
            events.phase_moves && !drives,
            events.waits,
            offered.is_some() && !taken.out_ready,
            offered.as_ref().is_some_and(|offered| offered.error),
            offered.as_ref().is_some_and(|offered| offered.sums.iter().any(|sum| *sum < 0)),
            has(&|code| code == greatest),
        ];
        report_reached(&is_reached[..points(self.params).len()], hit);
    }
}
