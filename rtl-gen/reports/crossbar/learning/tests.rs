use super::network::Network;
use super::rtl::in_the_loop;
use super::training::{noisy, recoveries, repairs, trained};
use super::*;
use blocks::crossbar::cell::random;
use blocks::crossbar::learning::UpdateForm;

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
    for update in [UpdateForm::Signs, UpdateForm::Trains, UpdateForm::Counts] {
        let (data, plan) = (clusters(20, 4, 60, 7), plan().of_form(update));
        let damage = damage(Damaged::Cells, 0);
        let done = in_the_loop(&data, &plan, damage, &Network::new(&[20, 16, 12, 4]));
        let done = done.expect("the block answers, and the weights are the same");
        assert_eq!((done.samples, done.weights), (60, 20 * 16 + 16 * 12 + 12 * 4));
        assert!(done.pulses > 1000, "{done:?}");
    }
}

#[test]
fn a_damaged_network_learns_again() {
    let data = Data { train: clusters(20, 4, 120, 7), test: clusters(20, 4, 100, 8), classes: 4 };
    let plan = plan();
    let network = plan.network(&data);
    let trained = trained(&data, &plan, &network, 1, &()).expect("nobody cancels it");
    let recoveries = recoveries(&data, &trained, &[MIDDLE], &()).expect("nobody cancels it");
    let Recovery { before, damaged, aligned, overlapped, propagated, .. } = recoveries[0];
    assert!(
        before >= 95 && aligned >= 90 && overlapped >= 90 && propagated >= 90 && damaged < before,
        "{recoveries:?}"
    );
}

#[test]
fn updates_of_each_form_repair_and_noise_is_learnt_with() {
    let data = Data { train: clusters(20, 4, 120, 7), test: clusters(20, 4, 100, 8), classes: 4 };
    let plan = plan();
    let network = plan.network(&data);
    let trained = trained(&data, &plan, &network, 1, &()).expect("nobody cancels it");
    let repairs = repairs(&data, &trained, MIDDLE, &()).expect("nobody cancels it");
    assert!(repairs.iter().all(|repair| repair.aligned >= 90 && repair.propagated >= 90), "{repairs:?}");
    assert_eq!([repairs[0].slots, repairs[1].slots], [4.0, 4.0 * f64::from(plan.train)]);
    let noisy = noisy(&data, &plan, &network, NOISES[1], 1, &()).expect("nobody cancels it");
    assert!(noisy.aligned >= 90 && noisy.propagated >= 90, "{noisy:?}");
}
