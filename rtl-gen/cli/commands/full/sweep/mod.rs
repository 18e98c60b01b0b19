//! `gen-rtl sweep`: synthesis of a block at every combination of parameters.

mod accuracy;
mod csv;
mod pareto;
mod plot;
mod point;
mod slurm;
mod space;

use crate::commands::full::shared::{SynthOptions, check_tools};
use crate::files::folder::{self, write_file};
use crate::terminal::error::{Error, Outcome};
use crate::terminal::progress::Bar;
use crate::terminal::{interrupt, json, number};
use blocks::block::Block;
use blocks::registry::Registry;
use clap::Args;
use pareto::{Cost, Measure};
use point::{Point, PointResult};
use rayon::prelude::*;
use space::{Axis, Space};
use std::io::Write;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::{fs, thread};
use synthesis::Request;
use testbenches::{Progress, VerifyError};

/// Synthesise a block at every combination of parameters
///
/// Parameters with several values, separated by commas, and several files of parameters span the space: each file with every
/// combination of values. Combinations that the block refuses are left out, with the reason in the CSV file. Writes sweep.csv,
/// sweep.json and, if any point has both an area and a delay, sweep.svg: area against delay, with a line through the
/// Pareto-optimal points. Earlier results come from the cache, so an interrupted sweep continues where it stopped.
///
/// With --accuracy, a spiking network runs at each point in the golden models: with the weights and sums of `loas_array`, or on arrays
/// of `xbar_mvm` with their cells and converters. sweep.svg then has the error against area too.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl sweep pacq_mul --set weight_bits=2,4 --set stages=0,1 --target ice40
  gen-rtl sweep loas_prefix_sum --set structure=brent_kung,sklansky \\
      --target asic --out prefix
  gen-rtl sweep pacq_mul --set lanes=2,4,8 --target asic \\
      --slurm --slurm-option=--partition=long
  gen-rtl sweep xbar_mvm --set array=model --set variation=0,100 \\
      --set input_bits=1 --set encoding=unsigned --set adc_step=256 \\
      --set adc_bits=4,5,6 --target ice40 --no-place \\
      --accuracy digits --input images.npy --labels labels.npy
  gen-rtl sweep xbar_mvm --config isaac.toml neurosim_v1_3.toml \\
      --set seed=1,2,3 --target ice40 --no-place \\
      --accuracy digits --input images.npy --labels labels.npy

Exit status: 0 done; 1 a netlist differs from the block, or a point failed; 2 wrong usage; 130 Ctrl-C.")]
pub struct Sweep {
    #[command(flatten)]
    space: Space,
    #[command(flatten)]
    options: SynthOptions,
    #[command(flatten)]
    network: accuracy::Options,
    /// Write into this folder [default: build/BLOCK_sweep]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Number of points to synthesise at once, 1 to 1024 [default: one per processor]
    #[arg(long, value_name = "N", value_parser = number::between(1, 1024))]
    jobs: Option<u64>,
    /// Run the points as a Slurm job array and wait for them; the compute nodes must share the file system of the
    /// output folder, and have the targets' tools on their PATH
    #[arg(long)]
    slurm: bool,
    /// Pass an option to sbatch; may be given several times
    #[arg(long, value_name = "OPTION", requires = "slurm", allow_hyphen_values = true)]
    slurm_option: Vec<String>,
}

/// The name of the plot.
const PLOT: &str = "sweep.svg";

