//! Malformed inputs: edits of good and bad ones, and noise.

use crate::depth::usual_or_full;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use random_designs::seed;
use std::time::{Duration, Instant};

/// Replacements for a part of a file: extremes, and what readers look for.
const TOKENS: [&str; 24] = [
    "",
    "\0",
    "\n",
    " ",
    "-1",
    "0",
    "1e999",
    "65536",
    "4294967295",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999999999999999999",
    "(",
    ")",
    "{",
    "}",
    "[[[[[[[[",
    ",",
    ":",
    "=",
    "\"",
    "'",
    "\u{e9}",
    "\u{1f600}",
];

/// A change of some bytes.
#[derive(Clone, Debug)]
enum Edit {
    Set(Index, u8),
    Replace(Index, usize, &'static str),
    Repeat(Index, usize, usize),
    Cut(Index),
    Swap(Index, Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    let place = any::<Index>;
    prop_oneof![
        (place(), any::<u8>()).prop_map(|(place, byte)| Edit::Set(place, byte)),
        (place(), 0usize..12, select(&TOKENS[..]))
            .prop_map(|(place, length, token)| Edit::Replace(place, length, token)),
        (place(), 1usize..40, 1usize..200)
            .prop_map(|(place, length, times)| Edit::Repeat(place, length, times)),
        place().prop_map(Edit::Cut),
        (place(), place()).prop_map(|(one, other)| Edit::Swap(one, other)),
    ]
}

fn edited(mut bytes: Vec<u8>, edits: Vec<Edit>) -> Vec<u8> {
    for edit in edits {
        let length = bytes.len();
        let end = |start: usize, count: usize| (start + count).min(length);
        match edit {
            _ if length == 0 => break,
            Edit::Set(place, byte) => bytes[place.index(length)] = byte,
            Edit::Replace(place, count, token) => {
                let start = place.index(length);
                bytes.splice(start..end(start, count), token.bytes());
            }
            Edit::Repeat(place, count, times) => {
                let start = place.index(length);
                let part = bytes[start..end(start, count)].repeat(times);
                bytes.splice(start..start, part);
            }
            Edit::Cut(place) => bytes.truncate(place.index(length)),
            Edit::Swap(one, other) => bytes.swap(one.index(length), other.index(length)),
        }
    }
    bytes
}

/// The longest time that a reader may take for a small input, on a machine with other load.
const PATIENCE: Duration = Duration::from_secs(10);

/// Gives a reader edits of the corpus and noise, for a second, or a minute with `GEN_RTL_TESTS=full`. It may refuse
/// any input, but must not panic or take long; an input that makes it do so is shrunk and shown.
pub fn survives<B: AsRef<[u8]>>(corpus: &[B], reader: impl Fn(&[u8])) {
    let corpus: Vec<Vec<u8>> = corpus.iter().map(|bytes| bytes.as_ref().to_vec()).collect();
    corpus.iter().for_each(|bytes| reader(bytes));
    let edits = (select(corpus), vec(edit(), 1..8)).prop_map(|(bytes, edits)| edited(bytes, edits));
    let inputs = prop_oneof![15 => edits, 1 => vec(any::<u8>(), 0..200)];
    let end = Instant::now() + usual_or_full(Duration::from_secs(1), Duration::from_secs(60));
    let mut round = 0u64;
    while Instant::now() < end {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed().to_le_bytes());
        bytes[8..16].copy_from_slice(&round.to_le_bytes());
        let config = Config { cases: 100, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
        let result = runner.run(&inputs, |bytes| {
            let start = Instant::now();
            reader(&bytes);
            prop_assert!(start.elapsed() < PATIENCE, "it took {:?}", start.elapsed());
            Ok(())
        });
        if let Err(error) = result {
            panic!("GEN_RTL_SEED={}, round {round}: {error}", seed());
        }
        round += 1;
    }
}

/// The same for a reader of text: inputs that are not UTF-8 are left out.
pub fn survives_text(corpus: &[&str], reader: impl Fn(&str)) {
    survives(corpus, |bytes| {
        if let Ok(text) = std::str::from_utf8(bytes) {
            reader(text);
        }
    });
}

#[test]
#[should_panic(expected = "panicked")]
fn a_reader_that_panics_is_found() {
    survives(&[b"0123456789"], |bytes| assert!(bytes.len() < 40, "panicked"));
}
