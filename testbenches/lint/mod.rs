//! Four linters, each with every warning on and none waived.

mod linter;

pub use linter::Linter;

use crate::VerilogDesign;
use crate::tools::{Finished, ToolError, run, working_folder};
use std::fmt;
use std::time::{Duration, Instant};

/// The report of one linter on a design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LintReport {
    /// The linter.
    pub linter: Linter,
    /// Errors and warnings, each with the lines that explain it. Empty for a clean design.
    pub findings: Vec<String>,
    /// How long it took.
    pub elapsed: Duration,
}

impl fmt::Display for LintReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} findings in {} ms", self.linter, self.findings.len(), self.elapsed.as_millis())?;
        self.findings.iter().try_for_each(|finding| write!(f, "\n{finding}"))
    }
}

/// Runs every linter on a design.
pub fn lint(design: &VerilogDesign) -> Result<Vec<LintReport>, ToolError> {
    Linter::ALL.into_iter().map(|linter| lint_with(linter, design)).collect()
}

/// Runs one linter on a design.
pub fn lint_with(linter: Linter, design: &VerilogDesign) -> Result<LintReport, ToolError> {
    let folder = working_folder()?;
    design.write_to(folder.path())?;
    let mut command = linter.command(design)?;
    let start = Instant::now();
    let finished = run(command.current_dir(folder.path()))?;
    let elapsed = start.elapsed();
    Ok(LintReport { linter, findings: findings_of(linter, &finished), elapsed })
}

/// A failure without a finding is a finding itself.
fn findings_of(linter: Linter, finished: &Finished) -> Vec<String> {
    let findings = linter.findings(&finished.output);
    if findings.is_empty() && !finished.status.success() {
        return vec![format!("`{}` ended with {}:\n{}", finished.command, finished.status, finished.output)];
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_linter_that_fails_without_a_word_is_not_clean() {
        let silent = run(Command::new("sh").args(["-c", "exit 3"])).unwrap();
        for linter in Linter::ALL {
            assert_eq!(findings_of(linter, &silent), ["`sh -c 'exit 3'` ended with exit status: 3:\n"]);
        }
        let done = run(Command::new("sh").args(["-c", "exit 0"])).unwrap();
        assert!(findings_of(Linter::Yosys, &done).is_empty());
    }
}
