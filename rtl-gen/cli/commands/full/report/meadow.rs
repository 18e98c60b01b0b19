//! `gen-rtl report meadow`.

use super::show;
use crate::commands::full::shared::Yardsticks;
use crate::terminal::error::{Error, Outcome};
use crate::terminal::number;
use crate::terminal::progress::Bar;
use crate::terminal::table::Table;
use crate::weights::int8::{Int8, Matrices};
use crate::weights::names;
use clap::Args;
use reports::ReportError;
use reports::meadow::packings::{self, Sample, Sizes};
use reports::meadow::published::{self, PUBLISHED, Published};
use reports::meadow::{
    self, Figure, MACHINE, MHZ, Machine, NETWORKS, Point, Request, SimulatedLayer, Tile, Token,
};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Model the latency of a decoder layer of OPT-125M and OPT-1.3B behind memories of 1 to 51 Gbps
///
/// A model of bytes and cycles compares schedules on the same multipliers: all matrix products by fetch, compute and store (GEMM),
/// without and with overlap; token-parallel, head-sequential attention (TPHS); MEADOW, which is TPHS with packed weights; and ours,
/// with the price of each item that it adds. Beside them are the layer as it is built, `meadow_decoder_layer`, and the published
/// speed-ups. The cycles of a processing element and of small layers are also measured in this run, by simulation of their RTL, and
/// every result is compared with the golden models. Weights of known distributions, and those of --weights, are packed in each
/// format.
///
/// Latencies are of one layer, 8-bit weights and activations. Speed-ups are over GEMM without overlap, as published; for a
/// fair comparison, see those over GEMM with overlap. `rtl-gen/reports/meadow/README.md` describes the model and what it assumes.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl report meadow
  gen-rtl report meadow --network opt-125m --tokens 512 --bandwidth 1,12
  gen-rtl report meadow --no-simulation
  gen-rtl report meadow --keys 2048 --packing 1.11 --json
  gen-rtl report meadow --weights layer0.npy --compare-zstd

Exit status: 0 done; 2 wrong usage, or an answer was wrong; 130 Ctrl-C.")]
pub struct MeadowReport {
    /// Report only this network; may be given several times
    #[arg(long, value_parser = NETWORKS.map(|network| network.name))]
    network: Vec<String>,
    /// Tokens of a prompt, 1 to 2048; several with commas
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = meadow::TOKENS, value_parser = positions())]
    tokens: Vec<u64>,
    /// Keys that a decoded token sees, its own included, 1 to 2048; several with commas
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = meadow::KEYS, value_parser = positions())]
    keys: Vec<u64>,
    /// Bandwidth of the memory in Gbps, 1 to 1000; several with commas
    #[arg(long, value_name = "GBPS", value_delimiter = ',', default_values_t = meadow::BANDWIDTHS, value_parser = bandwidth())]
    bandwidth: Vec<u64>,
    /// Packing ratio of our weights, 1 to 8: their bytes divided by their packed bytes
    #[arg(long, value_name = "RATIO", default_value_t = meadow::PACKING, value_parser = ratio)]
    packing: f64,
    /// Weights that our unpacker gives in a cycle, 1 to 1024
    #[arg(long, value_name = "N", default_value_t = meadow::UNPACKED_PER_CYCLE, value_parser = unpacked())]
    unpacker: u64,
    /// Also pack the int8 matrices of this file (.npy, .safetensors); may be given several times
    #[arg(long, value_name = "FILE")]
    weights: Vec<PathBuf>,
    /// Also compress weights with zstd -19, which takes a second for 2 MB
    #[arg(long)]
    compare_zstd: bool,
    /// Seed of the operands of the simulated elements and layers, and of the synthetic weights
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::seed)]
    seed: u64,
    /// Do not simulate layers, which takes most of the time
    #[arg(long)]
    no_simulation: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn positions() -> impl Fn(&str) -> Result<u64, String> + Clone + Send + Sync {
    number::between(1, meadow::POSITIONS)
}

