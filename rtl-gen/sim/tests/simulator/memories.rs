//! Memories and ROMs.

use crate::support::{elaborate, peek, poke, port, random_bits, simulate};
use hdl::netlist::Body;
use hdl::{Bits, Collision, Module};
use sim::{BuildError, Initial, Interpreter, Memories, Options, Simulator};
use std::collections::VecDeque;

#[test]
fn a_rom_gives_its_words_and_zero_beyond_them() {
    for width in [1, 7, 64, 65, 130] {
        let mut random = fastrand::Rng::with_seed(width as u64);
        let words: Vec<Bits> = (0..11).map(|_| random_bits(&mut random, width)).collect();
        let mut simulator = simulate(|m| {
            let rom = m.rom("table", &words);
            m.output("word", rom.read(m.input("address", 4, "")), "");
        });
        for address in 0..16 {
            simulator.poke_u64(0, address);
            let expected = words.get(address as usize).cloned().unwrap_or(Bits::zero(width));
            assert_eq!(simulator.peek(1), expected, "address {address}");
        }
    }
}

/// Two write ports at one address: the later one wins. Reads see a write after the edge.
#[test]
fn writes_act_at_the_edge_and_the_later_port_wins() {
    for width in [8, 64, 100] {
        let mut simulator = simulate(|m| {
            let memory = m.memory("words", width, 6);
            for port in 0..2 {
                let (enable, address) =
                    (m.input(&format!("enable_{port}"), 1, ""), m.input(&format!("at_{port}"), 3, ""));
                memory.write(enable, address, m.input(&format!("data_{port}"), width, ""));
            }
            m.output("word", memory.read(m.input("read_at", 3, "")), "");
        });
        let mut random = fastrand::Rng::with_seed(width as u64);
        let mut model = vec![Bits::zero(width); 8];
        for _ in 0..2000 {
            let writes: [(bool, u64, Bits); 2] =
                [0, 1].map(|_| (random.bool(), random.u64(..8), random_bits(&mut random, width)));
            for (port, (enable, address, data)) in writes.iter().enumerate() {
                simulator.poke_u64(3 * port, *enable as u64);
                simulator.poke_u64(3 * port + 1, *address);
                simulator.poke(3 * port + 2, data);
            }
            let read_at = random.u64(..8);
            simulator.poke_u64(6, read_at);
            assert_eq!(simulator.peek(7), model[read_at as usize]);
            simulator.tick();
            for (_, address, data) in
                writes.into_iter().filter(|(enable, address, _)| *enable && *address < 6)
            {
                model[address as usize] = data;
            }
            assert_eq!(simulator.peek(7), model[read_at as usize], "after the edge");
        }
    }
}

/// A FIFO of four words: push and pop at once, full and empty.
fn fifo(m: &Module) {
    let (push, data, pop) = (m.input("push", 1, ""), m.input("data", 16, ""), m.input("pop", 1, ""));
    let words = m.memory("words", 16, 4);
    let (head, tail, count) =
        (m.reg("head", 2).reset_to(0), m.reg("tail", 2).reset_to(0), m.reg("count", 3).reset_to(0));
    let (full, empty) = (count.value().eq(4u64), count.value().eq(0u64));
    let (pushes, pops) = ((push & !full).named("pushes"), (pop & !empty).named("pops"));
    words.write(pushes, tail.value(), data);
    tail.enable(pushes).set(tail.value() + 1u64);
    head.enable(pops).set(head.value() + 1u64);
    count.set(count.value() + pushes.zext(3) - pops.zext(3));
    m.output("full", full, "");
    m.output("empty", empty, "");
    m.output("front", words.read(head.value()), "");
}

#[test]
fn a_fifo_keeps_the_order() {
    let mut simulator = simulate(fifo);
    simulator.tick();
    poke(&mut simulator, "rst_n", 1);
    let mut random = fastrand::Rng::with_seed(8);
    let mut model = VecDeque::new();
    for cycle in 0..5000 {
        let busy = cycle / 50 % 2 == 0;
        let (push, pop, data) = (random.bool() | busy, random.bool() & !busy, random.u64(..1 << 16));
        poke(&mut simulator, "push", push as u64);
        poke(&mut simulator, "pop", pop as u64);
        poke(&mut simulator, "data", data);
        assert_eq!(peek(&mut simulator, "full"), (model.len() == 4) as u64);
        assert_eq!(peek(&mut simulator, "empty"), model.is_empty() as u64);
        if let Some(front) = model.front() {
            assert_eq!(peek(&mut simulator, "front"), *front);
        }
        simulator.tick();
        let was_full = model.len() == 4;
        if pop {
            model.pop_front();
        }
        if push && !was_full {
            model.push_back(data);
        }
    }
}

