//! The latencies of rows of beats that the pages of blocks state.

use crate::modes::{Mode, described};
use blocks::block::elaborate;
use sim::{Compiled, Options, Simulator};

/// Cycles from the first beat of a row in to its first and to its last beat out, where nothing stalls. `others` are the `valid` of
/// other inputs.
fn cycles(block: &str, parameters: &str, beats: u64, others: &[&str]) -> [u64; 2] {
    let Mode { block, .. } = described(block, parameters);
    let netlist = elaborate(&*block).expect("it elaborates");
    let mut simulator = Compiled::new(&netlist, Options::default()).expect("it simulates");
    let names = ["rst_n", "in_valid", "in_last", "out_ready", "out_valid", "out_last"];
    let [rst_n, in_valid, in_last, out_ready, out_valid, out_last] =
        simulator.ports_named(names).expect("it has the ports");
    simulator.poke_u64(rst_n, 0);
    simulator.tick();
    [rst_n, out_ready].into_iter().for_each(|port| simulator.poke_u64(port, 1));
    for other in others {
        let port = simulator.port(other).expect("it has the port");
        simulator.poke_u64(port, 1);
    }
    let mut first = None;
    for cycle in 0.. {
        simulator.poke_u64(in_valid, u64::from(cycle < beats));
        simulator.poke_u64(in_last, u64::from(cycle + 1 == beats));
        if simulator.peek_u64(out_valid) == 1 {
            first = first.or(Some(cycle));
            if simulator.peek_u64(out_last) == 1 {
                return [first.unwrap_or(cycle), cycle];
            }
        }
        simulator.tick();
    }
    unreachable!("the row comes out")
}

#[test]
fn softmax_begins_three_cycles_after_the_last_beat() {
    for (scores, mask) in [(512, "keep"), (2048, "keep"), (2048, "count")] {
        let beats = scores / 16;
        let parameters = format!("length=2048 output_bits=16 mask={mask}");
        assert_eq!(
            cycles("softmax", &parameters, beats, &[]),
            [beats + 2, 2 * beats + 1],
            "{scores}, {mask}"
        );
    }
}

#[test]
fn layer_norm_begins_eleven_or_fourteen_cycles_after_the_last_beat() {
    for (beats, output_bits, latency) in [(1, 8, 11), (64, 8, 11), (768, 8, 11), (768, 16, 14)] {
        let parameters = format!("output_bits={output_bits}");
        let found = cycles("layer_norm", &parameters, beats, &["affine_valid"]);
        assert_eq!(
            found,
            [beats - 1 + latency, 2 * beats - 2 + latency],
            "{beats} beats, {output_bits} bits"
        );
    }
}
