//! Bender's manifest. Bender itself takes long to build: it runs with `scripts/test --full`.

use crate::support::{Package, REGISTERS, is_full, python_tool, said};

/// Prints the files of a Bender.yml, those of a target behind its name.
const LIST: &str = "
import sys, yaml
manifest = yaml.safe_load(open('Bender.yml'))
print(manifest['package']['name'])
for group in manifest['sources']:
    for file in group['files']:
        open(file)
        print(*[group['target']] if 'target' in group else [], file)
";

#[test]
fn the_manifest_names_the_files() {
    let Some(python) = python_tool("python3") else { return };
    let package = Package::new(REGISTERS);
    let output = package.beside(python).current_dir(package.folder()).args(["-B", "-c", LIST]).output();
    let sources = package.sources().join("\n");
    let expected = format!("{0}\n{sources}\nsimulation {0}_tb.v\n", package.top);
    assert_eq!(said(&output.expect("Python starts")), expected);
}

#[test]
fn bender_lists_the_files() {
    if !is_full() {
        return;
    }
    let Some(bender) = python_tool("bender") else { return };
    let package = Package::new(REGISTERS);
    let list = |arguments: &[&str]| {
        let mut command = package.beside(&bender);
        let output = command.current_dir(package.folder()).args(["script", "flist"]).args(arguments).output();
        let text = said(&output.expect("bender starts"));
        text.lines().filter_map(|line| Some(line.rsplit_once('/')?.1.to_string())).collect::<Vec<_>>()
    };
    let mut expected = package.sources();
    assert_eq!(list(&[]), expected);
    expected.push(format!("{}_tb.v", package.top));
    assert_eq!(list(&["-t", "simulation"]), expected);
}
