//! The scheme `huffman`: canonical codes, in lanes.

use super::statistics::{self, OfBytes};
use super::unpack::Fault;
use std::ops::RangeInclusive;

/// Legal numbers of lanes.
pub const LANES: RangeInclusive<u32> = 1..=64;

/// Bytes of the table of lengths of a code.
pub const TABLE_BYTES: usize = 128;

/// Legal numbers of classes.
pub const CLASSES: [usize; 3] = [1, 2, 4];

/// The longest code of `huffman`, in bits.
pub const LONGEST: u32 = 12;

/// A lane of `huffman` with fewer bits takes a word.
pub const ENOUGH_BITS: u32 = 24;

/// The length of the code of each byte, 0 if it has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code([u8; 256]);

/// A list of package-merge: ascending weights, each of a byte or, where there is none, of two neighbours of the list before.
type Packages = Vec<(u64, Option<u8>)>;

impl Code {
    /// The best code of at most [`LONGEST`] bits, by package-merge (Larmore, Hirschberg 1990).
    pub fn of(counts: &OfBytes) -> Code {
        let mut leaves: Packages = (0..=255)
            .map(|byte| (counts[usize::from(byte)].into(), Some(byte)))
            .filter(|(count, _)| *count > 0)
            .collect();
        if let [(_, Some(only))] = leaves[..] {
            leaves.push((0, Some(only.wrapping_add(1))));
        }
        leaves.sort_unstable();
        let mut lists = vec![leaves.clone()];
        for _ in 1..LONGEST {
            let below = &lists[lists.len() - 1];
            let mut list = leaves.clone();
            list.extend(below.chunks_exact(2).map(|pair| (pair[0].0 + pair[1].0, None)));
            // Stable: a byte before a package of its weight.
            list.sort_by_key(|(weight, _)| *weight);
            lists.push(list);
        }
        let mut lengths = [0; 256];
        let mut taken = 2 * leaves.len() - 2;
        for list in lists.iter().rev() {
            let bytes = list[..taken].iter().filter_map(|(_, byte)| *byte);
            let count = bytes.map(|byte| lengths[usize::from(byte)] += 1).count();
            taken = 2 * (taken - count);
        }
        Code(lengths)
    }

    /// The table of a container.
    pub fn write(&self) -> Vec<u8> {
        self.0.as_chunks::<2>().0.iter().map(|[low, high]| low | high << 4).collect()
    }

    /// Reads a table, which must be of a complete code.
    pub fn read(table: &[u8; TABLE_BYTES]) -> Result<Code, Fault> {
        let lengths = std::array::from_fn(|byte| table[byte / 2] >> (4 * (byte % 2)) & 15);
        let code = Code(lengths);
        if let Some(byte) = lengths.iter().position(|length| u32::from(*length) > LONGEST) {
            return Err(Fault::Table(format!(
                "the code of byte {byte} has {} bits: expected up to {LONGEST}",
                lengths[byte]
            )));
        }
        let used =
            lengths.iter().filter(|length| **length > 0).map(|length| 1 << (LONGEST - u32::from(*length)));
        let (used, all): (u32, u32) = (used.sum(), 1 << LONGEST);
        match used == all {
            true => Ok(code),
            false => Err(Fault::Table(format!("its codes use {used} of {all} parts of the code space"))),
        }
    }

    /// Bits of a text.
    pub fn bits(&self, counts: &OfBytes) -> u64 {
        counts.iter().zip(&self.0).map(|(count, length)| u64::from(*count) * u64::from(*length)).sum()
    }

    /// The bytes that have a code, as the codes ascend.
    fn in_order(&self) -> Vec<u8> {
        let mut bytes: Vec<u8> = (0..=255).filter(|byte| self.length(*byte) > 0).collect();
        bytes.sort_by_key(|byte| self.length(*byte));
        bytes
    }

    fn length(&self, byte: u8) -> u32 {
        self.0[usize::from(byte)].into()
    }

    /// Each byte's code and, above its 16 bits, its length.
    fn codes(&self) -> [u32; 256] {
        let mut codes = [0; 256];
        let mut next = 0;
        for byte in self.in_order() {
            let length = self.length(byte);
            codes[usize::from(byte)] = next >> (LONGEST - length) | length << 16;
            next += 1 << (LONGEST - length);
        }
        codes
    }

