//! The top module of a block: its name and its header.

use crate::block::Block;
use crate::parameters::{Parameters, Values};
use hdl::{Design, Module, ModuleRef};

/// The longest line of a header.
const LINE: usize = 100;

/// The top module of a block: its name, and a header of what it is, how fast, its source and its parameters.
pub fn block<P: Parameters>(
    design: &Design,
    block: &Block,
    params: &P,
    about: &[&str],
    contents: impl FnOnce(&Module),
) -> ModuleRef {
    module(design, block.name, &params.name_parts(), |m| {
        about.iter().for_each(|line| m.describe(line));
        let source = match block.section {
            "" => format!("Source: {}.", block.source),
            section => format!("Source: {}, {section}.", block.source),
        };
        lines(&source).iter().for_each(|line| m.describe(line));
        params.values().into_iter().for_each(|(name, value)| m.parameter(&name, value));
        contents(m);
    })
}

/// The words of a text in lines.
fn lines(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is a line");
        match line.is_empty() {
            true => line.push_str(word),
            false if line.len() + 1 + word.len() <= LINE => *line += &format!(" {word}"),
            false => lines.push(word.into()),
        }
    }
    lines
}

/// A module of a design, whose name is `name` and behind it the `parts` that distinguish it.
pub fn module(design: &Design, name: &str, parts: &[String], build: impl FnOnce(&Module)) -> ModuleRef {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    design.module(name, &parts, build)
}
