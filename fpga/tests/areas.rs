//! The areas on the pages of parts are those that synthesis gives. `UPDATE_PAGES=1` writes them, for all parts.

use hdl::{Clocking, Design};
use parts::{PARTS, Part};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::{env, fs};
use synthesis::cells;
use synthesis::targets::{Counts, ECP5, ICE40};
use synthesis::tools::name_and_version;
use test_support::depth::{in_turn, usual_or_full};
use test_support::needed::missing;
use testbenches::VerilogDesign;
use testbenches::tools::YOSYS;

/// A row for each target.
fn table(part: &Part, yosys: &str) -> String {
    let design = Design::new(Clocking::default());
    let netlist = design.elaborate((part.example)(&design)).expect("it elaborates");
    let design = VerilogDesign::of(&netlist);
    let row = |target: &synthesis::Target| {
        let family = target.family().expect("it is a family of devices");
        let found = cells(&design, family).unwrap_or_else(|error| panic!("{}: {error}", part.name));
        assert!(found.unknown.is_empty(), "{}: {:?} are not counted", part.name, found.unknown);
        let Counts { luts, carries, flip_flops, block_rams, lut_rams, .. } = found;
        format!("| {} | {luts} | {carries} | {flip_flops} | {} |\n", target.name, block_rams + lut_rams)
    };
    let head =
        format!("| {yosys} | LUTs | carries | flip-flops | memories |\n| --- | --- | --- | --- | --- |\n");
    head + &row(&ICE40) + &row(&ECP5)
}

/// The pages below a folder.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let inside = fs::read_dir(folder).expect("the folder is there").flatten().map(|entry| entry.path());
    inside.flat_map(|path| if path.is_dir() { pages(&path) } else { vec![path] }).collect()
}

/// The page of a part with the table at its end.
fn with_table(part: &Part, table: &str) -> String {
    let text = part.page.split("\n| yosys ").next().expect("a text has a first part");
    format!("{}\n\n{table}", text.trim_end())
}

#[test]
fn pages_have_the_areas() {
    if missing(&[YOSYS]) {
        return;
    }
    let yosys = name_and_version(YOSYS).expect("it says its version");
    let writes = env::var_os("UPDATE_PAGES").is_some();
    if !writes && !PARTS[0].page.contains(&yosys) {
        println!("the areas on the pages are of another version than {yosys}: they are not compared");
        return;
    }
    let most = if writes { usize::MAX } else { usual_or_full(3, usize::MAX) };
    let all = pages(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../blocks/parts"));
    let chosen: Vec<&Part> = in_turn(PARTS.iter().collect(), most).collect();
    chosen.into_par_iter().for_each(|part| {
        let page = with_table(part, &table(part, &yosys));
        if !writes {
            return assert_eq!(part.page, page, "{}; UPDATE_PAGES=1 writes it", part.name);
        }
        let has_it = |path: &&PathBuf| fs::read_to_string(path).is_ok_and(|text| text == part.page);
        let path = all.iter().find(has_it).expect("the part has a page");
        fs::write(path, page).expect("the page can be written");
    });
}
