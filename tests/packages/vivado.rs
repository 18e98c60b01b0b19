//! The script for Vivado's packager, with stand-ins for Vivado's commands: files and ports must be there.

use crate::support::{COMBINATIONAL, MASTER, Package, REGISTERS, STREAMS, said, tool};
use std::fs;

/// `ports` is the list of the block's ports. Vivado infers those with AXI's prefixes; others must have been inferred before.
const STAND_INS: &str = r#"
proc add_files {args} { set name [lindex $args end]; if {![file exists $name]} { error "no file $name" } }
proc set_property {args} { if {[llength $args] != 3} { error "set_property $args" } }
set inferred {}
proc known {name} {
    global ports inferred
    set is_axi [string match {[sm]_axi*} $name]
    if {$name in $inferred || ($is_axi && [lsearch -glob $ports ${name}_*] >= 0)} { return $name }
    return ""
}
namespace eval ipx {
    proc infer_bus_interface {port args} {
        global ports inferred
        if {$port ni $ports} { error "no port $port" }
        lappend inferred $port
    }
    proc add_bus_parameter {name interface} { if {$interface eq ""} { error "no interface for $name" } }
    proc get_bus_interfaces {name args} { return [known $name] }
    proc associate_bus_interfaces {busif name clock port core} {
        global ports
        if {[known $name] eq "" || $port ni $ports} { error "no $name or no $port" }
    }
    proc save_core {core} { puts "saved" }
}
namespace eval ipx { proc unknown {args} { return core } }
proc unknown {args} { return core }
"#;

#[test]
fn the_script_names_what_is_there() {
    let Some(tclsh) = tool("tclsh") else { return };
    for block in [COMBINATIONAL, STREAMS, REGISTERS, MASTER] {
        let package = Package::new(block);
        let manifest: serde_json::Value = serde_json::from_str(&package.text("manifest.json")).expect("JSON");
        let ports = manifest["ports"].as_array().expect("a list").iter();
        let ports: Vec<&str> = ports.map(|port| port["name"].as_str().expect("a name")).collect();
        let script = package.folder().join("package_ip.tcl");
        let text =
            format!("set ports [list {}]\n{STAND_INS}\nsource {}\n", ports.join(" "), script.display());
        let harness = package.folder().join("../stand_ins.tcl");
        fs::write(&harness, text).expect("a file");
        let output = package.beside(&tclsh).arg(&harness).output().expect("tclsh starts");
        assert!(output.status.success() && said(&output) == "saved\n", "{}", said(&output));
    }
}
