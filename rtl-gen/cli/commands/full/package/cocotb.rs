//! A test in cocotb: streams with random stalls, registers over AXI4-Lite.

use super::bus::Kind;
use super::contents::{Contents, Reset, SPDX};
use super::flow::Flow;
use crate::terminal::json;
use blocks::channel::Channel;
use hdl::Direction;
use parts::registers::{Access, RegisterField, RegisterMap};
use serde::Serialize;

pub const FLOW: Flow = Flow {
    name: "cocotb",
    about: "A cocotb test with vectors of the golden model and random stalls",
    files,
    usage,
};

/// The test's description of the block.
#[derive(Serialize)]
struct Bench<'a> {
    license: &'static str,
    top: &'a str,
    sources: &'a [&'a str],
    clock: &'a Option<String>,
    reset: &'a Option<Reset>,
    /// Names of the inputs beside clock and reset.
    inputs: Vec<&'a str>,
    /// The channels, where each is stalled for itself.
    streams: Option<Streams>,
    /// The file of vectors, which are cycles of all ports where there are no streams.
    vectors: &'a str,
    registers: Option<Registers>,
}

#[derive(Serialize)]
struct Streams {
    inputs: Vec<Stream>,
    outputs: Vec<Stream>,
    /// Cycles without a transfer after which the block is stuck.
    patience: u64,
    /// Cycles between cases that are kept apart.
    gap: Option<u32>,
}

#[derive(Serialize)]
struct Stream {
    name: &'static str,
    valid: String,
    ready: String,
    /// The ports of its fields, and their widths.
    fields: Vec<(String, u32)>,
}

#[derive(Serialize)]
struct Registers {
    /// The prefix of the ports.
    bus: String,
    registers: Vec<RegisterView>,
}

#[derive(Serialize)]
struct RegisterView {
    name: &'static str,
    address: usize,
    /// Bits that read as `value` after reset.
    known: u32,
    value: u32,
    /// Bits that read as they are written, and do nothing else.
    written: u32,
}

/// Cycles without a transfer, beyond those of a case, after which the block is stuck.
const PATIENCE: u64 = 1000;

fn files(contents: &Contents) -> Vec<(String, String)> {
    let inputs = contents.data_ports().filter(|port| port.direction == Direction::Input);
    let bench = Bench {
        license: SPDX,
        top: contents.top,
        sources: &contents.sources,
        clock: &contents.clock,
        reset: &contents.reset,
        inputs: inputs.map(|port| port.name.as_str()).collect(),
        streams: contents.vectors.is_some().then(|| streams(contents)),
        vectors: vectors_file(contents),
        registers: registers(contents),
    };
    let mut files = vec![
        ("cocotb_test.py".into(), include_str!("templates/cocotb_test.py").into()),
        ("cocotb_run.py".into(), include_str!("templates/cocotb_run.py").into()),
        ("cocotb.json".into(), json::pretty(&bench)),
    ];
    if let Some(cases) = &contents.vectors {
        let line = |case| serde_json::to_string(case).expect("keys are strings") + "\n";
        files.push((vectors_file(contents).into(), cases.iter().map(line).collect()));
    }
    files
}

/// The file that the test reads: beats of streams, or the cycles of the Verilog testbench.
fn vectors_file<'c>(contents: &'c Contents) -> &'c str {
    match contents.vectors {
        Some(_) => "cocotb_vectors.jsonl",
        None => contents.bench_files().1,
    }
}

fn streams(contents: &Contents) -> Streams {
    let block = contents.chosen.configured.as_ref();
    let interface = block.interface();
    let view = |channel: &Channel| Stream {
        name: channel.name,
        valid: channel.port("valid"),
        ready: channel.port("ready"),
        fields: channel
            .fields
            .iter()
            .map(|field| (interface.port_name(channel, field), field.width))
            .collect(),
    };
    let gap = block.gap_between_cases();
    Streams {
        inputs: interface.inputs.iter().map(view).collect(),
        outputs: interface.outputs.iter().map(view).collect(),
        patience: PATIENCE + block.cycles_per_case() + u64::from(interface.latency() + gap.unwrap_or(0)),
        gap,
    }
}

fn registers(contents: &Contents) -> Option<Registers> {
    let map = contents.chosen.configured.registers()?;
    let bus = contents.buses.iter().find(|bus| bus.kind == Kind::AxiLite && bus.is_slave)?;
    Some(Registers { bus: bus.name.clone(), registers: register_views(&map) })
}

fn register_views(map: &RegisterMap) -> Vec<RegisterView> {
    let bits = |fields: &[RegisterField], has: fn(Access) -> bool| {
        fields.iter().filter(|field| has(field.access)).fold(0, |bits, field| bits | field.mask())
    };
    let views = map.registers.iter().enumerate().map(|(index, register)| RegisterView {
        name: register.name,
        address: 4 * index,
        known: bits(&register.fields, is_known),
        value: register.fields.iter().fold(0, |bits, field| bits | constant(field)),
        written: bits(&register.fields, |access| access == Access::ReadWrite),
    });
    views.collect()
}

/// Whether software knows what a field reads as after reset.
fn is_known(access: Access) -> bool {
    match access {
        Access::ReadWrite | Access::Constant(_) | Access::Pulse | Access::WriteOneToClear => true,
        Access::ReadOnly | Access::Forwarded => false,
    }
}

/// The bits of a register that are always 1.
fn constant(field: &RegisterField) -> u32 {
    match field.access {
        Access::Constant(value) => value << field.low,
        Access::ReadWrite
        | Access::ReadOnly
        | Access::Pulse
        | Access::WriteOneToClear
        | Access::Forwarded => 0,
    }
}

fn usage(contents: &Contents) -> String {
    let registers = match contents.chosen.configured.registers() {
        Some(_) => " A second test reads and writes the registers with cocotbext-axi.",
        None => "",
    };
    format!(
        "`pip install cocotb cocotbext-axi`, cocotb 2. In this folder:\n\n```sh\n\
         python3 cocotb_run.py            # Icarus Verilog 11 or later\n\
         python3 cocotb_run.py verilator  # Verilator 5.036 or later\n```\n\n\
         {}{registers} `COCOTB_RANDOM_SEED` changes the stalls, `--vectors` and `--seed` of `gen-rtl package` the beats.\n",
        how(contents)
    )
}

/// What the test does with the block.
fn how(contents: &Contents) -> &'static str {
    if contents.vectors.is_some() {
        "The test stalls each stream at random, and compares every beat with the golden model's. It also checks that an offered beat \
         stays until it is taken."
    } else {
        "The test repeats the cycles of the Verilog testbench: what this block answers depends on the cycle."
    }
}
