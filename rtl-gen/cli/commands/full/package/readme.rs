//! The page of a package.

use super::contents::{Contents, render};
use super::flow::Flow;
use crate::block::views;
use serde::Serialize;
use tera::Context;

/// Its name.
pub const FILE: &str = "README.md";

/// A tool's part of the page.
#[derive(Serialize)]
struct Section {
    name: &'static str,
    about: &'static str,
    usage: String,
}

/// A parameter of the block.
#[derive(Serialize)]
struct ParameterView {
    name: String,
    value: String,
    meaning: String,
}

/// The page, as name and text.
pub fn file(contents: &Contents, flows: &[&'static Flow]) -> (String, String) {
    let block = contents.chosen.block;
    let configured = contents.chosen.configured.as_ref();
    let timing = views::timing(configured);
    let mut context: Context = contents.context();
    context.insert("source", block.source);
    context.insert("section", block.section);
    context.insert("parameters", &parameters(contents));
    context.insert("ports", &contents.ports);
    context.insert("latency", &views::cycles(timing.latency));
    context.insert("has_parts", &(contents.sources.len() > 1));
    context.insert("throughput", &timing.throughput());
    context.insert("notes", &configured.notes());
    context.insert("has_registers", &configured.registers().is_some());
    let section =
        |flow: &&'static Flow| Section { name: flow.name, about: flow.about, usage: (flow.usage)(contents) };
    context.insert("flows", &flows.iter().map(section).collect::<Vec<_>>());
    (FILE.into(), render(include_str!("templates/README.md.tera"), &context))
}

/// Each parameter with its value and its meaning.
fn parameters(contents: &Contents) -> Vec<ParameterView> {
    let declared = contents.chosen.block.parameters();
    let values = contents.chosen.configured.values();
    let view = |(name, value): (String, String)| {
        let declared = declared.iter().find(|parameter| parameter.name == name);
        let meaning = declared.map_or_else(String::new, |parameter| parameter.meaning.to_string());
        ParameterView { name, value, meaning }
    };
    values.into_iter().map(view).collect()
}
