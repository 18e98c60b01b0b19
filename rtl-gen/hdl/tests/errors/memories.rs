//! Memories and ROMs.

use crate::{Case, case, inputs};
use hdl::Bits;

pub fn cases() -> Vec<Case> {
    let mut cases = shapes();
    cases.extend(accesses());
    cases
}

fn shapes() -> Vec<Case> {
    vec![
        case("memory_without_width", |m| {
            let [a, b, s] = inputs(m);
            let memory = m.memory("words", 0, 16);
            memory.write(s, b, a);
            m.output("y", memory.read(b) + a, "");
        }),
        case("memory_without_words", |m| {
            let [a, b, s] = inputs(m);
            let memory = m.memory("words", 8, 0);
            memory.write(s, b, a);
            m.output("y", memory.read(b), "");
        }),
        case("memory_too_deep", |m| {
            let (address, write) = (m.input("address", 62, ""), m.input("write", 1, ""));
            let memory = m.memory("words", 8, 1 << 62);
            memory.write(write, address, address.low(8));
            m.output("y", memory.read(address), "");
        }),
        case("rom_with_uneven_words", |m| {
            let [_, b, _] = inputs(m);
            let rom = m.rom("table", &[Bits::zero(8), Bits::zero(8), Bits::zero(7)]);
            m.output("y", rom.read(b.low(2)), "");
        }),
        case("rom_without_words", |m| {
            let [_, b, _] = inputs(m);
            m.output("y", m.rom("table", &[]).read(b), "");
        }),
        case("rom_written", |m| {
            let [a, _, s] = inputs(m);
            let rom = m.rom("table", &[Bits::zero(8), Bits::ones(8)]);
            rom.write(s, s, a);
            m.output("y", rom.read(s), "");
        }),
        case("memory_never_written", |m| {
            let [_, b, _] = inputs(m);
            m.output("y", m.memory("words", 8, 16).read(b), "");
        }),
    ]
}

fn accesses() -> Vec<Case> {
    vec![
        case("memory_read_address_width", |m| {
            let [a, b, s] = inputs(m);
            let memory = m.memory("words", 8, 16);
            memory.write(s, b, a);
            m.output("y", memory.read(a), "");
        }),
        case("memory_write_address_width", |m| {
            let [a, b, s] = inputs(m);
            let memory = m.memory("words", 8, 16);
            memory.write(s, a, a);
            m.output("y", memory.read(b), "");
        }),
        case("memory_write_data_width", |m| {
            let [_, b, s] = inputs(m);
            let memory = m.memory("words", 8, 16);
            memory.write(s, b, b);
            m.output("y", memory.read(b), "");
        }),
        case("memory_write_enable_width", |m| {
            let [a, b, _] = inputs(m);
            let memory = m.memory("words", 8, 16);
            memory.write(b, b, a);
            m.output("y", memory.read(b), "");
        }),
    ]
}
