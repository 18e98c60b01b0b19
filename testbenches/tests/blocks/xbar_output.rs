//! `xbar_output_stage` takes a sum a clock, and gives results as late as its page states.

use crate::run::Run;
use hdl::Bits;

const OUTPUTS: usize = 8;

/// The cycles in which results of three vectors come, after the table.
fn cycles(parameters: &str, entry: &[(u64, u32)], has_rest: bool) -> Vec<u64> {
    let field = |(value, width): &(u64, u32)| Bits::truncated((*value).into(), *width);
    let mut run = Run::new("xbar_output_stage", parameters);
    for _ in 0..OUTPUTS {
        run.pending[0].push_back(entry.iter().map(field).collect());
    }
    for output in (0..OUTPUTS).cycle().take(3 * OUTPUTS) {
        let last = u64::from(output + 1 == OUTPUTS);
        let rest = has_rest.then_some((0, 1));
        let beat = [(5, 21), (last, 1), (0, 1), (0, 1)].into_iter().chain(rest);
        run.pending[1].push_back(beat.map(|each| field(&each)).collect());
    }
    run.until(0, 3 * OUTPUTS, &[]);
    run.answers[0].iter().map(|(cycle, _)| *cycle).collect()
}

#[test]
fn a_sum_is_taken_in_every_clock() {
    // The table is taken in cycles 1 to 8, behind the reset, and the first sum in cycle 9.
    let scaled = cycles("", &[(0, 21), (1 << 15, 16), (15, 6)], false);
    assert!(scaled.iter().copied().eq(13..37), "{scaled:?}");
    let spikes = cycles("function=lif", &[(9, 21)], true);
    assert!(spikes.iter().copied().eq(11..35), "{spikes:?}");
}
