//! Ctrl-C and SIGTERM: end the command within a second and leave nothing behind.

use crate::terminal::children;
use crate::terminal::verbosity::{Verbosity, chosen};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

static REQUESTED: AtomicBool = AtomicBool::new(false);
static ORDERLY: Mutex<()> = Mutex::new(());
/// The files that this process has written, with a remark.
static KEPT: Mutex<BTreeMap<PathBuf, &str>> = Mutex::new(BTreeMap::new());

/// How long [`orderly`] work may take to stop.
const PATIENCE: Duration = Duration::from_millis(300);

/// Starts to listen. The first signal waits a moment for [`orderly`] work to stop; the second does not.
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

/// True once a signal has arrived; [`orderly`] work then stops soon.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::SeqCst)
}

/// Has the line after a signal name a file that was written, with a remark.
pub fn keeps(file: &Path, remark: &'static str) {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).insert(file.into(), remark);
}

/// Takes back [`keeps`]: the file is gone.
pub fn keeps_no_longer(file: &Path) {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).remove(file);
}

/// Runs work that stops soon after a signal is [`requested`]. If a signal has arrived, it does not return.
pub fn orderly<T>(work: impl FnOnce() -> T) -> T {
    let guard = ORDERLY.lock().unwrap_or_else(PoisonError::into_inner);
    let result = work();
    drop(guard);
    while requested() {
        thread::park();
    }
    result
}

/// Ends the process once orderly work has stopped, or has run out of time. Programs that this work waits for are asked
/// to end, again and again: it may start another one before it sees the signal.
fn end_orderly(signal: i32) -> ! {
    let start = Instant::now();
    while start.elapsed() < PATIENCE && matches!(ORDERLY.try_lock(), Err(TryLockError::WouldBlock)) {
        children::ask_all_to_end();
        thread::sleep(Duration::from_millis(20));
    }
    end(signal)
}

/// Ends the process with the status that a shell gives to one killed by the signal, whatever its threads do. No child
/// process and no temporary folder is left, and nothing else runs, such as destructors of a simulator's library still
/// in use.
fn end(signal: i32) -> ! {
    scratch::close(children::end_all);
    if chosen() != Verbosity::Quiet {
        // A missing line is no reason to stay.
        let _ = writeln!(io::stderr(), "{}", last_words());
    }
    low_level::exit(128 + signal)
}

fn last_words() -> String {
    // Whoever holds the lock is about to write a file, and may have done so.
    let Ok(kept) = KEPT.try_lock() else { return "interrupted".into() };
    // Some were only parts of a folder that is gone.
    let kept = kept.iter().filter(|(file, _)| file.exists());
    let files: Vec<String> = kept.map(|(file, remark)| format!("{}{remark}", file.display())).collect();
    match files.as_slice() {
        [] => "interrupted: no file was written".into(),
        files => format!("interrupted: kept {}", files.join(", ")),
    }
}
