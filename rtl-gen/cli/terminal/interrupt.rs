//! Ctrl-C and SIGTERM: end the command without a trace, within a second.

use crate::terminal::children;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, TryLockError};
use std::time::{Duration, Instant};
use std::{io, thread};

static REQUESTED: AtomicBool = AtomicBool::new(false);
static ORDERLY: Mutex<()> = Mutex::new(());

/// How long [`orderly`] work may take to stop by itself.
const PATIENCE: Duration = Duration::from_millis(300);

/// Starts to listen. The first signal waits a moment for [`orderly`] work; the second does not.
pub fn watch() -> io::Result<()> {
    children::adopt();
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    thread::spawn(move || {
        for signal in signals.forever() {
            if REQUESTED.swap(true, Ordering::SeqCst) {
                end(signal);
            }
            thread::spawn(move || end_orderly(signal));
        }
    });
    Ok(())
}

/// True once a signal has come: whoever does [`orderly`] work then stops soon.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::SeqCst)
}

/// Does work that stops by itself once a signal is [`requested`], as a rule. Where a signal came, it does not return.
pub fn orderly<T>(work: impl FnOnce() -> T) -> T {
    let guard = ORDERLY.lock().unwrap_or_else(PoisonError::into_inner);
    let result = work();
    drop(guard);
    while requested() {
        thread::park();
    }
    result
}

/// Ends the process once orderly work has stopped, or has not in time. The programs that such work waits for are asked to
/// end, again and again: it may start another before it sees the signal.
fn end_orderly(signal: i32) -> ! {
    let start = Instant::now();
    while start.elapsed() < PATIENCE && matches!(ORDERLY.try_lock(), Err(TryLockError::WouldBlock)) {
        children::ask_all_to_end();
        thread::sleep(Duration::from_millis(20));
    }
    end(signal)
}

/// Ends the process with the status that a shell gives to one that the signal ended, whatever its threads do: no program
/// is left, no temporary folder, and nothing else runs, such as the destructors of a simulator's library that is in use.
fn end(signal: i32) -> ! {
    scratch::close(children::end_all);
    low_level::exit(128 + signal)
}
