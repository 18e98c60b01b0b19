//! Ctrl-C and SIGTERM: end the command without a trace.

use crate::{children, scratch};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, TryLockError};
use std::time::Duration;
use std::{io, process, thread};

static REQUESTED: AtomicBool = AtomicBool::new(false);
static ORDERLY: Mutex<()> = Mutex::new(());

/// Starts to listen. The first signal waits for [`orderly`] work; the second does not.
pub fn watch() -> io::Result<()> {
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

/// Does work that stops by itself once a signal is [`requested`], so that it leaves no process and no file.
/// Where a signal came, it does not return.
pub fn orderly<T>(work: impl FnOnce() -> T) -> T {
    let guard = ORDERLY.lock().unwrap_or_else(PoisonError::into_inner);
    let result = work();
    drop(guard);
    while requested() {
        thread::park();
    }
    result
}

/// Ends the process once orderly work has stopped. The programs that such work waits for are ended, again and
/// again: it may start another before it sees the signal.
fn end_orderly(signal: i32) -> ! {
    while matches!(ORDERLY.try_lock(), Err(TryLockError::WouldBlock)) {
        children::end_all();
        thread::sleep(Duration::from_millis(20));
    }
    end(signal)
}

/// Ends the process with the status that a shell gives to one that the signal ended.
fn end(signal: i32) -> ! {
    scratch::remove_all();
    process::exit(128 + signal)
}
