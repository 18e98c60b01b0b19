//! The header of a GGUF file: metadata, and the places of tensors.

use crate::terminal::error::Error;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

/// A tensor.
pub struct Info {
    /// Dimensions, the innermost first.
    pub shape: Vec<usize>,
    pub type_number: u32,
    pub first_byte: u64,
    /// Bytes from there to the end of the file.
    pub available: u64,
}

/// What a header says.
pub struct Contents {
    pub tensors: BTreeMap<String, Info>,
    /// The metadata that are one number.
    pub numbers: BTreeMap<String, f64>,
    /// The kind of model.
    pub architecture: Option<String>,
}

/// The deepest nesting of arrays.
const DEEPEST: u32 = 8;

/// The longest name of a tensor or of metadata, in bytes.
const LONGEST_NAME: u64 = 1 << 16;

/// Reads where tensors are. No length in the file is trusted before it is checked against the file's size.
pub fn read(path: &Path) -> Result<Contents, Error> {
    let refused = |error| Error::io(format!("read {}", path.display()), error);
    let wrong = |what: String| Error::new(format!("{} is not a complete GGUF file: {what}", path.display()));
    let file = File::open(path).map_err(refused)?;
    let length = file.metadata().map_err(refused)?.len();
    let mut header = Header { input: BufReader::new(file), length, place: 0 };
    let (mut contents, start) = header.contents().map_err(|what| match what {
        Refusal::Io(error) => refused(error),
        Refusal::Wrong(what) => wrong(what),
    })?;
    for (name, info) in &mut contents.tensors {
        info.first_byte =
            start.checked_add(info.first_byte).filter(|first| *first <= length).ok_or_else(|| {
                wrong(format!("`{name}` begins {} bytes after the header, beyond the end", info.first_byte))
            })?;
        info.available = length - info.first_byte;
    }
    Ok(contents)
}

enum Refusal {
    Io(io::Error),
    Wrong(String),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Refusal {
        Refusal::Io(error)
    }
}

/// The type numbers of metadata.
mod value {
    pub const UINT32: u32 = 4;
    pub const FLOAT32: u32 = 6;
    pub const STRING: u32 = 8;
    pub const ARRAY: u32 = 9;
}

struct Header<R> {
    input: R,
    length: u64,
    place: u64,
}

impl<R: Read> Header<R> {
    /// Tensors, at offsets from the start of the data, metadata, and that start.
    fn contents(&mut self) -> Result<(Contents, u64), Refusal> {
        self.skip(4)?;
        match self.u32()? {
            2 | 3 => {}
            version if version & 0xffff == 0 => {
                return Err(Refusal::Wrong("its numbers are big-endian, which is not supported".into()));
            }
            version => return Err(Refusal::Wrong(format!("its version is {version}: expected 2 or 3"))),
        }
        let (tensor_count, metadata_count) = (self.u64()?, self.u64()?);
        let (mut numbers, mut architecture) = (BTreeMap::new(), None);
        for _ in 0..metadata_count {
            let key = self.name()?;
            match self.u32()? {
                value::UINT32 => drop(numbers.insert(key, f64::from(self.u32()?))),
                value::FLOAT32 => drop(numbers.insert(key, f64::from(f32::from_bits(self.u32()?)))),
                value::STRING if key == "general.architecture" => architecture = Some(self.name()?),
                kind => self.skip_value(kind, DEEPEST)?,
            }
        }
        let alignment = numbers.get("general.alignment").map_or(32, |alignment| *alignment as u64);
        if !alignment.is_power_of_two() {
            return Err(Refusal::Wrong(format!("general.alignment is {alignment}: expected a power of two")));
        }
        let mut tensors = BTreeMap::new();
        for _ in 0..tensor_count {
            let name = self.name()?;
            let dimensions = self.u32()?;
            if dimensions > 4 {
                return Err(Refusal::Wrong(format!(
                    "`{name}` has {dimensions} dimensions: at most 4 are allowed"
                )));
            }
            let mut shape = vec![];
            for _ in 0..dimensions {
                shape.push(self.u64()? as usize);
            }
            let (type_number, first_byte) = (self.u32()?, self.u64()?);
            let info = Info { shape, type_number, first_byte, available: 0 };
            if tensors.insert(name.clone(), info).is_some() {
                return Err(Refusal::Wrong(format!("`{name}` occurs twice")));
            }
        }
        Ok((Contents { tensors, numbers, architecture }, self.place.next_multiple_of(alignment)))
    }

    /// Refuses to read beyond the end.
    fn advance(&mut self, bytes: u64) -> Result<(), Refusal> {
        match self.length.checked_sub(self.place).is_some_and(|left| bytes <= left) {
            true => {
                self.place += bytes;
                Ok(())
            }
            false => Err(Refusal::Wrong(format!(
                "{bytes} bytes are expected after byte {}, but the file has {}",
                self.place, self.length
            ))),
        }
    }

    fn bytes<const COUNT: usize>(&mut self) -> Result<[u8; COUNT], Refusal> {
        self.advance(COUNT as u64)?;
        let mut bytes = [0; COUNT];
        self.input.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn u32(&mut self) -> Result<u32, Refusal> {
        Ok(u32::from_le_bytes(self.bytes()?))
    }

    fn u64(&mut self) -> Result<u64, Refusal> {
        Ok(u64::from_le_bytes(self.bytes()?))
    }

    fn name(&mut self) -> Result<String, Refusal> {
        let length = self.u64()?;
        if length > LONGEST_NAME {
            return Err(Refusal::Wrong(format!(
                "a name has {length} bytes: at most {LONGEST_NAME} are allowed"
            )));
        }
        self.advance(length)?;
        let mut bytes = vec![0; length as usize];
        self.input.read_exact(&mut bytes)?;
        String::from_utf8(bytes).map_err(|_| Refusal::Wrong("a name is not UTF-8".into()))
    }

    fn skip(&mut self, bytes: u64) -> Result<(), Refusal> {
        self.advance(bytes)?;
        io::copy(&mut self.input.by_ref().take(bytes), &mut io::sink())?;
        Ok(())
    }

    fn skip_value(&mut self, kind: u32, depth: u32) -> Result<(), Refusal> {
        match kind {
            value::STRING => {
                let length = self.u64()?;
                self.skip(length)
            }
            value::ARRAY if depth == 0 => {
                Err(Refusal::Wrong(format!("arrays are nested more than {DEEPEST} deep")))
            }
            value::ARRAY => {
                let (kind, count) = (self.u32()?, self.u64()?);
                match size(kind) {
                    Some(size) => self.skip(size.saturating_mul(count)),
                    None => (0..count).try_for_each(|_| self.skip_value(kind, depth - 1)),
                }
            }
            _ => match size(kind) {
                Some(size) => self.skip(size),
                None => Err(Refusal::Wrong(format!("a metadata value has the unknown type {kind}"))),
            },
        }
    }
}

/// Bytes of a number of a type: 8 to 32 bit integers, a 32-bit float, a boolean; 64-bit integers and a 64-bit float.
fn size(kind: u32) -> Option<u64> {
    match kind {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}
