//! Enumeration: cases per second in exhaustive checks of `pacq_mul` against its golden model.

use crate::report::Table;
use crate::targets::Target;
use blocks::block::Configured;
use blocks::configurations::configurations;
use blocks::parameters::Settings;
use blocks::registry;
use serde::Serialize;
use std::error::Error;
use std::time::Instant;
use testbenches::simulators::{self, BUILTIN};
use testbenches::{Request, SimulatorKind, SpaceReport, Vectors, verify};

/// A space that was run.
#[derive(Clone, Debug, Serialize)]
pub struct Enumerated {
    /// The configuration and the space.
    pub what: String,
    /// The simulator.
    pub simulator: String,
    /// Number of cases.
    pub cases: u64,
    /// How long it took.
    pub seconds: f64,
}

/// What was measured.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Enumeration {
    /// Every space.
    pub spaces: Vec<Enumerated>,
    /// All modes of 4-bit weights with FP16 activations on the built-in simulator: how many, and the seconds.
    pub all_modes: Option<(usize, f64)>,
    /// All pairs of FP16 numbers.
    pub pairs: Option<f64>,
}

/// Runs the checks; all pairs of floats only if it need not be quick.
pub fn enumeration(is_quick: bool, say: &dyn Fn(&str)) -> Result<Enumeration, Box<dyn Error>> {
    let mut enumeration = Enumeration::default();
    for simulator in simulators::ALL {
        for text in ["", "product=rounded", "dual_mode=true"] {
            say(&format!("enumerating pacq_mul {text} on {simulator}"));
            let vectors = match simulator.enumerates {
                false => Vectors::Count(10_000),
                true => Vectors::Spaces { largest: 1 << 24, instead: 1 << 20 },
            };
            for space in run(&*configured(text)?, simulator, vectors)? {
                let what = format!("{text} {}", space.space).trim().into();
                let SpaceReport { cases, seconds, .. } = space;
                enumeration.spaces.push(Enumerated {
                    what,
                    simulator: simulator.to_string(),
                    cases,
                    seconds,
                });
            }
        }
    }
    say("enumerating all modes of 4-bit weights");
    let start = Instant::now();
    let modes = modes()?;
    for mode in &modes {
        run(&**mode, &BUILTIN, Vectors::Spaces { largest: 1 << 20, instead: 1 << 10 })?;
    }
    enumeration.all_modes = Some((modes.len(), start.elapsed().as_secs_f64()));
    if !is_quick {
        say("enumerating all pairs of FP16 numbers");
        let spaces = run(&*configured("dual_mode=true")?, &BUILTIN, Vectors::All)?;
        enumeration.pairs = spaces.iter().find(|space| space.cases == 1 << 32).map(|space| space.seconds);
    }
    Ok(enumeration)
}

/// Every legal mode of 4-bit weights and FP16 without registers.
fn modes() -> Result<Vec<Box<dyn Configured>>, Box<dyn Error>> {
    let block = registry::find("pacq_mul").ok_or("pacq_mul is registered")?;
    let is_wanted = |settings: &Settings| {
        let is = |name: &str, values: &[&str]| {
            let found = settings.iter().find(|(other, _)| other.as_str() == name);
            found.is_none_or(|(_, value)| values.contains(&value.as_str()))
        };
        is("activation", &["fp16"])
            && is("weight_bits", &["4"])
            && is("stages", &["0"])
            && is("flow", &["none"])
    };
    let wanted = configurations(block).into_iter().filter(is_wanted);
    wanted.map(|settings| Ok(block.configure(&settings)?)).collect()
}

fn configured(text: &str) -> Result<Box<dyn Configured>, Box<dyn Error>> {
    let block = registry::find("pacq_mul").ok_or("pacq_mul is registered")?;
    let pairs = text.split_whitespace().filter_map(|pair| pair.split_once('='));
    Ok(block.configure(&pairs.map(|(name, value)| (name.into(), value.into())).collect())?)
}

fn run(
    block: &dyn Configured,
    simulator: &'static SimulatorKind,
    vectors: Vectors,
) -> Result<Vec<SpaceReport>, Box<dyn Error>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let request = Request { simulator, vectors, seed: 1, wave: None, threads };
    let report = verify(block, &request, &())?;
    match report.failure {
        Some(failure) => Err(failure.to_string().into()),
        None => Ok(report.spaces),
    }
}

impl Enumeration {
    /// The table.
    pub fn table(&self) -> Table {
        let head = ["pacq_mul", "simulator", "cases", "seconds", "cases/s"];
        let mut table = Table::new("Enumeration against the golden model, all threads", &head);
        for Enumerated { what, simulator, cases, seconds } in &self.spaces {
            let speed = format!("{:.2e}", *cases as f64 / seconds);
            let what = if what.is_empty() { "default".into() } else { what.clone() };
            table.row([what, simulator.clone(), cases.to_string(), format!("{seconds:.3}"), speed]);
        }
        if let Some(seconds) = self.pairs {
            let (cases, speed) = ((1u64 << 32).to_string(), format!("{:.2e}", (1u64 << 32) as f64 / seconds));
            table.row(["float x float".into(), "builtin".into(), cases, format!("{seconds:.1}"), speed]);
        }
        table
    }

    /// What the targets are about.
    pub fn targets(&self) -> Vec<Target> {
        let all = self.all_modes.map(|(count, seconds)| {
            let what = format!("exhaustive pacq_mul, {count} modes of 4-bit weights");
            Target::seconds(&what, seconds, 1.0, None)
        });
        let pairs = self
            .pairs
            .map(|seconds| Target::seconds("all 2^32 pairs of FP16 x FP16", seconds, 300.0, Some(60.0)));
        all.into_iter().chain(pairs).collect()
    }
}
