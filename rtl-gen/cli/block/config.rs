//! Parameters from a TOML file: one flat table of strings, integers and booleans.

use crate::terminal::error::Error;
use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;
use toml::{Spanned, Value};

/// A parameter read from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its value, written as on the command line.
    pub value: String,
    /// The line that sets it; lines count from 1.
    pub line: usize,
}

/// Reads the parameters of a file, sorted by name. Errors name the file and the line.
pub fn read(path: &Path) -> Result<BTreeMap<String, Setting>, Error> {
    let text =
        fs::read_to_string(path).map_err(|error| Error::io(format!("read {}", path.display()), error))?;
    parse(&text).map_err(|(line, reason)| {
        Error::new(format!("{}:{line}: {reason}", path.display()))
            .help("a parameter file has lines such as `weight_bits = 4` and `activation = \"fp16\"`")
    })
}

/// Parses parameters from text; an error comes with its line number.
pub fn parse(text: &str) -> Result<BTreeMap<String, Setting>, (usize, String)> {
    let line = |span: Range<usize>| 1 + text[..span.start].matches('\n').count();
    let table: BTreeMap<Spanned<String>, Spanned<Value>> = toml::from_str(text)
        .map_err(|error| (line(error.span().unwrap_or_default()), error.message().replace('\n', ", ")))?;
    let settings = table.into_iter().map(|(name, value)| {
        let line = line(name.span());
        let name = name.into_inner();
        match scalar(value.get_ref()) {
            Some(value) => Ok((name, Setting { value, line })),
            None => Err((line, not_scalar(&name, value.get_ref()))),
        }
    });
    settings.collect()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(integer) => Some(integer.to_string()),
        Value::Boolean(boolean) => Some(boolean.to_string()),
        _ => None,
    }
}

fn not_scalar(name: &str, value: &Value) -> String {
    format!("`{name}` is of type {}: a parameter is a string, an integer or a boolean", value.type_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_value_reads_as_on_the_command_line() {
        let settings = parse("# comment\na = \"x\"\n\nb = 4\n\"c\" = true\nd = 0x10\n").unwrap();
        let found: Vec<_> = settings
            .iter()
            .map(|(name, setting)| (name.as_str(), setting.value.as_str(), setting.line))
            .collect();
        assert_eq!(found, [("a", "x", 2), ("b", "4", 4), ("c", "true", 5), ("d", "16", 6)]);
    }

    #[test]
    fn errors_have_the_line() {
        let line_and_reason = |text| parse(text).unwrap_err();
        assert_eq!(line_and_reason("a = 1\nb = \n").0, 2);
        assert_eq!(line_and_reason("a = 1\nb = 2\na = 3\n").0, 3);
        let (line, reason) = line_and_reason("a = 1\n[b]\nc = 2\n");
        assert_eq!((line, reason.contains("`b` is of type table")), (2, true), "{reason}");
        let (line, reason) = line_and_reason("\n\na = 1.5\n");
        assert_eq!((line, reason.contains("`a` is of type float")), (3, true), "{reason}");
    }
}