    /// For each window of [`LONGEST`] bits the byte that it begins with and, above its 8 bits, the length of its code.
    fn windows(&self) -> Vec<u16> {
        let mut windows = Vec::with_capacity(1 << LONGEST);
        for byte in self.in_order() {
            let count = 1 << (LONGEST - self.length(byte));
            windows.extend(std::iter::repeat_n(u16::from(byte) | (self.length(byte) as u16) << 8, count));
        }
        windows
    }
}

/// The codes of a matrix. Each output belongs to a class, and each class has a code.
pub struct Classes {
    pub codes: Vec<Code>,
    /// The class of each output; nothing where there is one class.
    of_output: Vec<u8>,
    /// Weights that share a code: those of an output, or all.
    run: usize,
    /// Bits of all codes.
    bits: u64,
}

/// Makes a code for bytes that occur so often.
type MakeCode<'c> = &'c dyn Fn(&OfBytes) -> Code;

/// Outputs with fewer weights have no classes: what the packer would count for each output is larger than the output.
const LEAST_RUN: usize = 128;

impl Classes {
    /// One code for all weights.
    fn one(counts: &OfBytes, count: usize, code: MakeCode) -> Classes {
        let code = code(counts);
        Classes { bits: code.bits(counts), codes: vec![code], of_output: vec![], run: count }
    }

    /// Codes for classes of outputs of `k` weights: as many outputs in each, from those with small weights to those with large
    /// ones. `ascending` has them in this order.
    fn by_size(counts: &[OfBytes], k: usize, classes: usize, ascending: &[usize], code: MakeCode) -> Classes {
        let mut of_output = vec![0; ascending.len()];
        let class = |rank: usize| (rank * classes / ascending.len()) as u8;
        ascending.iter().enumerate().for_each(|(rank, output)| of_output[*output] = class(rank));
        let (mut codes, mut bits) = (vec![], 0);
        for class in 0..classes as u8 {
            let of_class = counts.iter().zip(&of_output).filter(|(_, own)| **own == class);
            let counts = statistics::sum(of_class.map(|(counts, _)| counts));
            let code = code(&counts);
            bits += code.bits(&counts);
            codes.push(code);
        }
        Classes { codes, of_output, run: k, bits }
    }

    /// The number of classes, among those that are legal, that takes the fewest bytes, and how often each byte occurs.
    pub fn best(weights: &[u8], k: usize, lanes: u32, legal: &[usize], code: MakeCode) -> (Classes, OfBytes) {
        let one = |counts: &OfBytes| Classes::one(counts, weights.len(), code);
        let may_have_several = k.is_multiple_of(lanes as usize) && (k >= LEAST_RUN || !legal.contains(&1));
        if legal == [1] || !may_have_several {
            let counts = statistics::of_bytes(weights);
            return (one(&counts), counts);
        }
        let counts: Vec<OfBytes> = weights.chunks_exact(k).map(statistics::of_bytes).collect();
        let all = statistics::sum(&counts);
        let sizes: Vec<u64> = counts.iter().map(size).collect();
        let mut ascending: Vec<usize> = (0..sizes.len()).collect();
        ascending.sort_by_key(|output| sizes[*output]);
        let of_count = |classes: usize| match classes {
            1 => one(&all),
            classes => Classes::by_size(&counts, k, classes, &ascending, code),
        };
        let candidates =
            legal.iter().filter(|classes| **classes <= sizes.len()).map(|classes| of_count(*classes));
        let best = candidates.min_by_key(|classes| classes.most_bytes(lanes));
        (best.unwrap_or_else(|| one(&all)), all)
    }

    /// The most bytes of table and payload.
    pub fn most_bytes(&self, lanes: u32) -> u64 {
        2 * self.most_words(lanes) + (TABLE_BYTES * self.codes.len()) as u64
    }

    fn most_words(&self, lanes: u32) -> u64 {
        // A lane takes up to ENOUGH_BITS + 15 bits more than it uses.
        let of_classes = self.of_output.len().div_ceil(outputs_in_word(self.codes.len())) as u64;
        self.bits / 16 + of_classes + u64::from(lanes * (ENOUGH_BITS + 16).div_ceil(16))
    }

    /// The table of a container.
    pub fn table(&self) -> Vec<u8> {
        self.codes.iter().flat_map(Code::write).collect()
    }
}

/// The sum of the magnitudes of weights.
fn size(counts: &OfBytes) -> u64 {
    let magnitude = |byte: u8| u64::from((byte as i8).unsigned_abs());
    (0..=255).zip(counts).map(|(byte, count)| magnitude(byte) * u64::from(*count)).sum()
}

/// Bits of a class.
fn class_bits(classes: usize) -> u32 {
    classes.ilog2()
}

