//! Memories and ROMs.

use crate::Bits;
use crate::bits::index_width;
use crate::conditional::Declared;
use crate::diagnostic::Source;
use crate::module::Module;
use crate::netlist::{Memory, MemoryWrite, Op};
use crate::rules::MAX_WIDTH;
use crate::signal::{Signal, counted_bits};
use std::panic::Location;

/// The greatest depth of a memory, 2^30 words: the limit of Icarus Verilog and Yosys.
pub const MAX_DEPTH: u64 = 1 << 30;

/// A memory: writes at the clock edge, and reads in the same cycle or at the clock edge, any number of each.
///
/// Only reads at the clock edge map to block RAM. Features that a target's block RAM lacks cost logic around it: see
/// [`read_at_clock`](Ram::read_at_clock). A block of iCE40, or of ECP5 in simple mode, has one write port; a memory
/// with two write ports needs a true dual-port block, where each port is shared with a read at the same address, or
/// registers.
/// Such a block does not define which of two writes to one address wins. That costs logic around it, unless they
/// [never meet](Ram::writes_never_meet).
///
/// ```
/// use hdl::{Clocking, Collision, Design};
///
/// let design = Design::new(Clocking::default());
/// let scratchpad = design.module("scratchpad", &[], |m| {
///     let ram = m.memory("words", 32, 1024);
///     let (write, bytes) = (m.input("write", 1, ""), m.input("bytes", 4, "one bit a byte"));
///     let (to, data) = (m.input("to", 10, ""), m.input("data", 32, ""));
///     ram.write_masked(write, bytes, to, data);
///     let read = ram.read_at_clock("q", m.input("from", 10, ""), Collision::Undefined);
///     m.output("word", read.enable(m.input("read", 1, "")).value(), "a cycle after `read`");
/// });
/// assert!(design.elaborate(scratchpad).is_ok());
/// ```
#[derive(Clone, Copy)]
pub struct Ram<'m> {
    pub(crate) module: &'m Module,
    pub(crate) index: usize,
    pub(crate) width: u32,
    depth: u64,
    is_rom: bool,
    /// False after an error in the declaration.
    pub(crate) is_sound: bool,
}

impl Module {
    /// A memory of `depth` words, at most [`MAX_DEPTH`], of `width` bits. Words without [`contents`](Ram::contents)
    /// are unknown at power-up. It must be written somewhere or have contents.
    #[track_caller]
    pub fn memory(&self, name: &str, width: u32, depth: u64) -> Ram<'_> {
        self.declare_memory(name, width, depth, Location::caller())
    }

    /// A read-only memory with `contents` from address 0; all words have one width.
    #[track_caller]
    pub fn rom(&self, name: &str, contents: &[Bits]) -> Ram<'_> {
        let source = Location::caller();
        let width = contents.first().map_or(0, Bits::width);
        if let Some(odd) = contents.iter().position(|word| word.width() != width) {
            let message = format!(
                "ROM `{name}` has words of {width} bits, but at address {odd} one of {} bits",
                contents[odd].width()
            );
            self.error(source, message, vec![]);
        }
        let rom = Ram { is_rom: true, ..self.declare_memory(name, width, contents.len() as u64, source) };
        self.state_mut().logic.memories[rom.index].contents = contents.to_vec();
        rom
    }

    fn declare_memory(&self, name: &str, width: u32, depth: u64, source: Source) -> Ram<'_> {
        let name = self.scoped(name);
        self.claim_name("memories", &name, source);
        let is_sound = if depth == 0 {
            self.error(source, format!("memory `{name}` has no words: its depth must be at least 1"), vec![]);
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
        let memory =
            Memory { name, width, depth, contents: vec![], writes: vec![], never_meet: false, source };
        self.state_mut().logic.memories.push(memory);
        self.note_home(Declared::Memory(index));
        Ram { module: self, index, width, depth, is_rom: false, is_sound }
    }
}

impl<'m> Ram<'m> {
    /// Width of an address.
    pub fn address_width(self) -> u32 {
        index_width(self.depth)
    }

