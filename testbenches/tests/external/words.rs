//! Words that an installed Verilator and its C++ compiler use, compared with the list of refused names.

use hdl::identifier::{hostile_words, illegal, illegal_at_top};
use hdl::{Clocking, Design, Netlist};
use sim::Simulator;
use std::fs;
use std::path::Path;
use std::process::Command;
use test_support::needed::{MODELS, missing};
use testbenches::VerilogDesign;
use testbenches::tools::{GXX, run_checked};
use testbenches::verilator::{Verilator, VerilatorOptions, VerilatorSimulator};

/// Words in the text of a class that are not its members: parameters, the standard library, directives.
const PASSING: [&str; 5] = ["tfp", "levels", "options", "unique_ptr", "endif"];

/// The identifiers in a piece of C++, without comments, strings, and names with two underscores, which no port has
/// there.
fn words(text: &str) -> Vec<String> {
    let code: String =
        text.lines().map(|line| line.split("//").next().unwrap_or_default().to_string() + "\n").collect();
    let code = code.split('"').step_by(2).collect::<String>();
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let words = code.split(|character| !is_part(character));
    let is_name =
        |word: &&str| word.starts_with(|first: char| !first.is_ascii_digit()) && !word.contains("__");
    words.filter(|word| !word.is_empty()).filter(is_name).map(String::from).collect()
}

/// The class that Verilator makes of a module `dut`.
fn class_of_a_model(verilator: &Verilator, folder: &Path) -> String {
    let text = "module dut (input wire clk, input wire d, output reg q);\n  always @(posedge clk) q <= d;\nendmodule\n";
    fs::write(folder.join("dut.v"), text).unwrap();
    let mut command = Command::new(&verilator.path);
    let output = folder.join("generated");
    command.current_dir(folder).args(["--cc", "--trace", "--Mdir"]).arg(&output).arg("dut.v");
    run_checked(&mut command).unwrap();
    let header = fs::read_to_string(output.join("Vdut.h")).unwrap();
    let [before, class] =
        header.split_once("public VerilatedModel {").map(|(before, class)| [before, class]).unwrap();
    assert!(before.contains("class"));
    let (ports, rest) = class.split_once("// PORTS").unwrap();
    ports.to_string() + rest.split_once("// CELLS").unwrap().1
}

#[test]
fn members_of_verilators_classes_are_refused_at_the_top() {
    if missing(MODELS) {
        return;
    }
    for verilator in Verilator::all().unwrap() {
        let folder = tempfile::tempdir().unwrap();
        let class = class_of_a_model(&verilator, folder.path());
        let is_refused = |word: &String| {
            PASSING.contains(&word.as_str())
                || illegal(word).is_some()
                || illegal_at_top("dut", word).is_some()
        };
        let words = words(&class);
        assert!(words.iter().any(|word| word == "eval_step") && words.len() > 50, "{words:?}");
        let passing: Vec<_> = words.iter().filter(|word| !is_refused(word)).collect();
        assert!(passing.is_empty(), "Verilator {}: {passing:?}", verilator.version);
    }
}

#[test]
fn macros_that_a_model_includes_are_refused_at_the_top() {
    if missing(MODELS) {
        return;
    }
    for verilator in Verilator::all().unwrap() {
        let include = verilator.root.join("include");
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("model.cpp");
        fs::write(&source, "#include \"verilated.h\"\n").unwrap();
        let mut command = Command::new(GXX.find().unwrap());
        command.args(["-std=c++17", "-pthread", "-dM", "-E", "-DVERILATOR=1", "-I"]);
        let printed =
            run_checked(command.arg(&include).arg("-I").arg(include.join("vltstd")).arg(&source)).unwrap();
        // A macro with arguments is not expanded if none follow, so its name is harmless.
        let names = printed.lines().filter_map(|line| line.strip_prefix("#define ")?.split(' ').next());
        let names: Vec<&str> = names
            .filter(|name| !name.contains('(') && !name.starts_with('_') && !name.contains("__"))
            .collect();
        assert!(names.contains(&"errno") && names.len() > 500, "{names:?}");
        let passing: Vec<_> =
            names.into_iter().filter(|name| illegal_at_top("dut", name).is_none()).collect();
        assert!(passing.is_empty(), "Verilator {}: {passing:?}", verilator.version);
    }
}

/// A child with ports, and a top module with signals, whose names no port of the top module may have.
fn words_inside() -> Netlist {
    let design = Design::new(Clocking::default());
    let ports: Vec<&str> = hostile_words().collect();
    let child = design.module("child", &[], |m| {
        let inputs: Vec<_> = ports.iter().map(|word| m.input(word, 1, "")).collect();
        let held = m.reg("held", 1).reset_to(0);
        held.set(m.concat(&inputs).parity());
        m.output("parity", held.value(), "");
    });
    let top = design.module("dut", &[], |m| {
        let a = m.input("a", ports.len() as u32, "");
        let parities = [m.instance("first", child), m.instance("second", child)].map(|child| {
            for (bit, word) in (0..).zip(&ports) {
                child.set(word, a.bit(bit));
            }
            child.get("parity")
        });
        let chain = ports.iter().fold(parities[0], |chain, word| (chain ^ a.bit(0)).named(word));
        m.output("y", chain & parities[1], "");
    });
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn ports_of_children_may_have_any_legal_name() {
    if missing(MODELS) {
        return;
    }
    let design = VerilogDesign::of(&words_inside());
    for verilator in Verilator::all().unwrap() {
        let options = VerilatorOptions { verilator: Some(verilator), ..VerilatorOptions::default() };
        let mut simulator =
            VerilatorSimulator::build(&design, &options).unwrap_or_else(|error| panic!("{error}"));
        let width = design.ports[1].width;
        simulator.poke_u64(0, 1);
        simulator.poke(1, &hdl::Bits::truncated(2, width));
        simulator.tick();
        assert_eq!(simulator.peek_u64(2), 1);
    }
}
