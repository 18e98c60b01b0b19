use super::network::Network;
use super::rtl::in_the_loop;
use super::training::recoveries;
use super::*;
use blocks::crossbar::cell::random;

/// Classes of random samples around a centre each.
fn clusters(inputs: usize, classes: usize, samples: usize, seed: u32) -> Labelled {
    let value = |sample: usize, input: usize| {
        let centre = (random(1, 0, (sample % classes) as u32, input as u32) >> 25) as i32 - 64;
        let noise = (random(seed, 1, sample as u32, input as u32) >> 26) as i32 - 32;
        (centre + noise) as i8
    };
    let values = (0..samples).flat_map(|sample| (0..inputs).map(move |input| value(sample, input)));
    Labelled::new(inputs, values.collect(), (0..samples).map(|sample| sample % classes).collect())
}

fn plan() -> Plan {
    Plan { hidden: vec![16, 12], epochs: 6, repair_epochs: 4, ..Plan::default() }
}

#[test]
fn an_epoch_of_the_rtl_leaves_the_weights_of_the_golden_model() {
    let done = in_the_loop(&clusters(20, 4, 60, 7), &plan(), DAMAGES[0], &Network::new(&[20, 16, 12, 4]));
    let done = done.expect("the block answers, and the weights are the same");
    assert_eq!((done.samples, done.weights), (60, 20 * 16 + 16 * 12 + 12 * 4));
    assert!(done.pulses > 1000, "{done:?}");
}

#[test]
fn a_damaged_network_learns_again() {
    let data = Data { train: clusters(20, 4, 120, 7), test: clusters(20, 4, 100, 8), classes: 4 };
    let plan = plan();
    let recoveries =
        recoveries(&data, &plan, &plan.network(&data), &DAMAGES[1..2], 1, &()).expect("nobody cancels it");
    let Recovery { before, damaged, aligned, overlapped, propagated, .. } = recoveries[0];
    assert!(
        before >= 95 && aligned >= 90 && overlapped >= 90 && propagated >= 90 && damaged < before,
        "{recoveries:?}"
    );
}
