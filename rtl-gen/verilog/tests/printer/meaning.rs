//! The text means what the netlist means: Icarus Verilog agrees with the built-in simulator.

use crate::designs;
use crate::random::{self, Random};
use crate::tools::{self, IVERILOG, VVP, run};
use hdl::netlist::{Body, Level, Memory, ModuleDef, Netlist};
use hdl::{Bits, Collision, Direction, Port};
use random_designs::seeds;
use sim::{Interpreter, Simulator};
use std::fmt::Write;
use verilog::{Options, VerilogFile};

const CYCLES: u64 = 200;

/// Random inputs and the built-in simulator's outputs, a line of hexadecimal for each cycle.
fn vectors(netlist: &Netlist, seed: u64) -> (Vec<Port>, String) {
    let mut simulator =
        Interpreter::new(netlist, sim::Options::default()).expect("a design without black boxes");
    let ports = simulator.ports().to_vec();
    let mut random = Random(seed);
    let mut text = String::new();
    for cycle in 0..CYCLES {
        let mut values = vec![];
        for (index, port) in ports.iter().enumerate().filter(|(_, port)| port.direction == Direction::Input) {
            let value = match port.name == netlist.clocking.reset {
                true => {
                    let is_active = cycle < 2 || random.below(16) == 0;
                    Bits::from(is_active == (netlist.clocking.active == Level::High))
                }
                false => random.bits(port.width),
            };
            simulator.poke(index, &value);
            values.push(value);
        }
        for (index, port) in ports.iter().enumerate() {
            if port.direction == Direction::Output {
                values.push(simulator.peek(index));
            }
        }
        simulator.tick();
        writeln!(text, "{:x}", Bits::concat(&values)).expect("text grows");
    }
    (ports, text)
}

/// True if some words are unknown at power-up, or become unknown.
fn has_unknown_words(module: &ModuleDef) -> bool {
    let is_unknown =
        |memory: &Memory| !memory.writes.is_empty() && (memory.contents.len() as u64) < memory.depth;
    match &module.body {
        Body::Logic(logic) => {
            let mut ports = logic.registers.iter().map(|register| register.collision);
            logic.memories.iter().any(is_unknown) || ports.any(|rule| rule == Some(Collision::Undefined))
        }
        Body::BlackBox { .. } => false,
    }
}

/// A module that drives the vectors into the design and compares its outputs. Registers without a reset may be
/// unknown in the first half of the cycles, and words from a RAM in all cycles. The first cycle is compared less
/// strictly: before a clock edge an unknown register may be a condition, which Verilog takes for 0.
fn testbench(netlist: &Netlist, ports: &[Port]) -> String {
    let total = |direction| -> u32 {
        ports.iter().filter(|port| port.direction == direction).map(|port| port.width).sum()
    };
    let mut left = [total(Direction::Input), total(Direction::Output)];
    let mut connections = vec![];
    for port in ports {
        let (vector, top) = match port.direction {
            Direction::Input => ("in", &mut left[0]),
            Direction::Output => ("got", &mut left[1]),
        };
        connections.push(format!(".{}({vector}[{}:{}])", port.name, *top - 1, *top - port.width));
        *top -= port.width;
    }
    if netlist.top().uses_clock {
        connections.push(format!(".{}(clock)", netlist.clocking.clock));
    }
    let is_known = if netlist.modules.iter().any(has_unknown_words) { "0" } else { "cycle >= CYCLES / 2" };
    let (inputs, outputs) = (total(Direction::Input), total(Direction::Output));
    format!(
        "module testbench;
    localparam CYCLES = {CYCLES};
    reg clock = 0;
    reg [{}:0] vectors [0:CYCLES - 1];
    reg [{inputs} - 1:0] in;
    reg [{outputs} - 1:0] want;
    wire [{outputs} - 1:0] got;
    integer cycle;
    {} dut ({});
    initial begin
        $readmemh(\"vectors.hex\", vectors);
        for (cycle = 0; cycle < CYCLES; cycle = cycle + 1) begin
            {{in, want}} = vectors[cycle];
            #1;
            if (cycle > 0 && |(got ^ want) || ({is_known} && got !== want))
                $display(\"cycle %0d: in %h, want %h, got %h\", cycle, in, want, got);
            clock = 1;
            #1 clock = 0;
            #1;
        end
        $display(\"done\");
    end
endmodule\n",
        inputs + outputs - 1,
        netlist.top().name,
        connections.join(", ")
    )
}

/// What Icarus printed: only `done` if the two agree.
fn compare(netlist: &Netlist, options: &Options, seed: u64) -> Result<String, String> {
    let (ports, vectors) = vectors(netlist, seed);
    let mut files = verilog::print(netlist, options);
    files.push(VerilogFile { name: "testbench.v".into(), text: testbench(netlist, &ports) });
    let folder = tools::folder(&files);
    std::fs::write(folder.path().join("vectors.hex"), vectors).expect("a temporary file");
    let names = files.iter().map(|file| &file.name);
    run(IVERILOG.command(folder.path()).args(["-g2005", "-s", "testbench", "-o", "design.vvp"]).args(names))?;
    run(VVP.command(folder.path()).args(["-n", "design.vvp"]))
}

fn assert_same_meaning(name: &str, netlist: &Netlist, seed: u64) {
    for prettify in [true, false] {
        let options = Options { prettify, ..Options::default() };
        let printed = compare(netlist, &options, seed);
        let texts: String = verilog::print(netlist, &options).into_iter().map(|file| file.text).collect();
        let agrees = printed.as_deref().is_ok_and(|text| text.trim() == "done");
        assert!(agrees, "{name}, prettify {prettify}: {printed:#?}\n{texts}");
    }
}

#[test]
fn examples_keep_their_meaning() {
    if !tools::present(&[IVERILOG, VVP]) {
        return;
    }
    for example in designs::ALL {
        let netlist = (example.build)();
        if netlist.modules.iter().all(|module| matches!(module.body, Body::Logic(_))) {
            assert_same_meaning(example.name, &netlist, 1);
        }
    }
}

#[test]
fn random_designs_keep_their_meaning() {
    if !tools::present(&[IVERILOG, VVP]) {
        return;
    }
    for seed in seeds(40) {
        assert_same_meaning(&format!("seed {seed}"), &random::design(seed), seed);
    }
}
