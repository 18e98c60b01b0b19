//! The words of a running design's memories: to load a program, or to inspect its results.

use crate::names::{NameKind, UnknownName};
use hdl::Bits;
use hdl::netlist::Memory;

/// A memory's number in the whole design.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemoryId(pub(crate) u32);

impl MemoryId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A memory of a design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryInfo {
    /// Instance names and the memory's own name, joined by dots.
    pub path: String,
    /// Width of a word in bits.
    pub width: u32,
    /// Number of words.
    pub depth: u64,
    /// True if the design never writes it: then it cannot be poked either.
    pub is_rom: bool,
    /// The id for the methods of [`Memories`].
    pub id: MemoryId,
}

/// A simulator that shows and changes the words of the design's memories, between clock edges.
///
/// All built-in engines implement it. Verilator's models and Icarus do not: use the contents that a memory is declared
/// with, and its write ports.
///
/// ```
/// use hdl::{Bits, Clocking, Design};
/// use sim::{Interpreter, Memories, Options, Simulator};
///
/// let design = Design::new(Clocking::default());
/// let top = design.module("top", &[], |m| {
///     let (words, at) = (m.memory("words", 8, 4), m.input("at", 2, ""));
///     words.write(m.input("write", 1, ""), at, m.input("data", 8, ""));
///     m.output("word", words.read(at), "");
/// });
/// let mut simulator = Interpreter::new(&design.elaborate(top)?, Options::default())?;
/// let words = simulator.memory("words")?;
/// simulator.load(words, &[5, 6, 7].map(|word| Bits::truncated(word, 8)));
/// simulator.poke_u64(0, 2);
/// assert_eq!(simulator.peek_u64(3), 7);
/// assert_eq!(simulator.peek_word(words, 1).to_u64(), 6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Memories {
    /// The memories of the whole design, except those that nothing reads.
    fn memories(&self) -> &[MemoryInfo];

    /// A word. Panics for an id of another design and beyond the depth.
    fn peek_word(&self, memory: MemoryId, address: u64) -> Bits;

    /// Sets a word; reads of it in the same cycle follow. Panics likewise, for a ROM, and if `word` has another width.
    fn poke_word(&mut self, memory: MemoryId, address: u64, word: &Bits);

    /// The memory at a path. The error lists the existing ones.
    fn memory(&self, path: &str) -> Result<MemoryId, UnknownName> {
        let memories = self.memories();
        let found = memories.iter().find(|memory| memory.path == path);
        let paths = memories.iter().map(|memory| &memory.path);
        found.map(|memory| memory.id).ok_or_else(|| UnknownName::new(NameKind::Memory, path, paths))
    }

    /// Calls [`poke_word`](Memories::poke_word) for words from address 0 on.
    fn load(&mut self, memory: MemoryId, words: &[Bits]) {
        (0..).zip(words).for_each(|(address, word)| self.poke_word(memory, address, word));
    }
}

impl<S: Memories + ?Sized> Memories for &mut S {
    fn memories(&self) -> &[MemoryInfo] {
        (**self).memories()
    }

    fn peek_word(&self, memory: MemoryId, address: u64) -> Bits {
        (**self).peek_word(memory, address)
    }

    fn poke_word(&mut self, memory: MemoryId, address: u64, word: &Bits) {
        (**self).poke_word(memory, address, word);
    }
}

impl MemoryInfo {
    /// All memories of a design, in order.
    pub(crate) fn of_all(memories: &[Memory]) -> Vec<MemoryInfo> {
        let info = |(index, memory): (u32, &Memory)| MemoryInfo {
            path: memory.name.clone(),
            width: memory.width,
            depth: memory.depth,
            is_rom: memory.writes.is_empty(),
            id: MemoryId(index),
        };
        (0..).zip(memories).map(info).collect()
    }

    /// Panics if there is no word at an address.
    pub(crate) fn check_address(&self, address: u64) {
        let MemoryInfo { path, depth, .. } = self;
        assert!(address < *depth, "`{path}` has {depth} words: it has none at address {address}");
    }

    /// Panics if a word cannot be set.
    pub(crate) fn check_word(&self, address: u64, word: &Bits) {
        let MemoryInfo { path, width, is_rom, .. } = self;
        self.check_address(address);
        assert!(!is_rom, "`{path}` is a ROM: it cannot be poked");
        let given = word.width();
        assert!(given == *width, "`{path}` has words of {width} bits: it cannot take {given} bits");
    }
}
