//! Simulation: every engine on every workload, in rounds, and the time to a first verdict.

use crate::activity::Activity;
use crate::designs::{workload, workloads};
use crate::engine::{Builtin, Engine, VERDICTS, builtin, external};
use crate::report::Table;
use crate::run::Run;
use crate::statistics::Spread;
use crate::targets::Target;
use crate::workload::Workload;
use serde::Serialize;
use sim::batch::{Batch, Isa, RandomCases, Stimulus};
use sim::{Compiled, Options};
use std::error::Error;
use std::time::{Duration, Instant};

/// Rounds in which each engine runs once, so that other load on the machine affects all of them alike.
const ROUNDS: usize = 7;

/// About how long one engine runs in one round.
const RUN: Duration = Duration::from_millis(60);

/// Cycles until the first verdict.
const FIRST_CYCLES: u64 = 10_000;

/// An engine on a workload.
#[derive(Clone, Debug, Serialize)]
pub struct Measurement {
    /// The workload.
    pub workload: &'static str,
    /// The engine.
    pub engine: String,
    /// Seconds from the netlist to the first cycle.
    pub build: f64,
    /// Simulated cycles a second.
    pub speed: Spread,
    /// The speed as a multiple of that of the newest Verilator at -O3 on one thread, round by round.
    pub ratio: Option<Spread>,
}

/// A workload, an engine, and the seconds to its first verdict.
pub type Verdict = (&'static str, String, f64);

/// What was measured.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Simulation {
    /// Of steady states.
    pub measurements: Vec<Measurement>,
    /// Of first verdicts.
    pub verdicts: Vec<Verdict>,
    /// What each workload is: operators, and the shares of registers and of instances that change in a cycle.
    pub workloads: Vec<(&'static str, usize, f64, Option<f64>)>,
}

/// An engine under way.
struct Started {
    name: String,
    build: f64,
    run: Box<dyn Run>,
    cycles: u64,
    speeds: Vec<f64>,
}

/// Measures everything; `say` is told what is under way.
pub fn simulation(is_quick: bool, say: &dyn Fn(&str)) -> Result<Simulation, Box<dyn Error>> {
    let mut simulation = Simulation::default();
    for workload in workloads() {
        let activity = Activity::of(&workload);
        let (name, operators) = (workload.name, workload.operators());
        simulation.workloads.push((name, operators, activity.registers, activity.instances));
        simulation.measurements.extend(steady_states(&workload, is_quick, say)?);
        simulation.measurements.extend(batches(&workload, &simulation.measurements)?);
    }
    for name in VERDICTS {
        say(&format!("first verdict on {name}"));
        simulation.verdicts.push(verdict(&workload(name))?);
        simulation.verdicts.extend(verilator_verdict(&simulation.measurements, name));
    }
    Ok(simulation)
}

/// Every engine on a workload. All must agree on all outputs.
fn steady_states(
    workload: &Workload,
    is_quick: bool,
    say: &dyn Fn(&str),
) -> Result<Vec<Measurement>, Box<dyn Error>> {
    let mut started: Vec<Started> = vec![];
    let mut expected = None;
    for engine in external(workload.name)?.into_iter().chain(builtin()) {
        if is_quick && engine.is_skipped_when_quick() {
            continue;
        }
        say(&format!("{} on {}", engine.name(), workload.name));
        let start = Instant::now();
        let mut run = engine.build(workload)?;
        let build = start.elapsed().as_secs_f64();
        let cycles = if engine.is_slow() { 20 } else { 500 };
        let signatures = [run.run(20)?, if engine.is_slow() { 0 } else { run.run(480)? }];
        let known = *expected.get_or_insert(signatures);
        if signatures[0] != known[0] || !engine.is_slow() && signatures[1] != known[1] {
            return Err(format!("{} computes other outputs of {}", engine.name(), workload.name).into());
        }
        let cycles = calibrated(&mut *run, cycles)?;
        started.push(Started { name: engine.name(), build, run, cycles, speeds: vec![] });
    }
    for _ in 0..ROUNDS {
        for engine in &mut started {
            let start = Instant::now();
            engine.run.run(engine.cycles)?;
            engine.speeds.push(engine.cycles as f64 / start.elapsed().as_secs_f64());
        }
    }
    let reference = started[0].speeds.clone();
    let measured = |Started { name, build, speeds, .. }: Started| {
        let ratios = speeds.iter().zip(&reference).map(|(speed, reference)| speed / reference).collect();
        let ratio = Some(Spread::of(ratios));
        Measurement { workload: workload.name, engine: name, build, speed: Spread::of(speeds), ratio }
    };
    Ok(started.into_iter().map(measured).collect())
}

/// The number of cycles that take about the time of a run.
fn calibrated(run: &mut dyn Run, cycles: u64) -> Result<u64, Box<dyn Error>> {
    let start = Instant::now();
    run.run(cycles)?;
    let seconds = start.elapsed().as_secs_f64();
    Ok(((cycles as f64 * RUN.as_secs_f64() / seconds) as u64).max(1))
}

/// Batches of each instruction set, counting all lanes, with random stimulus that is generated in the batch.
fn batches(workload: &Workload, before: &[Measurement]) -> Result<Vec<Measurement>, Box<dyn Error>> {
    let reference = before.iter().find(|measurement| measurement.workload == workload.name);
    let reference = reference.ok_or("Verilator comes first")?.speed.median;
    let mut measurements = vec![];
    for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
        let start = Instant::now();
        let mut batch = Batch::with_isa(&workload.netlist, Options::default(), isa)?;
        let build = start.elapsed().as_secs_f64();
        let inputs: Vec<usize> = workload.inputs().iter().map(|input| input.port).collect();
        let stimulus = RandomCases::of(&batch, &inputs, 1);
        if workload.has_reset() {
            batch.tick();
            batch.poke_u64(0, 1);
        }
        let outputs = workload.outputs();
        let lanes = batch.lanes() as u64;
        let mut pass = 0;
        let mut passes = |count: u64| {
            let start = Instant::now();
            for _ in 0..count {
                stimulus.poke(&mut batch, pass * lanes);
                pass += 1;
                outputs.iter().for_each(|output| {
                    std::hint::black_box(batch.peek_rows(*output));
                });
                batch.tick();
            }
            (count * lanes) as f64 / start.elapsed().as_secs_f64()
        };
        let count = ((passes(5) / lanes as f64 * RUN.as_secs_f64()) as u64).max(1);
        let speeds: Vec<f64> = (0..ROUNDS).map(|_| passes(count)).collect();
        let ratio = Spread::of(speeds.iter().map(|speed| speed / reference).collect());
        measurements.push(Measurement {
            workload: workload.name,
            engine: format!("batch {isa}"),
            build,
            speed: Spread::of(speeds),
            ratio: Some(ratio),
        });
    }
    Ok(measurements)
}

