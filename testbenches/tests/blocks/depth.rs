//! How much is run, which part of the rest, and why it takes its time.

use std::io::{self, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;
use std::{env, thread};

/// What is run usually, or with `GEN_RTL_TESTS=full`.
pub fn usual_or_full<T>(usual: T, full: T) -> T {
    if env::var("GEN_RTL_TESTS").is_ok_and(|value| value == "full") { full } else { usual }
}

/// Decides the random cases, and what stands for the rest: `GEN_RTL_SEED`, or 1. `scripts/test` sets it to the number of the
/// day, so that each day meets what others left out.
pub fn seed() -> u64 {
    let given = env::var("GEN_RTL_SEED").ok();
    given.map_or(1, |text| text.parse().unwrap_or_else(|_| panic!("GEN_RTL_SEED is no number: `{text}`")))
}

/// Each `stride`-th of them, but one at least; as many seeds in a row take all.
pub fn in_turn<T>(all: Vec<T>, stride: usize) -> impl Iterator<Item = T> {
    let stride = stride.min(all.len()).max(1);
    let first = seed() as usize % stride;
    all.into_iter().skip(first).step_by(stride)
}

/// A test that has run for so long says why.
const LONG: Duration = Duration::from_secs(60);

/// Says on standard error why the test takes so long, if it is still running after a minute; it is while the value lives.
#[must_use]
pub fn may_take_minutes(why: &'static str) -> Sender<()> {
    let (running, ended) = channel();
    let test = thread::current().name().unwrap_or("a test").to_string();
    thread::spawn(move || {
        if ended.recv_timeout(LONG) == Err(RecvTimeoutError::Timeout) {
            // What `eprintln!` prints is kept until the test has ended. Nobody is left to tell where the stream is closed.
            let _ = writeln!(io::stderr(), "{test}: {why}");
        }
    });
    running
}
