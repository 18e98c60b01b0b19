//! Icarus Verilog: it repeats recorded runs of the built-in simulator.

use super::{Engine, Many, Ready, SimulatorKind};
use crate::driver::{Passed, Stop};
use crate::tools::{self, IVERILOG, ToolError, VVP};
use crate::verify::ended::Ended;
use crate::verify::observers::Watch;
use crate::verify::recording::Recording;
use crate::verify::subject::Subject;
use crate::{Mismatch, Trace, VerilogDesign, icarus};
use blocks::stimulus::Space;
use std::ops::Range;
use std::process::Command;

/// Icarus Verilog: it models unknown bits.
pub static ICARUS: SimulatorKind = SimulatorKind {
    name: "icarus",
    about: "Icarus Verilog: models unknown bits (X)",
    tools: &[IVERILOG, VVP],
    enumerates: false,
    drive: None,
    start: |subject, _, _| Ok(Ready { tool: version()?, engine: Box::new(subject.verilog()) }),
};

impl Engine for VerilogDesign {
    fn run(
        &self,
        subject: &Subject,
        space: &Space,
        cases: Range<u64>,
        watch: &mut Watch,
    ) -> Result<Passed, Ended> {
        let recording = Recording::new(subject, space, cases, watch)?;
        match self.repeat(subject, &recording.trace)? {
            None => Ok(Passed { cycles: recording.trace.cycles() as u64, compared: recording.compared }),
            Some(mismatch) => {
                Err(Stop::Failed(Box::new(recording.failure(subject, space, &mismatch))).into())
            }
        }
    }

    fn many(&self) -> Option<&dyn Many> {
        None
    }

    fn repeat(&self, _: &Subject, trace: &Trace) -> Result<Option<Mismatch>, ToolError> {
        Ok(icarus::run(self, trace)?.mismatches.into_iter().next())
    }
}

fn version() -> Result<String, ToolError> {
    let printed = tools::run_checked(Command::new(IVERILOG.find()?).arg("-V"))?;
    let version = printed.split_whitespace().skip_while(|word| *word != "version").nth(1);
    Ok(format!("Icarus Verilog {}", version.unwrap_or("of unknown version")))
}
