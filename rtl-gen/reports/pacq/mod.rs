//! PacQ: the performance of its hardware beside its paper's figures.

mod accuracy;
mod cycles;
pub mod energy;
pub mod gemm;
mod operands;

pub use accuracy::{Accuracy, all as accuracy};
pub use energy::Unit;

use crate::ReportError;
use blocks::pacq::pacq_gemm::{Params, Product};
use blocks::pacq::pacq_tile::decoded::Row;
use blocks::pacq::tile::{DEPTH, ROWS, UNITS, WORDS};
use blocks::pacq::{fp16_tile, pacq_tile};
use cycles::Engine;
use operands::{Operands, scheme};
use rayon::prelude::*;
use serde::Serialize;
use testbenches::Progress;
use testbenches::simulators::BUILTIN;

/// A measured figure beside the published one.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// Name.
    pub name: String,
    /// Measured here.
    pub measured: f64,
    /// The paper's figure.
    pub published: Option<f64>,
}

/// Cycles of a dot-product unit of four terms.
pub fn dot_product_cycles() -> Result<Vec<Figure>, ReportError> {
    let figure = |(name, block, published): (String, Box<dyn blocks::block::Configured>, u64)| {
        let measured = cycles::dot_product(block.as_ref())? as f64;
        Ok(Figure { name, measured, published: Some(published as f64) })
    };
    cycles::dot_product_units().into_iter().map(figure).collect()
}

fn tile(weight_bits: u32, trees: u32) -> pacq_tile::Params {
    pacq_tile::Params { weight_bits, trees, ..pacq_tile::Params::default() }
}

fn plain(weight_bits: u32) -> fp16_tile::Params {
    fp16_tile::Params { weight_bits, ..fp16_tile::Params::default() }
}

/// Cycles per tile in a long row of tiles, on both engines: the cycles beyond those of a row of one tile, per tile.
fn cycles_of_tile(engine: &Engine, weight_bits: u32) -> Result<f64, ReportError> {
    const TILES: usize = 17;
    let params = Params { tile: tile(weight_bits, 2) };
    let run = |tiles: usize| {
        let n = (WORDS * 16 / weight_bits) as usize;
        let operands = Operands::random(ROWS as usize, scheme(tiles * DEPTH as usize, n, weight_bits), 1);
        let product = Product::new(&params, operands.m, &operands.activations, &operands.weights);
        cycles::on_tiles(engine, &product, &params, &())
    };
    let (many, one) = (run(TILES)?.0, run(1)?.0);
    Ok((many - one) as f64 / (TILES - 1) as f64)
}

/// Speed-up of a tile over the plain engine.
pub fn tile_speed_ups() -> Result<Vec<Figure>, ReportError> {
    let published = [(4, 2, Some(1.98)), (2, 2, Some(1.99)), (4, 4, None), (2, 4, None)];
    let plain = |weight_bits| cycles_of_tile(&Engine::Fp16(plain(weight_bits)), weight_bits);
    let (int4, int2) = (plain(4)?, plain(2)?);
    let figure = |(weight_bits, trees, published)| {
        let plain = if weight_bits == 4 { int4 } else { int2 };
        let own = cycles_of_tile(&Engine::Pacq(tile(weight_bits, trees)), weight_bits)?;
        let name = format!("INT{weight_bits}, {trees} trees: {plain:.0} / {own:.0} cycles");
        Ok(Figure { name, measured: plain / own, published })
    };
    published.into_iter().map(figure).collect()
}

/// 16-bit words that the units of a tile engine fetch from its buffers for a tile: the share that words along n save
/// against words along k, with which a unit of four terms makes four products per step.
pub fn fetches() -> Vec<Figure> {
    let figure = |(weight_bits, published): (u32, f64)| {
        let (lanes, terms) = (16 / weight_bits, 4);
        let columns = WORDS * lanes;
        // In each step of all units, every unit fetches four activations, and the weights are fetched once for all
        // units.
        let steps = |columns: u32| columns * ROWS / UNITS * DEPTH / terms;
        let along_n = steps(WORDS) * (UNITS * terms + terms);
        // Along k, a word holds the weights of several steps, and is fetched once for all of them.
        let along_k = steps(columns) * UNITS * terms + steps(columns) * terms / lanes;
        let name = format!("INT{weight_bits}: {along_n} against {along_k} words");
        Figure { name, measured: 1.0 - f64::from(along_n) / f64::from(along_k), published: Some(published) }
    };
    [(4, 0.368), (2, 0.543)].map(figure).into()
}

