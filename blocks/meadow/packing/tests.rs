//! What is packed is unpacked; sizes are what the format says; damage is found.

use super::container::{BLOCK_BYTES, Dictionary};
use super::*;
use fastrand::Rng;

fn shape(k: usize, n: usize) -> Shape {
    Shape::of(n, k, Rows::Outputs).expect("it is legal")
}

fn options(choice: Choice, lanes: u32) -> Options {
    Options { choice, lanes, classes: 4, dictionaries: Dictionaries::default() }
}

/// About normally distributed bytes.
fn bell(rng: &mut Rng, count: usize, steps: i32) -> Vec<u8> {
    let one = |_| (0..6).map(|_| rng.i32(-steps..=steps)).sum::<i32>().clamp(-128, 127) as u8;
    (0..count).map(one).collect()
}

/// Matrices that differ in what occurs in them.
fn matrices(rng: &mut Rng) -> Vec<(usize, usize, Vec<u8>)> {
    let mut matrices: Vec<(usize, usize, Vec<u8>)> = vec![
        (1, 1, vec![0x80]),
        (1, 3, vec![255; 3]),
        (16, 16, (0..=255).collect()),
        (61, 1, vec![7; 61]),
        (300, 2, (0..600).map(|place| if place == 500 { 1 } else { 0 }).collect()),
    ];
    for (k, n, steps) in [(7, 5, 1), (33, 31, 3), (64, 96, 6), (129, 40, 25), (256, 64, 2)] {
        matrices.push((k, n, bell(rng, k * n, steps)));
    }
    matrices
}

fn schemes() -> Vec<Options> {
    let mut all = vec![];
    for lanes in [1, 2, 3, 16, 64] {
        all.extend([Choice::Raw, Choice::Huffman, Choice::Best].map(|choice| options(choice, lanes)));
    }
    for chunk in [1, 2] {
        for packet_bits in [64, 128, 256, 512] {
            for order in [IdOrder::Value, IdOrder::FirstSeen, IdOrder::Frequency] {
                for is_fixed in [false, true] {
                    let dictionaries = Dictionaries { chunk, packet_bits, order, is_fixed };
                    all.push(Options { dictionaries, ..options(Choice::Meadow, 1) });
                }
            }
        }
    }
    all
}

#[test]
fn what_is_packed_is_unpacked() {
    let mut rng = Rng::with_seed(1);
    let mut used = [0; 3];
    for (k, n, weights) in matrices(&mut rng) {
        for options in schemes() {
            let packed = pack(&weights, shape(k, n), &options).expect("the options are legal");
            let raw = pack(&weights, shape(k, n), &self::options(Choice::Raw, 1)).expect("it is legal");
            assert!(packed.bytes.len() <= raw.bytes.len(), "{options:?}");
            assert!(packed.bytes.len().is_multiple_of(BLOCK_BYTES));
            let (header, found) =
                unpack(&packed.bytes).unwrap_or_else(|fault| panic!("{options:?}: {fault}"));
            assert_eq!((header, found), (packed.header.clone(), weights.clone()), "{options:?}");
            used[match packed.header.scheme {
                Scheme::Raw => 0,
                Scheme::Meadow(_) => 1,
                Scheme::Huffman { .. } => 2,
            }] += 1;
        }
    }
    assert!(used.iter().all(|used| *used > 20), "{used:?}");
}

#[test]
fn outputs_of_different_sizes_get_classes() {
    let mut rng = Rng::with_seed(8);
    let weights: Vec<u8> =
        (0..160).flat_map(|output| bell(&mut rng, 128, [1, 2, 6, 20][output % 4])).collect();
    for (lanes, classes) in [(1, 4), (16, 4), (64, 4), (3, 1)] {
        let packed = pack(&weights, shape(128, 160), &options(Choice::Huffman, lanes)).expect("it is legal");
        assert_eq!(packed.header.scheme, Scheme::Huffman { lanes, classes });
        assert_eq!(unpack(&packed.bytes).expect("it is right"), (packed.header.clone(), weights.clone()));
        for bit in (0..8 * packed.bytes.len()).step_by(501) {
            let mut damaged = packed.bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            unpack(&damaged).expect_err("a bit is wrong");
        }
    }
}

