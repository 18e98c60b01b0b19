//! A waveform of one lane.

use crate::support::{batches, elaborate, port};
use hdl::Module;
use sim::{Interpreter, Options, Simulator, TextWave, Traced};

fn counter(m: &Module) {
    let count = m.reg("count", 8).reset_to(0);
    let next = (count.value() + m.input("step", 8, "")).named("next");
    count.set(next);
    m.output("value", count.value(), "");
}

fn drawn(simulator: impl Simulator, reset: usize, step: usize) -> String {
    let wave = TextWave::new(&simulator, &["step", "next", "value"]).unwrap();
    let mut traced = Traced::new(simulator, wave);
    for cycle in 0..6 {
        traced.poke_u64(reset, (cycle > 0).into());
        traced.poke_u64(step, 3 * cycle);
        traced.tick();
    }
    traced.finish().unwrap().1.draw(100)
}

#[test]
fn a_lane_draws_what_an_interpreter_draws() {
    let netlist = elaborate(counter);
    for batch in batches(&netlist, Options::default()) {
        let [reset, step] = ["rst_n", "step"].map(|name| port(&batch, name));
        let expected = drawn(Interpreter::new(&netlist, Options::default()).unwrap(), reset, step);
        assert_eq!(drawn(batch.into_lane(130), reset, step), expected);
    }
}
