//! The fields of streams and channels, by name.

/// One field of a stream's payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name: the port is `<stream>_<name>`.
    pub name: String,
    /// Width in bits.
    pub width: u32,
    /// What it carries, one line.
    pub meaning: String,
}

impl Field {
    /// A field.
    pub fn new(name: &str, width: u32, meaning: &str) -> Field {
        Field { name: name.into(), width, meaning: meaning.into() }
    }
}
