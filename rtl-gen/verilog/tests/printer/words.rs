//! Words that tools reserve: names avoid them, ports of the top module must not have them, other ports keep them.

use crate::lint::findings;
use crate::tools::{self, IVERILOG, PYTHON, VERILATOR, YOSYS};
use hdl::identifier::{hostile_words, illegal, illegal_at_top, reserved_words};
use hdl::{Bits, BlackBoxPort, Clocking, Design, Netlist};
use verilog::{Options, VerilogFile};

/// Each word as the name of a signal, and of an instance, a register or a ROM; words that are legal in Verilog also
/// as ports of a child.
fn every_word() -> Netlist {
    let design = Design::new(Clocking::default());
    let ports: Vec<&str> = hostile_words().collect();
    let child = design.module("child", &[], |m| {
        let inputs: Vec<_> = ports.iter().map(|word| m.input(word, 1, "")).collect();
        m.output("result", m.concat(&inputs).parity(), "");
    });
    let answering = design.module("answering", &[], |m| {
        let a = m.input("a", 1, "");
        ports.iter().for_each(|word| m.output(word, a, ""));
    });
    let inverter = design.module("inverter", &[], |m| m.output("y", !m.input("a", 1, ""), ""));
    let top = design.module("every_word", &[], |m| {
        let (a, b) = (m.input("a", 4, ""), m.input("b", 4, ""));
        let words: Vec<&str> = reserved_words().chain(hostile_words()).collect();
        let sum = words.iter().fold(a, |sum, word| (sum + b).named(word));
        let bits = words.iter().enumerate().fold(sum.bit(0), |bits, (number, word)| match number % 3 {
            0 => m.instance(word, inverter).set("a", bits).get("y"),
            1 => {
                let register = m.scope("q", || m.reg(word, 1)).enable(a.bit(0));
                register.set(bits);
                register.value()
            }
            _ => m.rom(word, &[Bits::zero(1), Bits::ones(1)]).read(bits),
        });
        let fed = m.instance("fed", child);
        let answers = m.instance("answers", answering).set("a", bits);
        ports.iter().for_each(|word| {
            fed.set(word, answers.get(word));
        });
        m.output("y", m.concat(&[sum, bits, fed.get("result")]), "");
    });
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn names_that_are_words_of_tools_are_altered() {
    if !tools::present(&[VERILATOR, IVERILOG, YOSYS, PYTHON]) {
        return;
    }
    let found = findings("every_word", &verilog::print(&every_word(), &Options::default()), &[]);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Each of these words is refused by some tool, so none of them is reserved needlessly.
#[test]
fn tools_refuse_their_words() {
    if !tools::present(&[VERILATOR, IVERILOG, YOSYS, PYTHON]) {
        return;
    }
    for word in ["wreal", "wone", "bool", "process", "mailbox", "semaphore", "logic", "reg"] {
        let text =
            format!("module m (input wire {word}, output wire y);\n    assign y = {word};\nendmodule\n");
        let found = findings("m", &[VerilogFile { name: "m.v".into(), text }], &[]);
        assert!(!found.is_empty(), "{word}");
    }
}

#[test]
fn ports_of_the_top_are_refused_with_the_tool() {
    let top = |port: &str| {
        let design = Design::new(Clocking::default());
        let top = design.module("dut", &[], |m| m.output("y", m.input(port, 1, ""), ""));
        design.elaborate(top).map(drop).map_err(|errors| errors.to_string())
    };
    for word in reserved_words().chain(hostile_words()) {
        let text = top(word).expect_err(word);
        assert!(text.contains(&format!("`{word}` cannot be a port")), "{text}");
    }
    for (word, reason) in [
        ("eval", "the class that Verilator makes of the design has a member of this name"),
        ("Vdut", "the class that Verilator makes of the design has this name"),
        ("VERILATED_VDUT_H_", "the class that Verilator makes of the design has this name"),
        ("VlWide", "Verilator's library defines it"),
        ("vlSymsp", "Verilator's library defines it"),
        ("wreal", "Icarus Verilog reserves it"),
        ("process", "SystemVerilog's package `std` defines it, and Verilator accepts no other"),
        ("stdin", "it is a macro of the C library, which Verilator's headers include"),
    ] {
        let text = top(word).expect_err(word);
        assert!(text.contains(reason), "{text}");
    }
    for word in ["Vother", "vlan", "valid", "Vl", "vl", "evaluate", "names", "VERILATED_H_", "traces"] {
        assert_eq!(top(word), Ok(()));
        assert_eq!((illegal(word), illegal_at_top("dut", word)), (None, None));
    }
}

#[test]
fn a_clock_or_reset_of_the_top_is_refused_where_it_is_used() {
    for is_used in [true, false] {
        let design = Design::new(Clocking { clock: "eval".into(), ..Clocking::default() });
        let top = design.module("dut", &[], |m| {
            let d = m.input("d", 1, "");
            let register = is_used.then(|| m.reg("q", 1));
            register.iter().for_each(|register| register.set(d));
            m.output("q", register.map_or(d, |register| register.value()), "");
        });
        let elaborated = design.elaborate(top).map(drop).map_err(|errors| errors.to_string());
        assert_eq!(elaborated.is_err(), is_used, "{elaborated:?}");
    }
}

/// Parameters of a black box of every kind: integers, real numbers and strings, different in each variant.
#[test]
fn black_boxes_have_parameters_of_every_kind() {
    let design = Design::new(Clocking::default());
    let ports = || vec![BlackBoxPort::input("i", 1), BlackBoxPort::output("o", 1)];
    let variants: [&[(&str, &str)]; 3] = [
        &[
            ("MULT_F", "5.125"),
            ("PHASE", "-1.5e-3"),
            ("NAME", "\"a // b\""),
            ("COUNT", "12"),
            ("MASK", "8'h1f"),
        ],
        &[("MULT_F", "2"), ("DIVIDE", "4")],
        &[("DIVIDE", "4.5"), ("COUNT", "-3")],
    ];
    let boxes = variants.map(|parameters| design.black_box("MMCM", parameters, ports()));
    let top = design.module("top", &[], |m| {
        let a = m.input("a", 1, "");
        let chained = boxes.into_iter().enumerate().fold(a, |signal, (number, black_box)| {
            m.instance(&format!("u{number}"), black_box).set("i", signal).get("o")
        });
        m.output("q", chained, "");
    });
    let netlist = design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"));
    let mut files = verilog::black_box_stubs(&netlist, &Options::default());
    assert!(
        files[0].text.contains("parameter MULT_F = 5.125,\n    parameter PHASE = -1.5e-3"),
        "{}",
        files[0].text
    );
    files.extend(verilog::print(&netlist, &Options::default()));
    assert!(files[1].text.contains(".MULT_F(5.125)") && files[1].text.contains(".DIVIDE(4.5)"));
    if tools::present(&[VERILATOR, IVERILOG, YOSYS, PYTHON]) {
        // Yosys has no real numbers: it warns that it keeps each one as a string, as its own format requires.
        let is_of_yosys = |line: &str| line.contains("Warning: Replacing floating point parameter");
        let found = findings("top", &files, &[]).join("\n");
        let other: Vec<&str> = found.lines().filter(|line| !line.is_empty() && !is_of_yosys(line)).collect();
        assert!(other.is_empty(), "{}", other.join("\n"));
    }
}
