//! Outputs, internal signals and properties, engine by engine.

use crate::engine::engines;
use hdl::{Bits, Direction, Level, Netlist, ResetStyle, limbs_for};
use proptest::prelude::*;
use random_designs::{
    Cycle, DesignPlan, Stimulus, arrays, combinational_designs, config, designs, netlist, stimuli,
};
use sim::{Initial, Interpreter, Memories, MemoryId, MemoryInfo, Options, SignalId, Simulator};

/// Internal signals compared per cycle: for each, the engine must settle an interpreter.
const SIGNALS: usize = 2;

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn engines_agree_with_the_interpreter(plan in designs(), stimulus in stimuli(40), seed in any::<u64>()) {
        compare(&plan, &stimulus, Initial::Random(seed))?;
    }

    #[test]
    fn engines_agree_on_many_instances(plan in arrays(), stimulus in stimuli(12)) {
        compare(&plan, &stimulus, Initial::Zero)?;
    }

    #[test]
    fn engines_agree_without_a_clock(plan in combinational_designs(), stimulus in stimuli(20)) {
        compare(&plan, &stimulus, Initial::Zero)?;
    }
}

fn compare(plan: &DesignPlan, stimulus: &Stimulus, initial: Initial) -> Result<(), TestCaseError> {
    let (netlist, options) = (netlist(plan), Options { initial });
    for (name, mut engine) in engines(&netlist, options) {
        let mut reference =
            Interpreter::new(&netlist, options).expect("the interpreter takes any legal design");
        prop_assert_eq!(engine.ports(), reference.ports());
        for (number, cycle) in stimulus.iter().enumerate() {
            for simulator in [&mut *engine, &mut reference] {
                drive(simulator, &netlist, cycle);
            }
            if number % 4 == 3 {
                poke_a_word(&mut *engine, number);
                poke_a_word(&mut reference, number);
            }
            compare_values(&mut *engine, &mut reference, number)
                .map_err(|difference| TestCaseError::fail(format!("{name}, cycle {number}: {difference}")))?;
            engine.tick();
            reference.tick();
        }
        prop_assert_eq!(words(&*engine), words(&reference), "{}", name);
        prop_assert_eq!(engine.cycle(), reference.cycle(), "{}", name);
        prop_assert_eq!(engine.violations(), reference.violations(), "{}", name);
        prop_assert_eq!(engine.environment_errors(), reference.environment_errors(), "{}", name);
        prop_assert_eq!(engine.covered(), reference.covered(), "{}", name);
    }
    Ok(())
}

fn drive(simulator: &mut dyn Simulator, netlist: &Netlist, cycle: &Cycle) {
    let clocking = &netlist.clocking;
    let has_reset = netlist.top().uses_reset && clocking.style != ResetStyle::None;
    let inputs: Vec<(usize, u32)> = simulator
        .ports()
        .iter()
        .enumerate()
        .filter(|(_, port)| port.direction == Direction::Input)
        .map(|(index, port)| (index, port.width))
        .collect();
    for (port, width) in inputs {
        if has_reset && port == 0 {
            let level = (clocking.active == Level::High) == cycle.is_reset;
            simulator.poke_u64(port, level.into());
        } else if let Some(value) = cycle.value(port, width) {
            match width {
                0..=64 => simulator.poke_u64(port, value.to_u64()),
                _ => simulator.poke(port, &value),
            }
        }
    }
}

/// Sets some word of some memory.
fn poke_a_word(simulator: &mut (impl Memories + ?Sized), cycle: usize) {
    let memories = simulator.memories().iter().filter(|memory| !memory.is_rom);
    let memories: Vec<(MemoryId, u32, u64)> =
        memories.map(|memory| (memory.id, memory.width, memory.depth)).collect();
    if let Some(&(id, width, depth)) = memories.get(cycle / 4 % memories.len().max(1)) {
        let limbs: Vec<u64> =
            (1..=limbs_for(width) as u64).map(|limb| limb.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
        simulator.poke_word(id, cycle as u64 * 5 % depth, &Bits::from_limbs(width, &limbs));
    }
}

/// All words of all memories.
fn words(simulator: &(impl Memories + ?Sized)) -> Vec<Vec<Bits>> {
    let words =
        |memory: &MemoryInfo| (0..memory.depth).map(|at| simulator.peek_word(memory.id, at)).collect();
    simulator.memories().iter().map(words).collect()
}

/// All ports, and a few of the internal signals.
fn compare_values(
    engine: &mut dyn Simulator,
    reference: &mut Interpreter,
    cycle: usize,
) -> Result<(), String> {
    for port in 0..reference.ports().len() {
        let (found, expected) = (engine.peek(port), reference.peek(port));
        if found != expected {
            return Err(format!("`{}` is {found}, not {expected}", reference.ports()[port].name));
        }
    }
    let count = reference.signals().len();
    let watched = (0..SIGNALS.min(count)).map(|index| (cycle * SIGNALS + index) * 7919 % count);
    let ids: Vec<SignalId> = watched.map(|index| reference.signals()[index].id).collect();
    for id in ids {
        let (found, expected) = (engine.signal(id), reference.signal(id));
        if found != expected {
            return Err(format!("signal {id:?} is {found}, not {expected}"));
        }
    }
    Ok(())
}
