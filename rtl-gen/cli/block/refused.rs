//! Combinations of values that a block refuses although each value is legal.

use crate::block::selection::Given;
use crate::terminal::json;
use blocks::block::Block;
use blocks::parameters::{Legal, Parameter};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// Of an integer parameter with more values than this, only the smallest and the largest are tried.
const MOST_VALUES: u64 = 8;

/// Values that the block refuses in combination with the given ones.
#[derive(Serialize)]
pub struct Refused {
    #[serde(serialize_with = "json::serialize_parameters")]
    parameters: Vec<(String, String)>,
    reason: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: Vec<String> =
            self.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        write!(f, "{}: {}", values.join(" "), self.reason)
    }
}

/// Combinations that the block refuses when one or two parameters change from the given values, or from their defaults:
/// one example per rule.
pub fn examples(block: &Block, given: &Given) -> Vec<Refused> {
    let choices: Vec<(String, String)> = block
        .parameters()
        .iter()
        .flat_map(|parameter| values(parameter).into_iter().map(|value| (parameter.name.to_string(), value)))
        .collect();
    let conflict = |changes: &[&(String, String)]| given.with(changes).conflict(block);
    let mut found = Found { rules: BTreeSet::new(), examples: vec![] };
    let mut taken = vec![];
    for choice in &choices {
        match conflict(&[choice]) {
            Some(reason) => found.add(&[choice], reason),
            None => taken.push(choice),
        }
    }
    for (place, one) in taken.iter().enumerate() {
        for other in taken[place + 1..].iter().filter(|other| other.0 != one.0) {
            if let Some(reason) = conflict(&[one, other]) {
                found.add(&[one, other], reason);
            }
        }
    }
    found.examples
}

/// The examples, and the text that identifies each rule.
struct Found {
    rules: BTreeSet<String>,
    examples: Vec<Refused>,
}

impl Found {
    fn add(&mut self, changes: &[&(String, String)], reason: String) {
        // The text of a rule without its values, which stand between backticks or are numbers.
        let words = reason.split('`').step_by(2).flat_map(|part| part.split(|c: char| c.is_ascii_digit()));
        if self.rules.insert(words.filter(|part| !part.is_empty()).collect()) {
            let parameters = changes.iter().map(|change| (*change).clone()).collect();
            self.examples.push(Refused { parameters, reason });
        }
    }
}

fn values(parameter: &Parameter) -> Vec<String> {
    match &parameter.legal {
        Legal::OneOf(values) => values.iter().map(|value| value.to_string()).collect(),
        Legal::Integer { min, max } if max - min < MOST_VALUES => {
            (*min..=*max).map(|v| v.to_string()).collect()
        }
        Legal::Integer { min, max } => vec![min.to_string(), max.to_string()],
    }
}
