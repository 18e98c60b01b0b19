//! Simulation of a whole self-test, as Verilog and after synthesis.

use super::self_test::{Pins, cycles, decode};
use crate::gate_level;
use hdl::{Bits, Netlist};
use sim::{Compiled, Options, Simulator};
use testbenches::{VerifyError, VerilogDesign};

/// The result of a run.
pub struct Run {
    /// The first line of text on the serial line.
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

/// The text on the line; it begins with `lamps disagree: ` if the LEDs do not match it.
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
