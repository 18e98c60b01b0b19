//! Packages of `gen-rtl package` in the tools that they are for.

mod bender;
mod cocotb;
mod fusesoc;
mod ipxact;
mod litex;
mod support;
mod vivado;

use support::{COMBINATIONAL, MASTER, Package, STREAMS};

#[test]
fn the_same_parameters_give_the_same_bytes() {
    let [first, second] = [Package::new(STREAMS), Package::new(STREAMS)];
    assert_eq!(first.names(), second.names());
    for name in first.names() {
        assert!(first.bytes(&name) == second.bytes(&name), "{name} differs");
    }
}

#[test]
fn only_the_files_of_the_tools_that_are_named_are_written() {
    let package = Package::of(&[&["package", "gelu"][..], &["--for", "vivado,bender"]].concat());
    let always =
        ["LICENSE", "README.md", "gelu_q3_5.v", "gelu_q3_5_tb.hex", "gelu_q3_5_tb.v", "manifest.json"];
    let mut expected = [&always[..], &["Bender.yml", "package_ip.tcl"]].concat();
    expected.sort_unstable();
    assert_eq!(package.names(), expected);
    let page = package.text("README.md");
    assert!(
        page.contains("## bender\n") && page.contains("## vivado\n") && !page.contains("## cocotb\n"),
        "{page}"
    );
}

#[test]
fn wrong_arguments_are_named_and_leave_nothing() {
    for (arguments, expected) in [
        (
            &["gelu", "--for", "quartus"][..],
            "[possible values: fusesoc, bender, ipxact, vivado, litex, cocotb, all]",
        ),
        (&["gelu", "--for", "fusesoc,"], "[possible values: fusesoc,"),
        (&["gelu", "--vectors", "0"], "expected a number from 1 to 1000000"),
        (&["gelu", "--set", "bits=99"], "parameter `bits` cannot be `99`: legal values are "),
        (
            &["loas_array", "--vectors", "1000000"],
            "error: --vectors cannot be 1000000: a case of loas_array takes about ",
        ),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let output = support::run(folder.path(), &[&["package"], arguments].concat());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && stderr.contains(expected), "{stderr}");
        assert_eq!(support::names(folder.path()), [""; 0]);
    }
}

#[test]
fn the_page_names_the_channels_that_no_vector_exercises() {
    let never = "**Never exercised by this test**, since no vector has a beat of them: `m_axi_";
    for (block, is_named) in [(MASTER, true), (STREAMS, false)] {
        let page = Package::new(block).text("README.md");
        assert_eq!(page.contains(never), is_named, "{page}");
    }
}

#[test]
fn the_page_says_how_to_run_the_testbench() {
    if support::tool("iverilog").is_none() {
        return;
    }
    let package = Package::new(COMBINATIONAL);
    let page = package.text("README.md");
    let command = page.lines().find(|line| line.starts_with("iverilog")).expect("a command");
    let output = package.shell(command);
    assert!(output.contains("PASS: "), "{output}");
}
