//! Runs the program and compares what it says with plain Rust.

use crate::reset;
use sim::{Simulator, UnknownName};

/// Cycles within which the program ends.
const LIMIT: u64 = 5000;

/// Runs to the end, and returns the primes.
pub fn exercise(simulator: &mut dyn Simulator) -> Result<String, UnknownName> {
    let [valid, data, halted, trap] = simulator.ports_named(["out_valid", "out_data", "halted", "trap"])?;
    reset(simulator)?;
    let mut found = vec![];
    let start = simulator.cycle();
    while simulator.peek_u64(halted) == 0 {
        assert!(simulator.cycle() - start < LIMIT, "the program ends");
        if simulator.peek_u64(valid) == 1 {
            found.push(simulator.peek_u64(data));
        }
        assert_eq!(simulator.peek_u64(trap), 0);
        simulator.tick();
    }
    let is_prime = |n: &u64| !(2..*n).any(|divisor| n.is_multiple_of(divisor));
    assert_eq!(found, (2..100).filter(is_prime).collect::<Vec<u64>>());
    Ok(format!("{} instructions; the primes are {found:?}", simulator.cycle() - start))
}
