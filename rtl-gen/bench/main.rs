//! The `bench` command: measures, and prints tables.

use bench::enumeration::enumeration;
use bench::generation::{self, Circuit, generation};
use bench::report::Table;
use bench::simulation::simulation;
use bench::targets::{self, Target};
use clap::{Parser, Subcommand, ValueEnum};
use serde_json::{Map, Value, json};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// Measures simulation, generation and enumeration, and prints tables with ratios to the peers in the same run.
///
/// Verilator is needed for simulation and enumeration; `scripts/bench` installs it, and the peers of generation.
#[derive(Parser)]
#[command(name = "bench")]
struct Arguments {
    /// Only this part.
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// Without the builds and the enumerations that take minutes.
    #[arg(long)]
    quick: bool,
    /// Also write everything that was measured to a file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

/// A part of the benchmarks.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Simulation,
    Generation,
    Enumeration,
}

#[derive(Subcommand)]
enum Command {
    /// Generates one circuit of one size, for its time and memory by itself.
    #[command(hide = true)]
    Generate { circuit: Circuit, size: usize },
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    if let Some(Command::Generate { circuit, size }) = &arguments.command {
        println!("{}", generation::generate(*circuit, *size));
        return Ok(());
    }
    let say = |what: &str| eprintln!("bench: {what}");
    let is_wanted = |part| arguments.only.is_none_or(|only| only == part);
    let (mut json, mut reached) = (Map::new(), Vec::<Target>::new());
    json.insert("machine".into(), bench::machine().into());
    println!("Measured on {}\n", bench::machine());
    if is_wanted(Part::Simulation) {
        let simulation = simulation(arguments.quick, &say)?;
        print(&simulation.tables());
        reached.extend(simulation.targets());
        json.insert("simulation".into(), json!(simulation));
    }
    if is_wanted(Part::Generation) {
        let generation = generation(arguments.quick, &say)?;
        print(&generation.tables());
        reached.extend(generation.targets());
        json.insert("generation".into(), json!(generation));
    }
    if is_wanted(Part::Enumeration) {
        let enumeration = enumeration(arguments.quick, &say)?;
        print(&[enumeration.table()]);
        reached.extend(enumeration.targets());
        json.insert("enumeration".into(), json!(enumeration));
    }
    print(&[targets::table(&reached)]);
    json.insert("targets".into(), json!(reached));
    if let Some(path) = &arguments.json {
        write(path, &Value::Object(json))?;
    }
    Ok(())
}

fn print(tables: &[Table]) {
    tables.iter().for_each(|table| println!("{table}"));
}

/// Under another name first, so that a failure leaves no incomplete file.
fn write(path: &PathBuf, json: &Value) -> Result<(), Box<dyn Error>> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(".".as_ref()))?;
    serde_json::to_writer_pretty(&mut file, json)?;
    file.persist(path)?;
    Ok(())
}
