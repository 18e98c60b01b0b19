//! Every error of the language as its user sees it, one golden file each: `<case>.expect` in this folder.
//!
//! A source location is shown as the text of its line, so golden files stay valid when lines move. A location outside
//! this folder fails the test. `UPDATE_EXPECT=1 cargo test -p gen-rtl-hdl --test errors` rewrites the files.

mod bundles;
mod clocks;
mod conditional;
mod constants;
mod drivers;
mod hierarchy;
mod interfaces;
mod loops;
mod memories;
mod parts;
mod ports;
mod registers;
mod render;
mod selection;
mod sharing;
mod shifts;
mod states;
mod streams;
mod widths;

use hdl::{Clocking, Design, Diagnostics, Module, ModuleRef, Signal};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A mistake, and the name of the file with the error that it must give.
pub struct Case {
    name: &'static str,
    elaborate: Box<dyn Fn() -> Result<(), Diagnostics>>,
}

/// A mistake in one module, `top`.
pub fn case(name: &'static str, body: fn(&Module)) -> Case {
    Case { name, elaborate: Box::new(move || elaborate(|design| design.module("top", &[], body))) }
}

/// A mistake that takes more than one module.
pub fn design_case(name: &'static str, build: fn(&Design) -> ModuleRef) -> Case {
    Case { name, elaborate: Box::new(move || elaborate(build)) }
}

/// A mistake in the clocking of the design.
pub fn clocking_case(name: &'static str, clocking: fn() -> Result<(), Diagnostics>) -> Case {
    Case { name, elaborate: Box::new(clocking) }
}

fn elaborate(build: impl Fn(&Design) -> ModuleRef) -> Result<(), Diagnostics> {
    let design = Design::new(Clocking::default());
    let top = build(&design);
    design.elaborate(top).map(|_| ())
}

/// The inputs `a` of 8 bits, `b` of 4, and `s` of 1, of which a case may use what it needs.
pub fn inputs(m: &Module) -> [Signal<'_>; 3] {
    let inputs = [("a", 8), ("b", 4), ("s", 1)].map(|(name, width)| m.input(name, width, ""));
    inputs.iter().for_each(|input| input.unused());
    inputs
}

fn cases() -> Vec<Case> {
    [
        widths::cases(),
        parts::cases(),
        shifts::cases(),
        constants::cases(),
        selection::cases(),
        drivers::cases(),
        loops::cases(),
        clocks::cases(),
        ports::cases(),
        hierarchy::cases(),
        sharing::cases(),
        bundles::cases(),
        interfaces::cases(),
        streams::cases(),
        memories::cases(),
        registers::cases(),
        states::cases(),
        conditional::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/errors")
}

/// What is wrong with a case; `None` if its error is the golden one.
fn check(case: &Case) -> Option<String> {
    let Err(diagnostics) = (case.elaborate)() else { return Some("is accepted in silence".into()) };
    let shown = match render::render(&diagnostics.to_string(), &folder()) {
        Ok(shown) => shown,
        Err(foreign) => {
            return Some(format!("points at {foreign}, which is not the user's line:\n{diagnostics}"));
        }
    };
    let path = folder().join(format!("{}.expect", case.name));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &shown).expect("the folder of the golden files can be written");
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    (golden != shown).then(|| format!("gives\n{shown}\ninstead of\n{golden}"))
}

#[test]
fn every_error_is_the_golden_one() {
    let wrong: Vec<String> = cases()
        .iter()
        .filter_map(|case| check(case).map(|problem| format!("`{}` {problem}", case.name)))
        .collect();
    assert!(wrong.is_empty(), "{} cases are wrong\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_golden_file_has_one_case() {
    let cases = cases();
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name).collect();
    assert_eq!(names.len(), cases.len(), "two cases share a file");
    for entry in fs::read_dir(folder()).expect("the folder is there") {
        let path = entry.expect("a readable entry").path();
        if path.extension().is_some_and(|extension| extension == "expect") {
            let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            assert!(names.contains(name), "no case writes {}", path.display());
        }
    }
}
