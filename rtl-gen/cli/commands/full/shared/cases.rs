//! The number of cases of a run that is recorded.

use crate::block::selection::Chosen;
use crate::terminal::error::Error;

/// The longest run, in cycles.
const MOST_CYCLES: u64 = 1_000_000;

/// The cases of a recorded run: the given number, or those of about `default_cycles`. The vectors are held in memory and then
/// written to a file, one line per cycle, so that too many are an error.
pub fn cases_to_record(chosen: &Chosen, given: Option<u64>, default_cycles: u64) -> Result<u64, Error> {
    let vectors = given.unwrap_or_else(|| chosen.configured.cases_in(default_cycles));
    let most = chosen.configured.cases_in(MOST_CYCLES);
    if vectors <= most {
        return Ok(vectors);
    }
    let (block, cycles) = (chosen.block.name, chosen.configured.cycles_per_case());
    Err(Error::new(format!("--vectors cannot be {vectors}: a case of {block} takes about {cycles} cycles"))
        .help(format!("use at most {most}; `gen-rtl verify` can run more")))
}
