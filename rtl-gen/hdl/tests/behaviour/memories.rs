//! Memories and ROMs.

use crate::machine::Machine;
use crate::{logic, top};
use hdl::{Bits, Collision};

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

/// A memory with the words 10 to 13, and a read port.
fn with_read_port(collision: Collision) -> Machine {
    let words: Vec<Bits> = (10..14).map(|word| Bits::truncated(word, 8)).collect();
    Machine::new(top(|m| {
        let memory = m.memory("words", 8, 4).contents(&words);
        let port = memory.read_at_clock("q", m.input("from", 2, ""), collision);
        let (to, data) = (m.input("to", 2, ""), m.input("data", 8, ""));
        memory.write(m.input("write", 1, ""), to, data);
        memory.write_masked(m.input("write_high", 1, ""), m.lit(2, 2), to, data);
        m.output("q", port.enable(m.input("read", 1, "")).value(), "");
    }))
}

#[test]
fn a_read_port_keeps_its_word_and_starts_with_the_contents() {
    for &collision in Collision::ALL {
        let mut machine = with_read_port(collision);
        [("read", 1), ("from", 2)].into_iter().for_each(|(input, value)| machine.set(input, value));
        machine.step();
        assert_eq!(machine.get("q"), 12, "{collision:?}");
        [("read", 0), ("from", 3), ("write", 1), ("to", 2), ("data", 99)]
            .into_iter()
            .for_each(|(input, value)| machine.set(input, value));
        machine.step();
        machine.step();
        assert_eq!(machine.get("q"), 12, "{collision:?}");
        [("read", 1), ("from", 2), ("write", 0)]
            .into_iter()
            .for_each(|(input, value)| machine.set(input, value));
        machine.step();
        assert_eq!(machine.get("q"), 99, "{collision:?}");
    }
}

#[test]
fn what_a_collision_gives_is_the_rule_of_the_port() {
    // The word is 13 = 0x0d. Four cases: no write, a write of the word, a write of its high lane, both.
    let expected = [
        (Collision::Old, [0x0d, 0x0d, 0x0d, 0x0d]),
        (Collision::New, [0x0d, 0xab, 0xad, 0xab]),
        (Collision::Undefined, [0x0d, 0, 0, 0]),
    ];
    for (collision, words) in expected {
        for (case, word) in words.into_iter().enumerate() {
            let mut machine = with_read_port(collision);
            [("read", 1), ("from", 3), ("to", 3), ("data", 0xab)]
                .into_iter()
                .for_each(|(input, value)| machine.set(input, value));
            machine.set("write", case as u64 & 1);
            machine.set("write_high", case as u64 >> 1);
            machine.step();
            assert_eq!(machine.get("q"), word, "{collision:?}, case {case}");
        }
    }
}

/// Write ports with lanes of 4 and of 2 bits: each lane comes from the last declared port that writes it.
#[test]
fn lanes_of_several_ports_join_in_one_word() {
    let mut machine = Machine::new(top(|m| {
        let memory = m.memory("words", 8, 2).contents(&[Bits::zero(8), Bits::zero(8)]);
        let at = m.input("at", 1, "");
        let port = memory.read_at_clock("q", at, Collision::New);
        memory.write_masked(at, m.input("nibbles", 2, ""), at, m.lit(0x55, 8));
        memory.write_masked(at, m.input("pairs", 4, ""), at, m.lit(0xff, 8));
        m.output("q", port.value(), "");
        m.output("now", memory.read(at), "");
    }));
    machine.set("at", 1);
    machine.set("nibbles", 0b10);
    machine.set("pairs", 0b0101);
    machine.step();
    assert_eq!([machine.get("q"), machine.get("now")], [0x73, 0x73]);
}

#[test]
fn a_mask_of_one_bit_is_an_enable() {
    let netlist = top(|m| {
        let (memory, at) = (m.memory("words", 8, 16), m.input("at", 4, ""));
        memory.write_masked(at.any(), at.bit(0), at, m.lit(1, 8));
        m.output("y", memory.read(at), "");
    });
    assert!(logic(netlist.top()).memories[0].writes[0].mask.is_none());
}

#[test]
fn writes_that_never_meet_are_claimed_to() {
    let claims = |ports: u64| {
        let netlist = top(|m| {
            let (memory, at) = (m.memory("words", 8, 16), m.input("at", 4, ""));
            let write = m.input("write", 1, "");
            (0..ports).for_each(|port| memory.write(write, at + port, m.lit(1, 8)));
            memory.writes_never_meet().writes_never_meet();
            m.output("y", memory.read(at), "");
        });
        let logic = logic(netlist.top());
        let names: Vec<String> = logic.properties.iter().map(|property| property.name.clone()).collect();
        (logic.memories[0].never_meet, names)
    };
    assert_eq!(claims(1), (false, vec![]), "there is nothing that a single one could meet");
    assert_eq!(claims(2), (true, vec!["words_writes_never_meet".into()]));
}

/// Nothing is written, so there is nothing to forward.
#[test]
fn a_read_port_of_a_rom_is_a_register() {
    let netlist = top(|m| {
        let rom = m.rom("table", &[Bits::zero(8), Bits::ones(8)]);
        let at = m.input("at", 1, "");
        for &collision in Collision::ALL {
            let name = format!("{collision:?}");
            m.output(&format!("y_{name}"), rom.read_at_clock(&name, at, collision).value(), "");
        }
    });
    let logic = logic(netlist.top());
    assert_eq!(logic.registers.len(), 3);
    assert!(logic.registers.iter().all(|register| register.collision.is_none()));
}
