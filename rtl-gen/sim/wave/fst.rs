//! Fast signal trace, the compressed format of GTKWave.

use super::format::{Format, Output};
use super::hierarchy::{Declare, Hierarchy, Variable};
use fst_writer::{
    FstBodyWriter, FstFileType, FstHeaderWriter, FstInfo, FstScopeType, FstSignalId, FstSignalType,
    FstVarDirection, FstVarType, FstWriteError,
};
use hdl::Bits;
use std::collections::HashMap;
use std::io::{self, Write};

/// Changes are compressed and written once they take this many bytes of memory.
const FLUSH_SIZE: usize = 4 << 20;

/// An FST file being written.
pub(super) struct Fst {
    body: FstBodyWriter<Output>,
    /// By code.
    ids: HashMap<usize, FstSignalId>,
    digits: Vec<u8>,
}

struct Header {
    writer: FstHeaderWriter<Output>,
    ids: HashMap<usize, FstSignalId>,
}

impl Fst {
    /// Writes the header.
    pub fn begin(output: Output, hierarchy: &Hierarchy) -> io::Result<Fst> {
        let info = FstInfo {
            start_time: 0,
            timescale_exponent: -9,
            version: "rtl-gen".into(),
            date: String::new(),
            file_type: FstFileType::Verilog,
        };
        let writer = FstHeaderWriter::new(output, &info).map_err(into_io)?;
        let mut header = Header { writer, ids: HashMap::new() };
        hierarchy.top.declare(&mut header)?;
        let body = header.writer.finish().map_err(into_io)?;
        Ok(Fst { body, ids: header.ids, digits: vec![] })
    }
}

impl Declare for Header {
    fn enter(&mut self, scope: &str) -> io::Result<()> {
        self.writer.scope(scope, "", FstScopeType::Module).map_err(into_io)
    }

    fn variable(&mut self, variable: &Variable) -> io::Result<()> {
        let Variable { name, width, code } = variable;
        let (width, alias) = (FstSignalType::bit_vec(*width), self.ids.get(code).copied());
        let direction = FstVarDirection::Implicit;
        let id = self.writer.var(name, width, FstVarType::Wire, direction, alias).map_err(into_io)?;
        self.ids.insert(*code, id);
        Ok(())
    }

    fn leave(&mut self) -> io::Result<()> {
        self.writer.up_scope().map_err(into_io)
    }
}

impl Format for Fst {
    fn time(&mut self, time: u64) -> io::Result<()> {
        if self.body.size() > FLUSH_SIZE {
            self.body.flush().map_err(into_io)?;
        }
        self.body.time_change(time).map_err(into_io)
    }

    fn change(&mut self, code: usize, value: &Bits) -> io::Result<()> {
        self.digits.clear();
        self.digits.extend((0..value.width()).rev().map(|index| b'0' + value.bit(index) as u8));
        self.body.signal_change(self.ids[&code], &self.digits).map_err(into_io)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.body.finish().map_err(into_io)?.flush()
    }
}

fn into_io(error: FstWriteError) -> io::Error {
    if let FstWriteError::Io(error) = error { error } else { io::Error::other(error) }
}
