//! A matrix product through the RTL of `pacq_gemm`.

use super::Simulate;
use crate::commands::full::shared::Matrices;
use crate::files::place;
use crate::terminal::error::{Error, Outcome};
use crate::terminal::interrupt;
use crate::terminal::progress::Bar;
use indicatif::HumanCount;
use reports::pacq::gemm;
use std::io::Write;

impl Simulate {
    pub(super) fn product(&self, matrices: &Matrices, out: &mut dyn Write) -> Result<Outcome, Error> {
        if let Some(out) = &self.out {
            place::refuse_input("--out", out, &[&matrices.a, &matrices.b])?;
            place::refuse_other_format("--out", out, "npy")?;
        }
        let loaded = matrices.load(&self.parameters)?;
        let product = loaded.product();
        let bar = Bar::default();
        let run = interrupt::orderly(|| gemm::run(&loaded.params, &product, self.simulator, &bar));
        let run = run?;
        let expected = loaded.results(&bar);
        drop(bar);
        let sizes = product.sizes();
        writeln!(
            out,
            "{} x {} x {}: {} products in {} cycles, {:.1} % of the tile's {} per cycle",
            sizes.m,
            sizes.k,
            sizes.n,
            HumanCount(run.products),
            HumanCount(run.cycles),
            100.0 * run.utilisation(),
            run.peak
        )?;
        let wrong = run.results.iter().zip(&expected).filter(|(found, expected)| found != expected).count();
        if let Some(place) = run.results.iter().zip(&expected).position(|(found, expected)| found != expected)
        {
            let (row, column) = (place / sizes.n as usize, place % sizes.n as usize);
            writeln!(
                out,
                "{wrong} of {} results differ from the golden model, the first in row {row}, column {column}: {:08x}, \
                 expected {:08x}",
                expected.len(),
                run.results[place],
                expected[place]
            )?;
            return Ok(Outcome::CheckFailed);
        }
        writeln!(out, "all {} results agree with the golden model", HumanCount(expected.len() as u64))?;
        if let Some(path) = &self.out {
            loaded.write(path, &run.results)?;
        }
        Ok(Outcome::Done)
    }
}