#[test]
fn best_is_the_smallest() {
    let mut rng = Rng::with_seed(2);
    for (k, n, weights) in matrices(&mut rng) {
        let size = |options: Options| pack(&weights, shape(k, n), &options).expect("it is legal").bytes.len();
        let of_chunk = |chunk| {
            let dictionaries = Dictionaries { chunk, ..Dictionaries::default() };
            Options { dictionaries, ..options(Choice::Meadow, 8) }
        };
        let others = [of_chunk(1), of_chunk(2), options(Choice::Huffman, 8), options(Choice::Raw, 8)];
        assert_eq!(
            size(options(Choice::Best, 8)),
            others.map(size).into_iter().min().expect("there are some")
        );
    }
}

/// The page's words, bit by bit.
#[test]
fn lanes_take_words_as_the_page_says() {
    let mut rng = Rng::with_seed(3);
    let weights = bell(&mut rng, 64 * 50, 9);
    for lanes in [1, 5, 32] {
        let packed =
            pack(&weights, shape(64, 50), &options(Choice::Huffman, lanes as u32)).expect("it is legal");
        let length = |byte: usize| usize::from(packed.bytes[64 + byte / 2] >> (4 * (byte % 2)) & 15);
        let mut codes: Vec<(usize, usize)> =
            (0..256).filter(|byte| length(*byte) > 0).map(|byte| (length(byte), byte)).collect();
        codes.sort();
        let mut words = packed.bytes[192..].chunks(2).map(|word| u16::from_le_bytes([word[0], word[1]]));
        let mut take = |lane: &mut Vec<bool>| {
            let word = words.next().expect("there is a word");
            lane.extend((0..16).rev().map(|bit| word >> bit & 1 == 1));
        };
        let mut queues = vec![vec![]; lanes];
        (0..2).for_each(|_| queues.iter_mut().for_each(&mut take));
        for row in weights.chunks(lanes) {
            queues.iter_mut().filter(|queue| queue.len() < 24).for_each(&mut take);
            for (queue, weight) in queues.iter_mut().zip(row) {
                // Canonical codes: each is the one before plus one, with zeros behind it where it is longer.
                let (mut code, mut bits) = (0usize, codes[0].0);
                let found = codes.iter().position(|(length, _)| {
                    code <<= length - bits;
                    bits = *length;
                    let value = queue[..bits].iter().fold(0, |value, bit| value << 1 | usize::from(*bit));
                    code += 1;
                    value == code - 1
                });
                assert_eq!(codes[found.expect("it is a code")].1, usize::from(*weight));
                queue.drain(..bits);
            }
        }
        assert!(queues.concat().iter().all(|bit| !bit), "bits behind the last code are 0");
    }
}

#[test]
fn packets_are_as_the_page_says() {
    // Chunks of 2 by frequency: 1 1 comes first, then 0 0, 2 2 and 3 3.
    let weights: Vec<u8> = [1, 1, 1, 0, 1, 2, 1, 3, 0].iter().flat_map(|value| [*value; 2]).collect();
    let dictionaries = Dictionaries { packet_bits: 64, ..Dictionaries::default() };
    let options = Options { dictionaries, ..options(Choice::Meadow, 1) };
    let many: Vec<u8> = weights.iter().copied().cycle().take(18 * 20).collect();
    let packed = pack(&many, shape(18, 20), &options).expect("it is legal");
    let dictionary = Dictionary { chunk: 2, packet_bits: 64, unique: 4, widths: vec![1, 2] };
    assert_eq!(packed.header.scheme, Scheme::Meadow(dictionary));
    assert_eq!(packed.bytes[64..72], [1, 1, 0, 0, 2, 2, 3, 3]);
    // Mode 1: IDs of 2 bits, 0 0 0 1 0 2 0 3 1 ...
    assert_eq!(packed.bytes[128..131], [0b1000_0001, 0b1001_0000, 0b0000_0011]);
}

#[test]
fn a_code_is_complete_limited_and_the_best() {
    use super::huffman::Code;
    // Fibonacci numbers: without a limit the code of the rarest would have 29 bits.
    let mut counts = [0u32; 256];
    let (mut a, mut b) = (1, 1);
    for count in counts.iter_mut().take(30) {
        *count = a;
        (a, b) = (b, a + b);
    }
    let table: [u8; 128] = Code::of(&counts).write().try_into().expect("it has the size");
    assert_eq!(Code::read(&table).expect("it is complete"), Code::of(&counts));
    // Without a limit that matters, the cost is that of Huffman's algorithm: the sum of all inner nodes.
    let mut rng = Rng::with_seed(4);
    for _ in 0..50 {
        let mut counts = [0u32; 256];
        let used = rng.usize(2..40);
        counts.iter_mut().take(used).for_each(|count| *count = rng.u32(20..400));
        let mut nodes: Vec<u64> =
            counts.iter().filter(|count| **count > 0).map(|count| u64::from(*count)).collect();
        let mut cost = 0;
        while nodes.len() > 1 {
            nodes.sort_unstable_by(|a, b| b.cmp(a));
            let pair = nodes.split_off(nodes.len() - 2);
            nodes.push(pair[0] + pair[1]);
            cost += pair[0] + pair[1];
        }
        assert_eq!(Code::of(&counts).bits(&counts), cost);
    }
}

