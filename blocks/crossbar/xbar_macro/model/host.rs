//! The AXI4-Lite port, cycle by cycle: a write waits until its address, its data and room for its response are there.

use parts::registers::Response;

/// A write that is done in this cycle.
#[derive(Clone, Copy, Debug)]
pub struct Write {
    pub address: u32,
    pub data: u32,
    pub strobes: u32,
}

/// The port.
#[derive(Clone, Debug, Default)]
pub struct Host {
    pub address: Option<u32>,
    pub data: Option<(u32, u32)>,
    /// The response to a write, and the data and response of a read, which are offered.
    pub answer: Option<Response>,
    pub read: Option<(u32, Response)>,
}

impl Host {
    /// The write of this cycle.
    pub fn write(&self) -> Option<Write> {
        let (address, (data, strobes)) = self.address.zip(self.data)?;
        self.answer.is_none().then_some(Write { address, data, strobes })
    }

    /// A read can be taken: none is while the address of a write is in the place of its own.
    pub fn can_read(&self) -> bool {
        self.read.is_none() && self.write().is_none()
    }
}
