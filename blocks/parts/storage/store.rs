//! Memories of any depth, one word included.

use hdl::{Module, Ram, Reg, Signal};

/// Words that are read at once and written at the clock edge. One word is a register: tools complain of such memories.
pub enum Store<'m> {
    /// Several words.
    Memory(Ram<'m>),
    /// One word.
    Register(Reg<'m>),
}

impl<'m> Store<'m> {
    /// `depth` words, unknown at power-up.
    pub fn new(m: &'m Module, name: &str, width: u32, depth: u64) -> Store<'m> {
        match depth {
            1 => Store::Register(m.reg(name, width)),
            _ => Store::Memory(m.memory(name, width, depth)),
        }
    }

    /// The word at an address, which does not matter where there is one word.
    pub fn read(&self, address: Signal<'m>) -> Signal<'m> {
        match self {
            Store::Memory(memory) => memory.read(address),
            Store::Register(register) => register.value(),
        }
    }

    /// The only write port.
    pub fn write(&self, enable: Signal<'m>, address: Signal<'m>, word: Signal<'m>) {
        match self {
            Store::Memory(memory) => memory.write(enable, address, word),
            Store::Register(register) => register.enable(enable).set(word),
        }
    }
}
