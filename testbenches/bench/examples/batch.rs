use hdl::Direction;
use sim::batch::{Batch, EveryCase, Isa, RandomCases, Stimulus};
use std::time::Instant;
fn main() {
    for name in ["pacq_mul", "pacq_mul_rounded", "pacq_mul_dual", "datapath", "prefix"] {
        let w = bench::designs::workload(name);
        for isa in Isa::ALL {
            let t = Instant::now();
            let mut b = Batch::with_isa(&w.netlist, Default::default(), isa).unwrap();
            let build = t.elapsed();
            let has_reset = w.has_reset();
            let inputs: Vec<usize> = (0..b.ports().len())
                .filter(|&p| b.ports()[p].direction == Direction::Input && !(has_reset && p == 0))
                .collect();
            let outputs: Vec<usize> =
                (0..b.ports().len()).filter(|&p| b.ports()[p].direction == Direction::Output).collect();
            if has_reset {
                b.tick();
                b.poke_u64(0, 1);
            }
            let stim = RandomCases::of(&b, &inputs, 1);
            let n = 20000u64;
            let mut sum = 0u64;
            let t = Instant::now();
            for i in 0..n {
                let first = i * b.lanes() as u64;
                stim.poke(&mut b, first);
                for &o in &outputs {
                    sum ^= b.peek_rows(o)[0];
                }
                b.tick();
            }
            let ns = t.elapsed().as_nanos() as f64 / n as f64;
            println!(
                "{name} {isa}: build {build:?}, {} instructions, {ns:.0} ns/pass, {:.3} ns/case {sum}",
                b.instruction_count(),
                ns / b.lanes() as f64
            );
            let _ = EveryCase::of(&b, &inputs[..1]);
        }
    }
}
