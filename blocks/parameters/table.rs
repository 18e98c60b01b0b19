//! The table of parameters on a block's page.

use super::{Legal, Parameter};

/// The first line of the table.
pub const HEADER: &str = "| name | legal | default | |";

/// A table in Markdown: a line for each parameter.
pub fn table(parameters: &[Parameter]) -> String {
    let line = |Parameter { name, meaning, legal, default }: &Parameter| {
        let default = if legal.allows(default) { literal(default) } else { default.clone() };
        format!("| `{name}` | {} | {default} | {meaning} |\n", values(legal))
    };
    let lines: String = parameters.iter().map(line).collect();
    format!("{HEADER}\n| --- | --- | --- | --- |\n{lines}")
}

fn values(legal: &Legal) -> String {
    match legal {
        Legal::OneOf(values) => values.iter().map(|value| literal(value)).collect::<Vec<_>>().join(", "),
        Legal::Integer { .. } => legal.to_string(),
    }
}

/// A value as it is written in text: words are quoted, numbers are not.
fn literal(value: &str) -> String {
    match value.parse::<u64>() {
        Ok(_) => value.into(),
        Err(_) => format!("`{value}`"),
    }
}
