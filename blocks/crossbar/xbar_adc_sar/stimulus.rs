//! Conversions of chosen inputs by comparators that decide rightly, and the coverage points that they reach.

use super::Params;
use super::model::{Controller, Pace, Pins, Taken, beat, controller, taken};
use super::params::{SAMPLE_BITS, SETTLE_BITS};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;

/// Conversions of a case.
const CONVERSIONS: usize = 3;

/// The points; those from `OF_TWO_HOLDS` on need two holds.
const POINTS: [&str; 10] = [
    "code 0",
    "greatest code",
    "no clock for sampling",
    "sampling longer than a conversion",
    "trial codes that settle",
    "result that waits",
    "request that waits",
    "request taken where a result leaves",
    "conversion behind a conversion",
    "codes that wait for those before them",
];
const OF_TWO_HOLDS: usize = 8;

/// How a case goes.
struct Plan {
    /// Each conversion: the inputs of the converters, in steps of a code, and its clocks.
    conversions: Vec<(Vec<u64>, Pace)>,
    /// How long a request, and a result, waits in 16ths of all cycles.
    idle: u8,
    stall: u8,
}

impl Stimulus for Params {
    /// Every code of every converter, at several paces.
    fn spaces(&self) -> Vec<Space> {
        let (params, paces) = (self.clone(), paces(self.adc_bits));
        let (codes, count) = (1u64 << self.adc_bits, paces.len() as u64);
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let (pace, stall) = paces[(index / codes) as usize];
            // Neighbours have other codes, so that no converter takes the decisions of another.
            let inputs =
                |shift: u64| (0..params.adcs).map(move |adc| (index + shift + 7 * u64::from(adc)) % codes);
            let conversions = [0, codes / 2, 1].map(|shift| (inputs(shift).collect(), pace));
            play(
                &params,
                Plan { conversions: conversions.into(), idle: 0, stall },
                &mut case_rng(0, index),
                emit,
            );
        };
        let name = "every code at several paces".into();
        vec![Space { name, cases: count * codes, make: Box::new(make), make_many: None }]
    }

    /// Any inputs, the limits among them, at any pace.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let plan = random_plan(&params, &mut rng);
            play(&params, plan, &mut rng, emit);
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        CONVERSIONS as u64 * (u64::from(self.adc_bits) + 12)
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(points(self), Observer::new(self))
    }
}

fn points(params: &Params) -> &'static [&'static str] {
    if params.holds == 2 { &POINTS } else { &POINTS[..OF_TWO_HOLDS] }
}

/// Clocks for sampling and settling, and how long results wait.
fn paces(adc_bits: u32) -> [(Pace, u8); 6] {
    let bits = u64::from(adc_bits);
    [
        (Pace { sample: 1, settle: 0 }, 0),
        (Pace { sample: 0, settle: 0 }, 8),
        (Pace { sample: bits, settle: 0 }, 0),
        (Pace { sample: bits + 3, settle: 1 }, 0),
        (Pace { sample: 2, settle: 2 }, 15),
        (Pace { sample: 3, settle: 0 }, 15),
    ]
}

fn random_plan(params: &Params, rng: &mut Rng) -> Plan {
    let greatest = (1 << params.adc_bits) - 1;
    let input = |rng: &mut Rng| match rng.u8(..4) {
        0 => 0,
        1 => greatest,
        _ => rng.u64(0..=greatest),
    };
    let sample = |rng: &mut Rng| match rng.u8(..32) {
        0 => rng.u64(..1 << SAMPLE_BITS),
        1..=8 => rng.u64(0..=2 * u64::from(params.adc_bits)),
        _ => rng.u64(..4),
    };
    let settle = |rng: &mut Rng| match rng.u8(..32) {
        0 => rng.u64(..1 << SETTLE_BITS),
        1..=8 => rng.u64(..4),
        _ => 0,
    };
    let conversions = (0..CONVERSIONS)
        .map(|_| {
            let inputs = (0..params.adcs).map(|_| input(rng)).collect();
            (inputs, Pace { sample: sample(rng), settle: settle(rng) })
        })
        .collect();
    let chance = |rng: &mut Rng| [0, 0, 4, 15][rng.usize(..4)];
    Plan { conversions, idle: chance(rng), stall: chance(rng) }
}

/// Plays a case from idle to idle: the comparators answer to the DACs, and say anything while they are not asked.
fn play(params: &Params, plan: Plan, rng: &mut Rng, emit: &mut dyn FnMut(usize, &[Bits])) {
    let mut controller = controller(params);
    let (mut requested, mut decisions, mut results) = (0, 0, 0);
    let mut is_offered = false;
    let mut cycle = |controller: &mut dyn Controller, taken: &Taken, rng: &mut Rng| {
        let noise = Pace { sample: rng.u64(..), settle: rng.u64(..) };
        emit(0, &beat(params, taken, noise));
        controller.clock(taken)
    };
    // A clock without a request, so that a case may be preceded by any number of them.
    let idle = Taken { above: vec![false; params.adcs as usize], ..Taken::default() };
    cycle(&mut *controller, &idle, rng);
    while results < plan.conversions.len() {
        let pins = controller.pins();
        let inputs = &plan.conversions[decisions / params.adc_bits as usize..];
        let above = above(&pins, inputs.first().map(|(inputs, _)| inputs), rng);
        decisions += usize::from(pins.compare);
        is_offered = requested < plan.conversions.len() && (is_offered || rng.u8(..16) >= plan.idle);
        let request = is_offered.then(|| plan.conversions[requested].1);
        let out_ready = rng.u8(..16) >= plan.stall;
        results += usize::from(out_ready && controller.offered().is_some());
        if cycle(&mut *controller, &Taken { request, above, out_ready }, rng) && is_offered {
            requested += 1;
            is_offered = false;
        }
    }
}

/// What the comparators say: at or above the DAC, where they are asked.
fn above(pins: &Pins, inputs: Option<&Vec<u64>>, rng: &mut Rng) -> Vec<bool> {
    match inputs {
        Some(inputs) if pins.compare => {
            inputs.iter().zip(&pins.dac).map(|(input, dac)| input >= dac).collect()
        }
        _ => pins.dac.iter().map(|_| rng.bool()).collect(),
    }
}

/// Finds the coverage points of cycles.
struct Observer {
    controller: Box<dyn Controller>,
    adc_bits: u64,
    greatest: u64,
    points: usize,
}

impl Observer {
    fn new(params: &Params) -> Observer {
        Observer {
            controller: controller(params),
            adc_bits: params.adc_bits.into(),
            greatest: (1 << params.adc_bits) - 1,
            points: points(params).len(),
        }
    }
}

impl Observe for Observer {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let taken = taken(beat);
        let pins = self.controller.pins();
        let offered = self.controller.offered().map(<[u64]>::to_vec);
        let ready = self.controller.clock(&taken);
        let after = self.controller.pins();
        let has = |code: u64| offered.as_ref().is_some_and(|codes| codes.contains(&code));
        let is_taken = taken.request.filter(|_| ready);
        let is = |is: &dyn Fn(Pace) -> bool| is_taken.is_some_and(is);
        let is_reached = [
            has(0),
            has(self.greatest),
            is(&|pace| pace.sample == 0),
            is(&|pace| pace.sample > self.adc_bits),
            is(&|pace| pace.settle > 0),
            offered.is_some() && !taken.out_ready,
            taken.request.is_some() && !ready,
            is_taken.is_some() && offered.is_some() && taken.out_ready,
            pins.compare && after.hold != pins.hold,
            self.controller.codes_wait(),
        ];
        report_reached(&is_reached[..self.points], hit);
    }
}
