//! JSON on standard output and in manifests.

use serde::{Serialize, Serializer};
use serde_json::Value;
use std::io::{self, Write};

/// JSON text for people and programs, with a final newline.
pub fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("keys are strings and values are finite") + "\n"
}

/// Writes [`pretty`] text.
pub fn write(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    out.write_all(pretty(value).as_bytes())
}

/// A parameter's value: an integer or a boolean if it parses as one, else a string.
pub fn parameter(value: &str) -> Value {
    match (value.parse::<u64>(), value.parse::<bool>()) {
        (Ok(integer), _) => integer.into(),
        (_, Ok(boolean)) => boolean.into(),
        _ => value.into(),
    }
}

/// Parameters by name, in order.
pub fn parameters(values: &[(String, String)]) -> Value {
    values.iter().map(|(name, value)| (name.clone(), parameter(value))).collect()
}

/// The same, for a field of a serialised struct.
pub fn serialize_parameters<S: Serializer>(
    values: &[(String, String)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    parameters(values).serialize(serializer)
}
