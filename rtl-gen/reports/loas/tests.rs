//! The figures that the project promises, on generated spikes.

use super::*;

fn report(networks: &[&str]) -> Vec<Measured> {
    let networks = networks.iter().map(|network| network.to_string()).collect();
    let request = Request { networks, traces: None, seed: 1, params: Params::default() };
    let measured = workloads(&request, &()).and_then(|workloads| cycles(&request, &workloads, &()));
    measured.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn both_networks_take_half_the_published_cycles_and_an_eighth_of_the_baseline() {
    let layers = report(&[]);
    for (network, published) in [(ALEXNET, 41_259), (VGG16, 481_560)] {
        let of: Vec<&Measured> = layers.iter().filter(|layer| layer.network == network).collect();
        let sum = |figure: fn(&Measured) -> u64| of.iter().map(|layer| figure(layer)).sum::<u64>();
        let (cycles, sparten) = (sum(|layer| layer.cycles), sum(|layer| layer.sparten));
        assert_eq!(sum(|layer| layer.published), published, "{network}");
        assert!(2 * cycles <= published, "{network}: {cycles} cycles");
        assert!(sparten >= 8 * cycles, "{network}: {cycles} cycles, {sparten} of SparTen");
    }
}

/// Cycles of AlexNet: published are 41,259.
fn alexnet(machine: Machine) -> u64 {
    let request =
        Request { networks: vec![ALEXNET.into()], traces: None, seed: 1, params: Params::default() };
    let workloads = workloads(&request, &()).unwrap_or_else(|error| panic!("{error}"));
    let array = Array::new(machine);
    let cycles = |workload| array.run(workload).unwrap_or_else(|error| panic!("{error}")).cycles;
    workloads.iter().map(cycles).sum()
}

#[test]
fn one_match_per_cycle_takes_no_more_cycles_than_published() {
    let mut joins = Params { rows_per_beat: 4, ..Params::default() };
    (joins.element.columns, joins.element.group) = (32, 4);
    (joins.element.pipes, joins.element.queue_depth, joins.element.sum_sets) = (1, 2, 2);
    let mut lookups = Machine::broadcast(&joins);
    (lookups.lanes, lookups.pipes) = (8, 1);
    for machine in [Machine::Joins(joins), Machine::Broadcast(lookups)] {
        let cycles = alexnet(machine.clone());
        assert!(cycles <= 41_259, "{cycles} cycles, {machine:?}");
    }
}

#[test]
fn lookups_take_half_the_published_cycles_by_default() {
    let cycles = alexnet(Machine::Broadcast(Machine::broadcast(&Params::default())));
    assert!(2 * cycles <= 41_259, "{cycles} cycles");
}

#[test]
fn one_network_is_reported_by_itself() {
    let layers = report(&[ALEXNET]);
    assert_eq!(layers.iter().map(|layer| layer.layer).collect::<Vec<_>>(), [1, 2, 3, 4]);
    // Random weights and spikes: within a few percent of what the published sparsity predicts.
    let matches: u64 = layers.iter().map(|layer| layer.matches).sum();
    assert!((300_000..500_000).contains(&matches), "{matches} matches");
}