/// All limbs of a wide word are there before anything is computed from them.
#[test]
fn a_wide_word_is_read_before_it_is_used() {
    let words: Vec<Bits> = (0..4).map(|i| Bits::truncated(i << 100 | i, 130)).collect();
    let mut simulator = simulate(|m| {
        let word = m.rom("table", &words).read(m.input("address", 2, ""));
        m.output("high", word.high(30) + 1u64, "");
        m.output("low", word.low(8) + 1u64, "");
    });
    for address in [3, 1, 2] {
        simulator.poke_u64(0, address);
        assert_eq!([simulator.peek_u64(1), simulator.peek_u64(2)], [address + 1; 2]);
    }
}

/// Two memories and a ROM at one address.
fn three(m: &Module) {
    let (enable, address) = (m.input("enable", 1, ""), m.input("at", 2, ""));
    let memory = |name: &str| {
        let memory = m.memory(name, 70, 3);
        memory.write(enable, address, m.input(&format!("{name}_data"), 70, ""));
        memory.read(address)
    };
    m.output("first", memory("a").zext(128), "");
    m.output("second", memory("b").zext(128), "");
    m.output("constant", m.rom("rom", &[Bits::ones(70), Bits::ones(70), Bits::ones(70)]).read(address), "");
}

#[test]
fn a_memory_starts_at_zero_or_at_random() {
    let netlist = elaborate(three);
    let words = |initial, output: &str| {
        let mut simulator = Interpreter::new(&netlist, Options { initial }).unwrap();
        let output = port(&simulator, output);
        [0, 1, 2, 3].map(|address| {
            poke(&mut simulator, "at", address);
            simulator.peek(output)
        })
    };
    assert!(words(Initial::Zero, "first").iter().all(Bits::is_zero));
    let random = words(Initial::Random(3), "first");
    assert_eq!(random, words(Initial::Random(3), "first"));
    assert_ne!(random, words(Initial::Random(4), "first"));
    assert_ne!(random, words(Initial::Random(3), "second"), "memories differ");
    assert!(random[0] != random[1] && random[1] != random[2], "{random:?}");
    assert!(random.iter().all(|word| word.slice(127, 70).is_zero()), "no bit above the width: {random:?}");
    assert!(random[3].is_zero(), "there is no word 3");
    assert_eq!(words(Initial::Random(3), "constant"), words(Initial::Zero, "constant"));
}

#[test]
fn registers_and_memories_of_one_seed_differ() {
    let netlist = elaborate(|m| {
        let (memory, kept) = (m.memory("words", 64, 2), m.reg("kept", 64));
        let data = m.input("data", 64, "");
        memory.write(data.bit(0), data.bit(1), data);
        kept.set(data);
        m.output("both", m.concat(&[memory.read(m.lit(0, 1)), kept.value()]), "");
    });
    let mut simulator = Interpreter::new(&netlist, Options { initial: Initial::Random(1) }).unwrap();
    let both = simulator.peek(1);
    assert_ne!(both.slice(127, 64), both.slice(63, 0));
}

/// A ROM with fewer words than its depth has zeros beyond them, also where memories start at random.
#[test]
fn a_rom_has_zeros_beyond_its_contents() {
    let mut netlist = elaborate(three);
    let Body::Logic(logic) = &mut netlist.modules[0].body else { panic!("the module has logic") };
    logic.memories[2].contents.truncate(1);
    let mut simulator = Interpreter::new(&netlist, Options { initial: Initial::Random(1) }).unwrap();
    let output = port(&simulator, "constant");
    assert_eq!(simulator.peek(output), Bits::ones(70));
    poke(&mut simulator, "at", 1);
    assert!(simulator.peek(output).is_zero());
}

