//! GGUF files.

use super::files::float;
use super::packers::{Draw, block_of_q4, block_of_q4k, block_of_q6k, gguf};
use crate::support::Workplace;

const F32: u32 = 0;
const F16: u32 = 1;
const Q4_0: u32 = 2;
const Q4_1: u32 = 3;
const Q5_0: u32 = 6;
const Q8_0: u32 = 8;
const Q4_K: u32 = 12;
const Q6_K: u32 = 14;
const BF16: u32 = 30;

/// Codes below a limit.
fn codes(draw: &mut Draw, count: usize, limit: u64) -> Vec<u32> {
    (0..count).map(|_| draw.below(limit) as u32).collect()
}

/// Inputs of a matrix, its outputs, and the weights of each output.
struct Expected(Vec<Vec<f64>>);

impl Expected {
    /// Packs `w` of a file, and compares. Gives what was printed.
    #[track_caller]
    fn packs(&self, kind: u32, bytes: Vec<u8>, arguments: &[&str], tolerance: f64) -> String {
        let workplace = Workplace::new();
        let shape = [self.0[0].len() as u64, self.0.len() as u64];
        // A tensor in front of it shows that offsets are respected.
        let other = ("a", [4, 1], F32, vec![0; 16]);
        workplace.write_bytes("model.gguf", &gguf(&[other, ("w", shape, kind, bytes)]));
        let pack = ["pack", "model.gguf", "--tensor=w", "--out=packed"];
        let printed = workplace.run(&[&pack[..], arguments].concat()).succeeded();
        for (input, row) in workplace.unpacked("packed").iter().enumerate() {
            for (output, weight) in row.iter().enumerate() {
                let error = (weight - self.0[output][input]).abs();
                assert!(error <= tolerance, "{input} {output}: {weight}, not {}", self.0[output][input]);
            }
        }
        printed
    }

    #[track_caller]
    fn refused(&self, kind: u32, bytes: Vec<u8>) -> String {
        let workplace = Workplace::new();
        let shape = [self.0[0].len() as u64, self.0.len() as u64];
        workplace.write_bytes("model.gguf", &gguf(&[("w", shape, kind, bytes)]));
        workplace.run(&["pack", "model.gguf", "--out=packed"]).refused()
    }
}

#[test]
fn q4_0_is_read_exactly() {
    let mut draw = Draw(1);
    let (mut rows, mut bytes) = (vec![], vec![]);
    for output in 0..6 {
        let mut row = vec![];
        for block in 0..3 {
            let codes = codes(&mut draw, 32, 16);
            // Scales of either sign: the weight of the largest magnitude has code 0.
            let scale = if block == 1 { -0.375 } else { 0.125 * f64::from(output) };
            bytes.extend(block_of_q4(scale, None, &codes));
            row.extend(codes.iter().map(|code| scale * (f64::from(*code) - 8.0)));
        }
        rows.push(row);
    }
    let printed = Expected(rows).packs(Q4_0, bytes, &["--from=gguf"], 0.0);
    assert!(printed.contains("96 inputs x 6 outputs in 4 bits, a scale for 32 x 1"), "{printed}");
    assert!(printed.contains("exact"), "{printed}");
}

#[test]
fn minima_that_are_multiples_of_scales_are_read_exactly_and_others_where_that_is_asked_for() {
    let mut draw = Draw(2);
    let codes = codes(&mut draw, 64, 16);
    let make = |scale: f64, minimum: f64| {
        let bytes: Vec<u8> =
            codes.chunks(32).flat_map(|codes| block_of_q4(scale, Some(minimum), codes)).collect();
        let row = codes.iter().map(|code| scale * f64::from(*code) + minimum).collect();
        (Expected(vec![row]), bytes)
    };
    let (exact, bytes) = make(0.25, -1.75);
    assert!(exact.packs(Q4_1, bytes, &[], 0.0).contains("exact"));
    for (scale, minimum, tolerance) in [(0.25, -1.625, 0.13), (0.25, 0.5, 0.16), (0.25, -8.0, 0.28)] {
        let (other, bytes) = make(scale, minimum);
        let stderr = other.refused(Q4_1, bytes.clone());
        assert!(
            stderr.contains("is in Q4_1 and cannot be packed exactly: the zero of group 0, output 0"),
            "{stderr}"
        );
        let printed = other.packs(Q4_1, bytes, &["--requantise"], tolerance);
        assert!(
            printed.contains("requantised from Q4_1") && printed.contains("worst error: 0."),
            "{printed}"
        );
    }
}

