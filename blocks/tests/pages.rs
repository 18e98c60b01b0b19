//! What a block's page says of its parameters, registers and paths is what the block has. `UPDATE_PAGES=1` writes it into the pages.

use blocks::block::Block;
use blocks::parameters::{Settings, table};
use blocks::{paths, registry};
use std::path::PathBuf;
use std::{env, fs};

/// A part of a page: how it begins, and what it must be.
struct Part {
    begins: &'static str,
    text: String,
}

fn parts(block: &Block) -> Vec<Part> {
    let configured = block.configure(&Settings::new()).expect("the defaults are legal");
    let mut parts = vec![
        Part { begins: table::HEADER, text: table::table(&block.parameters()) },
        Part { begins: "Combinational paths:", text: wrapped(&paths::sentence(&*configured)) },
    ];
    if let Some(map) = configured.registers() {
        parts.push(Part { begins: "| address |", text: map.table() });
    }
    parts
}

/// Words in lines that are as long as those of the pages.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is a line");
        match line.is_empty() {
            true => line.push_str(word),
            false if line.len() + 1 + word.len() <= 128 => *line += &format!(" {word}"),
            false => lines.push(word.into()),
        }
    }
    lines.join("\n") + "\n"
}

/// The paragraph or table of a page that begins so, with its line break.
fn found<'a>(page: &'a str, begins: &str) -> Option<&'a str> {
    let start = match page.starts_with(begins) {
        true => 0,
        false => page.find(&format!("\n{begins}"))? + 1,
    };
    let length = page[start..].find("\n\n").map_or(page.len() - start, |end| end + 1);
    Some(&page[start..start + length])
}

fn page_of(block: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let systems = fs::read_dir(root).expect("the crate is there").flatten();
    let mut pages = systems.map(|system| system.path().join(block).join("README.md"));
    pages.find(|page| page.exists()).unwrap_or_else(|| panic!("{block} has a page"))
}

#[test]
fn pages_say_what_blocks_have() {
    let is_update = env::var_os("UPDATE_PAGES").is_some();
    for block in registry::blocks() {
        let mut page = block.documentation().to_string();
        for Part { begins, text } in parts(block) {
            let found = found(&page, begins).unwrap_or_else(|| {
                panic!("the page of {} lacks a part that begins with `{begins}`:\n{text}", block.name())
            });
            if is_update {
                page = page.replace(found, &text);
            } else {
                assert_eq!(found, text, "on the page of {}; UPDATE_PAGES=1 writes it", block.name());
            }
        }
        if is_update && page != block.documentation() {
            fs::write(page_of(block.name()), page).expect("the page can be written");
        }
    }
}
