//! A list of steps through the RTL of `meadow_decoder_layer`.

use super::Simulate;
use crate::commands::full::shared::{Ended, Image, Loaded};
use crate::files::folder;
use crate::terminal::error::{Error, Outcome};
use crate::terminal::interrupt;
use crate::terminal::progress::Bar;
use crate::terminal::table::Table;
use indicatif::HumanCount;
use reports::meadow::list::{self, Run};
use std::io::Write;

/// The clock for which the time of a list is printed, in MHz.
const MHZ: u64 = 100;

impl Simulate {
    pub(super) fn list(&self, image: &Image, out: &mut dyn Write) -> Result<Outcome, Error> {
        if let Some(out) = &self.out {
            image.refuse_out(out)?;
        }
        let loaded = image.load(&self.parameters)?;
        let bar = Bar::default();
        let expected = loaded.golden(&bar)?;
        let run = interrupt::orderly(|| {
            list::run(&loaded.params, &loaded.bytes, loaded.list, &expected.work, self.simulator, &bar)
        });
        let run = run?;
        drop(bar);
        write_figures(&loaded, &expected, &run, out)?;
        if !agrees(&loaded, &expected, &run, out)? {
            return Ok(Outcome::CheckFailed);
        }
        if let Some(path) = &self.out {
            folder::write_file(path, &run.memory)?;
        }
        Ok(Outcome::Done)
    }
}

fn write_figures(
    Loaded { params, .. }: &Loaded,
    Ended { work, .. }: &Ended,
    run: &Run,
    out: &mut dyn Write,
) -> Result<(), Error> {
    writeln!(
        out,
        "steps done: {} (products {}, attention {}, rows {}), in {} cycles: {:.3} ms at {MHZ} MHz",
        HumanCount(run.steps),
        HumanCount(work.products),
        HumanCount(work.heads),
        HumanCount(work.rows),
        HumanCount(run.cycles),
        run.cycles as f64 / (1000 * MHZ) as f64
    )?;
    let bytes = |beats: u64| HumanCount(beats * u64::from(params.bytes()));
    writeln!(out, "{} bytes read, {} written, in whole beats", bytes(run.read), bytes(run.written))?;
    let of_group = u64::from(params.tokens * params.d_head);
    let mut table = Table::new(["", ">products", ">multipliers", ">busy"]);
    for (name, products, multipliers) in [
        ("tokens and weights", work.projected, u64::from(params.unit_groups()) * of_group),
        ("scores and values", work.attended, 2 * of_group),
    ] {
        let busy = 100.0 * products as f64 / (run.cycles * multipliers) as f64;
        table.row([
            name.into(),
            HumanCount(products).to_string(),
            multipliers.to_string(),
            format!("{busy:.1} %"),
        ]);
    }
    Ok(write!(out, "{table}")?)
}

/// Compares the end of a list, and then the memory.
fn agrees(
    Loaded { params, .. }: &Loaded,
    expected: &Ended,
    run: &Run,
    out: &mut dyn Write,
) -> Result<bool, Error> {
    if (run.error, run.steps) != (0, expected.steps) {
        writeln!(
            out,
            "the RTL ended with the error bits {:#b} after {} steps, and the golden model without an error after {}",
            run.error, run.steps, expected.steps
        )?;
        return Ok(false);
    }
    let words = |bytes: &[u8]| bytes.chunks(params.bytes() as usize).map(<[u8]>::to_vec).collect::<Vec<_>>();
    let (found, expected) = (words(&run.memory), words(&expected.memory));
    let differ: Vec<usize> = (0..expected.len()).filter(|word| found[*word] != expected[*word]).collect();
    let count = HumanCount(expected.len() as u64);
    let Some(first) = differ.first() else {
        writeln!(out, "all {count} words of memory agree with the golden model")?;
        return Ok(true);
    };
    // As a number: the byte of the lowest address is the last one.
    let number =
        |word: &[u8]| word.iter().rev().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    writeln!(
        out,
        "{} of {count} words of memory differ from the golden model, the first at {:#x}: {}, expected {}",
        HumanCount(differ.len() as u64),
        first * params.bytes() as usize,
        number(&found[*first]),
        number(&expected[*first])
    )?;
    Ok(false)
}
