//! Programs that run a workload.

use crate::run::Run;
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use tempfile::TempDir;

/// Runs a command to its end; the error shows what it printed.
pub fn checked(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let printed = [output.stdout, output.stderr].concat();
    Err(format!("{command:?} failed:\n{}", String::from_utf8_lossy(&printed)).into())
}

/// A program that answers each number of cycles with the signature so far. It ends with this value.
pub struct Program {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// The folder of the program, kept while it runs.
    _folder: TempDir,
}

impl Program {
    /// Starts it.
    pub fn start(mut command: Command, folder: TempDir) -> Result<Program, Box<dyn Error>> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take().ok_or("no input")?;
        let output = BufReader::new(child.stdout.take().ok_or("no output")?);
        Ok(Program { child, input, output, _folder: folder })
    }
}

impl Run for Program {
    fn run(&mut self, cycles: u64) -> Result<u64, Box<dyn Error>> {
        writeln!(self.input, "{cycles}")?;
        self.input.flush()?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        u64::from_str_radix(line.trim(), 16).map_err(|_| format!("it answered `{}`", line.trim()).into())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