/// Outputs whose classes are in one word.
fn outputs_in_word(classes: usize) -> usize {
    16 / class_bits(classes).max(1) as usize
}

/// What a lane of the encoder has written.
#[derive(Clone, Copy, Default)]
struct Writer {
    /// The last bits, of which the lowest `used` are in the word that is not full.
    bits: u32,
    used: u32,
    /// The words that are taken and not full, from the place `first` on.
    words: [u32; 4],
    first: u32,
    taken: u32,
}

impl Writer {
    /// Takes the word at `place`, if the decoder does here; whether it does, as a number.
    fn take(&mut self, place: u32) -> u32 {
        let takes = u32::from(self.taken.wrapping_mul(16).wrapping_sub(self.used) < ENOUGH_BITS);
        self.words[(self.first.wrapping_add(self.taken) & 3) as usize] = place;
        self.taken = self.taken.wrapping_add(takes);
        takes
    }

    fn place(&self) -> usize {
        self.words[(self.first & 3) as usize] as usize
    }

    /// Writes a code, as in [`Code::codes`].
    fn write(&mut self, code: u32, words: &mut [u16]) {
        let length = code >> 16;
        self.bits = self.bits << length | code & 0xffff;
        let used = self.used.wrapping_add(length);
        // Codes have at least a bit. What is not in this word follows later.
        words[self.place()] = (self.bits << (32u32.wrapping_sub(used) & 31) >> 16) as u16;
        let is_full = used >> 4;
        self.first = self.first.wrapping_add(is_full);
        self.taken = self.taken.wrapping_sub(is_full);
        self.used = used & 15;
    }

    /// Writes the bits that are left.
    fn end(&self, words: &mut [u16]) {
        if self.used > 0 {
            words[self.place()] = (self.bits << (32 - self.used) >> 16) as u16;
        }
    }
}

/// The payload of weights; each must have a code.
pub fn encode(weights: &[u8], classes: &Classes, lanes: u32) -> Vec<u8> {
    let mut encoder = Encoder {
        words: vec![0; classes.most_words(lanes) as usize],
        place: 0,
        writers: vec![Writer::default(); lanes as usize],
    };
    (0..2).for_each(|_| encoder.take(0));
    let codes: Vec<[u32; 256]> = classes.codes.iter().map(Code::codes).collect();
    let of_word = classes.of_output.chunks(outputs_in_word(codes.len()));
    let mut class_words = of_word.map(|word| class_word(word, class_bits(codes.len())));
    for (output, run) in weights.chunks(classes.run).enumerate() {
        if output.is_multiple_of(outputs_in_word(codes.len()))
            && let Some(word) = class_words.next()
        {
            encoder.words[encoder.place as usize] = word;
            encoder.place += 1;
        }
        let class = classes.of_output.get(output).map_or(0, |class| usize::from(*class));
        run.chunks(lanes as usize).for_each(|row| encoder.write(row, &codes[class]));
    }
    encoder.end()
}

fn class_word(classes: &[u8], bits: u32) -> u16 {
    classes.iter().rev().fold(0, |word, class| word << bits | u16::from(*class))
}

struct Encoder {
    words: Vec<u16>,
    place: u32,
    writers: Vec<Writer>,
}

impl Encoder {
    /// The lanes from `first` on take words.
    fn take(&mut self, first: usize) {
        for writer in &mut self.writers[first..] {
            self.place = self.place.wrapping_add(writer.take(self.place));
        }
    }

    /// Writes a row.
    fn write(&mut self, row: &[u8], codes: &[u32; 256]) {
        let mut place = self.place;
        for (writer, byte) in self.writers.iter_mut().zip(row) {
            place = place.wrapping_add(writer.take(place));
            writer.write(codes[usize::from(*byte)], &mut self.words);
        }
        self.place = place;
        self.take(row.len());
    }

    fn end(mut self) -> Vec<u8> {
        self.writers.iter().for_each(|writer| writer.end(&mut self.words));
        self.words.truncate(self.place as usize);
        let mut payload = vec![0; 2 * self.words.len()];
        let bytes = payload.as_chunks_mut::<2>().0.iter_mut();
        bytes.zip(&self.words).for_each(|(bytes, word)| *bytes = word.to_le_bytes());
        payload
    }
}

/// The bits of a lane of the decoder: the lowest `count`, the next one highest.
#[derive(Clone, Copy, Default)]
struct Reader {
    bits: u64,
    count: u32,
}

impl Reader {
    fn needs_word(&self) -> bool {
        self.count < ENOUGH_BITS
    }

