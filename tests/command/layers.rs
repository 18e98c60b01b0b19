//! Folders are layers: the README lists those of the crates, and a crate's root documentation those of its own
//! folders.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The layers of the README's table: a number for each folder.
fn layers_of_the_readme() -> BTreeMap<String, u32> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let row = |line: &str| {
        let (layer, rest) = line.strip_prefix("| ")?.split_once(" | `")?;
        Some((rest.split_once('`')?.0.to_string(), layer.parse().ok()?))
    };
    readme.lines().filter_map(row).collect()
}

/// The layer of the folder, or of the nearest one around it that has a layer.
fn layer(layers: &BTreeMap<String, u32>, folder: &str) -> u32 {
    let around = Path::new(folder).ancestors().find_map(|folder| layers.get(folder.to_str()?));
    *around.unwrap_or_else(|| panic!("the README's table of layers lacks `{folder}`"))
}

/// The crates of the workspace: each folder, with the folders of its dependencies except those of its tests.
fn crates() -> Vec<(String, Vec<String>)> {
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version=1"];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let folder = |path: &Value| {
        let folder = Path::new(path.as_str()?).strip_prefix(root()).ok()?;
        Some(folder.to_str()?.to_string())
    };
    let packages = metadata["packages"].as_array().unwrap().iter();
    let manifests = packages.map(|package| (folder(&package["manifest_path"]).unwrap(), package));
    let crates = manifests.map(|(manifest, package)| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        let built_from = dependencies.filter(|dependency| dependency["kind"] != "dev");
        let folders = built_from.filter_map(|dependency| folder(&dependency["path"]));
        (manifest.trim_end_matches("Cargo.toml").trim_end_matches('/').into(), folders.collect())
    });
    crates.collect()
}

#[test]
fn a_crate_takes_from_lower_layers() {
    let layers = layers_of_the_readme();
    let crates = crates();
    assert!(crates.iter().any(|(folder, below)| folder == "fpga" && below.contains(&"testbenches".into())));
    for (folder, below) in crates.iter().filter(|(folder, _)| !folder.is_empty()) {
        for other in below {
            // The crate at the root is the command under another name.
            let other = if other.is_empty() { "rtl-gen/cli" } else { other };
            let (its, others) = (layer(&layers, folder), layer(&layers, other));
            // A crate within another one's folder is a part of the same layer.
            let is_inside = other.starts_with(&format!("{folder}/"));
            assert!(others < its || is_inside, "{folder}, layer {its}, takes from {other}, layer {others}");
        }
    }
}

/// The folders that the documentation of a crate lists as its layers, the upper ones first.
fn folders_of(page: &str) -> Vec<&str> {
    let lines = page.lines().skip_while(|line| !line.contains("folders are layers"));
    lines.filter_map(|line| Some(line.strip_prefix("//! - `")?.split_once('`')?.0)).collect()
}

/// The modules that a text names with `crate::`. A name that the crate root re-exports belongs to its original
/// module.
fn named(text: &str, page: &str) -> Vec<String> {
    let code =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut names = vec![];
    for after in code.split("crate::").skip(1) {
        let list = after.strip_prefix('{').map(|list| list.split(';').next().unwrap_or_default());
        let parts = list.map_or_else(|| vec![after], |list| list.split(',').collect());
        names.extend(parts.into_iter().map(|part| first_name(part.trim()).to_string()));
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let own: Vec<&str> = page.split("pub use ").skip(1).filter_map(|list| list.split(';').next()).collect();
    let module = |name: String| {
        let of = own.iter().find(|list| list.split(|c| !is_word(c)).any(|word| word == name));
        of.map_or(name, |list| first_name(list).to_string())
    };
    names.into_iter().filter(|name| !name.is_empty()).map(module).collect()
}

fn first_name(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

fn rust_files(folder: PathBuf) -> Vec<PathBuf> {
    let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let inside = entries.flat_map(|path| if path.is_dir() { rust_files(path) } else { vec![path] });
    inside.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// What is wrong with the folders of a crate.
fn wrong_folders(folder: &Path) -> Vec<String> {
    let page = fs::read_to_string(folder.join("lib.rs")).unwrap();
    let layers = folders_of(&page);
    let mut wrong = vec![];
    for (place, layer) in layers.iter().enumerate() {
        for path in rust_files(folder.join(layer)) {
            for name in named(&fs::read_to_string(&path).unwrap(), &page) {
                if !layers[place..].contains(&name.as_str()) {
                    wrong.push(format!("{} names `{name}`, which is not below `{layer}`", path.display()));
                }
            }
        }
    }
    wrong
}

#[test]
fn a_folder_of_a_crate_takes_from_lower_ones() {
    let with_layers = |folder: &Path| {
        let page = fs::read_to_string(folder.join("lib.rs")).unwrap_or_default();
        !folders_of(&page).is_empty()
    };
    let folders: Vec<PathBuf> = crates().into_iter().map(|(folder, _)| root().join(folder)).collect();
    let checked: Vec<&PathBuf> = folders.iter().filter(|folder| with_layers(folder)).collect();
    assert!(checked.iter().any(|folder| folder.ends_with("rtl-gen/cli")), "{checked:?}");
    let wrong: Vec<String> = checked.into_iter().flat_map(|folder| wrong_folders(folder)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_folder_that_takes_from_a_higher_one_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let page = "//! Its folders are layers:\n//!\n//! - `upper`: this;\n//! - `lower`: that.\npub use upper::{Some, Name};\n";
    write("lib.rs", page);
    write("upper/mod.rs", "use crate::lower::Other;\nuse crate::{lower, upper};\n");
    write("lower/mod.rs", "// crate::upper\n");
    assert_eq!(wrong_folders(folder.path()), Vec::<String>::new());
    write("lower/mod.rs", "use crate::Name;\n");
    write("lower/more.rs", "use crate::{\n    lower::Other,\n    upper,\n};\n");
    assert_eq!(wrong_folders(folder.path()).len(), 2);
}
