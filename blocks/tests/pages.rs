//! A block's page states the parameters, registers and paths that the block has, and the README lists every block.
//! `UPDATE_PAGES=1` writes these parts.

use blocks::block::Block;
use blocks::parameters::{Settings, table};
use blocks::{paths, registry};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// A part of a page: how it begins, and what it must say.
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

/// A text wrapped to lines as long as those of the pages.
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

/// The paragraph or table of a page that begins with this text, with its line break.
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

/// A page with its parts replaced by what they must say; fails if one differs and must not be written.
fn checked(page: &str, name: &str, parts: Vec<Part>) -> String {
    let mut page = page.to_string();
    for Part { begins, text } in parts {
        let Some(found) = found(&page, begins) else {
            panic!("the page of {name} lacks a part that begins with `{begins}`:\n{text}");
        };
        if env::var_os("UPDATE_PAGES").is_none() {
            assert_eq!(found, text, "on the page of {name}; UPDATE_PAGES=1 writes it");
        }
        page = page.replace(found, &text);
    }
    page
}

#[test]
fn pages_say_what_blocks_have() {
    for block in registry::blocks() {
        let page = checked(block.documentation, block.name, parts(block));
        if page != block.documentation {
            fs::write(page_of(block.name), page).expect("the page can be written");
        }
    }
}

#[test]
fn the_readme_lists_every_block() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let line = |block: &Block| {
        let page = page_of(block.name);
        let place = page.strip_prefix(env!("CARGO_MANIFEST_DIR")).expect("the page is in the crate");
        format!("| [`{}`](blocks/{}) | {} |\n", block.name, place.display(), block.summary)
    };
    let lines: String = registry::blocks().iter().map(line).collect();
    let table =
        Part { begins: "| block |", text: format!("| block | what it does |\n| --- | --- |\n{lines}") };
    let readme = fs::read_to_string(root.join("README.md")).expect("there is a README");
    let page = checked(&readme, "README.md", vec![table]);
    if page != readme {
        fs::write(root.join("README.md"), page).expect("the README can be written");
    }
}

fn names_silu(path: &Path) -> bool {
    let names = ["silu::", "\"silu\"", "mod silu"];
    fs::read_to_string(path).is_ok_and(|text| names.iter().any(|name| text.contains(name)))
}

/// A new block is a folder, and a line in the lists of its system and of all blocks: no other program names it but a block that has it
/// as a part.
#[test]
fn a_block_is_named_in_its_folder_and_in_the_lists() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut naming = vec![];
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("it is a folder").flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            let is_ours = !name.starts_with('.') && name != "target" && name != "silu";
            match path.is_dir() {
                true if is_ours => folders.push(path),
                false if !name.ends_with(".md") && names_silu(&path) => naming.push(path),
                _ => {}
            }
        }
    }
    let relative = |path: &PathBuf| path.strip_prefix(&root).expect("it is inside").display().to_string();
    let mut naming: Vec<String> = naming.iter().map(relative).collect();
    naming.sort();
    let user = "blocks/meadow/meadow_decoder_layer/params.rs";
    assert_eq!(naming, [user, "blocks/nonlinear/mod.rs", "blocks/registry.rs", "blocks/tests/pages.rs"]);
}
