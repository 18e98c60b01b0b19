//! The hardware.
//!
//! ```text
//! s_axi --> [control] --> begins, stops
//!              |
//!              v
//!           [fetch] --> commands --> [read DMA] <---------------------------- m_axi_ar, m_axi_r
//!                                        |
//!                                     [fill] --> panel of A, strips of B and scales
//!                                                           |
//!           [blocks] --> blocks of results -------------> [feeds] --> [pacq_tile]
//!              |                                                           |
//!              '----------------------------------------------------> [results] --> [write DMA] --> m_axi_aw, w, b
//! ```
//!
//! A block of results begins when its operands are on the chip. A core that stops begins no more blocks and asks for no more operands;
//! what is under way ends as always, so that nothing is left behind on the bus or in the engine.

mod blocks;
mod control;
mod feeds;
mod fetch;
mod fill;
mod host;
mod news;
mod queue;
mod results;

use super::BLOCK;
use super::params::{Host, Params};
use crate::block::Hardware;
use crate::pacq::pacq_core::registers::Counts;
use crate::top::{block, module};
use control::{EVENTS, Events};
use fill::Buffers;
use hdl::{Bundle, Child, Design, Module, ModuleRef, Signal, Wire};
use news::{NEWS, News};
use parts::axi::read_dma::read_dma;
use parts::axi::write_dma::write_dma;

/// The modules of a core.
#[derive(Clone, Copy)]
struct Modules {
    read_dma: ModuleRef,
    write_dma: ModuleRef,
    tile: ModuleRef,
}

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let modules = Modules {
            read_dma: read_dma(design, &self.port()),
            write_dma: write_dma(design, &self.port()),
            tile: self.tile.build(design),
        };
        let timing = format!("Throughput: a tile of m16 k16 and 4 words in {} cycles.", self.tile.cycles());
        let about =
            ["Products of FP16 matrices and packed integer matrices with scales, in a memory.", &timing];
        match self.host {
            Host::Axi => block(design, &BLOCK, self, &about, |m| core(m, self, modules)),
            Host::Stream => {
                let core = module(design, BLOCK.name, &self.core_parts(), |m| core(m, self, modules));
                block(design, &BLOCK, self, &about, |m| host::commands(m, self, core))
            }
        }
    }
}

/// Registers, interrupt, memory port, and what is between them.
fn core(m: &Module, params: &Params, modules: Modules) {
    let [read, write, tile] =
        [("u_read_dma", modules.read_dma), ("u_write_dma", modules.write_dma), ("u_tile", modules.tile)]
            .map(|(name, module)| m.instance(name, module));
    let (events, wires) = (m.wires("now", &EVENTS), m.wires("news", &NEWS));
    let news = wires.map(|wire| wire.value());
    let control = m.scope("control", || control::control(m, params, &events.map(|event| event.value())));
    let blocks = m.scope("blocks", || blocks::blocks(m, params, &control, &news));
    let fetch = m.scope("fetch", || fetch::fetch(m, params, &control, read, &blocks, &news));
    let buffers = Buffers::new(m, params);
    let fill = m.scope("fill", || fill::fill(m, params, read, &buffers, fetch.operand, blocks.half_to_fill));
    let a = m.scope("a_feed", || feeds::activations(m, params, tile, &control, &blocks, &buffers));
    let b = m.scope("b_feed", || feeds::weights(m, params, tile, &control, &blocks, &buffers));
    let scales = m.scope("scale_feed", || feeds::scales(m, params, tile, &control, &blocks, &buffers));
    let ends = m.scope("tile_feed", || feeds::ends(m, params, tile, &control, &blocks));
    let results = m.scope("results", || results::results(m, params, [tile, write], &control, &blocks));

    let queues = [a, b, scales, ends];
    let is_full = m.concat_lsb(&queues.map(|queue| queue.is_full)).any() | results.is_full;
    let has_block = m.concat_lsb(&queues.map(|queue| queue.has_block)).any();
    let is_quiet = (!has_block & results.is_idle & fetch.is_idle).named("is_quiet");
    let of_parts = News {
        panel_begins: fetch.panel_begins,
        panel_rows: fetch.panel_rows,
        strip_begins: fetch.strip_begins,
        operand_ends: fill.ends,
        panel_comes: fill.panel_comes,
        strip_comes: fill.strip_comes,
        strip_leaves: results.strip_leaves,
        has_room: !is_full,
        a_is_idle: !a.has_block,
    };
    drive(&wires, of_parts);
    let is_starved = !ends.has_block;
    let counts = Counts {
        cycles: m.ones(1),
        read_beats: connect_reads(m, params, read),
        written_beats: connect_writes(m, params, write),
        a_beats: fill.a_beats,
        b_beats: fill.b_beats,
        scale_beats: fill.scale_beats,
        stall_a: is_starved & blocks.lacks_panel,
        stall_b: is_starved & blocks.lacks_strip,
        stall_c: results.stalls,
    };
    let of_core = Events {
        is_quiet,
        has_panel: blocks.has_panel,
        read_fails: fill.fails,
        write_fails: results.fails,
        counts,
    };
    drive(&events, of_core);
}

/// Drives each wire of a bundle.
fn drive<'m, B: Bundle<Leaf = Wire<'m>>>(wires: &B, values: B::With<Signal<'m>>) {
    wires.members().into_iter().zip(values.members()).for_each(|((_, wire), (_, value))| wire.drive(value));
}

/// Connects the channels of reads; returns when a beat of data comes.
fn connect_reads<'m>(m: &'m Module, params: &Params, dma: Child<'m>) -> Signal<'m> {
    let (address, data) = (params.port().address(), params.port().read_data());
    m.output_stream("m_axi_ar", &address).connect(&dma.output_stream("m_axi_ar", &address));
    let beats = m.input_stream("m_axi_r", &data);
    dma.input_stream("m_axi_r", &data).connect(&beats);
    beats.fires()
}

/// Connects the channels of writes; returns when a beat of data leaves.
fn connect_writes<'m>(m: &'m Module, params: &Params, dma: Child<'m>) -> Signal<'m> {
    let (address, data, response) =
        (params.port().address(), params.port().write_data(), params.port().write_response());
    m.output_stream("m_axi_aw", &address).connect(&dma.output_stream("m_axi_aw", &address));
    dma.input_stream("m_axi_b", &response).connect(&m.input_stream("m_axi_b", &response));
    let beats = m.output_stream("m_axi_w", &data);
    beats.connect(&dma.output_stream("m_axi_w", &data));
    beats.fires()
}
