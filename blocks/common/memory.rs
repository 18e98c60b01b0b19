//! A memory of bytes behind a bus, of which only a part is there: for golden models.

/// Bits of an address.
pub const ADDRESS_BITS: u32 = 32;

/// The bytes, by words that are transferred whole.
pub struct Memory {
    bytes: Vec<u8>,
    is_known: Vec<bool>,
    word: u64,
    /// A word that is not there was read.
    pub read_failed: bool,
    /// A word that is not there was written.
    pub write_failed: bool,
    /// What is written is not known, only where.
    pub writes_unknown: bool,
    /// A byte that is not known was read.
    pub has_read_unknown: bool,
}

impl Memory {
    /// `words` words of `word` bytes, all 0.
    pub fn new(words: u64, word: u32) -> Memory {
        let size = words as usize * word as usize;
        Memory {
            bytes: vec![0; size],
            is_known: vec![true; size],
            word: word.into(),
            read_failed: false,
            write_failed: false,
            writes_unknown: false,
            has_read_unknown: false,
        }
    }

    /// The same, of which nothing is known.
    pub fn unknown(words: u64, word: u32) -> Memory {
        let known = Memory::new(words, word);
        Memory { is_known: vec![false; known.bytes.len()], ..known }
    }

    /// Forgets what has gone wrong.
    pub fn begin(&mut self) {
        (self.read_failed, self.write_failed, self.has_read_unknown) = (false, false, false);
    }

    /// Whether the words of some bytes are there. A word beyond the last address is the first one.
    fn place(&self, address: u64) -> Option<usize> {
        let address = address % (1 << ADDRESS_BITS);
        usize::try_from(address).ok().filter(|address| *address < self.bytes.len())
    }

    /// Reads a word: zeros if it is not there. None if a byte of it is not known.
    pub fn word(&self, address: u64) -> Option<Vec<u8>> {
        let start = address / self.word * self.word;
        let is_known = |byte| self.place(byte).is_none_or(|place| self.is_known[place]);
        let bytes = start..start + self.word;
        bytes.map(|byte| is_known(byte).then(|| self.byte(byte).unwrap_or(0))).collect()
    }

    /// Writes a word, if it is there.
    pub fn set_word(&mut self, address: u64, bytes: &[u8]) {
        let start = address / self.word * self.word;
        for (address, byte) in (start..).zip(bytes) {
            if let Some(place) = self.place(address) {
                self.bytes[place] = *byte;
                self.is_known[place] = true;
            }
        }
    }

    /// A byte, if it is there.
    pub fn byte(&self, address: u64) -> Option<u8> {
        self.place(address).map(|place| self.bytes[place])
    }

    /// Reads bytes; zeros where they are not there.
    pub fn read(&mut self, address: u64, count: usize) -> Vec<u8> {
        let places = (address..address + count as u64).map(|address| self.place(address));
        let places: Vec<Option<usize>> = places.collect();
        self.read_failed |= places.contains(&None);
        self.has_read_unknown |= places.iter().flatten().any(|place| !self.is_known[*place]);
        places.into_iter().map(|place| place.map_or(0, |place| self.bytes[place])).collect()
    }

    /// Writes bytes where they are there.
    pub fn write(&mut self, address: u64, bytes: &[u8]) {
        for (address, byte) in (address..).zip(bytes) {
            match self.place(address) {
                Some(place) => {
                    self.bytes[place] = *byte;
                    self.is_known[place] = !self.writes_unknown;
                }
                None => self.write_failed = true,
            }
        }
    }

    /// Reads integers of 8 bits.
    pub fn bytes(&mut self, address: u64, count: usize) -> Vec<i64> {
        self.read(address, count).into_iter().map(|byte| i64::from(byte as i8)).collect()
    }

    /// Reads integers of 16 bits.
    pub fn halves(&mut self, address: u64, count: usize) -> Vec<i64> {
        let bytes = self.read(address, 2 * count);
        bytes.chunks(2).map(|pair| i64::from(i16::from_le_bytes([pair[0], pair[1]]))).collect()
    }

    /// Writes integers of `bytes` bytes.
    pub fn put(&mut self, address: u64, bytes: usize, integers: &[i64]) {
        let all: Vec<u8> =
            integers.iter().flat_map(|integer| integer.to_le_bytes()[..bytes].to_vec()).collect();
        self.write(address, &all);
    }
}