fn bandwidth() -> impl Fn(&str) -> Result<u64, String> + Clone + Send + Sync {
    number::between(1, meadow::MAX_GBPS)
}

fn unpacked() -> impl Fn(&str) -> Result<u64, String> + Clone + Send + Sync {
    number::between(1, meadow::MAX_UNPACKED_PER_CYCLE)
}

fn ratio(text: &str) -> Result<f64, String> {
    let [min, max] = meadow::PACKING_RATIOS;
    match text.parse() {
        Ok(ratio) if (min..=max).contains(&ratio) => Ok(ratio),
        _ => Err(format!("expected a ratio from {min} to {max}")),
    }
}

/// All figures.
#[derive(Serialize)]
struct MeadowView {
    machine: Machine,
    mhz: f64,
    packing: f64,
    unpacked_per_cycle: u64,
    modelled: Modelled,
    measured: Vec<Tile>,
    /// None if they were not to be simulated.
    layers: Option<Vec<SimulatedLayer>>,
    packings: Vec<PackedSample>,
    published: [Published; 8],
}

/// Weights in each format.
#[derive(Serialize)]
struct PackedSample {
    #[serde(flatten)]
    sizes: Sizes,
    /// Their ratio by zstd, if asked for.
    zstd: Option<f64>,
}

/// What the model gives.
#[derive(Serialize)]
struct Modelled {
    prefill: Vec<Point>,
    decode: Vec<Point>,
}

impl MeadowReport {
    /// Computes, measures and prints.
    pub fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let samples = self.weights.iter().map(|path| sample(path)).collect::<Result<Vec<Sample>, Error>>()?;
        show(out, self.json, |bar| self.measure(samples, bar), print)
    }

    fn measure(&self, weights: Vec<Sample>, bar: &Bar) -> Result<MeadowView, ReportError> {
        let request = Request {
            networks: self.network.clone(),
            tokens: once_each(&self.tokens),
            keys: once_each(&self.keys),
            bandwidths: once_each(&self.bandwidth),
            packing: self.packing,
            unpacked_per_cycle: self.unpacker,
        };
        let modelled = Modelled { prefill: meadow::prefill(&request), decode: meadow::decode(&request) };
        let measured = meadow::tiles(self.seed)?;
        let layers = match self.no_simulation {
            true => None,
            false => Some(meadow::simulated(self.seed, bar)?),
        };
        let samples = packings::synthetic(self.seed).into_iter().chain(weights);
        let packings = samples.map(|sample| self.packed(&sample, bar)).collect::<Result<_, ReportError>>()?;
        Ok(MeadowView {
            machine: MACHINE,
            mhz: MHZ,
            packing: self.packing,
            unpacked_per_cycle: self.unpacker,
            modelled,
            measured,
            layers,
            packings,
            published: PUBLISHED,
        })
    }

    fn packed(&self, sample: &Sample, bar: &Bar) -> Result<PackedSample, ReportError> {
        let wrong = |what: String| ReportError::Wrong(format!("{}: {what}", sample.name));
        let sizes = packings::sizes(sample, bar)?;
        let compressed = |matrix: &packings::Matrix| {
            let yardsticks = Yardsticks::of(&matrix.weights, self.compare_zstd);
            yardsticks.map_err(|error| wrong(error.to_string()))
        };
        let all = sample.matrices.iter().map(compressed).collect::<Result<Vec<Yardsticks>, ReportError>>()?;
        let bytes: Option<usize> = all.iter().map(|yardsticks| yardsticks.zstd).sum();
        let zstd = bytes.map(|bytes| sizes.weights as f64 / bytes as f64);
        Ok(PackedSample { sizes, zstd })
    }
}

