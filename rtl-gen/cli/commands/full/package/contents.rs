//! What every package says about its block.

use super::bus::{self, Bus};
use super::vectors::{self, Case};
use crate::block::rtl::Rtl;
use crate::block::selection::Chosen;
use crate::block::version::{GENERATOR, VERSION};
use crate::block::views::{self, Port};
use blocks::channel::Timing;
use hdl::Level;
use serde::Serialize;
use tera::{Context, Tera};
use testbenches::StandaloneTestbench;

/// The licence of every file, as tools read it.
pub const SPDX: &str = "SPDX-License-Identifier: Apache-2.0";

/// The library in which FuseSoC and IP-XACT find the block.
pub const LIBRARY: &str = "blocks";

/// A block as packages see it.
pub struct Contents<'a> {
    pub chosen: &'a Chosen,
    /// Name of the top module.
    pub top: &'a str,
    /// Every port, clock and reset first.
    pub ports: Vec<Port>,
    pub clock: Option<String>,
    pub reset: Option<Reset>,
    /// The bus interfaces among the ports.
    pub buses: Vec<Bus>,
    /// Names of the Verilog files of the block.
    pub sources: Vec<&'a str>,
    /// The Verilog testbench.
    pub bench: &'a StandaloneTestbench,
    /// Cases of the testbenches.
    pub cases: u64,
    /// Seed of the cases.
    pub seed: u64,
    /// The cases beat by beat, if each stream can be stalled for itself.
    pub vectors: Option<Vec<Case>>,
}

/// The reset input.
#[derive(Clone, Serialize)]
pub struct Reset {
    pub port: String,
    /// The level that resets.
    pub active: u32,
}

impl<'a> Contents<'a> {
    pub fn new(rtl: &'a Rtl, bench: &'a StandaloneTestbench, cases: u64, seed: u64) -> Contents<'a> {
        let variant = rtl.default();
        let (top, clocking) = (variant.netlist.top(), &variant.netlist.clocking);
        let ports = views::ports(&[&variant.netlist]);
        let block = variant.chosen.configured.as_ref();
        let has_handshakes = match block.interface().timing {
            Timing::Fixed { .. } => false,
            Timing::ReadyValid { .. } | Timing::Elastic => true,
        };
        Contents {
            chosen: &variant.chosen,
            top: &rtl.top,
            clock: top.uses_clock.then(|| clocking.clock.clone()),
            reset: top.uses_reset.then(|| Reset {
                port: clocking.reset.clone(),
                active: u32::from(clocking.active == Level::High),
            }),
            buses: bus::find(&ports),
            ports,
            sources: rtl.files.iter().map(|(name, _)| name.as_str()).collect(),
            bench,
            cases,
            seed,
            vectors: if has_handshakes { vectors::cases(block, cases, seed) } else { None },
        }
    }

    /// The Verilog file of the testbench, and its file of vectors.
    pub fn bench_files(&self) -> (&str, &str) {
        match self.bench.files.as_slice() {
            [(verilog, _), (memory, _)] => (verilog, memory),
            files => panic!("a testbench is two files, not {}", files.len()),
        }
    }

    /// Ports that are neither clock nor reset.
    pub fn data_ports(&self) -> impl Iterator<Item = &Port> {
        let is_reset = |port: &Port| self.reset.as_ref().is_some_and(|reset| reset.port == port.name);
        self.ports.iter().filter(move |port| self.clock.as_ref() != Some(&port.name) && !is_reset(port))
    }

    /// Ports that belong to no bus, clock and reset left out.
    pub fn single_ports(&self) -> impl Iterator<Item = &Port> {
        let is_in_bus = |port: &Port| {
            self.buses.iter().flat_map(|bus| &bus.members).any(|member| member.port == port.name)
        };
        self.data_ports().filter(move |port| !is_in_bus(port))
    }

    /// What templates say of every block.
    pub fn context(&self) -> Context {
        let (bench_verilog, bench_memory) = self.bench_files();
        let mut context = Context::new();
        context.insert("spdx", SPDX);
        context.insert("generator", GENERATOR);
        context.insert("version", VERSION);
        context.insert("library", LIBRARY);
        context.insert("top", self.top);
        context.insert("block", self.chosen.block.name);
        context.insert("title", &self.chosen.title());
        context.insert("summary", self.chosen.block.summary);
        context.insert("sources", &self.sources);
        context.insert("bench", &self.bench.module);
        context.insert("bench_verilog", bench_verilog);
        context.insert("bench_memory", bench_memory);
        context.insert("clock", &self.clock);
        context.insert("reset", &self.reset);
        context
    }
}

/// The text of a template.
pub fn render(template: &str, context: &Context) -> String {
    Tera::one_off(template, context, false).expect("the template has a value for every name")
}

/// The text of a template in XML, where values are escaped.
pub fn render_xml(template: &str, context: &Context) -> String {
    Tera::one_off(template, context, true).expect("the template has a value for every name")
}

/// A text behind a line with the licence.
pub fn licensed(comment: &str, text: &str) -> String {
    format!("{comment} {SPDX}\n{text}")
}

/// A text in double quotes, as JSON, YAML and Python read it.
pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text is JSON")
}
