//! Random designs in all lanes, each lane beside an interpreter of its own.

use crate::support::check_beside_interpreters;
use proptest::prelude::*;
use random_designs::{config, designs, netlist};
use sim::Initial;

proptest! {
    // A lane is an interpreter, and there are 1280 lanes: few designs, many runs of each.
    #![proptest_config(config(12))]

    #[test]
    fn every_lane_is_a_run_by_itself(plan in designs(), seed in any::<u64>()) {
        check_beside_interpreters(&netlist(&plan), Initial::Random(seed), 4);
    }
}
