//! Progress on standard error: a bar if that is a terminal, now and then a line if it is not.

use crate::terminal::interrupt;
use crate::terminal::verbosity::{Verbosity, chosen};
use indicatif::{HumanCount, ProgressBar, ProgressState, ProgressStyle};
use std::fmt;
use std::io::{self, IsTerminal, Write as _};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use testbenches::Progress;

/// The time to the first line, and the longest time between two lines.
const PERIODS: [Duration; 2] = [Duration::from_secs(10), Duration::from_secs(80)];

/// Shows the current stage of the work.
pub struct Bar {
    shown: Arc<Mutex<ProgressBar>>,
    /// Ends the thread that prints lines, when it is dropped.
    lines: Option<Sender<()>>,
}

impl Default for Bar {
    /// Shows nothing before work starts.
    fn default() -> Bar {
        let shown = Arc::new(Mutex::new(ProgressBar::hidden()));
        let lines = (chosen() != Verbosity::Quiet && !has_bar()).then(|| print_lines(shown.clone()));
        Bar { shown, lines }
    }
}

impl Bar {
    /// Changes the description of the current stage.
    pub fn describe(&self, what: String) {
        self.current().set_message(what);
    }

    fn current(&self) -> ProgressBar {
        self.shown.lock().expect("no thread panics with the lock").clone()
    }
}

impl Progress for Bar {
    fn start(&self, what: &str, total: u64) {
        let bar = if has_bar() {
            ProgressBar::new(total).with_style(style())
        } else {
            ProgressBar::with_draw_target(Some(total), indicatif::ProgressDrawTarget::hidden())
        };
        let bar = bar.with_message(what.to_string());
        let finished =
            std::mem::replace(&mut *self.shown.lock().expect("no thread panics with the lock"), bar);
        finished.finish_and_clear();
        if chosen() == Verbosity::Verbose {
            print(what);
        }
    }

    fn advance(&self, cases: u64) {
        self.current().inc(cases);
    }

    fn is_cancelled(&self) -> bool {
        interrupt::requested()
    }
}

/// True if a bar is seen. Lines about programs would break it.
fn has_bar() -> bool {
    chosen() == Verbosity::Usual && io::stderr().is_terminal()
}

fn style() -> ProgressStyle {
    let template = "{msg}  {bar:30}  {human_pos} of {human_len}  {rate}  {eta} left";
    let style = ProgressStyle::with_template(template).expect("the template is well formed");
    style.with_key("rate", |state: &ProgressState, text: &mut dyn fmt::Write| {
        // A missing rate is no reason to stop.
        let _ = text.write_str(&rate(state.per_sec()));
    })
}

/// Items in a second, or seconds an item if these are more.
fn rate(per_second: f64) -> String {
    match per_second {
        rate if rate >= 1.0 => format!("{}/s", HumanCount(rate as u64)),
        rate if rate > 0.0 => format!("{:.1} s each", rate.recip()),
        _ => String::new(),
    }
}

/// Clears the bar, so that a report on standard output begins on a clean line.
impl Drop for Bar {
    fn drop(&mut self) {
        self.lines = None;
        self.current().finish_and_clear();
    }
}

/// Prints what is being done, less often the longer it takes: work that is short prints nothing.
fn print_lines(shown: Arc<Mutex<ProgressBar>>) -> Sender<()> {
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || {
        let (begin, [mut period, longest]) = (Instant::now(), PERIODS);
        while ended.recv_timeout(period) == Err(RecvTimeoutError::Timeout) {
            let bar = shown.lock().expect("no thread panics with the lock").clone();
            // Nothing has started yet.
            if !bar.message().is_empty() {
                print(line(&bar, begin.elapsed()));
            }
            period = (2 * period).min(longest);
        }
    });
    sender
}

fn line(bar: &ProgressBar, elapsed: Duration) -> String {
    let count = bar.length().filter(|length| *length > 1).map_or(String::new(), |length| {
        format!(", {} of {}", HumanCount(bar.position()), HumanCount(length))
    });
    format!("{}{count}, {} s", bar.message(), elapsed.as_secs())
}

fn print(line: impl fmt::Display) {
    // A missing line is no reason to stop.
    let _ = writeln!(io::stderr(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_items_have_seconds() {
        assert_eq!([0.0, 0.25, 1.0, 12_345.6].map(rate), ["", "4.0 s each", "1/s", "12,345/s"]);
    }

    #[test]
    fn a_line_says_what_is_done_and_how_far() {
        let bar = ProgressBar::hidden().with_message("mutants of `x`");
        bar.set_length(100);
        bar.inc(7);
        assert_eq!(line(&bar, Duration::from_millis(20_900)), "mutants of `x`, 7 of 100, 20 s");
        bar.set_length(1);
        assert_eq!(line(&bar, Duration::from_secs(30)), "mutants of `x`, 30 s");
    }
}
