//! The interface of waveform file formats.

use hdl::Bits;
use std::fs::File;
use std::io::{self, BufWriter};

/// The file while it is written.
pub(super) type Output = BufWriter<File>;

/// A format of waveform files. Codes are those of the [`Hierarchy`](super::hierarchy::Hierarchy) that it was made from.
pub(super) trait Format: Send {
    fn time(&mut self, time: u64) -> io::Result<()>;
    fn change(&mut self, code: usize, value: &Bits) -> io::Result<()>;
    fn finish(self: Box<Self>) -> io::Result<()>;
}
