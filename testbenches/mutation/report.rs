//! The table of mutants.

use super::judge::Verdict;
use std::fmt;

/// A mutant and its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// Name of the module.
    pub module: String,
    /// Name of the node in it, if it has one.
    pub node: Option<String>,
    /// File and line of the source that made the node.
    pub source: String,
    /// What was changed.
    pub change: String,
    /// The verdict.
    pub verdict: Verdict,
}

/// The quality of a testbench: its verdict on each mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MutationReport {
    /// Number of single mutations of the netlist.
    pub possible: usize,
    /// The mutants that were tried.
    pub mutants: Vec<Mutant>,
}

impl MutationReport {
    /// Number of mutants for which the testbench failed.
    pub fn killed(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Killed(_)))
    }

    /// Number of mutants that behaved like the original.
    pub fn equivalent(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Equivalent { .. }))
    }

    /// Number of mutants that gave the right answers at other times, if the block promises no timing.
    pub fn retimed(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Retimed { .. }))
    }

    /// Number of mutants that behaved differently and passed.
    pub fn survived(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Survived { .. }))
    }

    fn count(&self, is_meant: impl Fn(&Verdict) -> bool) -> usize {
        self.mutants.iter().filter(|mutant| is_meant(&mutant.verdict)).count()
    }

    /// A line for each mutant whose verdict is shown, and the score.
    pub fn table(&self, is_shown: impl Fn(&Verdict) -> bool) -> String {
        let shown: Vec<&Mutant> = self.mutants.iter().filter(|mutant| is_shown(&mutant.verdict)).collect();
        let width =
            |text: fn(&Mutant) -> String| shown.iter().map(|mutant| text(mutant).len()).max().unwrap_or(0);
        let (place_width, change_width) = (width(Mutant::place), width(|mutant| mutant.change.clone()));
        let line = |mutant: &&Mutant| {
            let Mutant { change, verdict, .. } = mutant;
            let padding = |text: &str, width: usize| " ".repeat(width - text.len());
            let place = mutant.place();
            let (after_place, after_change) = (padding(&place, place_width), padding(change, change_width));
            format!("{place}{after_place}  {change}{after_change}  {verdict}\n")
        };
        shown.iter().map(line).collect::<String>() + &self.score()
    }

    fn score(&self) -> String {
        let (killed, equivalent, survived) = (self.killed(), self.equivalent(), self.survived());
        let retimed = match self.retimed() {
            0 => String::new(),
            count => format!("{count} retimed, "),
        };
        format!(
            "{} of {} mutants: {killed} killed, {equivalent} equivalent, {retimed}{survived} survived",
            self.mutants.len(),
            self.possible
        )
    }
}

impl Mutant {
    fn place(&self) -> String {
        format!("{}.{} ({})", self.module, self.node.as_deref().unwrap_or("_"), self.source)
    }
}

/// Every mutant, and the score.
impl fmt::Display for MutationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.table(|_| true))
    }
}
