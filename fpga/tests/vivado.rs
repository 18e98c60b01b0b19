//! The projects for Vivado, as far as they can be tested without it: Tcl runs them with stand-ins for Vivado's commands, which
//! check that files are there and that ports and pins have the names of the Verilog.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use synthesis::boards::zcu102;
use synthesis::targets::{XC7, XCUP};
use synthesis::vivado;
use test_support::configure;

/// Commands that take files or ports are checked; all others are accepted.
const STAND_INS: &str = r#"
proc is_file {name} { if {![file exists $name]} { error "no file $name" } }
proc read_verilog {name} { is_file $name; return $name }
proc add_files {args} { is_file [lindex $args end] }
proc read_xdc {name} { is_file $name; source $name }
proc get_ports {name} { global ports; if {$name ni $ports} { error "no port $name" }; return $name }
proc get_bd_pins {name} { global pins; if {[string match self_test/* $name] && $name ni $pins} { error "no pin $name" }; return $name }
proc unknown {args} { return [lindex $args 0] }
"#;

/// Runs a script in the folder of its files; constraints are read as Vivado reads them.
fn run(files: &[(String, String)], script: &str, constraints: &str, top: &str) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let ports = ports(files, top);
    let pins: Vec<String> =
        ports_if_there(files, "self_test").iter().map(|port| format!("self_test/{port}")).collect();
    let harness = format!(
        "set ports [list {}]\nset pins [list {}]\n{STAND_INS}\nsource {script}\nsource {constraints}\n",
        ports.into_iter().collect::<Vec<_>>().join(" "),
        pins.join(" ")
    );
    fs::write(folder.path().join("stand_ins.tcl"), harness).unwrap();
    let output = tclsh(folder.path(), "stand_ins.tcl");
    assert!(output.is_ok(), "{script}: {}", output.unwrap_err());
}

fn tclsh(folder: &Path, script: &str) -> Result<(), String> {
    let output =
        Command::new("tclsh").current_dir(folder).arg(script).output().expect("Debian's package `tcl`");
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// The ports of a module, read from its Verilog.
fn ports(files: &[(String, String)], top: &str) -> BTreeSet<String> {
    let found = ports_if_there(files, top);
    assert!(!found.is_empty(), "module {top} has ports");
    found
}

fn ports_if_there(files: &[(String, String)], top: &str) -> BTreeSet<String> {
    let Some((_, text)) = files.iter().find(|(name, _)| *name == format!("{top}.v")) else {
        return BTreeSet::new();
    };
    let declaration = |line: &str| {
        let line = line.trim().trim_end_matches([',', ';']);
        let is_port = line.starts_with("input ") || line.starts_with("output ");
        is_port.then(|| line.rsplit(' ').next().unwrap_or_default().to_string())
    };
    text.lines().filter_map(declaration).collect()
}

fn has_tclsh() -> bool {
    let is_there = Command::new("tclsh").arg("/dev/null").output().is_ok();
    assert!(is_there || std::env::var("GEN_RTL_TOOLS").is_err(), "not installed: Debian's package `tcl`");
    is_there
}

#[test]
fn the_project_of_a_block_names_what_is_there() {
    for target in [&XCUP, &XC7] {
        let part = target.family().unwrap().vivado_part.unwrap();
        if has_tclsh() {
            let files = vivado::project(configure("pacq_mul", "stages=2").as_ref(), part).unwrap();
            run(&files, "vivado.tcl", "timing.xdc", "harness");
        }
    }
}

#[test]
fn the_projects_of_the_board_name_what_is_there() {
    if has_tclsh() {
        let files = zcu102::project(configure("pacq_mul", "stages=3").as_ref(), 1).unwrap();
        run(&files, "build.tcl", "zcu102.xdc", "zcu102_top");
        run(&files, "block_design.tcl", "zcu102.xdc", "zcu102_top");
    }
}

#[test]
fn the_stand_ins_find_a_wrong_name() {
    if has_tclsh() {
        let mut files = zcu102::project(configure("fp_mul", "").as_ref(), 1).unwrap();
        let constraints = files.iter_mut().find(|(name, _)| name == "zcu102.xdc").unwrap();
        constraints.1 = constraints.1.replace("led_fail", "led_wrong");
        let failed = std::panic::catch_unwind(|| run(&files, "build.tcl", "zcu102.xdc", "zcu102_top"));
        assert!(failed.is_err());
    }
}
