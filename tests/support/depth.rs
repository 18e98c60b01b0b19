//! How much the tests run: usually a part, which depends on the seed of the run. And why a test takes long.

use random_designs::seed;
use std::io::{self, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;
use std::{env, thread};

/// The usual amount, or the full one with `GEN_RTL_TESTS=full`.
pub fn usual_or_full<T>(usual: T, full: T) -> T {
    if env::var("GEN_RTL_TESTS").is_ok_and(|value| value == "full") { full } else { usual }
}

/// At most this many of them, evenly spaced, so that the work does not grow with the number of blocks; successive
/// seeds cover all of them.
pub fn in_turn<T>(all: Vec<T>, most: usize) -> impl Iterator<Item = T> {
    let stride = all.len().div_ceil(most).max(1);
    let first = seed() as usize % stride;
    all.into_iter().skip(first).step_by(stride)
}

#[test]
fn seeds_in_a_row_take_all() {
    let taken: Vec<u32> = in_turn((0..10).collect(), 4).collect();
    let stride = 3;
    let first = seed() as u32 % stride;
    assert_eq!(taken, (0..10).filter(|number| number % stride == first).collect::<Vec<_>>());
    assert!(in_turn((0..10).collect::<Vec<_>>(), usize::MAX).eq(0..10));
    assert_eq!(in_turn(Vec::<u32>::new(), 4).count(), 0);
}

/// A test that runs longer than this says why.
const LONG: Duration = Duration::from_secs(60);

/// Prints on standard error why the test takes so long, if it is still running after a minute, that is, if the value
/// is still alive.
#[must_use]
pub fn may_take_minutes(why: &'static str) -> Sender<()> {
    let (running, ended) = channel();
    let test = thread::current().name().unwrap_or("a test").to_string();
    thread::spawn(move || {
        if ended.recv_timeout(LONG) == Err(RecvTimeoutError::Timeout) {
            // The output of `eprintln!` is captured until the test has ended. If the stream is closed, nobody is left
            // to tell.
            let _ = writeln!(io::stderr(), "{test}: {why}");
        }
    });
    running
}
