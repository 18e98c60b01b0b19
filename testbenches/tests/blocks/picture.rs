//! The waveform in the README is what the simulator draws.

use crate::modes::described;
use blocks::block::elaborate;
use sim::{Interpreter, Options, Simulator, TextWave, Traced};

const README: &str = include_str!("../../../README.md");

const SIGNALS: [&str; 9] = [
    "rst_n",
    "in_valid",
    "in_ready",
    "in_activation",
    "in_weights",
    "lane0_rounded",
    "out_valid",
    "out_ready",
    "out_product",
];

/// 1.5 x 3, 2.5 x -2 and 0.1 x 7: the activation, and the code of the weight.
const WORDS: [(u64, u64); 3] = [(0x3e00, 11), (0x4100, 6), (0x2e66, 15)];

#[test]
fn the_readme_shows_a_stalled_pipeline() {
    let mode = described("pacq_mul", "product=rounded lanes=1 stages=2 flow=ready_valid");
    let netlist = elaborate(&*mode.block).expect("it elaborates");
    let simulator = Interpreter::new(&netlist, Options::default()).expect("it simulates");
    let wave = TextWave::new(&simulator, &SIGNALS).expect("the signals are there");
    let mut traced = Traced::new(simulator, wave);
    let mut sent = 0;
    for cycle in 0..8 {
        let (activation, weights) = WORDS.get(sent).copied().unwrap_or((0, 0));
        let inputs = [
            ("rst_n", (cycle > 0) as u64),
            ("in_valid", (cycle > 0 && sent < WORDS.len()) as u64),
            ("in_activation", activation),
            ("in_weights", weights),
            ("out_ready", (cycle != 3) as u64),
        ];
        for (name, value) in inputs {
            let port = traced.port(name).expect("the port is there");
            traced.poke_u64(port, value);
        }
        let handshake = traced.ports_named(["in_valid", "in_ready"]).expect("the ports are there");
        let taken = handshake.map(|port| traced.peek_u64(port) == 1);
        sent += (cycle > 0 && taken == [true; 2]) as usize;
        traced.tick();
    }
    let drawn = traced.finish().expect("nothing is written").1.draw(110);
    assert!(README.contains(drawn.trim_end()), "the README should show\n{drawn}");
}
