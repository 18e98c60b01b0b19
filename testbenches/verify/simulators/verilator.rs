//! Verilator.

use super::{Engine, Many, Ready, SimulatorKind};
use crate::driver::{Cancelled, Failure, Passed, Single};
use crate::tools::{self, GXX, ToolError};
use crate::verify::ended::Ended;
use crate::verify::observers::Watch;
use crate::verify::subject::Subject;
use crate::verilator::{Verilator, VerilatorModel, VerilatorOptions};
use crate::{Mismatch, Trace, VerilogDesign, replay};
use blocks::stimulus::Space;
use std::ops::Range;

/// Verilator: the design compiled.
pub static VERILATOR: SimulatorKind = SimulatorKind {
    name: "verilator",
    about: "Verilator: fastest for long runs",
    tools: &[tools::VERILATOR, GXX],
    enumerates: true,
    drive: Some(|netlist| {
        let model = VerilatorModel::build(&VerilogDesign::of(netlist), &VerilatorOptions::default())?;
        Ok(Box::new(model.start()))
    }),
    start: |subject, optimize, _| {
        let verilator = Verilator::newest()?;
        let tool = format!("Verilator {}", verilator.version);
        let options =
            VerilatorOptions { verilator: Some(verilator), optimize, ..VerilatorOptions::default() };
        let engine = Box::new(VerilatorModel::build(&subject.verilog(), &options)?);
        Ok(Ready { tool, engine })
    },
};

impl Engine for VerilatorModel {
    fn run(
        &self,
        subject: &Subject,
        space: &Space,
        cases: Range<u64>,
        watch: &mut Watch,
    ) -> Result<Passed, Ended> {
        Ok(subject.testbench.run(&mut self.start(), space, cases, watch)?)
    }

    fn many(&self) -> Option<&dyn Many> {
        Some(self)
    }

    fn repeat(&self, _: &Subject, trace: &Trace) -> Result<Option<Mismatch>, ToolError> {
        Ok(replay(trace, &mut self.start()).err())
    }
}

impl Many for VerilatorModel {
    fn run_many(
        &self,
        subject: &Subject,
        space: &Space,
        cases: Range<u64>,
        watch: &Watch,
    ) -> Result<Result<Passed, Box<Failure>>, Cancelled> {
        let mut runs = Single(self.start());
        subject.testbench.run_many(&mut runs, space, cases, |cases| watch.cases_driven(cases))
    }
}