/// A whole product on the hardware.
#[derive(Clone, Debug, Serialize)]
pub struct Gemm {
    /// Name of the engine.
    pub name: String,
    /// Cycles.
    pub cycles: u64,
    /// Products per cycle, as a share of what the engine could do.
    pub utilisation: f64,
    /// Results that were compared with the golden model.
    pub checked: u64,
}

/// Sizes of the paper's product.
const M: usize = 16;
const N: usize = 4096;
const K: usize = 4096;

/// On the plain engine, one column of words in this many is compared.
const CHECKED: usize = 64;

/// The paper's product, m16 n4096 k4096, on the plain engine and on ours with 2 and 4 trees.
pub fn gemms(seed: u64, progress: &dyn Progress) -> Result<Vec<Gemm>, ReportError> {
    let operands = [4, 2].map(|bits| Operands::random(M, scheme(K, N, bits), seed));
    let jobs: [(u32, Option<u32>); 5] = [(4, None), (4, Some(2)), (2, Some(2)), (4, Some(4)), (2, Some(4))];
    let blocks: usize = jobs.iter().map(|(bits, _)| N / (WORDS * 16 / bits) as usize).sum();
    progress.start("m16 n4096 k4096 on the hardware", blocks as u64);
    let run = |(bits, trees): &(u32, Option<u32>)| {
        let operands = &operands[usize::from(*bits == 2)];
        let params = Params { tile: tile(*bits, trees.unwrap_or(2)) };
        let product = Product::new(&params, M, &operands.activations, &operands.weights);
        match trees {
            None => on_plain(&product, &params, operands, progress),
            Some(trees) => on_gemm(&product, &params, *trees, progress),
        }
    };
    jobs.par_iter().with_max_len(1).map(run).collect()
}

fn on_gemm(
    product: &Product,
    params: &Params,
    trees: u32,
    progress: &dyn Progress,
) -> Result<Gemm, ReportError> {
    let drive = BUILTIN.drive.expect("the built-in simulator is driven from here");
    let run = gemm::run(params, product, drive, &Quiet(progress))?;
    let bits = params.tile.weight_bits;
    let lanes = params.tile.shape().lanes() as usize;
    let rows: Vec<Row> = (0..M).map(|row| product.row(row)).collect();
    for column in 0..product.columns() {
        let decoded = product.column(column);
        for (row, activations) in rows.iter().enumerate() {
            let expected = product.results(activations, &decoded);
            let first = row * N + column * lanes;
            if run.results[first..first + lanes] != expected {
                return Err(ReportError::Wrong(format!("pacq_gemm INT{bits}: row {row}, words {column}")));
            }
        }
    }
    Ok(Gemm {
        name: format!("pacq_gemm INT{bits}, {trees} trees"),
        cycles: run.cycles,
        utilisation: run.utilisation(),
        checked: run.results.len() as u64,
    })
}

fn on_plain(
    product: &Product,
    params: &Params,
    operands: &Operands,
    progress: &dyn Progress,
) -> Result<Gemm, ReportError> {
    let engine = plain(params.tile.weight_bits);
    let (cycles, results) = cycles::on_tiles(&Engine::Fp16(engine.clone()), product, params, progress)?;
    let lanes = params.tile.shape().lanes() as usize;
    let mut checked = 0;
    for column in (0..product.columns()).step_by(CHECKED) {
        for row in 0..M {
            for (lane, expected) in
                accuracy::plain_bits(operands, &engine, row, column).into_iter().enumerate()
            {
                // Results come column of weights by column, each with 16 rows.
                if results[(column * lanes + lane) * M + row].to_u64() != u64::from(expected) {
                    return Err(ReportError::Wrong(format!("fp16_tile: row {row}, words {column}")));
                }
                checked += 1;
            }
        }
    }
    let peak = 4.0 * f64::from(UNITS);
    let products = (M * N * K) as f64;
    let utilisation = products / cycles as f64 / peak;
    Ok(Gemm { name: "fp16_tile".into(), cycles, utilisation, checked })
}

/// Counts for another progress bar, which has announced the total.
struct Quiet<'p>(&'p dyn Progress);

impl Progress for Quiet<'_> {
    fn start(&self, _what: &str, _total: u64) {}

    fn advance(&self, cases: u64) {
        self.0.advance(cases);
    }

    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }
}
