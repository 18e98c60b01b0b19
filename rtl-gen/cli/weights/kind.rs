//! The kind of a file, by its first bytes: names prove nothing.

use crate::terminal::error::Error;
use blocks::meadow::packing::MAGIC;
use std::fmt;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

/// The kinds that can be recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Folder,
    Safetensors,
    Npy,
    Gguf,
    Json,
    Zip,
    Pickle,
    Hdf5,
    /// What `gen-rtl pack --scheme` writes.
    Container,
    Unknown,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Folder => "a folder",
            Kind::Safetensors => "a safetensors file",
            Kind::Npy => "a NumPy array (.npy)",
            Kind::Gguf => "a GGUF file",
            Kind::Json => "JSON, such as an index of shards",
            Kind::Zip => "a ZIP archive, such as .npz or PyTorch's .pt and .bin",
            Kind::Pickle => "a pickle, such as PyTorch's older .pt and .bin",
            Kind::Hdf5 => "an HDF5 file",
            Kind::Container => "a container of packed int8 weights (.wpak)",
            Kind::Unknown => "of an unknown kind",
        })
    }
}

impl Kind {
    /// Finds the kind of a file.
    pub fn of(path: &Path) -> Result<Kind, Error> {
        let refused = |error| Error::io(format!("read {}", path.display()), error);
        let data = fs::metadata(path).map_err(refused)?;
        if data.is_dir() {
            return Ok(Kind::Folder);
        }
        // A pipe cannot be read in parts.
        if !data.is_file() {
            return Err(Error::new(format!("{} is not a regular file", path.display())));
        }
        let mut head = vec![];
        File::open(path).and_then(|file| file.take(9).read_to_end(&mut head)).map_err(refused)?;
        Ok(Kind::of_head(&head))
    }

    fn of_head(head: &[u8]) -> Kind {
        // The length of the header, and the header, a JSON object.
        let is_safetensors = head.get(8) == Some(&b'{') && head[4..8] == [0; 4];
        match head {
            _ if head.starts_with(b"\x93NUMPY") => Kind::Npy,
            _ if head.starts_with(b"GGUF") => Kind::Gguf,
            _ if head.starts_with(&MAGIC) => Kind::Container,
            _ if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") => Kind::Zip,
            _ if head.starts_with(b"\x89HDF\r\n\x1a\n") => Kind::Hdf5,
            [0x80, 2..=5, ..] => Kind::Pickle,
            _ if is_safetensors => Kind::Safetensors,
            _ if head.trim_ascii_start().first() == Some(&b'{') => Kind::Json,
            _ => Kind::Unknown,
        }
    }

    /// Advice for a file of this kind, if there is any.
    pub fn advice(self) -> Option<&'static str> {
        match self {
            Kind::Zip | Kind::Pickle | Kind::Hdf5 => {
                Some("save the weights as .safetensors, or one matrix with `numpy.save` as .npy")
            }
            Kind::Container => Some("`gen-rtl unpack` unpacks it"),
            Kind::Folder | Kind::Safetensors | Kind::Npy | Kind::Gguf | Kind::Json | Kind::Unknown => None,
        }
    }

    /// The error for a file of this kind where `wanted` was expected.
    pub fn refused(self, path: &Path, wanted: &str) -> Error {
        let refused = Error::new(format!("{} is not a {wanted}: it is {self}", path.display()));
        match self.advice() {
            Some(advice) => refused.help(advice),
            None => refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell() {
        for (head, kind) in [
            (&b"\x93NUMPY\x01\x00v"[..], Kind::Npy),
            (b"GGUF\x03\0\0\0\0", Kind::Gguf),
            (b"WPAK\x01\x02\0\x10", Kind::Container),
            (b"PK\x03\x04", Kind::Zip),
            (b"\x80\x02}q\0", Kind::Pickle),
            // A header of 123 bytes: the first byte is also that of a JSON object.
            (b"{\0\0\0\0\0\0\0{", Kind::Safetensors),
            (b"{\"weight_", Kind::Json),
            (b" \n{}", Kind::Json),
            (b"", Kind::Unknown),
            (b"\x7fELF", Kind::Unknown),
        ] {
            assert_eq!(Kind::of_head(head), kind, "{head:?}");
        }
    }
}
