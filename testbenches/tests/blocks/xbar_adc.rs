//! `xbar_adc_sar` with comparators that decide rightly: every input at every width gives its code, in the clocks that its page states.

use crate::run::{compiled, reset};
use hdl::Direction;
use sim::{Compiled, Simulator};

/// A converter with its clocks.
#[derive(Clone)]
struct Converter {
    simulator: Compiled,
    bits: u64,
    sample_clocks: u64,
    settle_clocks: u64,
}

impl Converter {
    fn new(bits: u64, holds: u64, sample_clocks: u64, settle_clocks: u64) -> Converter {
        let simulator = compiled("xbar_adc_sar", &format!("adc_bits={bits} holds={holds}"));
        Converter { simulator, bits, sample_clocks, settle_clocks }
    }

    /// Converts inputs one behind the other, whose levels are those of codes. Gives each code with the cycle in which it leaves.
    fn convert(&mut self, inputs: &[u64]) -> Vec<(u64, u64)> {
        let names = ["in_valid", "in_ready", "in_sample_clocks", "in_settle_clocks", "cmp", "compare", "dac"];
        let [valid, ready, sample, settle, cmp, compare, dac] =
            self.simulator.ports_named(names).expect("it has the ports");
        let outputs = ["out_ready", "out_valid", "out_code"];
        let [out_ready, out_valid, out_code] = self.simulator.ports_named(outputs).expect("it has the ports");
        let ones = [(sample, self.sample_clocks), (settle, self.settle_clocks), (out_ready, 1)];
        ones.into_iter().for_each(|(port, value)| self.simulator.poke_u64(port, value));
        let (mut requests, mut decisions, mut codes) = (0, 0, vec![]);
        while codes.len() < inputs.len() {
            self.simulator.poke_u64(valid, u64::from(requests < inputs.len()));
            let input = inputs.get(decisions / self.bits as usize).copied().unwrap_or(0);
            let is_above = input >= self.simulator.peek_u64(dac);
            self.simulator.poke_u64(cmp, is_above.into());
            decisions += self.simulator.peek_u64(compare) as usize;
            requests += (self.simulator.peek_u64(valid) & self.simulator.peek_u64(ready)) as usize;
            if self.simulator.peek_u64(out_valid) == 1 {
                codes.push((self.simulator.peek_u64(out_code), self.simulator.cycle()));
            }
            self.simulator.tick();
        }
        assert!(self.simulator.violations().is_empty());
        codes
    }

    /// Every code comes out, from the lowest to the greatest, so many clocks apart.
    fn converts_every_input(mut self, clocks: u64) {
        let inputs: Vec<u64> = (0..1 << self.bits).collect();
        let found = self.convert(&inputs);
        assert!(found.iter().map(|(code, _)| *code).eq(inputs), "{} bits", self.bits);
        let apart = found.windows(2).map(|pair| pair[1].1 - pair[0].1);
        let shown = (self.bits, self.sample_clocks, self.settle_clocks);
        assert!(apart.into_iter().all(|apart| apart == clocks), "{shown:?}");
    }
}

#[test]
fn with_one_hold_a_conversion_takes_its_bits_the_sampling_and_two_clocks() {
    for bits in 4..=10 {
        Converter::new(bits, 1, 3, 0).converts_every_input(bits + 3 + 2);
    }
    Converter::new(8, 1, 0, 0).converts_every_input(8 + 2);
    Converter::new(8, 1, 1, 0).converts_every_input(8 + 1 + 2);
    Converter::new(8, 1, 2, 1).converts_every_input(2 * 8 + 2 + 2);
}

#[test]
fn with_two_holds_a_conversion_takes_its_bits() {
    for bits in 4..=10 {
        Converter::new(bits, 2, bits, 0).converts_every_input(bits);
    }
    for sample_clocks in [0, 1, 5] {
        Converter::new(8, 2, sample_clocks, 0).converts_every_input(8);
    }
    Converter::new(8, 2, 24, 2).converts_every_input(3 * 8);
    // Sampling takes longer than a conversion.
    Converter::new(8, 2, 11, 0).converts_every_input(11);
}

#[test]
fn the_first_code_comes_as_late_as_stated() {
    let first = |holds, sample_clocks| Converter::new(8, holds, sample_clocks, 0).convert(&[77])[0];
    // The request is taken in cycle 1, behind the reset.
    assert_eq!(first(1, 3), (77, 1 + 8 + 3 + 2));
    assert_eq!(first(2, 3), (77, 1 + 8 + 3 + 1));
    assert_eq!(first(2, 0), (77, 1 + 8 + 1 + 1));
}

/// Every output in some cycles of conversions whose results are taken or not; a code counts where it is offered.
fn outputs(converter: &mut Converter, cycles: u64, ready: impl Fn(u64) -> bool) -> Vec<Vec<u64>> {
    let simulator = &mut converter.simulator;
    let ports = simulator.ports().to_vec();
    let outputs = ports.iter().enumerate().filter(|(_, port)| port.direction == Direction::Output);
    let outputs: Vec<(usize, bool)> = outputs.map(|(index, port)| (index, port.name == "out_code")).collect();
    let names = ["in_valid", "in_sample_clocks", "in_settle_clocks", "cmp", "out_ready", "out_valid"];
    let [valid, sample, settle, cmp, out_ready, out_valid] =
        simulator.ports_named(names).expect("it has the ports");
    let values = [(valid, 1), (sample, converter.sample_clocks), (settle, converter.settle_clocks)];
    values.into_iter().for_each(|(port, value)| simulator.poke_u64(port, value));
    let cycle = |cycle: u64| {
        simulator.poke_u64(cmp, cycle % 2);
        simulator.poke_u64(out_ready, ready(cycle).into());
        let is_offered = simulator.peek_u64(out_valid) == 1;
        let counts = outputs.iter().filter(|(_, is_code)| is_offered || !is_code);
        let found = counts.map(|(port, _)| *port).collect::<Vec<_>>();
        let found = found.into_iter().map(|port| simulator.peek_u64(port)).collect();
        simulator.tick();
        found
    };
    (0..cycles).map(cycle).collect()
}

#[test]
fn a_reset_in_any_cycle_leaves_nothing_behind() {
    for (holds, settle_clocks) in [(1, 0), (1, 2), (2, 0), (2, 2)] {
        let fresh = Converter::new(4, holds, 3, settle_clocks);
        let expected = outputs(&mut fresh.clone(), 60, |_| true);
        let mut running = fresh;
        for cycle in 0..80 {
            let mut interrupted = running.clone();
            reset(&mut interrupted.simulator);
            assert_eq!(outputs(&mut interrupted, 60, |_| true), expected, "{holds} holds, cycle {cycle}");
            // Results are taken in the first half only.
            outputs(&mut running, 1, |_| cycle < 40);
        }
    }
}
