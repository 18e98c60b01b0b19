//! What Yosys makes of the text: formal proofs, block RAM, multipliers.

use crate::designs;
use crate::tools::{self, YOSYS, run};
use hdl::netlist::BinaryOp;
use hdl::{Bits, Clocking, Collision, Design, Module, Netlist, Signal};
use verilog::Options;

fn one(build: impl FnOnce(&Module)) -> Netlist {
    let design = Design::new(Clocking::default());
    let top = design.module("m", &[], build);
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Runs a script after the design's files are read with the options of `read_verilog`.
fn yosys(netlist: &Netlist, options: &str, script: &str) -> Result<String, String> {
    let files = verilog::print(netlist, &Options::default());
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    let folder = tools::folder(&files);
    let read = format!("read_verilog {options} {}", names.join(" "));
    run(YOSYS.command(folder.path()).args(["-p", &format!("{read}; {script}")]))
}

/// `-verify` succeeds if all assertions hold, `-falsify` if one fails.
fn prove(netlist: &Netlist, expectation: &str) -> Result<String, String> {
    let sat = format!("sat -tempinduct -maxsteps 12 -prove-asserts -set-assumes {expectation}");
    let top = &netlist.top().name;
    yosys(netlist, "-formal", &format!("prep -top {top}; chformal -cover -remove; {sat}"))
}

fn example(name: &str) -> Netlist {
    let example = designs::ALL.iter().find(|example| example.name == name).expect("an example");
    (example.build)()
}

#[test]
fn true_assertions_are_proven() {
    if !tools::present(&[YOSYS]) {
        return;
    }
    for name in ["properties", "combinational_property"] {
        prove(&example(name), "-verify").unwrap_or_else(|text| panic!("{name}: {text}"));
    }
}

/// A width that is not a power of two, rotated by every amount.
#[test]
fn a_rotation_is_proven_against_its_constants() {
    if !tools::present(&[YOSYS]) {
        return;
    }
    let netlist = one(|m| {
        let (a, n) = (m.input("a", 5, ""), m.input("n", 4, ""));
        for (name, op) in [("left", BinaryOp::RotateLeft), ("right", BinaryOp::RotateRight)] {
            let by =
                |amount: u32| if name == "left" { a.rotate_left(amount) } else { a.rotate_right(amount) };
            let expected = (1..16).fold(a, |others, amount| n.eq(amount).mux(by(amount), others));
            m.assert(name, a.binary(op, n).eq(expected));
        }
        m.output("y", a, "");
    });
    prove(&netlist, "-verify").unwrap_or_else(|text| panic!("{text}"));
}

/// The least hardware that a rotation can cost.
#[test]
fn a_rotation_is_a_multiplexer_for_each_bit_of_the_amount() {
    if !tools::present(&[YOSYS]) {
        return;
    }
    let netlist = one(|m| m.output("y", m.input("a", 32, "").rotate_right(m.input("n", 5, "")), ""));
    let script = "prep -top m; select -assert-count 5 t:$mux; select -assert-count 5 t:*";
    yosys(&netlist, "", script).unwrap_or_else(|text| panic!("{text}"));
}

#[test]
fn false_assertions_are_found() {
    if !tools::present(&[YOSYS]) {
        return;
    }
    let reaches_five = one(|m| {
        let count = m.reg("count", 3).reset_to(0);
        count.set(count.value().eq(5).mux(m.lit(0, 3), count.value() + 1));
        m.output("count", count.value(), "");
        m.assert("below_five", count.value().lt(5));
    });
    let overflows = one(|m| {
        let a = m.input("a", 4, "");
        m.output("next", a + 1, "");
        m.assert("grows", a.lt(a + 1));
    });
    for netlist in [reaches_five, overflows] {
        prove(&netlist, "-falsify").unwrap_or_else(|text| panic!("{text}"));
        assert!(prove(&netlist, "-verify").is_err());
    }
}

#[test]
fn a_registered_read_becomes_block_ram() {
    if !tools::present(&[YOSYS]) {
        return;
    }
    let ram = one(|m| {
        let (we, data) = (m.input("we", 1, ""), m.input("data", 8, ""));
        let (waddr, raddr) = (m.input("waddr", 9, ""), m.input("raddr", 9, ""));
        let ram = m.memory("ram", 8, 512);
        ram.write(we, waddr, data);
        let q = m.reg("q", 8);
        q.set(ram.read(raddr));
        m.output("q", q.value(), "");
    });
    yosys(&ram, "", "synth_ice40 -top m; select -assert-count 1 t:SB_RAM40_4K")
        .unwrap_or_else(|text| panic!("{text}"));
}

/// A memory of 256 words of 32 bits: its module's name, the collision rules of its read ports, and whether its writes
/// have a byte mask.
struct Kind {
    name: &'static str,
    rules: &'static [Collision],
    is_masked: bool,
}

const KINDS: [Kind; 7] = [
    Kind { name: "undefined", rules: &[Collision::Undefined], is_masked: false },
    Kind { name: "undefined_bytes", rules: &[Collision::Undefined], is_masked: true },
    Kind { name: "two_ports", rules: &[Collision::Undefined, Collision::Undefined], is_masked: true },
    Kind { name: "old_word", rules: &[Collision::Old], is_masked: false },
    Kind { name: "old_bytes", rules: &[Collision::Old], is_masked: true },
    Kind { name: "new_word", rules: &[Collision::New], is_masked: false },
    Kind { name: "new_bytes", rules: &[Collision::New], is_masked: true },
];

impl Kind {
    fn inputs(&self) -> Vec<(String, u32)> {
        let write = [("write", 1), ("to", 8), ("data", 32), ("bytes", 4)];
        let write = write.into_iter().take(if self.is_masked { 4 } else { 3 });
        let read =
            (0..self.rules.len()).flat_map(|port| [(format!("from{port}"), 8), (format!("read{port}"), 1)]);
        write.map(|(name, width)| (name.to_string(), width)).chain(read).collect()
    }

    fn build(&self, m: &Module) {
        let inputs: Vec<Signal> =
            self.inputs().iter().map(|(name, width)| m.input(name, *width, "")).collect();
        let ram = m.memory("ram", 32, 256).contents(&[Bits::ones(32), Bits::zero(32)]);
        match self.is_masked {
            true => ram.write_masked(inputs[0], inputs[3], inputs[1], inputs[2]),
            false => ram.write(inputs[0], inputs[1], inputs[2]),
        }
        let addresses = &inputs[inputs.len() - 2 * self.rules.len()..];
        for (index, (rule, port)) in self.rules.iter().zip(addresses.chunks(2)).enumerate() {
            let word = ram.read_at_clock(&format!("q{index}"), port[0], *rule).enable(port[1]);
            m.output(&format!("word{index}"), word.value(), "");
        }
    }
}

/// All kinds in one top module.
fn memories() -> Netlist {
    let design = Design::new(Clocking::default());
    let modules = KINDS.map(|kind| design.module(kind.name, &[], |m| kind.build(m)));
    let top = design.module("top", &[], |m| {
        for (kind, module) in KINDS.iter().zip(modules) {
            let child = m.instance(&format!("u_{}", kind.name), module);
            for (port, width) in kind.inputs() {
                child.set(&port, m.input(&format!("{}_{port}", kind.name), width, ""));
            }
            for port in (0..kind.rules.len()).map(|index| format!("word{index}")) {
                m.output(&format!("{}_{port}", kind.name), child.get(&port), "");
            }
        }
    });
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Cells of each kind of memory: block RAMs, flip-flops, and the most of all others. Where the block RAM follows the
/// rule by itself, the others are inverters and gates for the mask.
#[test]
fn memories_become_block_ram_and_no_more_than_their_rules_need() {
    if !tools::present(&[YOSYS]) {
        return;
    }
    let targets = [
        (
            "synth_ice40 -noflatten",
            "t:SB_RAM40_4K",
            "t:SB_DFF*",
            [(2, 0, 1), (2, 0, 6), (4, 0, 12), (2, 74, 40), (2, 80, 50), (2, 33, 40), (2, 36, 50)],
        ),
        (
            "synth_ecp5 -noflatten",
            "t:DP16KD",
            "t:TRELLIS_FF",
            [(1, 0, 0), (1, 0, 4), (2, 0, 8), (1, 74, 70), (1, 80, 70), (1, 33, 70), (1, 36, 140)],
        ),
        (
            "synth_xilinx -noiopad",
            "t:RAMB*",
            "t:FD*",
            [(1, 0, 0), (1, 0, 4), (2, 0, 8), (1, 0, 0), (1, 0, 4), (1, 33, 45), (1, 36, 65)],
        ),
    ];
    let netlist = memories();
    for (command, block, register, cells) in targets {
        let mut script = format!("{command} -top top");
        for (kind, (blocks, registers, others)) in KINDS.iter().zip(cells) {
            let name = kind.name;
            script += &format!("; select -assert-count {blocks} {name}/{block}");
            script += &format!("; select -assert-count {registers} {name}/{register}");
            script +=
                &format!("; select -assert-max {others} {name}/t:* {name}/{block} {name}/{register} %u %d");
        }
        yosys(&netlist, "", &script).unwrap_or_else(|text| panic!("{text}"));
    }
}

/// If two writes can meet, the logic that decides between them costs 20 LUTs beside the block RAM.
#[test]
fn writes_that_never_meet_need_nothing_but_a_dual_port_block() {
    if !tools::present(&[YOSYS]) {
        return;
    }
    let script = "synth_ecp5 -run begin:map_gates -top dual_port; select -assert-count 1 t:DP16KD; \
                  select -assert-max 1 t:* t:DP16KD %d";
    yosys(&designs::dual_port(9, 16), "", script).unwrap_or_else(|text| panic!("{text}"));
}

#[test]
fn products_become_multipliers() {
    if !tools::present(&[YOSYS]) {
        return;
    }
    let products = one(|m| {
        let (a, b) = (m.input("a", 16, ""), m.input("b", 16, ""));
        let c = m.input("c", 9, "");
        m.output("unsigned_product", a * b, "");
        m.output("signed_product", a.mul_signed(b), "");
        m.output("uneven", a * c, "");
        m.output("signed_uneven", a.mul_signed(c), "");
    });
    yosys(
        &products,
        "",
        "synth_ice40 -dsp -top m; select -assert-count 4 t:SB_MAC16; select -assert-none t:$mul",
    )
    .unwrap_or_else(|text| panic!("{text}"));
}
