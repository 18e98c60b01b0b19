//! Value change dump, the text format of IEEE 1364.

use super::format::{Format, Output};
use super::hierarchy::{Declare, Hierarchy, Variable};
use hdl::Bits;
use std::io;
use vcd::{IdCode, TimescaleUnit, Value, VarType, Writer};

/// A VCD file being written.
pub(super) struct Vcd(Writer<Output>);

impl Vcd {
    /// Writes the header.
    pub fn begin(output: Output, hierarchy: &Hierarchy) -> io::Result<Vcd> {
        let mut writer = Writer::new(output);
        writer.version("rtl-gen")?;
        writer.timescale(1, TimescaleUnit::NS)?;
        hierarchy.top.declare(&mut writer)?;
        writer.enddefinitions()?;
        Ok(Vcd(writer))
    }
}

impl Declare for Writer<Output> {
    fn enter(&mut self, scope: &str) -> io::Result<()> {
        self.add_module(scope)
    }

    fn variable(&mut self, variable: &Variable) -> io::Result<()> {
        let Variable { name, width, code } = variable;
        self.var_def(VarType::Wire, *width, IdCode::from(*code as u64), name, None)
    }

    fn leave(&mut self) -> io::Result<()> {
        self.upscope()
    }
}

impl Format for Vcd {
    fn time(&mut self, time: u64) -> io::Result<()> {
        self.0.timestamp(time)
    }

    fn change(&mut self, code: usize, value: &Bits) -> io::Result<()> {
        let id = IdCode::from(code as u64);
        let width = value.width();
        if width == 1 {
            return self.0.change_scalar(id, value.bit(0));
        }
        self.0.change_vector(id, (0..width).rev().map(|index| Value::from(value.bit(index))))
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.0.flush()
    }
}
