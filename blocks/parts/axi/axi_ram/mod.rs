#![doc = include_str!("README.md")]

mod asked;
mod host;
mod late;
mod memory;
mod order;
mod reads;
mod share;
mod writes;

pub use host::{HostAccess, HostAnswer};
pub use memory::Memory;

use super::Axi4;
use crate::Part;
use hdl::{Collision, Design, Module, ModuleRef, Signal};
use host::Host;
use reads::reads;
use share::Share;
use std::panic::Location;
use writes::writes;

/// See the page.
pub const PART: Part = Part {
    name: "axi_ram",
    summary: "an AXI4 memory with latency, limited bandwidth, out-of-order answers and errors",
    page: include_str!("README.md"),
    example,
};

/// Bits of the counters of beats.
const COUNTER_BITS: u32 = 48;

/// The module: see the page. Panics where a number is out of range: [`Axi4::check`] and [`Memory::check`] say which.
#[track_caller]
pub fn axi_ram(design: &Design, shape: &Axi4, memory: &Memory) -> ModuleRef {
    let shape = shape.checked();
    memory.check(shape).unwrap_or_else(|error| panic!("{}: {error}", Location::caller()));
    let parts = [shape.parts().to_vec(), memory.parts()].concat();
    design.module("axi_ram", &parts.iter().map(String::as_str).collect::<Vec<_>>(), |m| {
        m.describe("A memory behind an AXI4 port, with a latency and a bandwidth, and a port for a host.");
        let words = m.memory("words", shape.data_bits, memory.words);
        let host = Host::new(m, shape, memory);
        let share = Share::new(m, memory.rate, host.is_active);

        let write = writes(m, shape, memory, share.may_write);
        let is_stored = (host.writes() | write.is_stored).named("is_stored");
        let lanes = host.is_active.mux(m.ones(shape.bytes()), write.beat.strb);
        let to = host.is_active.mux(host.access.address, write.address.low(words.address_width()));
        words.write_masked(is_stored, lanes, to, host.is_active.mux(host.access.data, write.beat.data));

        // Both ports are the host's while it has an access, and no read meets a write at its word.
        let read = reads(m, shape, memory, share.may_read, &write, |is_read, address| {
            let from = host.is_active.mux(host.access.address, address.low(words.address_width()));
            let word = words.read_at_clock("word", from, Collision::Undefined);
            word.enable(host.reads() | is_read).value()
        });
        share.finish(read.is_read, write.fires);
        host.finish(read.word);
    })
}

/// The output that counts beats.
fn count_beats<'m>(m: &'m Module, name: &str, fires: Signal<'m>, meaning: &str) {
    let count = m.reg(name, COUNTER_BITS).reset_to(0);
    count.enable(fires).set(count.value() + 1);
    m.output(name, count.value(), meaning);
}

fn example(design: &Design) -> ModuleRef {
    let memory = Memory { words: 1024, latency: 20, rate: 40, is_unordered: true, fails_from: None };
    axi_ram(design, &super::EXAMPLE, &memory)
}