#[test]
fn a_memory_beyond_the_limit_is_an_error() {
    let netlist = elaborate(|m| {
        let memory = m.memory("huge", 65, 1 << 30);
        let address = m.input("at", 30, "");
        memory.write(m.input("enable", 1, ""), address, m.input("data", 65, ""));
        m.output("word", memory.read(address), "");
    });
    let error = Interpreter::new(&netlist, Options::default()).map(drop).unwrap_err();
    assert_eq!(error, BuildError::MemoryTooLarge { path: "huge".into(), depth: 1 << 30, width: 65 });
    assert!(error.to_string().contains("`huge` has 1073741824 words of 65 bits"), "{error}");
}

/// Read ports of one memory under each rule, with a write of some bytes.
fn ports(m: &Module) {
    let (write, bytes, to) = (m.input("write", 1, ""), m.input("bytes", 8, ""), m.input("to", 2, ""));
    let (from, data) = (m.input("from", 2, ""), m.input("data", 64, ""));
    let ram = m.memory("ram", 64, 4).contents(&[Bits::ones(64)]);
    ram.write_masked(write, bytes, to, data);
    for &collision in Collision::ALL {
        let name = format!("{collision:?}").to_lowercase();
        m.output(&format!("{name}_word"), ram.read_at_clock(&name, from, collision).value(), "");
    }
}

#[test]
fn a_collision_gives_what_the_port_promises() {
    let netlist = elaborate(ports);
    let collided = |initial| {
        let mut simulator = Interpreter::new(&netlist, Options { initial }).unwrap();
        [("write", 1), ("bytes", 0x0f), ("data", 0x1234_5678_9abc_def0)]
            .into_iter()
            .for_each(|(input, value)| poke(&mut simulator, input, value));
        simulator.tick();
        ["old_word", "new_word", "undefined_word"].map(|output| peek(&mut simulator, output))
    };
    let new = 0xffff_ffff_9abc_def0;
    assert_eq!(collided(Initial::Zero), [u64::MAX, new, 0]);
    let [random, other] = [5, 6].map(|seed| collided(Initial::Random(seed)));
    assert_eq!([random[0], random[1]], [u64::MAX, new]);
    assert!(![0, u64::MAX, new, other[2]].contains(&random[2]), "{random:x?}, {other:x?}");
}

#[test]
fn memories_are_found_by_their_paths() {
    let design = hdl::Design::new(hdl::Clocking::default());
    let child = design.module("child", &[], three);
    let top = design.module("top", &[], |m| {
        let child = m.instance("u_child", child);
        for (port, width) in [("enable", 1), ("at", 2), ("a_data", 70), ("b_data", 70)] {
            child.set(port, m.input(port, width, ""));
        }
        m.output("first", child.get("first"), "");
        m.output("second", child.get("second"), "");
        m.output("constant", child.get("constant"), "");
    });
    let netlist = design.elaborate(top).unwrap();
    let mut simulator = Interpreter::new(&netlist, Options::default()).unwrap();
    let second = simulator.memory("u_child.b").unwrap();
    assert_eq!(simulator.memories()[1].depth, 3);
    poke(&mut simulator, "at", 2);
    let output = port(&simulator, "second");
    assert!(simulator.peek(output).is_zero());
    simulator.load(second, &[Bits::zero(70), Bits::zero(70), Bits::ones(70)]);
    assert_eq!(simulator.peek(output).slice(69, 0), Bits::ones(70), "in the same cycle");
    assert_eq!(simulator.peek_word(second, 2), Bits::ones(70));
    let error = simulator.memory("b").unwrap_err().to_string();
    assert_eq!(error, "the design has no memory `b` (memories: u_child.a, u_child.b, u_child.rom)");
}

#[test]
fn words_that_cannot_be_set_are_named() {
    let netlist = elaborate(three);
    let refused = |path: &str, address, width| {
        let mut simulator = Interpreter::new(&netlist, Options::default()).unwrap();
        let memory = simulator.memory(path).unwrap();
        let poke = std::panic::AssertUnwindSafe(|| simulator.poke_word(memory, address, &Bits::zero(width)));
        *std::panic::catch_unwind(poke).unwrap_err().downcast::<String>().unwrap()
    };
    assert_eq!(refused("a", 3, 70), "`a` has 3 words: it has none at address 3");
    assert_eq!(refused("a", 0, 64), "`a` has words of 70 bits: it cannot take 64 bits");
    assert_eq!(refused("rom", 0, 70), "`rom` is a ROM: it cannot be poked");
}
