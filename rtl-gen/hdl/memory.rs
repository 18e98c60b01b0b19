//! Memories and ROMs.

use crate::Bits;
use crate::bits::index_width;
use crate::diagnostic::Source;
use crate::module::Module;
use crate::netlist::{Memory, MemoryWrite, Op};
use crate::rules::MAX_WIDTH;
use crate::signal::{Signal, counted_bits};
use std::panic::Location;

/// The most words of a memory, 2^30: what Icarus Verilog and Yosys take.
pub const MAX_DEPTH: u64 = 1 << 30;

/// A memory: asynchronous reads, writes at the clock edge.
///
/// A read followed by a register without a reset is what synthesis maps to block RAM.
#[derive(Clone, Copy)]
pub struct Ram<'m> {
    module: &'m Module,
    index: usize,
    width: u32,
    depth: u64,
    /// False after an error in the declaration.
    is_sound: bool,
}

impl Module {
    /// A memory of `depth` words, at most [`MAX_DEPTH`], of `width` bits, unknown at power-up; it must be written somewhere.
    #[track_caller]
    pub fn memory(&self, name: &str, width: u32, depth: u64) -> Ram<'_> {
        self.declare_memory(name, width, depth, vec![], Location::caller())
    }

    /// A read-only memory with `contents` from address 0; all words have one width.
    #[track_caller]
    pub fn rom(&self, name: &str, contents: &[Bits]) -> Ram<'_> {
        let source = Location::caller();
        let width = contents.first().map_or(0, Bits::width);
        if let Some(odd) = contents.iter().position(|word| word.width() != width) {
            let message = format!(
                "ROM `{name}` has words of {width} bits and, at address {odd}, one of {} bits",
                contents[odd].width()
            );
            self.error(source, message, vec![]);
        }
        self.declare_memory(name, width, contents.len() as u64, contents.to_vec(), source)
    }

    fn declare_memory(
        &self,
        name: &str,
        width: u32,
        depth: u64,
        contents: Vec<Bits>,
        source: Source,
    ) -> Ram<'_> {
        let name = self.scoped(name);
        self.claim_name("memories", &name, source);
        let is_sound = if depth == 0 {
            self.error(source, format!("memory `{name}` has no words: a depth is at least 1"), vec![]);
            false
        } else if depth > MAX_DEPTH {
            let note = format!("legal depths are 1 to {MAX_DEPTH} words");
            self.error(source, format!("memory `{name}` has {depth} words"), vec![note]);
            false
        } else {
            self.check_width(width, format_args!("a word of memory `{name}`"), source)
        };
        let width = width.clamp(1, MAX_WIDTH);
        let depth = depth.clamp(1, MAX_DEPTH);
        let index = self.state().logic.memories.len();
        let memory = Memory { name, width, depth, contents, writes: vec![], source };
        self.state_mut().logic.memories.push(memory);
        Ram { module: self, index, width, depth, is_sound }
    }
}

impl<'m> Ram<'m> {
    /// Width of an address.
    pub fn address_width(self) -> u32 {
        index_width(self.depth)
    }

    /// The word at `address`, in the same cycle.
    #[track_caller]
    pub fn read(self, address: Signal<'m>) -> Signal<'m> {
        let source = Location::caller();
        if !self.is_sound || !self.check(address, self.address_width(), "address", source) {
            return self.module.stand_in(self.width, source);
        }
        let op = Op::MemoryRead { memory: self.index, address: address.id() };
        self.module.node(op, self.width, source)
    }

    /// Writes `data` at `address` at each clock edge with `enable` at 1. Where several writes meet in one
    /// cycle at one address, the one declared last wins. A ROM cannot be written.
    #[track_caller]
    pub fn write(self, enable: Signal<'m>, address: Signal<'m>, data: Signal<'m>) {
        let source = Location::caller();
        let what = format!("the write enable of memory `{}`", self.name());
        let is_legal = self.is_sound
            && self.check_writable(source)
            && self.module.check_one_bit(what, enable, source)
            && self.check(address, self.address_width(), "address", source)
            && self.check(data, self.width, "data", source);
        if is_legal {
            let write = MemoryWrite { enable: enable.id(), address: address.id(), data: data.id() };
            self.module.state_mut().logic.memories[self.index].writes.push(write);
        }
    }

    fn name(self) -> String {
        self.module.state().logic.memories[self.index].name.clone()
    }

    fn check_writable(self, source: Source) -> bool {
        let is_rom = !self.module.state().logic.memories[self.index].contents.is_empty();
        if is_rom {
            self.module.error(
                source,
                format!("memory `{}` is a ROM: it cannot be written", self.name()),
                vec![],
            );
        }
        !is_rom
    }

    fn check(self, signal: Signal<'m>, width: u32, role: &str, source: Source) -> bool {
        let what = format!("the {role} of memory `{}`", self.name());
        if !self.module.check_operand(&what, signal, source) {
            return false;
        }
        if !signal.fits(width) {
            let note = format!("the memory has {} words of {}", self.depth, counted_bits(self.width));
            let message = format!("{what} has {}: it cannot be {signal}", counted_bits(width));
            self.module.error(source, message, vec![note]);
        }
        signal.fits(width)
    }
}