    /// Decodes a row: the words in `next` that the lanes take, and one byte of each lane. Gives the number of words.
    fn row(lanes: &mut [Reader], next: &[[u8; 2]], windows: &[u16; 1 << LONGEST], bytes: &mut [u8]) -> usize {
        let mut place = 0usize;
        for (lane, byte) in lanes.iter_mut().zip(bytes) {
            let takes = lane.needs_word();
            // A lane that takes none may be behind the last word.
            let word = next[place.min(next.len() - 1)];
            let shifted = lane.bits << 16 | u64::from(u16::from_le_bytes(word));
            lane.bits = if takes { shifted } else { lane.bits };
            lane.count = lane.count.wrapping_add(if takes { 16 } else { 0 });
            place = place.wrapping_add(usize::from(takes));
            let window = lane.bits >> (lane.count.wrapping_sub(LONGEST) & 63) & ((1 << LONGEST) - 1);
            let entry = windows[window as usize];
            lane.count = lane.count.wrapping_sub((entry >> 8).into());
            *byte = entry as u8;
        }
        place
    }
}

/// The decoder.
pub struct Decoder {
    /// Of each code.
    windows: Vec<Box<[u16; 1 << LONGEST]>>,
    readers: Vec<Reader>,
    /// Weights of an output.
    k: usize,
    /// Words that have been taken, and outputs that have begun.
    words: usize,
    outputs: usize,
    /// The classes of the last output and of those behind it in its word.
    classes: u16,
}

impl Decoder {
    /// A decoder of outputs of `k` weights, by these codes.
    pub fn new(codes: &[Code], k: usize, lanes: u32) -> Decoder {
        let windows =
            codes.iter().map(|code| code.windows().try_into().expect("the code is complete")).collect();
        let readers = vec![Reader::default(); lanes as usize];
        Decoder { windows, readers, k, words: 0, outputs: 0, classes: 0 }
    }

    /// Decodes onto `weights` until there are `count`, or the words end.
    pub fn advance(&mut self, payload: &[u8], count: usize, weights: &mut Vec<u8>) -> Result<(), Fault> {
        let words = payload.as_chunks::<2>().0;
        while self.words < 2 * self.readers.len() {
            let lane = self.words % self.readers.len();
            let word = self.word(words)?;
            let Reader { bits, count } = self.readers[lane];
            self.readers[lane] = Reader { bits: bits << 16 | u64::from(word), count: count + 16 };
        }
        let run = if self.windows.len() > 1 { self.k } else { count };
        while weights.len() < count {
            if weights.len() == self.outputs * run {
                self.begin_output(words)?;
            }
            self.rows(words, count.min(self.outputs * run), weights)?;
        }
        Ok(())
    }

    fn begin_output(&mut self, words: &[[u8; 2]]) -> Result<(), Fault> {
        let classes = self.windows.len();
        match self.outputs.is_multiple_of(outputs_in_word(classes)) {
            true if classes > 1 => self.classes = self.word(words)?,
            _ => self.classes >>= class_bits(classes),
        }
        self.outputs += 1;
        Ok(())
    }

    fn word(&mut self, words: &[[u8; 2]]) -> Result<u16, Fault> {
        let word = words.get(self.words).ok_or(Fault::Early)?;
        self.words += 1;
        Ok(u16::from_le_bytes(*word))
    }

    /// Decodes rows up to the weight `end`.
    fn rows(&mut self, words: &[[u8; 2]], end: usize, weights: &mut Vec<u8>) -> Result<(), Fault> {
        let lanes = self.readers.len();
        let windows = &self.windows[usize::from(self.classes) & (self.windows.len() - 1)];
        let mut done = weights.len();
        let mut rest = &words[self.words..];
        // A weight takes a bit at least: what a header claims is no reason to take memory.
        let bits = 16 * rest.len() + self.readers.iter().map(|reader| reader.count as usize).sum::<usize>();
        weights.resize(end.min(done + bits) + lanes, 0);
        let mut result = Ok(());
        while done < end {
            let need = || self.readers.iter().filter(|reader| reader.needs_word()).count();
            if rest.len() < lanes && rest.len() < need() {
                result = Err(Fault::Early);
                break;
            }
            let next = if rest.is_empty() { &[[0; 2]][..] } else { rest };
            let row = &mut weights[done..done + lanes];
            rest = &rest[Reader::row(&mut self.readers, next, windows, row)..];
            done = end.min(done + lanes);
        }
        self.words = words.len() - rest.len();
        weights.truncate(done);
        result
    }
}
