//! Colliding writes, in every engine.

use crate::engine::engines;
use hdl::{Bits, Clocking, Design, Netlist};
use sim::Options;

const CYCLES: u64 = 200;

/// A memory of 4 words with three write ports that are declared never to collide, but do.
fn netlist() -> Netlist {
    let design = Design::new(Clocking::default());
    let top = design.module("top", &[], |m| {
        let memory = m.memory("words", 8, 4).contents(&[5, 6, 7, 8].map(|word| Bits::truncated(word, 8)));
        for port in 0..3 {
            let [enable, at, data] = [("enable", 1), ("at", 2), ("data", 8)]
                .map(|(name, width)| m.input(&format!("{name}{port}"), width, ""));
            memory.write(enable, at, data);
        }
        let words = (0..4u64).rev().map(|at| memory.read(m.lit(at.into(), 2))).collect::<Vec<_>>();
        m.output("words", m.concat(&words), "");
        memory.writes_never_meet();
    });
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn writes_that_meet_break_an_assertion_and_the_last_one_wins() {
    let netlist = netlist();
    for (name, mut engine) in engines(&netlist, Options::default()) {
        let mut random = fastrand::Rng::with_seed(5);
        let (mut words, mut meetings) = ([5, 6, 7, 8], 0);
        for _ in 0..CYCLES {
            let writes = [0, 1, 2].map(|_| (random.bool(), random.usize(..4), random.u64(..256)));
            for (port, (enable, at, data)) in writes.into_iter().enumerate() {
                let named = |input: &str| engine.port(&format!("{input}{port}")).expect("it is there");
                let [of_enable, of_at, of_data] = ["enable", "at", "data"].map(named);
                engine.poke_u64(of_enable, enable.into());
                engine.poke_u64(of_at, at as u64);
                engine.poke_u64(of_data, data);
            }
            let meet = |a: usize, b: usize| writes[a].0 && writes[b].0 && writes[a].1 == writes[b].1;
            meetings += u64::from(meet(0, 1) || meet(0, 2) || meet(1, 2));
            engine.tick();
            writes.into_iter().filter(|(enable, ..)| *enable).for_each(|(_, at, data)| words[at] = data);
            let output = engine.port("words").expect("it is there");
            let expected = words.iter().rev().fold(0, |all, word| all << 8 | word);
            assert_eq!(engine.peek_u64(output), expected, "{name}");
        }
        let violations = engine.violations();
        assert_eq!(violations.len(), 1, "{name}: {violations:?}");
        assert_eq!(
            (violations[0].path.as_str(), violations[0].count),
            ("words_writes_never_meet", meetings),
            "{name}"
        );
    }
}
