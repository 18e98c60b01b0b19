//! Simulation of a whole self-test, as Verilog has it and after synthesis.

use super::self_test::{Pins, cycles, decode};
use crate::gate_level;
use hdl::{Bits, Netlist};
use sim::{Compiled, Options, Simulator};
use testbenches::{VerifyError, VerilogDesign};

/// What a run showed.
pub struct Run {
    /// The serial line's text, a line long.
    pub said: String,
    /// Number of cycles.
    pub cycles: u64,
}

/// Runs the netlist on the built-in simulator.
pub fn at_rtl(netlist: &Netlist, pins: Pins) -> Result<Run, VerifyError> {
    let mut simulator = Compiled::new(netlist, Options::default())?;
    let cycles = cycles(pins);
    Ok(Run { said: watch(&mut simulator, pins, cycles), cycles })
}

/// Runs the synthesised netlist on Verilator, with models of the device's cells.
pub fn after_synthesis(
    design: &VerilogDesign,
    mapped: &str,
    models: &str,
    pins: Pins,
    run: &Run,
) -> Result<String, VerifyError> {
    let model = gate_level::model(design, mapped, models, run.cycles)?;
    Ok(watch(&mut model.start(), pins, run.cycles))
}

/// The text on the line; it begins with `lamps disagree: ` where the lamps do not say the same.
fn watch(simulator: &mut impl Simulator, pins: Pins, cycles: u64) -> String {
    let ports = simulator.ports_named(["led_pass", "led_fail", "uart_tx"]);
    let [pass, fail, line] = ports.expect("the self-test has its ports");
    let mut levels = vec![];
    for _ in 0..cycles {
        levels.push(simulator.peek(line) == Bits::ones(1));
        simulator.tick();
    }
    let text = decode(&levels, pins.cycles_per_bit);
    let said = text.split_inclusive('\n').next().unwrap_or_default().to_string();
    let lit = |simulator: &mut dyn Simulator, lamp| {
        (simulator.peek(lamp) == Bits::ones(1)) != pins.lamps_active_low
    };
    match (lit(simulator, pass), lit(simulator, fail), said.starts_with("PASS")) {
        (true, false, true) | (false, true, false) => said,
        _ => format!("lamps disagree: {said}"),
    }
}
