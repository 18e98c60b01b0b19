//! Memories and ROMs.

use crate::{Case, case, inputs};
use hdl::{Bits, Collision};

pub fn cases() -> Vec<Case> {
    let mut cases = shapes();
    cases.extend(accesses());
    cases.extend(contents());
    cases.extend(masks());
    cases.extend(promises());
    cases.extend(read_ports());
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

fn contents() -> Vec<Case> {
    vec![
        case("memory_contents_width", |m| {
            let [a, b, s] = inputs(m);
            let memory = m.memory("words", 8, 16).contents(&[Bits::zero(8), Bits::zero(9)]);
            memory.write(s, b, a);
            m.output("y", memory.read(b), "");
        }),
        case("memory_contents_too_many", |m| {
            let [a, b, s] = inputs(m);
            let memory = m.memory("words", 8, 16).contents(&vec![Bits::zero(8); 17]);
            memory.write(s, b, a);
            m.output("y", memory.read(b), "");
        }),
        case("memory_contents_twice", |m| {
            let [a, b, s] = inputs(m);
            let memory = m.memory("words", 8, 16).contents(&[Bits::zero(8)]).contents(&[Bits::ones(8)]);
            memory.write(s, b, a);
            m.output("y", memory.read(b), "");
        }),
        case("rom_with_more_contents", |m| {
            let [_, _, s] = inputs(m);
            let rom = m.rom("table", &[Bits::zero(8), Bits::ones(8)]);
            m.output("y", rom.contents(&[Bits::ones(8)]).read(s), "");
        }),
    ]
}

fn masks() -> Vec<Case> {
    vec![
        case("memory_mask_that_does_not_divide", |m| {
            let [a, b, s] = inputs(m);
            let memory = m.memory("words", 8, 16);
            memory.write_masked(s, b.low(3), b, a);
            m.output("y", memory.read(b), "");
        }),
        case("memory_mask_wider_than_the_word", |m| {
            let [a, b, s] = inputs(m);
            let memory = m.memory("words", 4, 16);
            memory.write_masked(s, a, b, b);
            m.output("y", memory.read(b), "");
        }),
        case("memory_mask_as_the_enable", |m| {
            let [a, b, s] = inputs(m);
            let memory = m.memory("words", 8, 16);
            memory.write_masked(b, s, b, a);
            m.output("y", memory.read(b), "");
        }),
        case("rom_written_with_a_mask", |m| {
            let [a, b, s] = inputs(m);
            let rom = m.rom("table", &[Bits::zero(8), Bits::ones(8)]);
            rom.write_masked(s, b, s, a);
            m.output("y", rom.read(s), "");
        }),
    ]
}

fn promises() -> Vec<Case> {
    vec![
        case("rom_whose_writes_never_meet", |m| {
            let [_, _, s] = inputs(m);
            let rom = m.rom("table", &[Bits::zero(8), Bits::ones(8)]).writes_never_meet();
            m.output("y", rom.read(s), "");
        }),
        case("memory_promise_by_a_name_that_is_taken", |m| {
            let [a, b, s] = inputs(m);
            let memory = m.memory("words", 8, 16);
            memory.write(s, b, a);
            memory.write(!s, b, a + 1);
            m.assert("words_writes_never_meet", s);
            memory.writes_never_meet();
            m.output("y", memory.read(b), "");
        }),
    ]
}

fn read_ports() -> Vec<Case> {
    vec![
        case("read_port_address_width", |m| {
            let [a, b, s] = inputs(m);
            let memory = m.memory("words", 8, 16);
            memory.write(s, b, a);
            m.output("y", memory.read_at_clock("q", a, Collision::Old).enable(s).value(), "");
        }),
        case("read_port_enable_width", |m| {
            let [a, b, s] = inputs(m);
            let memory = m.memory("words", 8, 16);
            memory.write(s, b, a);
            m.output("y", memory.read_at_clock("q", b, Collision::New).enable(b).value(), "");
        }),
        case("read_port_enable_twice", |m| {
            let [a, b, s] = inputs(m);
            let memory = m.memory("words", 8, 16);
            memory.write(s, b, a);
            m.output(
                "y",
                memory.read_at_clock("q", b, Collision::Undefined).enable(s).enable(!s).value(),
                "",
            );
        }),
        case("read_port_that_only_follows_itself", |m| {
            let [a, b, s] = inputs(m);
            let memory = m.memory("links", 4, 16);
            memory.write(s, b, a.low(4));
            let next = m.wire("next", 4);
            next.drive(memory.read_at_clock("link", next.value(), Collision::Old).value());
            m.output("y", next.value(), "");
        }),
    ]
}
