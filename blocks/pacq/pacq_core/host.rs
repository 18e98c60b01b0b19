//! What the host of a core with its own memory asks for.

use super::params::Params;
use crate::common::memory::ADDRESS_BITS;
use hdl::{Bundle, Encoded};
use parts::registers::Response;

/// Kinds of commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encoded)]
pub enum HostKind {
    /// Writes a word of memory.
    WriteMemory = 0,
    /// Reads one.
    ReadMemory = 1,
    /// Writes a register.
    WriteRegister = 2,
    /// Reads one.
    ReadRegister = 3,
    /// Waits for an interrupt, at most as many cycles as the lowest 32 bits of `data` say.
    Wait = 4,
}

/// A command.
#[derive(Clone, Copy, Bundle)]
pub struct HostCommand<T> {
    /// 0 writes a word of memory, 1 reads one, 2 writes a register, 3 reads one, 4 waits for an interrupt; others do nothing.
    pub kind: T,
    /// Byte address of the word or the register.
    pub address: T,
    /// What is written; of a register, and of the most cycles to wait, the lowest 32 bits.
    pub data: T,
}

/// The answer to a read, and to a write of a register.
#[derive(Clone, Copy, Bundle)]
pub struct HostAnswer<T> {
    /// What was read; 0 after a write.
    pub data: T,
    /// Of a register: 0 done, 2 refused.
    pub resp: T,
}

impl Params {
    /// A command of the host.
    pub fn command(&self) -> HostCommand<u32> {
        HostCommand { kind: HostKind::WIDTH, address: ADDRESS_BITS, data: self.bus_bits() }
    }

    /// An answer to it.
    pub fn answer(&self) -> HostAnswer<u32> {
        HostAnswer { data: self.bus_bits(), resp: Response::WIDTH }
    }
}
