//! Memories and ROMs.

use crate::machine::Machine;
use crate::{logic, top};
use hdl::Bits;

#[test]
fn a_read_sees_what_was_written_before_the_edge() {
    let mut machine = Machine::new(top(|m| {
        let memory = m.memory("words", 8, 16);
        assert_eq!(memory.address_width(), 4);
        memory.write(m.input("enable", 1, ""), m.input("to", 4, ""), m.input("data", 8, ""));
        m.output("y", memory.read(m.input("from", 4, "")), "");
    }));
    for (input, value) in [("enable", 1), ("to", 9), ("from", 9), ("data", 77)] {
        machine.set(input, value);
    }
    assert_eq!(machine.get("y"), 0);
    machine.step();
    assert_eq!(machine.get("y"), 77);
    machine.set("enable", 0);
    machine.set("data", 78);
    machine.step();
    assert_eq!(machine.get("y"), 77);
    machine.set("from", 8);
    assert_eq!(machine.get("y"), 0);
}

#[test]
fn of_two_writes_the_later_wins() {
    let mut machine = Machine::new(top(|m| {
        let (memory, at) = (m.memory("words", 8, 4), m.input("at", 2, ""));
        memory.write(m.input("first", 1, ""), at, m.lit(1, 8));
        memory.write(m.input("second", 1, ""), at, m.lit(2, 8));
        m.output("y", memory.read(at), "");
    }));
    machine.set("first", 1);
    machine.step();
    assert_eq!(machine.get("y"), 1);
    machine.set("second", 1);
    machine.step();
    assert_eq!(machine.get("y"), 2);
}

#[test]
fn a_rom_holds_its_words_and_zeros_beyond() {
    let words: Vec<Bits> = [3, 1, 4, 1, 5].map(|word| Bits::truncated(word, 4)).to_vec();
    let mut machine = Machine::new(top(|m| {
        let rom = m.rom("digits", &words);
        assert_eq!(rom.address_width(), 3);
        m.output("y", rom.read(m.input("at", 3, "")), "");
    }));
    let read = (0..8).map(|at| {
        machine.set("at", at);
        machine.get("y")
    });
    assert_eq!(read.collect::<Vec<_>>(), [3, 1, 4, 1, 5, 0, 0, 0]);
}

#[test]
fn equal_reads_are_one_port() {
    let netlist = top(|m| {
        let (memory, at) = (m.memory("words", 8, 16), m.input("at", 4, ""));
        memory.write(at.any(), at, memory.read(at) + 1);
        m.output("y", memory.read(at) ^ memory.read(at.named("again")), "");
        m.output("z", memory.read(at), "");
    });
    let is_read = |node: &&hdl::netlist::Node| matches!(node.op, hdl::netlist::Op::MemoryRead { .. });
    assert_eq!(logic(netlist.top()).nodes.iter().filter(is_read).count(), 1);
}

#[test]
fn a_single_word_has_an_address_of_one_bit() {
    top(|m| {
        let memory = m.memory("word", 8, 1);
        assert_eq!(memory.address_width(), 1);
        memory.write(m.lit(1, 1), m.lit(0, 1), m.input("x", 8, ""));
        m.output("y", memory.read(m.lit(0, 1)), "");
    });
}
