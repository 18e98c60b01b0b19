//! Sums of PacQ that can be enumerated: small dot products, and scaled sums near the boundaries of rounding.

use crate::modes::{Mode, described};
use blocks::block::elaborate;
use blocks::pacq::pacq_dp::model::packed;
use blocks::pacq::sum::{Form, Sum};
use blocks::stimulus::{MakeCase, Space};
use hdl::Bits;
use parts::float::FloatFormat;
use sim::{Compiled, Options, Simulator};
use testbenches::driver::Testbench;

const FP16: FloatFormat = FloatFormat::FP16;

/// Runs cases on the built-in simulator.
fn run(block: &str, parameters: &str, cases: u64, make: MakeCase) {
    let Mode { block, .. } = described(block, parameters);
    let netlist = elaborate(&*block).expect("it elaborates");
    let mut simulator = Compiled::new(&netlist, Options::default()).expect("it simulates");
    let testbench = Testbench::new(&*block, simulator.ports(), &netlist.clocking, 1).expect("the ports fit");
    let space = Space { name: "enumerated".into(), cases, make, make_many: None };
    testbench.run(&mut simulator, &space, 0..cases, &mut ()).unwrap_or_else(|_| panic!("{parameters}"));
}

/// Zeros of both signs, the smallest and the largest values of each kind, values that cancel, infinity and NaN.
const ACTIVATIONS: [u64; 10] =
    [0x0000, 0x8000, 0x0001, 0x83ff, 0x3c00, 0xbc00, 0x3c01, 0x7bff, 0xfc00, 0x7e01];

/// Lanes, each with a combination of four weights of its own.
const LANES: u64 = 8;

#[test]
fn every_dot_product_of_four_weights_of_two_bits() {
    let combinations = 4u64.pow(4) / LANES;
    let cases = (ACTIVATIONS.len() as u64).pow(4) * combinations;
    for parameters in ["trees=4", "trees=4 accumulate=fp32", "trees=4 accumulate=fp16 product=rounded"] {
        let make = move |index: u64, emit: &mut dyn FnMut(usize, &[Bits])| {
            let (mut activations, first) = (index / combinations, index % combinations * LANES);
            let (mut a, mut words) = (0, 0);
            for term in 0..4 {
                a |= ACTIVATIONS[activations as usize % ACTIVATIONS.len()] << (16 * term);
                activations /= ACTIVATIONS.len() as u64;
                for lane in 0..LANES {
                    let code = (first + lane) >> (2 * term) & 3;
                    words |= code << (16 * term + 2 * lane);
                }
            }
            emit(0, &[Bits::truncated(a.into(), 64), Bits::truncated(words.into(), 64), Bits::ones(1)]);
        };
        run("pacq_dp", &format!("weight_bits=2 {parameters}"), cases, Box::new(make));
    }
}

/// A group of one beat of zeros, from which the zero points remove nothing: four sums with a scale each.
fn group(form: Form, lanes: [(i128, u64); 4], emit: &mut dyn FnMut(usize, &[Bits])) {
    emit(0, &[Bits::zero(64), Bits::ones(1)]);
    let sums = lanes.map(|(steps, _)| Sum { steps, ..Sum::default() });
    let scales = lanes.iter().rev().fold(0, |scales, (_, scale)| scales << 16 | scale);
    let zeros = Bits::truncated(0x8888, 16);
    emit(1, &[packed(form, &sums), Bits::truncated(scales.into(), 64), zeros, Bits::ones(1)]);
}

/// The default form of sums.
const FIXED: Form = Form::Fixed { bits: 51 };

#[test]
fn every_boundary_of_a_scaled_sum() {
    // Position of the leading 1, fraction, distance from the tie, sign.
    let mut cases = vec![];
    for leading in 24..50 {
        for fraction in [0, 1, 2, (1 << 23) - 2, (1 << 23) - 1] {
            for distance in [-1, 0, 1] {
                let half = 1i128 << (leading - 24);
                let steps = (((1 << 23) + fraction) << (leading - 23))
                    + half
                    + if leading > 24 { distance } else { 0 };
                cases.extend([steps, -steps]);
            }
        }
    }
    // Powers of two, the smallest normal and subnormal number, and significands that move the leading 1.
    let scales = [0x3c00, 0x0400, 0x0001, 0x7800, 0x3e00, 0xbfff];
    let pairs: Vec<(i128, u64)> =
        cases.iter().flat_map(|steps| scales.map(|scale| (*steps, scale))).collect();
    let count = pairs.len().div_ceil(4) as u64;
    let make = move |index: u64, emit: &mut dyn FnMut(usize, &[Bits])| {
        let lane = |lane: usize| pairs[(index as usize * 4 + lane) % pairs.len()];
        group(FIXED, [0, 1, 2, 3].map(lane), emit);
    };
    run("pacq_group_scale", "", count, Box::new(make));
}

#[test]
fn every_boundary_of_results_in_fp16() {
    // For each FP16 magnitude: the tie between it and the next one, and the FP32 numbers around that.
    let magnitudes = u64::from(FP16.infinity(false));
    let make = move |index: u64, emit: &mut dyn FnMut(usize, &[Bits])| {
        let (below, negative) = ((index / 2) as u32, index % 2 == 1);
        let exponent = FP16.effective_exponent(below) as i32 - 25;
        // The tie has one bit more than an FP16 significand, so FP32 has numbers close to it on both sides.
        let middle = i128::from(2 * FP16.significand(below) + 1) << 12;
        let lane = |distance: i128| {
            let steps = middle + distance;
            // The value is steps x 2^(exponent - 13): a fixed-point sum times a power of two.
            let places = exponent - 13 + 24;
            let power = places.clamp(-24, 15);
            let scale = if power < -14 { 1 << (power + 24) } else { ((power + 15) as u64) << 10 };
            let steps = steps << (places - power);
            (if negative { -steps } else { steps }, scale)
        };
        group(FIXED, [lane(-1), lane(0), lane(1), (0, 0x3c00)], emit);
    };
    run("pacq_group_scale", "result=fp16", 2 * magnitudes, Box::new(make));
}
