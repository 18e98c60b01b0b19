//! What the text looks like.

use crate::{decisions, designs};
use hdl::netlist::{BinaryOp, Body, Op, ReduceOp};
use verilog::Options;

#[test]
fn every_example_prints_as_before() {
    for example in designs::ALL {
        let files = verilog::print(&(example.build)(), &Options::default());
        let texts: Vec<String> = files.into_iter().map(|file| file.text).collect();
        insta::assert_snapshot!(example.name, texts.join("\n"));
    }
}

/// A new operator thus needs an example, which has a snapshot and is simulated.
#[test]
fn the_examples_have_every_operator() {
    let modules = designs::ALL.iter().flat_map(|example| (example.build)().modules);
    let nodes = modules.flat_map(|module| match module.body {
        Body::Logic(logic) => logic.nodes,
        Body::BlackBox { .. } => vec![],
    });
    let ops: Vec<Op> = nodes.map(|node| node.op).collect();
    for operator in BinaryOp::ALL {
        assert!(ops.iter().any(|op| matches!(op, Op::Binary(used, ..) if used == operator)), "{operator:?}");
    }
    for operator in ReduceOp::ALL {
        assert!(ops.iter().any(|op| matches!(op, Op::Reduce(used, _) if used == operator)), "{operator:?}");
    }
}

#[test]
fn the_readme_of_the_language_shows_what_is_printed() {
    let readme = include_str!("../../../hdl/README.md");
    let (_, shown) = readme.split_once("```verilog\n").expect("the README shows Verilog");
    let (shown, _) = shown.split_once("```").expect("a block ends");
    let printed = verilog::print(&decisions::timer(), &Options::default()).remove(0).text;
    assert!(printed.contains(shown), "{printed}");
}

#[test]
fn a_black_box_has_a_stub() {
    let example = designs::ALL.iter().find(|example| example.name == "black_box").expect("the example");
    let stubs = verilog::black_box_stubs(&(example.build)(), &Options::default());
    assert_eq!(stubs.len(), 1, "two uses of a black box share a stub");
    insta::assert_snapshot!("black_box_stub", stubs[0].text);
}

#[test]
fn other_styles_print_as_before() {
    let example = designs::ALL.iter().find(|example| example.name == "arithmetic").expect("the example");
    let options = Options { prettify: false, source_locators: true, generator: "gen-rtl 1.2.3".into() };
    let text = verilog::print(&(example.build)(), &options).remove(0).text;
    assert!(text.contains("(* src = \"rtl-gen/verilog/tests/printer/designs.rs:"), "{text}");
    // Line numbers of the examples' source change often, and are not tested here.
    let parts = text.split("(* src = \"").enumerate();
    let text =
        parts.map(|(index, part)| if index == 0 { part } else { &part[part.find('"').unwrap_or(0)..] });
    insta::assert_snapshot!("plain", text.collect::<Vec<_>>().join("(* src = \"FILE:LINE"));
}