impl Sweep {
    /// Synthesises every point, and writes the results.
    pub fn run(&self, registry: &Registry, out: &mut dyn Write) -> Result<Outcome, Error> {
        let block = self.space.block(registry)?;
        let (axes, points) = self.space.points()?;
        let requests = self.options.requests()?;
        let evaluation = self.network.evaluation(block)?;
        let point = |given| Point::new(block, given, evaluation.as_ref());
        let points = points.into_iter().map(point).collect::<Result<Vec<_>, _>>()?;
        let folder =
            self.out.clone().unwrap_or_else(|| Path::new("build").join(format!("{}_sweep", block.name)));
        let accuracies = evaluation.map(|evaluation| evaluation.of_points(&points)).transpose()?;
        let cache = self.prepare(block, &folder, &points, &requests)?;
        let mut results = self.synthesize(&points, &requests, cache.as_deref())?;
        if let Some(accuracies) = accuracies {
            let of_point = results.chunks_mut(requests.len()).zip(accuracies);
            of_point.for_each(|(results, accuracy)| {
                results.iter_mut().for_each(|result| result.set_accuracy(accuracy.clone()));
            });
        }
        let texts = [("sweep.csv", csv::text(&axes, &results)), ("sweep.json", json::pretty(&results))];
        let plot = plot::svg(block.name, &axes, &results)?.map(|text| (PLOT, text));
        make_folder(&folder)?;
        for (file, text) in texts.iter().chain(&plot) {
            write_file(&folder.join(file), text.as_bytes())?;
            writeln!(out, "{}", folder.join(file).display())?;
        }
        if plot.is_none() {
            // A plot left from an earlier sweep would be mistaken for this one's.
            folder::remove_file(&folder.join(PLOT))?;
            writeln!(out, "no {PLOT}: no point has both an area and a delay or an accuracy")?;
        }
        self.summarise(out, &axes, &results)
    }

    /// Fills the cache with Slurm, or checks for the tools. Gives the cache with the results, if it is not the user's.
    fn prepare(
        &self,
        block: &Block,
        folder: &Path,
        points: &[Point],
        requests: &[Request],
    ) -> Result<Option<PathBuf>, Error> {
        if !self.slurm {
            check_tools(requests.iter().flat_map(synthesis::needed))?;
            return Ok(self.options.cache.clone());
        }
        make_folder(folder)?;
        let cache = self.options.cache.clone().unwrap_or_else(|| folder.join("cache"));
        slurm::run(folder, &cache, block.name, points, &self.options.arguments(), &self.slurm_option)?;
        Ok(Some(cache))
    }

    fn synthesize(
        &self,
        points: &[Point],
        requests: &[Request],
        cache: Option<&Path>,
    ) -> Result<Vec<PointResult>, Error> {
        let jobs: Vec<_> =
            points.iter().flat_map(|point| requests.iter().map(move |request| (point, request))).collect();
        let threads = self
            .jobs
            .map_or_else(|| thread::available_parallelism().map_or(1, NonZero::get), |jobs| jobs as usize);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|error| Error::io("start threads", error))?;
        let bar = Bar::default();
        bar.start("points", jobs.len() as u64);
        let work = |&(point, request): &(&Point, &Request)| {
            if bar.is_cancelled() {
                return Err(VerifyError::Cancelled);
            }
            let result = point.synthesize(request, cache);
            bar.advance(1);
            match bar.is_cancelled() {
                true => Err(VerifyError::Cancelled),
                false => Ok(result),
            }
        };
        let results: Result<_, VerifyError> =
            interrupt::orderly(|| pool.install(|| jobs.par_iter().map(work).collect()));
        drop(bar);
        Ok(results?)
    }

    /// The best points, and what failed.
    fn summarise(
        &self,
        out: &mut dyn Write,
        axes: &[Axis],
        results: &[PointResult],
    ) -> Result<Outcome, Error> {
        for target in pareto::targets(results) {
            for cost in [Cost::Delay, Cost::Error] {
                let front = pareto::front(results, target, cost);
                if !front.is_empty() {
                    let (name, cost) = (target.name, cost.name());
                    writeln!(out, "\n{name}: Pareto-optimal points in area of one block and {cost}")?;
                }
                for Measure { result, cost: value, area } in front {
                    let (unit, of_area) = (cost.unit(), target.area_unit());
                    writeln!(out, "  {value:8.2} {unit} {area:9.0} {of_area}  {}", result.label(axes))?;
                }
            }
        }
        for result in results {
            if let Some(problem) = result.problem() {
                writeln!(out, "{} for {}: {problem}", result.label(axes), result.target.name)?;
            }
        }
        Ok(Outcome::of_check(results.iter().all(|result| !result.is_failure())))
    }
}

fn make_folder(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|error| Error::io(format!("make folder {}", folder.display()), error))
}
