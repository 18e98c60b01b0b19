//! Matrix products on `pacq_gemm`, with matrices from files.

use super::fitted;
use crate::block::selection::Parameters;
use crate::terminal::error::Error;
use crate::weights::{Packed, read_activations, read_packed, write_results};
use blocks::pacq::pacq_gemm::{BLOCK, Params, Product};
use blocks::pacq::pacq_group_scale::Format;
use blocks::pacq::pacq_tile::decoded::Row;
use blocks::pacq::weights::Quantised;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use testbenches::Progress;

/// The files of the factors.
pub struct Matrices {
    /// Activations.
    pub a: PathBuf,
    /// Packed weights.
    pub b: PathBuf,
}

/// The factors, and the parameters that fit them.
pub struct Factors {
    pub params: Params,
    rows: usize,
    activations: Vec<u16>,
    weights: Quantised,
}

impl Matrices {
    /// Reads the files. Bits and groups of weights come from the file.
    pub fn load(&self, parameters: &Parameters) -> Result<Factors, Error> {
        let Packed { quantised: weights, order } = read_packed(&self.b)?;
        let scheme = weights.scheme;
        let (rows, mut activations) = read_activations(&self.a, scheme.k)?;
        if let Some(order) = order {
            let in_order = |row: &[u16]| order.iter().map(|input| row[*input as usize]).collect::<Vec<u16>>();
            activations = activations.chunks(scheme.k).flat_map(in_order).collect();
        }
        let largest = [scheme.k, scheme.n, rows].into_iter().max().unwrap_or_default();
        if largest > u16::MAX.into() {
            return Err(Error::new(format!("a size of {largest} does not fit the registers' 16 bits")));
        }
        if !matches!(scheme.group_n, 1 | 4) {
            return Err(Error::new(format!(
                "{} has a scale for every {} outputs: the hardware takes 1 or 4",
                self.b.display(),
                scheme.group_n
            )));
        }
        let group = scheme.group_k.min(scheme.k);
        let needed = vec![
            ("weight_bits", scheme.weight_bits.to_string()),
            ("group_n", scheme.group_n.to_string()),
            ("max_group", group.next_multiple_of(16).max(32).to_string()),
        ];
        let params = fitted(BLOCK.name, parameters, &self.b.display().to_string(), needed)?;
        Ok(Factors { params, rows, activations, weights })
    }
}

impl Factors {
    /// The product.
    pub fn product(&self) -> Product<'_> {
        Product::new(&self.params, self.rows, &self.activations, &self.weights)
    }

    /// The golden model's results, row by row.
    pub fn results(&self, progress: &impl Progress) -> Vec<u32> {
        let product = self.product();
        let (n, lanes) = (self.weights.scheme.n, self.weights.scheme.lanes());
        let rows: Vec<Row> = (0..self.rows).into_par_iter().map(|row| product.row(row)).collect();
        progress.start("outputs", n as u64);
        let results = |column| {
            let decoded = product.column(column);
            let results = rows.iter().map(|row| product.results(row, &decoded)).collect();
            progress.advance(lanes.min(n - column * lanes) as u64);
            results
        };
        let columns: Vec<Vec<Vec<u32>>> = (0..product.columns()).into_par_iter().map(results).collect();
        let result = |(row, column): (usize, usize)| columns[column / lanes][row][column % lanes];
        (0..self.rows).flat_map(|row| (0..n).map(move |column| (row, column))).map(result).collect()
    }

    /// Writes results, row by row, as a .npy file.
    pub fn write(&self, path: &Path, results: &[u32]) -> Result<(), Error> {
        let is_fp16 = self.params.tile.result == Format::Fp16;
        write_results(path, self.rows, self.weights.scheme.n, is_fp16, results)
    }
}