/// All matrices of a file.
fn sample(path: &Path) -> Result<Sample, Error> {
    let file = Matrices::open(path)?;
    let (names, others) = file.names();
    if names.is_empty() {
        let others = names::first(others.iter().map(String::as_str));
        return Err(Error::new(format!("{} holds no matrix of int8", path.display()))
            .help(format!("its tensors: {others}"))
            .help("gen-rtl quantize makes int8 matrices of float ones"));
    }
    let matrix = |name: &String| {
        let Int8 { rows, columns, values } = file.read(name)?;
        Ok(packings::Matrix { rows, columns, weights: values })
    };
    let matrices = names.iter().map(matrix).collect::<Result<_, Error>>()?;
    Ok(Sample { name: path.display().to_string(), matrices })
}

fn once_each(numbers: &[u64]) -> Vec<u64> {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

fn print(out: &mut dyn Write, view: &MeadowView) -> Result<(), Error> {
    let MeadowView { machine, mhz, packing, modelled, measured, .. } = view;
    let [fixed, packets, best] = published::PACKING_OF_ONE_MATRIX;
    let of_ours = match *packing == meadow::PACKING {
        true => ", assumed: about what canonical Huffman codes give weights with a scale per tensor",
        false => ", as asked",
    };
    writeln!(
        out,
        "MEADOW: a decoder layer, 8-bit weights and activations, {} processing elements of {} multipliers at {mhz} MHz\n\
         Modelled: everything, except rows named `published` and the last three tables, which were measured in this run.\n\
         Ours is the plan of a layer, with all items whose prices are below. Built is the RTL that there is, meadow_decoder_layer:\n\
         as many multipliers, packed weights, a residual stream of 16 bits, which stays on the chip from layer to layer; the last table\n\
         shows how far its cycles are from the RTL's.\n\
         Packing: MEADOW {}, derived from its published decode speed-up (published for one matrix: {fixed}, {packets} and {best});\n\
         ours {packing}{of_ours};\n\
         per channel {} (MEADOW's format) and {} (Huffman): assumed for weights with a scale per channel.\n",
        machine.pes,
        machine.lanes,
        published::PACKING,
        meadow::MEADOW_PER_CHANNEL,
        meadow::PACKING_PER_CHANNEL,
    )?;
    let of_prompt = |point: &Point| format!("{}, prompt of {} tokens", point.network, point.tokens);
    let of_token = |point: &Point| format!("{}, a token that sees {} keys", point.network, point.keys);
    for points in layers(&modelled.prefill) {
        writeln!(out, "{}: a layer (x: speed-up over GEMM)\n{}", of_prompt(&points[0]), prompt(points))?;
    }
    for points in layers(&modelled.decode) {
        writeln!(out, "{} (x: speed-up over GEMM)\n{}", of_token(&points[0]), decoded(points))?;
    }
    details(out, &modelled.prefill, of_prompt)?;
    details(out, &modelled.decode, of_token)?;
    let what = "weights packed: their bytes / bytes of containers, with tables, padding and CRC";
    writeln!(out, "{what}\n{}", packed(&view.packings))?;
    writeln!(
        out,
        "cycles of the RTL of meadow_mac_pe: every sum agrees with the golden model\n{}",
        tiles(measured)
    )?;
    let of_layers = "cycles of the RTL of meadow_decoder_layer";
    match &view.layers {
        Some(layers) => writeln!(
            out,
            "{of_layers}, a layer of width 128 with four heads of 32: every word of memory agrees with the golden model\n{}",
            simulated(layers)
        )?,
        None => writeln!(out, "{of_layers}: not measured, by --no-simulation")?,
    }
    Ok(())
}

/// Parts of the latency and prices of items, for the longest prompt or cache.
fn details(out: &mut dyn Write, points: &[Point], title: impl Fn(&Point) -> String) -> Result<(), Error> {
    let length = |point: &Point| (point.tokens, point.keys);
    let longest = points.iter().map(length).max();
    for points in layers(points).filter(|points| Some(length(&points[0])) == longest) {
        let title = title(&points[0]);
        writeln!(out, "{title}: parts of a layer's latency, ms\n{}", parts(points))?;
        writeln!(out, "{title}: speed-up by an item alone / added to all others\n{}", prices(points))?;
        writeln!(
            out,
            "{title}: what is built, speed-up by a switch added to all others\n{}",
            switches(points)
        )?;
    }
    Ok(())
}

/// The points of each layer, at all bandwidths.
fn layers(points: &[Point]) -> impl Iterator<Item = &[Point]> {
    points.chunk_by(|a, b| (a.network, a.tokens, a.keys) == (b.network, b.tokens, b.keys))
}

/// A table with a column for each bandwidth.
struct Sweep<'p> {
    points: &'p [Point],
    table: Table,
}

