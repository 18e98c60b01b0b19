//! Random designs: other tools read the Verilog as the interpreter reads the netlist.

use crate::yosys::Yosys;
use hdl::{Direction, Level, Netlist, ResetStyle};
use proptest::prelude::*;
use random_designs::{DesignPlan, Step, Stimulus, config, designs, netlist, stimuli};
use sim::{Interpreter, Options, Simulator};
use test_support::needed::{MODELS, TESTBENCHES, missing};
use testbenches::tools::YOSYS;
use testbenches::verilator::{Verilator, VerilatorOptions, VerilatorSimulator};
use testbenches::{Recorder, Trace, VerilogDesign, icarus, replay};

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn icarus_reads_what_was_meant(plan in designs(), stimulus in stimuli(30)) {
        if !missing(TESTBENCHES) {
            let netlist = netlist(&known(plan));
            agrees_on_icarus(&VerilogDesign::of(&netlist), &recorded(&netlist, &stimulus))?;
        }
    }
}

proptest! {
    #![proptest_config(config(8))]

    #[test]
    fn what_yosys_synthesises_does_the_same(plan in designs(), stimulus in stimuli(30)) {
        if !missing(TESTBENCHES) && !missing(&[YOSYS]) {
            let netlist = netlist(&known(plan));
            let trace = recorded(&netlist, &stimulus);
            Yosys::all()[0].agrees(&VerilogDesign::of(&netlist), &trace)?;
        }
    }
}

proptest! {
    #![proptest_config(config(3))]

    #[test]
    fn every_verilator_does_the_same(plan in designs(), stimulus in stimuli(60)) {
        if !missing(MODELS) {
            let netlist = netlist(&plan);
            let trace = recorded(&netlist, &stimulus);
            for verilator in Verilator::all().expect("it is installed") {
                let options = VerilatorOptions { verilator: Some(verilator), ..VerilatorOptions::default() };
                let model = VerilatorSimulator::build(&VerilogDesign::of(&netlist), &options);
                let mut model = model.unwrap_or_else(|error| panic!("{error}"));
                prop_assert_eq!(replay(&trace, &mut model), Ok(()));
            }
        }
    }
}

/// The plan with every register reset, and without writable memories and read ports, which have no reset: nothing
/// stays unknown.
fn known(mut plan: DesignPlan) -> DesignPlan {
    for step in plan.modules.iter_mut().flat_map(|module| &mut module.steps) {
        match step {
            Step::Register(register) => register.reset = register.reset.or(Some(5)),
            Step::Memory(memory) => {
                memory.writes.clear();
                memory.port = None;
            }
            _ => {}
        }
    }
    // The data registers of a stage are not reset.
    plan.stages = 0;
    plan
}

/// A run of the interpreter, recorded.
fn recorded(netlist: &Netlist, stimulus: &Stimulus) -> Trace {
    let interpreter =
        Interpreter::new(netlist, Options::default()).expect("any legal design can be simulated");
    let ports = interpreter.ports().to_vec();
    let clocking = &netlist.clocking;
    let has_reset = netlist.top().uses_reset && clocking.style != ResetStyle::None;
    let mut recorder = Recorder::new(interpreter);
    for cycle in stimulus {
        for (index, port) in ports.iter().enumerate().filter(|(_, port)| port.direction == Direction::Input) {
            if has_reset && index == 0 {
                recorder.poke_u64(0, ((clocking.active == Level::High) == cycle.is_reset).into());
            } else if let Some(value) = cycle.value(index, port.width) {
                recorder.poke(index, &value);
            }
        }
        recorder.tick();
    }
    recorder.into_trace()
}

/// Icarus Verilog finds the values of the trace.
pub fn agrees_on_icarus(design: &VerilogDesign, trace: &Trace) -> Result<(), TestCaseError> {
    let report = icarus::run(design, trace).unwrap_or_else(|error| panic!("{error}"));
    // Before the first edge, which is in reset, registers are unknown, and gates may turn them into any value.
    let mut mismatches = report.mismatches.iter().filter(|mismatch| mismatch.cycle > 0);
    prop_assert_eq!(mismatches.next(), None);
    Ok(())
}