/// From the netlist to the end of the first cycles.
fn verdict(workload: &Workload) -> Result<Verdict, Box<dyn Error>> {
    let compiled = Builtin::new("compiled", |netlist| Compiled::new(netlist, Options::default()));
    let mut seconds = vec![];
    for _ in 0..ROUNDS {
        let start = Instant::now();
        compiled.build(workload)?.run(FIRST_CYCLES)?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    Ok((workload.name, compiled.name(), Spread::of(seconds).median))
}

/// The same for Verilator's fastest build, from its measurements.
fn verilator_verdict(measurements: &[Measurement], workload: &'static str) -> Option<Verdict> {
    let mut all = measurements.iter();
    let found = all.find(|found| found.workload == workload && found.engine.ends_with("-O0"))?;
    Some((workload, found.engine.clone(), found.build + FIRST_CYCLES as f64 / found.speed.median))
}

impl Simulation {
    /// The tables.
    pub fn tables(&self) -> Vec<Table> {
        let mut designs =
            Table::new("Workloads", &["", "operators", "registers that change", "instances that change"]);
        for (name, operators, registers, instances) in &self.workloads {
            let share = |share: f64| format!("{:.0} %", 100.0 * share);
            let instances = instances.map_or(String::new(), share);
            designs.row([(*name).into(), operators.to_string(), share(*registers), instances]);
        }
        let head = ["", "engine", "build, s", "cycles/s", "x Verilator -O3, median (quartiles)"];
        let mut speeds = Table::new("Simulation, steady state", &head);
        for Measurement { workload, engine, build, speed, ratio } in &self.measurements {
            let ratio = ratio.map_or(String::new(), |ratio| ratio.to_string());
            let (build, speed) = (format!("{build:.4}"), format!("{:.0}", speed.median));
            speeds.row([(*workload).into(), engine.clone(), build, speed, ratio]);
        }
        let mut verdicts = Table::new(
            "First verdict: from the netlist to the end of 10,000 cycles",
            &["", "engine", "seconds"],
        );
        for (workload, engine, seconds) in &self.verdicts {
            verdicts.row([(*workload).into(), engine.clone(), format!("{seconds:.4}")]);
        }
        vec![designs, speeds, verdicts]
    }

    /// What the targets are about.
    pub fn targets(&self) -> Vec<Target> {
        let ratio = |workload: &str, engine: &str| {
            let mut all = self.measurements.iter();
            let found = all.find(|found| found.workload == workload && found.engine == engine);
            found.and_then(|found| found.ratio).map(|ratio| ratio.median)
        };
        let verdict = |workload: &str| {
            let of = |is_ours: bool| {
                let mut all = self.verdicts.iter();
                all.find(|(name, engine, _)| *name == workload && (engine == "compiled") == is_ours)
            };
            Some(of(false)?.2 / of(true)?.2)
        };
        let rows = [
            ("first verdict, 300 operators", verdict("datapath"), 1000.0, 2000.0),
            ("first verdict, 20 k operators in lanes", verdict("lanes"), 200.0, 600.0),
            ("first verdict, irregular 20 k operators", verdict("irregular"), 200.0, 600.0),
            ("small datapath, one stimulus", ratio("datapath", "compiled"), 2.0, 3.0),
            ("irregular 20 k operators, all active", ratio("irregular", "compiled"), 1.2, 2.0),
            ("16 identical instances, all active", ratio("lanes", "compiled"), 5.0, 10.0),
            ("16 identical instances, 5 % active", ratio("lanes_idle", "compiled"), 6.0, 15.0),
            ("batch, AVX2, small datapath", ratio("datapath", "batch AVX2"), 15.0, 30.0),
            ("batch, AVX-512, small datapath", ratio("datapath", "batch AVX-512"), 35.0, 60.0),
        ];
        let target = |(what, measured, target, then): (&str, Option<f64>, f64, f64)| {
            Some(Target::ratio(what, measured?, target, Some(then)))
        };
        rows.into_iter().filter_map(target).collect()
    }
}
