//! The figures that the project promises.

use super::*;

#[test]
fn a_layer_takes_five_percent_more_than_its_least_cycles() {
    let measured = measure(&LAYERS[..1], &RATES[1..2], 1, &()).unwrap_or_else(|error| panic!("{error}"));
    let bound = measured[0].key_value_bound.max(measured[0].query_bound) as f64;
    assert!(measured[0].in_flow as f64 <= 1.05 * bound, "{measured:?}");
}

#[test]
fn a_block_runs_on_both_blocks() {
    let block = block(1).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(block.products.len(), 6);
    // Neither silence nor noise.
    let rates = block.products.iter().map(|product| product.rate).chain([block.rate]);
    assert!(rates.into_iter().all(|rate| (0.01..0.6).contains(&rate)), "{block:?}");
}
