//! Generation: elaboration and printing, beside other construction languages.

mod circuits;

pub use circuits::Circuit;

use crate::report::Table;
use crate::targets::Target;
use circuits::netlist;
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The size at which the peers are compared.
const COMPARED: usize = 4096;

/// How long a peer may take for one size.
const PATIENCE: Duration = Duration::from_secs(60);

/// This language's name in the tables.
const OURS: &str = "ours";

/// The other languages' names.
const PEERS: [&str; 3] = ["Amaranth", "kaze", "rust-hdl"];

/// One circuit of one size, generated in a process of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Generated {
    /// From nothing to the text.
    pub seconds: f64,
    /// Of the text.
    pub bytes: u64,
    /// The most memory that the process took.
    pub peak_kib: u64,
    /// Nodes of the netlist, where the language tells.
    #[serde(default)]
    pub nodes: u64,
}

impl fmt::Display for Generated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

/// A row of the table: a language, a circuit, a size, and what came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    circuit: Circuit,
    size: usize,
    language: &'static str,
    generated: Result<Generated, String>,
}

/// What was measured.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Generation {
    /// Every language, circuit and size.
    pub rows: Vec<Row>,
}

/// Generates a circuit here, and measures it.
pub fn generate(circuit: Circuit, size: usize) -> Generated {
    let start = Instant::now();
    let netlist = netlist(circuit, size);
    let files = verilog::print(&netlist, &verilog::Options::default());
    let seconds = start.elapsed().as_secs_f64();
    let logic = netlist.modules.iter().filter_map(crate::workload::logic);
    Generated {
        seconds,
        bytes: files.iter().map(|file| file.text.len() as u64).sum(),
        peak_kib: peak_kib(),
        nodes: logic.map(|logic| logic.nodes.len() as u64).sum(),
    }
}

/// The peak memory of this process so far.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Generates every circuit in every size, here and in the other languages that are installed.
pub fn generation(is_quick: bool, say: &dyn Fn(&str)) -> Result<Generation, Box<dyn Error>> {
    let mut generation = Generation::default();
    for circuit in Circuit::ALL {
        for (language, program) in languages()? {
            say(&format!("generating {circuit} in {language}"));
            for size in circuit.sizes(is_quick) {
                let generated = in_process(&program, circuit, size);
                let is_last = match &generated {
                    Ok(_) => size >= COMPARED && language != OURS,
                    Err(_) => true,
                };
                generation.rows.push(Row { circuit, size, language, generated });
                if is_last {
                    break;
                }
            }
        }
    }
    Ok(generation)
}

/// A program that generates a circuit: it takes the circuit and the size, and prints a [`Generated`].
type Program = Vec<PathBuf>;

/// Ours, and the peers, each with the program that runs it.
fn languages() -> Result<Vec<(&'static str, Program)>, Box<dyn Error>> {
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/peers");
    let programs: [Program; PEERS.len()] = [
        vec![tools.join("bin/python3"), peers.join("amaranth_peer.py")],
        vec![peers.join("target/release/kaze-peer")],
        vec![peers.join("target/release/rust-hdl-peer")],
    ];
    let ours = (OURS, vec![std::env::current_exe()?, "generate".into()]);
    Ok([ours].into_iter().chain(PEERS.into_iter().zip(programs)).collect())
}

fn in_process(program: &Program, circuit: Circuit, size: usize) -> Result<Generated, String> {
    if !program[0].exists() {
        return Err("not installed: scripts/install-tools --peers".into());
    }
    let mut child = Command::new(&program[0])
        .args(&program[1..])
        .args([circuit.to_string(), size.to_string()])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let start = Instant::now();
    // The answer is one line, which fits in the pipe.
    while child.try_wait().map_err(|error| error.to_string())?.is_none() {
        if start.elapsed() > PATIENCE {
            // It may just have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("more than {} s", PATIENCE.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    serde_json::from_slice(&output.stdout).map_err(|_| "it failed".into())
}

impl Generation {
    fn of(&self, circuit: Circuit, language: &str) -> Vec<(usize, &Generated)> {
        let rows = self.rows.iter().filter(|row| row.circuit == circuit && row.language == language);
        rows.filter_map(|row| Some((row.size, row.generated.as_ref().ok()?))).collect()
    }

    /// The tables.
    pub fn tables(&self) -> Vec<Table> {
        let mut sizes = Table::new(
            "Generation: elaboration and printing",
            &["circuit", "size", "language", "ms", "MiB at most", "KiB of text", "bytes a node"],
        );
        for Row { circuit, size, language, generated } in &self.rows {
            let cells = match generated {
                Ok(Generated { seconds, bytes, peak_kib, nodes }) => [
                    format!("{:.1}", seconds * 1e3),
                    (peak_kib / 1024).to_string(),
                    (bytes / 1024).to_string(),
                    bytes.checked_div(*nodes).map_or(String::new(), |bytes| bytes.to_string()),
                ],
                Err(reason) => [reason.clone(), String::new(), String::new(), String::new()],
            };
            let head = [circuit.to_string(), size.to_string(), language.to_string()];
            sizes.row(head.into_iter().chain(cells));
        }
        vec![sizes, self.exponents()]
    }

    fn exponents(&self) -> Table {
        let head = ["circuit", "language", "time grows as size to the", "text grows as size to the"];
        let mut table = Table::new("Growth, fitted over the larger half of the sizes", &head);
        for circuit in Circuit::ALL {
            for language in [OURS].into_iter().chain(PEERS) {
                let of = self.of(circuit, language);
                if of.len() >= 3 {
                    let half = &of[of.len() / 2..];
                    let fit = |value: fn(&Generated) -> f64| format!("{:.2}", exponent(half, value));
                    let (time, text) = (fit(|one| one.seconds), fit(|one| one.bytes as f64));
                    table.row([circuit.to_string(), language.into(), time, text]);
                }
            }
        }
        table
    }

    /// What the targets are about, where there are peers. If none of them is done in its time, that is what counts.
    pub fn targets(&self) -> Vec<Target> {
        let seconds = |circuit: Circuit, language: &str| {
            let of = self.of(circuit, language);
            of.iter().find(|(size, _)| *size == COMPARED).map(|(_, one)| one.seconds)
        };
        let target = |circuit: Circuit| {
            let peers = PEERS.into_iter().filter(|peer| !self.of(circuit, peer).is_empty());
            let of_peers = peers.map(|peer| seconds(circuit, peer).unwrap_or(PATIENCE.as_secs_f64()));
            let fastest = of_peers.min_by(f64::total_cmp)?;
            let what = format!("generation of {circuit} at {COMPARED} lanes, against the fastest peer");
            Some(Target::ratio(&what, fastest / seconds(circuit, OURS)?, 5.0, None))
        };
        [Circuit::KoggeStone, Circuit::Sklansky].into_iter().filter_map(target).collect()
    }
}

/// The slope on logarithmic scales, by least squares.
fn exponent(points: &[(usize, &Generated)], value: fn(&Generated) -> f64) -> f64 {
    let logs: Vec<(f64, f64)> =
        points.iter().map(|(size, one)| ((*size as f64).ln(), value(one).ln())).collect();
    let count = logs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|log| log.0), mean(|log| log.1));
    let slope = logs.iter().map(|log| (log.0 - x) * (log.1 - y)).sum::<f64>();
    slope / logs.iter().map(|log| (log.0 - x).powi(2)).sum::<f64>()
}