impl<'p> Sweep<'p> {
    fn new(points: &'p [Point]) -> Sweep<'p> {
        let bandwidths = points.iter().map(|point| format!(">{}", point.gbps));
        Sweep { points, table: Table::of(["Gbps".to_string()].into_iter().chain(bandwidths)) }
    }

    fn row(&mut self, name: &str, cell: impl Fn(&Point) -> String) {
        self.table.row_of([name.to_string()].into_iter().chain(self.points.iter().map(cell)));
    }

    /// A row of a design's figures.
    fn figures(&mut self, design: &str, unit: &str, value: impl Fn(&Figure) -> f64) {
        self.row(&format!("{design}, {unit}"), |point| short(value(figure(point, design))));
    }

    fn published(&mut self) {
        self.row("published, x", |point| match point.published {
            Some([least, most]) => format!("{least}-{most}"),
            None => "-".into(),
        });
    }
}

fn figure<'p>(point: &'p Point, design: &str) -> &'p Figure {
    point.designs.iter().find(|figure| figure.design == design).expect("every point has every design")
}

/// Three digits, and every digit of a greater integer.
fn short(value: f64) -> String {
    match value {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        1.0.. => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

fn prompt(points: &[Point]) -> Table {
    let mut sweep = Sweep::new(points);
    for design in ["GEMM", "GEMM overlapped", "MEADOW", "ours", "built", "built, 4 MiB"] {
        sweep.figures(design, "ms", |figure| figure.latency_ms);
    }
    for design in ["packing", "TPHS", "MEADOW"] {
        sweep.figures(design, "x", |figure| figure.over_gemm);
    }
    sweep.published();
    for design in ["ours", "ours, 16-bit residual", "built", "built, 4 MiB", "target"] {
        sweep.figures(design, "x", |figure| figure.over_gemm);
    }
    for design in ["MEADOW", "ours", "built", "target"] {
        sweep.figures(design, "x over GEMM overlapped", |figure| figure.over_overlapped);
    }
    for design in ["ours", "built", "built, 4 MiB"] {
        sweep.row(&format!("{design}, % of target's speed"), |point| {
            let share = figure(point, "target").latency_ms / figure(point, design).latency_ms;
            format!("{:.0}", 100.0 * share)
        });
    }
    for design in ["built", "built, 4 MiB"] {
        sweep.row(&format!("{design}: memory on the chip, MiB"), |point| {
            let bytes = figure(point, design).on_chip.expect("what is built has memories");
            short(bytes as f64 / f64::from(1 << 20))
        });
    }
    sweep.table
}

fn token(figure: &Figure) -> Token {
    figure.token.expect("a decoded token has a time")
}

fn decoded(points: &[Point]) -> Table {
    let mut sweep = Sweep::new(points);
    let Some(first) = points.first() else { return sweep.table };
    let designs: Vec<&str> = first.designs.iter().map(|figure| figure.design).collect();
    let of_paper = |design: &&str| design.starts_with("MEADOW");
    let (papers, ours): (Vec<&str>, Vec<&str>) = designs[2..].iter().copied().partition(of_paper);
    for design in ["GEMM", "MEADOW", "ours", "built"] {
        sweep.figures(design, "tokens/s", |figure| 1e3 / token(figure).ms);
        sweep.figures(design, "tokens/s with LM head", |figure| 1e3 / token(figure).with_head_ms);
    }
    papers.into_iter().for_each(|design| sweep.figures(design, "x", |figure| figure.over_gemm));
    sweep.published();
    ours.into_iter().for_each(|design| sweep.figures(design, "x", |figure| figure.over_gemm));
    for design in ["MEADOW", "ours", "ours, 0.1 of FC2", "built, 0.1 of FC2"] {
        sweep.figures(design, "x with LM head", |figure| token(figure).with_head_over_gemm);
    }
    sweep.table
}

fn parts(points: &[Point]) -> Table {
    let mut sweep = Sweep::new(points);
    for design in ["GEMM", "TPHS", "MEADOW", "ours", "built"] {
        if points[0].designs.iter().any(|figure| figure.design == design) {
            sweep.figures(design, "fetch", |figure| figure.fetch_ms);
            sweep.figures(design, "compute", |figure| figure.compute_ms);
            sweep.figures(design, "store", |figure| figure.store_ms);
        }
    }
    sweep.table
}

fn prices(points: &[Point]) -> Table {
    let mut sweep = Sweep::new(points);
    for (place, price) in points[0].prices.iter().enumerate() {
        sweep.row(price.item, |point| {
            let price = &point.prices[place];
            format!("{} / {}", short(price.alone_on), short(price.alone_off))
        });
    }
    sweep.table
}

fn switches(points: &[Point]) -> Table {
    let mut sweep = Sweep::new(points);
    for (place, price) in points[0].switches.iter().enumerate() {
        sweep.row(price.switch, |point| short(point.switches[place].alone_off));
    }
    sweep.table
}

fn packed(samples: &[PackedSample]) -> Table {
    let has_zstd = samples.iter().any(|sample| sample.zstd.is_some());
    let formats = packings::FORMATS.iter().map(|(name, ..)| format!(">{name}"));
    let heads = ["weights".to_string(), ">unique pairs".into()].into_iter().chain(formats);
    let last = [">entropy".to_string()].into_iter().chain(has_zstd.then(|| ">zstd -19".to_string()));
    let mut table = Table::of(heads.chain(last));
    let ratio = |ratio: Option<f64>| ratio.map_or("-".into(), |ratio| format!("{ratio:.3}"));
    for PackedSample { sizes, zstd } in samples {
        let names = [sizes.name.clone(), sizes.unique_pairs.to_string()];
        let others = [sizes.entropy].into_iter().chain(zstd.map(Some));
        let ratios = sizes.ratios.iter().copied().map(Some).chain(others).map(ratio);
        table.row_of(names.into_iter().chain(ratios));
    }
    let [name, unique] =
        ["published, first of OPT-125M's FFN".to_string(), published::UNIQUE_PAIRS.to_string()];
    let of_paper = published::PACKING_OF_ONE_MATRIX.map(|ratio| ratio.to_string());
    let rest = packings::FORMATS.len() - of_paper.len() + 1 + usize::from(has_zstd);
    table.row_of([name, unique].into_iter().chain(of_paper).chain(vec!["-".to_string(); rest]));
    table
}

fn tiles(tiles: &[Tile]) -> Table {
    let mut table = Table::new(["piece of a head", ">modelled", ">measured"]);
    for Tile { name, modelled, measured } in tiles {
        table.row([(*name).into(), modelled.to_string(), measured.to_string()]);
    }
    table
}

fn simulated(layers: &[SimulatedLayer]) -> Table {
    let heads = ["layer", ">beats in 256 cycles", ">modelled", ">measured", ">difference"];
    let mut table = Table::new(heads);
    for layer in layers {
        let SimulatedLayer { name, rate, modelled, measured } = layer;
        let difference = format!("{:+.1} %", 100.0 * layer.error());
        let cells =
            [(*name).into(), rate.to_string(), format!("{modelled:.0}"), measured.to_string(), difference];
        table.row(cells);
    }
    table
}
