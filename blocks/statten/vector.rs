//! A small case of the definition, by hand of another program: 4 steps in chunks of 2, 4 tokens, 4 channels, denominator 2.

use super::definition::{Task, Train};

/// By step and token, a digit for each channel.
const Q: [[&str; 4]; 4] = [
    ["1000", "0010", "1100", "1010"],
    ["0010", "0111", "0010", "1000"],
    ["0100", "1010", "1011", "1010"],
    ["1001", "0011", "1101", "0000"],
];
const K: [[&str; 4]; 4] = [
    ["0010", "0001", "0000", "0001"],
    ["1100", "0100", "0010", "1110"],
    ["0011", "1000", "0010", "0001"],
    ["1000", "1000", "1100", "0100"],
];
const V: [[&str; 4]; 4] = [
    ["0100", "0000", "0100", "1110"],
    ["1000", "1001", "1100", "0011"],
    ["0110", "0010", "0100", "1110"],
    ["1010", "1000", "0100", "0001"],
];
const SPIKES: [[&str; 4]; 4] = [
    ["0000", "0100", "1011", "1111"],
    ["0100", "1111", "0100", "0000"],
    ["0000", "1110", "1110", "1110"],
    ["1110", "0110", "1110", "0000"],
];

/// Its job, for column tiles of 4 channels.
pub const TASK: Task =
    Task { tokens: 4, steps: 2, chunks: 2, tiles: 1, heads: 1, denominator: 2, masks: false };

/// Its k, v and q.
pub fn operands() -> [Train; 3] {
    [&K, &V, &Q].map(train)
}

/// Its spikes.
pub fn spikes() -> Train {
    train(&SPIKES)
}

fn train(digits: &[[&str; 4]; 4]) -> Train {
    let mut train = Train::silent(4, 4, 4);
    for (step, tokens) in digits.iter().enumerate() {
        for (token, digits) in tokens.iter().enumerate() {
            digits
                .chars()
                .enumerate()
                .for_each(|(channel, digit)| train.set(step, token, channel, digit == '1'));
        }
    }
    train
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statten::definition::fires;

    /// By chunk, row and column.
    const KEY_VALUES: [[[u64; 4]; 4]; 2] = [
        [[1, 0, 1, 1], [2, 0, 1, 2], [1, 2, 1, 1], [1, 1, 1, 0]],
        [[2, 1, 2, 0], [0, 1, 0, 1], [0, 2, 1, 0], [1, 2, 2, 0]],
    ];
    /// By step, token and channel.
    const SUMS: [[[u64; 4]; 4]; 4] = [
        [[1, 0, 1, 1], [1, 2, 1, 1], [3, 0, 2, 3], [2, 2, 2, 2]],
        [[1, 2, 1, 1], [4, 3, 3, 3], [1, 2, 1, 1], [1, 0, 1, 1]],
        [[0, 1, 0, 1], [2, 3, 3, 0], [3, 5, 5, 0], [2, 3, 3, 0]],
        [[3, 3, 4, 0], [1, 4, 3, 0], [3, 4, 4, 1], [0, 0, 0, 0]],
    ];
    #[test]
    fn the_definition_gives_the_case() {
        let [k, v, q] = operands();
        for (chunk, expected) in KEY_VALUES.iter().enumerate() {
            let found = TASK.key_values(chunk, &k, &v);
            assert!(found.iter().zip(expected).all(|(found, expected)| found == expected), "{found:?}");
        }
        assert_eq!(TASK.attention(&q, &k, &v), spikes());
    }

    #[test]
    fn the_neurons_of_the_case_fire() {
        for token in 0..4 {
            for channel in 0..4 {
                let fired = fires(2, &SUMS.map(|step| step[token][channel]));
                let expected = SPIKES.map(|step| step[token].as_bytes()[channel] == b'1');
                assert_eq!(fired, expected, "token {token}, channel {channel}");
            }
        }
    }

    /// Masks: each channel fires by its sum of k v, whatever q is; and q passes.
    #[test]
    fn masks_pass_what_fires() {
        let [k, v, q] = operands();
        let task = Task { steps: 1, chunks: 4, denominator: 1, masks: true, ..TASK };
        let spikes = task.attention(&q, &k, &v);
        for channel in 0..4 {
            let both = |step: usize| {
                (0..4).filter(|token| k.at(step, *token, channel) && v.at(step, *token, channel)).count()
                    as u64
            };
            let mask = fires(1, &[0, 1, 2, 3].map(both));
            for (step, mask) in mask.iter().enumerate() {
                for token in 0..4 {
                    assert_eq!(spikes.at(step, token, channel), *mask && q.at(step, token, channel));
                }
            }
        }
    }
}