#[test]
fn q8_0_and_q6_k_are_requantised_only_where_that_is_asked_for() {
    let mut draw = Draw(3);
    let q8 = codes(&mut draw, 64, 256);
    let bytes: Vec<u8> = q8
        .chunks(32)
        .flat_map(|codes| [float("F16", 0.0625), codes.iter().map(|code| *code as u8).collect()].concat())
        .collect();
    let row = q8.iter().map(|code| 0.0625 * f64::from(*code as u8 as i8)).collect();
    let expected = Expected(vec![row]);
    assert!(expected.refused(Q8_0, bytes.clone()).contains("is in Q8_0"));
    expected.packs(Q8_0, bytes, &["--requantise"], 0.55);

    let q6 = codes(&mut draw, 512, 64);
    let scales = [3, -5, 7, 1, 2, 127, -128, 4, 9, -10, 11, 12, 13, 14, 15, 16];
    let bytes: Vec<u8> = q6.chunks(256).flat_map(|codes| block_of_q6k(0.0625, scales, codes)).collect();
    let weight = |(place, code): (usize, &u32)| {
        0.0625 * f64::from(scales[place % 256 / 16]) * (f64::from(*code) - 32.0)
    };
    let rows = q6.iter().enumerate().map(weight).collect();
    let expected = Expected(vec![rows]);
    assert!(expected.refused(Q6_K, bytes.clone()).contains("is in Q6_K"));
    // The widest group spans 63 steps of 8, which become 15 steps.
    expected.packs(Q6_K, bytes, &["--requantise"], 0.52 * 63.0 * 8.0 / 15.0);
}

#[test]
fn q4_k_is_read_exactly_where_it_can_be() {
    let mut draw = Draw(4);
    let codes = codes(&mut draw, 512, 16);
    let scales = [1, 2, 31, 63, 33, 48, 17, 5];
    let make = |minima: [u8; 8], dmin: f64| {
        let bytes: Vec<u8> =
            codes.chunks(256).flat_map(|codes| block_of_q4k(0.03125, dmin, scales, minima, codes)).collect();
        let weight = |(place, code): (usize, &u32)| {
            let group = place % 256 / 32;
            0.03125 * f64::from(scales[group]) * f64::from(*code) - dmin * f64::from(minima[group])
        };
        (Expected(vec![codes.iter().enumerate().map(weight).collect()]), bytes)
    };
    // Each minimum is a multiple of its scale.
    let (exact, bytes) = make([1, 4, 31, 63, 33, 48, 34, 50], 0.03125);
    assert!(exact.packs(Q4_K, bytes, &[], 0.0).contains("exact"));
    let (other, bytes) = make([1, 4, 31, 63, 33, 48, 34, 51], 0.0625);
    assert!(other.refused(Q4_K, bytes.clone()).contains("is in Q4_K and cannot be packed exactly"));
    // Half a step of the widest group, whose range must include 0.
    other.packs(Q4_K, bytes, &["--requantise"], 0.52 * 0.03125 * 63.0);
}

#[test]
fn floats_are_quantised() {
    for (kind, dtype) in [(F16, "F16"), (BF16, "BF16"), (F32, "F32")] {
        let row: Vec<f64> = (0..16).map(|place| f64::from(place) - 4.0).collect();
        let bytes = row.iter().flat_map(|value| float(dtype, *value)).collect();
        let printed = Expected(vec![row]).packs(kind, bytes, &[], 0.0);
        assert!(printed.contains("worst error: 0.000 steps"), "{printed}");
    }
}

#[test]
fn what_is_not_read_is_named() {
    let row = Expected(vec![vec![0.0; 32]]);
    assert!(row.refused(Q5_0, vec![0; 22]).contains("its type is Q5_0, which is not supported"));
    assert!(row.refused(39, vec![0; 17]).contains("its type is MXFP4, which is not supported"));
    assert!(row.refused(99, vec![0; 32]).contains("its type is unknown"));
    assert!(row.refused(Q4_K, vec![0; 144]).contains("32 inputs are not a whole number of Q4_K blocks"));
    let mut infinite = block_of_q4(1.0, None, &[0; 32]);
    infinite[1] = 0x7c;
    assert!(row.refused(Q4_0, infinite).contains("group 0 and output 0 is not finite"));
}

#[test]
fn lengths_that_the_file_has_not_are_refused() {
    let workplace = Workplace::new();
    let whole = gguf(&[("w", [32, 1], Q4_0, block_of_q4(1.0, None, &[0; 32]))]);
    for length in 4..whole.len() {
        workplace.write_bytes("cut.gguf", &whole[..length]);
        if length % 7 == 0 || length > whole.len() - 20 {
            let stderr = workplace.run(&["pack", "cut.gguf", "--out=none"]).refused();
            assert!(stderr.contains("error: ") && !stderr.contains("panicked"), "{length}: {stderr}");
        }
    }
    // The numbers of tensors and of metadata, the length of a key, a dimension, the offset.
    let key = 24;
    let shape = whole.windows(8).rposition(|bytes| bytes == 32_u64.to_le_bytes()).unwrap();
    for place in [8, 16, key, shape, shape + 8, shape + 20] {
        let mut wrong = whole.clone();
        wrong[place..place + 8].copy_from_slice(&(u64::MAX / 3).to_le_bytes());
        workplace.write_bytes("wrong.gguf", &wrong);
        let stderr = workplace.run(&["pack", "wrong.gguf", "--out=none"]).refused();
        assert!(stderr.contains("error: ") && !stderr.contains("panicked"), "{place}: {stderr}");
    }
}
