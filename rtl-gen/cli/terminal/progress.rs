//! A progress bar on standard error, if that is a terminal; lines of long work, if it is not.

use crate::terminal::interrupt;
use indicatif::{HumanCount, ProgressBar, ProgressState, ProgressStyle};
use std::fmt::{self, Write};
use std::io::{self, IsTerminal, Write as _};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use testbenches::Progress;

/// Shows the current stage of the work.
pub struct Bar(Mutex<ProgressBar>);

impl Default for Bar {
    /// Shows nothing before work starts.
    fn default() -> Bar {
        Bar(Mutex::new(ProgressBar::hidden()))
    }
}

impl Bar {
    /// Changes the description of the current stage.
    pub fn describe(&self, what: String) {
        self.current().set_message(what);
    }

    fn current(&self) -> ProgressBar {
        self.0.lock().expect("no thread panics with the lock").clone()
    }
}

impl Progress for Bar {
    fn start(&self, what: &str, total: u64) {
        let bar = ProgressBar::new(total).with_style(style()).with_message(what.to_string());
        let finished = std::mem::replace(&mut *self.0.lock().expect("no thread panics with the lock"), bar);
        finished.finish_and_clear();
    }

    fn advance(&self, cases: u64) {
        self.current().inc(cases);
    }

    fn is_cancelled(&self) -> bool {
        interrupt::requested()
    }
}

fn style() -> ProgressStyle {
    let template = "{msg}  {bar:30}  {human_pos} of {human_len}  {rate}  {eta} left";
    let style = ProgressStyle::with_template(template).expect("the template is well formed");
    style.with_key("rate", |state: &ProgressState, text: &mut dyn Write| {
        // A missing rate is no reason to stop.
        let _ = write!(text, "{}/s", HumanCount(state.per_sec() as u64));
    })
}

/// Clears the bar, so that a report on standard output begins on a clean line.
impl Drop for Bar {
    fn drop(&mut self) {
        self.current().finish_and_clear();
    }
}

/// The least time between two lines.
const PERIOD: Duration = Duration::from_secs(10);

/// Lines on standard error where no bar is seen, as in a log. Short work prints none.
pub struct Lines(Instant);

impl Default for Lines {
    fn default() -> Lines {
        Lines(Instant::now())
    }
}

impl Lines {
    /// Prints a line, unless the last one or the beginning was just before.
    pub fn print(&mut self, line: impl fmt::Display) {
        if self.0.elapsed() >= PERIOD && !io::stderr().is_terminal() {
            // A missing line is no reason to stop.
            let _ = writeln!(io::stderr(), "{line}");
            self.0 = Instant::now();
        }
    }
}
