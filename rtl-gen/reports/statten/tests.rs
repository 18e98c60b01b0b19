//! The figures that the project promises.

use super::*;
use crate::streams::Streams;
use blocks::statten::attention::Params;
use blocks::statten::definition::Task;
use blocks::statten::statten_qkv::beats;
use blocks::statten::{Shape, vector};

#[test]
fn a_layer_takes_five_percent_more_than_its_least_cycles() {
    for measured in measure(&LAYERS, &RATES[1..2], 1, &()).unwrap_or_else(|error| panic!("{error}")) {
        assert!((1.0..=1.05).contains(&(measured.in_flow as f64 / measured.bound() as f64)), "{measured:?}");
    }
}

#[test]
fn masks_take_five_percent_more_than_a_row_of_the_diagonal_a_cycle() {
    for measured in measure(&MASKED[..1], &RATES[1..2], 1, &()).unwrap_or_else(|error| panic!("{error}")) {
        assert!((1.0..=1.05).contains(&(measured.in_flow as f64 / measured.bound() as f64)), "{measured:?}");
    }
}

#[test]
fn a_block_takes_two_percent_more_than_its_linear_layers() {
    let block = block(1).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(block.products.len(), 4);
    // Neither silence nor noise.
    let rates = block.products.iter().map(|product| product.rate).chain([block.rate]);
    assert!(rates.into_iter().all(|rate| (0.01..0.6).contains(&rate)), "{block:?}");
    assert!((1.0..=1.02).contains(&(block.all() as f64 / block.linear() as f64)), "{block:?}");
}

/// A case that another program made.
#[test]
fn the_case_comes_out_of_the_hardware() {
    for (columns, tiles) in [(4, 1), (2, 2)] {
        let shape = Shape {
            rows: 2,
            time_steps: 4,
            tokens: 4,
            columns,
            tiles,
            width: 8,
            units: 2,
            chunks_per_cycle: Some(2),
            ..Shape::default()
        };
        let params = Params { shape };
        let task = Task { tiles: tiles as usize, ..vector::TASK };
        let mut streams = Streams::of(&params).unwrap_or_else(|error| panic!("{error}"));
        streams.push(0, &task.beat(&params.shape));
        for (channel, train) in (1..).zip(&vector::operands()) {
            task.beats_of(&params.shape, train).into_iter().for_each(|beat| streams.push(channel, &[beat]));
        }
        let expected = beats(&params.shape, &task, &vector::spikes(), 0..task.tokens);
        attention::drain(&mut streams, &[&expected], "case").unwrap_or_else(|error| panic!("{error}"));
    }
}