    /// The words at power-up from address 0; may be called once. Each must be as wide as a word, and there must not be
    /// more of them than the depth. FPGAs and simulators load them; an ASIC's RAM cannot.
    #[track_caller]
    pub fn contents(self, words: &[Bits]) -> Ram<'m> {
        let source = Location::caller();
        if self.is_sound && self.check_contents(words, source) {
            self.module.state_mut().logic.memories[self.index].contents = words.to_vec();
        }
        self
    }

    fn check_contents(self, words: &[Bits], source: Source) -> bool {
        let name = self.name();
        let has_some = !self.module.state().logic.memories[self.index].contents.is_empty();
        let odd = words.iter().position(|word| word.width() != self.width);
        let message = if has_some {
            format!("memory `{name}` already has contents")
        } else if words.len() as u64 > self.depth {
            format!("memory `{name}` cannot take {} words as its contents", words.len())
        } else if let Some(odd) = odd {
            let given = counted_bits(words[odd].width());
            format!("the contents of memory `{name}` have at address {odd} a word of {given}")
        } else {
            return true;
        };
        self.module.error(source, message, vec![self.shape()]);
        false
    }

    /// The word at `address`, in the same cycle. Registers and LUTs can do this for memories of any size, block RAM
    /// cannot.
    #[track_caller]
    pub fn read(self, address: Signal<'m>) -> Signal<'m> {
        let source = Location::caller();
        match self.check_address(address, source) {
            true => self.word(address, source),
            false => self.module.stand_in(self.width, source),
        }
    }

    /// The node of a read.
    pub(crate) fn word(self, address: Signal<'m>, source: Source) -> Signal<'m> {
        let op = Op::MemoryRead { memory: self.index, address: address.id() };
        self.module.node(op, self.width, source)
    }

    /// Writes `data` at `address` at each clock edge with `enable` = 1. If several writes in one cycle have the same
    /// address, the one declared last wins. A ROM cannot be written. Inside a `when`, it writes only if that applies.
    #[track_caller]
    pub fn write(self, enable: Signal<'m>, address: Signal<'m>, data: Signal<'m>) {
        let source = Location::caller();
        if self.check_write(enable, address, data, source) {
            self.add_write(enable, None, address, data, source);
        }
    }

    /// Like [`write`](Ram::write), but only writes some lanes of the word: `mask` divides it into equal lanes and has a
    /// bit for each, the least significant first. Four bits for a word of 32 are byte enables. A lane whose bit is 0
    /// keeps its value.
    #[track_caller]
    pub fn write_masked(self, enable: Signal<'m>, mask: Signal<'m>, address: Signal<'m>, data: Signal<'m>) {
        let source = Location::caller();
        if self.check_write(enable, address, data, source) && self.check_mask(mask, source) {
            match mask.width() {
                1 => self.add_write(enable & mask, None, address, data, source),
                _ => self.add_write(enable, Some(mask), address, data, source),
            }
        }
    }

    /// Promises that no two writes, their enables at 1, have one address at one edge, whatever masks say. An assertion
    /// of the module, `<memory>_writes_never_meet`, checks it in simulation and for formal tools; where it fails, the
    /// write declared last wins in the built-in simulators, and any in the others.
    ///
    /// In exchange each write has a block of its own in Verilog, which is how Vivado knows a true dual-port block RAM, and
    /// no target spends logic on the winner. Without a second write the promise says nothing.
    #[track_caller]
    pub fn writes_never_meet(self) -> Ram<'m> {
        let source = Location::caller();
        if self.is_sound && self.check_writable(source) {
            self.module.state_mut().apart.insert(self.index, source);
        }
        self
    }

    fn add_write(
        self,
        enable: Signal<'m>,
        mask: Option<Signal<'m>>,
        address: Signal<'m>,
        data: Signal<'m>,
        source: Source,
    ) {
        let what = format!("memory `{}`", self.name());
        let enable = match self.module.guard_of(Declared::Memory(self.index), &what, source) {
            Some(guard) => guard & enable,
            None => enable,
        };
        let [enable, address, data] = [enable, address, data].map(Signal::id);
        let write = MemoryWrite { enable, address, data, mask: mask.map(Signal::id) };
        self.module.state_mut().logic.memories[self.index].writes.push(write);
    }

    pub(crate) fn name(self) -> String {
        self.module.state().logic.memories[self.index].name.clone()
    }

    /// Its size, for a note in an error.
    fn shape(self) -> String {
        format!("the memory has {} words of {}", self.depth, counted_bits(self.width))
    }

    fn check_write(self, enable: Signal<'m>, address: Signal<'m>, data: Signal<'m>, source: Source) -> bool {
        let what = format!("the write enable of memory `{}`", self.name());
        self.is_sound
            && self.check_writable(source)
            && self.module.check_one_bit(what, enable, source)
            && self.check(address, self.address_width(), "address", source)
            && self.check(data, self.width, "data", source)
    }

    fn check_writable(self, source: Source) -> bool {
        if self.is_rom {
            self.module.error(
                source,
                format!("memory `{}` is a ROM: it cannot be written", self.name()),
                vec![],
            );
        }
        !self.is_rom
    }

    fn check_mask(self, mask: Signal<'m>, source: Source) -> bool {
        let what = format!("the mask of memory `{}`", self.name());
        if !self.module.check_operand(&what, mask, source) || mask.is_faulty() {
            return false;
        }
        let divides = self.width.is_multiple_of(mask.width());
        if !divides {
            let message = format!("{what} cannot be {mask}: it does not divide {}", counted_bits(self.width));
            let legal: Vec<String> = (1..=self.width)
                .filter(|lanes| self.width.is_multiple_of(*lanes))
                .map(|lanes| lanes.to_string())
                .collect();
            let note =
                format!("a mask has a bit for each lane of a word: legal widths are {}", legal.join(", "));
            self.module.error(source, message, vec![note]);
        }
        divides
    }

    pub(crate) fn check_address(self, address: Signal<'m>, source: Source) -> bool {
        self.is_sound && self.check(address, self.address_width(), "address", source)
    }

    fn check(self, signal: Signal<'m>, width: u32, role: &str, source: Source) -> bool {
        let what = format!("the {role} of memory `{}`", self.name());
        if !self.module.check_operand(&what, signal, source) {
            return false;
        }
        if !signal.fits(width) {
            let message = format!("{what} has {}: it cannot be {signal}", counted_bits(width));
            self.module.error(source, message, vec![self.shape()]);
        }
        signal.fits(width)
    }
}
