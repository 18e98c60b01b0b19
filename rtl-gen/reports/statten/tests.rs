//! The figures that the project promises.

use super::*;

#[test]
fn a_layer_takes_five_percent_more_than_its_least_cycles() {
    for measured in measure(&LAYERS, &RATES[1..2], 1, &()).unwrap_or_else(|error| panic!("{error}")) {
        assert!((1.0..=1.05).contains(&(measured.in_flow as f64 / measured.bound() as f64)), "{measured:?}");
    }
}

#[test]
fn masks_take_as_long_as_loading() {
    for measured in measure(&MASKED[..1], &RATES[1..2], 1, &()).unwrap_or_else(|error| panic!("{error}")) {
        assert!((1.0..=1.01).contains(&(measured.in_flow as f64 / measured.loading as f64)), "{measured:?}");
    }
}

#[test]
fn a_block_runs_on_both_blocks() {
    let block = block(1).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(block.products.len(), 6);
    // Neither silence nor noise.
    let rates = block.products.iter().map(|product| product.rate).chain([block.rate]);
    assert!(rates.into_iter().all(|rate| (0.01..0.6).contains(&rate)), "{block:?}");
}