/// A container of 40 x 24 weights that has the scheme.
fn small(weights: &[u8], choice: Choice) -> Vec<u8> {
    let packed = pack(weights, shape(40, 24), &options(choice, 4)).expect("it is legal");
    assert_eq!(packed.refused, None);
    packed.bytes
}

#[test]
fn every_truncation_and_every_flipped_bit_is_found() {
    let mut rng = Rng::with_seed(5);
    let weights = bell(&mut rng, 40 * 24, 1);
    for choice in [Choice::Raw, Choice::Meadow, Choice::Huffman] {
        let packed = small(&weights, choice);
        for length in 0..packed.len() {
            unpack(&packed[..length]).expect_err("it is truncated");
        }
        for bit in 0..8 * packed.len() {
            let mut damaged = packed.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            unpack(&damaged).expect_err("a bit is wrong");
        }
    }
}

/// With the CRC of the damaged bytes, only what the decoder needs is found, and nothing panics.
#[test]
fn no_container_panics() {
    let mut rng = Rng::with_seed(6);
    let weights = bell(&mut rng, 40 * 24, 1);
    let containers = [Choice::Raw, Choice::Meadow, Choice::Huffman].map(|choice| small(&weights, choice));
    let mut faults = std::collections::BTreeSet::new();
    for round in 0..20_000 {
        let mut bytes = containers[round % 3].clone();
        for _ in 0..rng.usize(1..4) {
            let end = if rng.bool() { 64 } else { bytes.len() - 4 };
            let place = rng.usize(..end);
            bytes[place] = if rng.bool() { rng.u8(..) } else { bytes[place] ^ 1 << rng.u8(..8) };
        }
        let end = bytes.len() - 4;
        let check = crc32fast::hash(&bytes[..end]);
        bytes[end..].copy_from_slice(&check.to_le_bytes());
        if let Err(fault) = unpack(&bytes) {
            faults.insert(fault.to_string().split(':').next().map(|text| text.replace(char::is_numeric, "")));
        }
    }
    assert!(faults.len() >= 5, "{faults:?}");
}

#[test]
fn matrices_and_options_are_checked() {
    assert_eq!(Shape::of(0, 4, Rows::Outputs), Err(ShapeError::Empty(4, 0)));
    assert_eq!(Shape::of(1 << 16, 1 << 16, Rows::Inputs), Err(ShapeError::Large(1 << 16, 1 << 16)));
    assert_eq!(Shape::of(usize::MAX, 1, Rows::Inputs), Err(ShapeError::Large(usize::MAX, 1)));
    let legal = options(Choice::Best, 4);
    let of = |dictionaries| Options { dictionaries, ..legal };
    let refused =
        |weights: &[u8], options: &Options| pack(weights, shape(2, 2), options).map(drop).unwrap_err();
    assert_eq!(refused(&[0; 3], &legal), OptionsError::Weights(3));
    assert_eq!(refused(&[0; 4], &Options { lanes: 65, ..legal }), OptionsError::Lanes(65));
    assert_eq!(
        refused(&[0; 4], &of(Dictionaries { chunk: 4, ..legal.dictionaries })),
        OptionsError::Chunk(4)
    );
    assert_eq!(
        refused(&[0; 4], &of(Dictionaries { packet_bits: 96, ..legal.dictionaries })),
        OptionsError::PacketBits(96)
    );
}

#[test]
fn a_matrix_of_inputs_is_turned() {
    let mut rng = Rng::with_seed(7);
    for (k, n) in [(1, 1), (3, 200), (130, 67)] {
        let matrix = bell(&mut rng, k * n, 40);
        let shape = Shape::of(k, n, Rows::Inputs).expect("it is legal");
        let stream = shape.stream(&matrix);
        assert!((0..k * n).all(|place| stream[place] == matrix[place % k * n + place / k]));
        assert_eq!(shape.matrix(stream.into()), matrix);
    }
}
