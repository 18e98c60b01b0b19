//! `gen-rtl sweep`: synthesis of a block at every combination of parameters.

mod csv;
mod pareto;
mod plot;
mod point;
mod slurm;

use crate::block::selection::Selection;
use crate::commands::full::shared::{SynthOptions, check_tools};
use crate::files::folder::{self, write_file};
use crate::terminal::error::{Error, Outcome};
use crate::terminal::progress::Bar;
use crate::terminal::{interrupt, json, number};
use blocks::registry::Registry;
use clap::Args;
use pareto::Measure;
use point::{Point, PointResult};
use rayon::prelude::*;
use std::io::Write;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::{fs, thread};
use synthesis::Request;
use testbenches::{Progress, VerifyError};

/// Synthesise a block at every combination of parameters
///
/// Parameters given with several values, separated by commas, span the space; combinations that the block refuses are
/// left out, with the reason in the CSV. Writes sweep.csv, sweep.json, and, where points have both, sweep.svg: area against delay,
/// the points that no other one beats in both joined by a line. What was found before comes from the cache, so that a sweep that was
/// interrupted goes on where it stopped.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl sweep pacq_mul --set weight_bits=2,4 --set stages=0,1 --target ice40
  gen-rtl sweep loas_prefix_sum --set structure=brent_kung,sklansky \\
      --target asic --out prefix
  gen-rtl sweep pacq_mul --set lanes=2,4,8 --target asic \\
      --slurm --slurm-option=--partition=long

Exit status: 0 done; 1 a netlist differs from the block, or a point failed; 2 wrong usage; 130 Ctrl-C.")]
pub struct Sweep {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    options: SynthOptions,
    /// Write into this folder [default: build/BLOCK_sweep]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Points at a time [default: one a processor]
    #[arg(long, value_name = "N", value_parser = number::between(1, 1024))]
    jobs: Option<u64>,
    /// Hand the points to Slurm, as an array of jobs, and wait for them; the output folder must be on a file system that
    /// its machines share, and the targets' tools on their PATH
    #[arg(long)]
    slurm: bool,
    /// An option for sbatch; may be given several times
    #[arg(long, value_name = "OPTION", requires = "slurm", allow_hyphen_values = true)]
    slurm_option: Vec<String>,
}

/// The picture among the files.
const PLOT: &str = "sweep.svg";

impl Sweep {
    /// Synthesises every point, and writes the results.
    pub fn run(&self, registry: &Registry, out: &mut dyn Write) -> Result<Outcome, Error> {
        let block = self.selection.block(registry)?;
        let given = self.selection.parameters.given()?;
        let (swept, settings) = given.points()?;
        let points =
            settings.into_iter().map(|given| Point::new(block, given)).collect::<Result<Vec<_>, _>>()?;
        let requests = self.options.requests()?;
        let folder =
            self.out.clone().unwrap_or_else(|| Path::new("build").join(format!("{}_sweep", block.name)));
        let cache = self.prepare(&folder, &points, &requests)?;
        let results = self.synthesize(&points, &requests, cache.as_deref())?;
        let texts = [("sweep.csv", csv::text(&swept, &results)), ("sweep.json", json::pretty(&results))];
        let plot = plot::svg(block.name, &swept, &results)?.map(|text| (PLOT, text));
        make_folder(&folder)?;
        for (file, text) in texts.iter().chain(&plot) {
            write_file(&folder.join(file), text.as_bytes())?;
            writeln!(out, "{}", folder.join(file).display())?;
        }
        if plot.is_none() {
            // That of an earlier sweep would pass for this one's.
            folder::remove_file(&folder.join(PLOT))?;
            writeln!(out, "no {PLOT}: no point has both an area and a delay")?;
        }
        self.summarise(out, &swept, &results)
    }

    /// Lets Slurm fill the cache, or looks for the tools. Gives the cache that the results are in, if it is not the user's.
    fn prepare(
        &self,
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
        let (block, arguments) = (&self.selection.block, self.options.arguments());
        slurm::run(folder, &cache, block, points, &arguments, &self.slurm_option)?;
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
        swept: &[String],
        results: &[PointResult],
    ) -> Result<Outcome, Error> {
        for target in pareto::targets(results) {
            let front = pareto::front(results, target);
            if !front.is_empty() {
                writeln!(out, "\n{}: points that no other beats in area and delay", target.name)?;
            }
            for Measure { result, delay, area } in front {
                writeln!(out, "  {delay:8.2} ns {area:9.0} {}  {}", target.area_unit(), result.label(swept))?;
            }
        }
        for result in results {
            if let Some(problem) = result.problem() {
                writeln!(out, "{} for {}: {problem}", result.label(swept), result.target.name)?;
            }
        }
        Ok(Outcome::of_check(results.iter().all(|result| !result.is_failure())))
    }
}

fn make_folder(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|error| Error::io(format!("make folder {}", folder.display()), error))
}
