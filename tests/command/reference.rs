//! The command's page: every command and every key of its JSON is in it.

use crate::arguments::COMMANDS;
use crate::support::Workplace;
use serde_json::Value;
use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../rtl-gen/cli/README.md");

/// Keys of objects that have keys of their own: names of parameters, fields, cells, files.
const OPEN: [&str; 6] = ["parameters", "inputs", "cells", "files", "kept_parameters", "$defs"];

/// Panics if a key of a document is not in the section on JSON.
#[track_caller]
pub fn describes(document: &Value) {
    let (_, section) = PAGE.split_once("\n## JSON\n").expect("a section on JSON");
    let section = section.split("\n## ").next().expect("a section");
    let quoted = section.split('`').skip(1).step_by(2);
    let words: BTreeSet<&str> =
        quoted.flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && c != '_')).collect();
    let missing: Vec<String> =
        keys(document).into_iter().filter(|key| !words.contains(key.as_str())).collect();
    assert!(missing.is_empty(), "rtl-gen/cli/README.md does not describe {missing:?}");
}

fn keys(document: &Value) -> BTreeSet<String> {
    match document {
        Value::Array(items) => items.iter().flat_map(keys).collect(),
        Value::Object(members) => {
            let below =
                |(key, value): (&String, &Value)| match OPEN.contains(&key.as_str()) && value.is_object() {
                    true => BTreeSet::new(),
                    false => keys(value),
                };
            members.keys().cloned().chain(members.iter().flat_map(below)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => BTreeSet::new(),
    }
}

#[test]
fn every_command_is_on_the_page() {
    for command in COMMANDS {
        assert!(
            PAGE.contains(&format!("`gen-rtl {command}")),
            "rtl-gen/cli/README.md lacks `gen-rtl {command}`"
        );
    }
}

#[test]
fn every_key_of_cheap_documents_is_on_the_page() {
    let workplace = Workplace::new();
    for line in [
        "list --json",
        "describe pacq_mul --json",
        "--block pacq_mul --json --out mul",
        "--block pacq_mul --keep-parameter weight_bits=2,4 --json --out kept",
        "verify pacq_mul --vectors 10 --json",
        "mutate pacq_mul --set weight_bits=2 --mutants 2 --json",
        "testbench pacq_mul --vectors 10 --json --out bench",
        "report meadow --no-simulation --json",
    ] {
        let arguments: Vec<&str> = line.split(' ').collect();
        describes(&serde_json::from_str(&workplace.run(&arguments).succeeded()).expect(line));
    }
}
