//! The sums of an ideal array are the product of the integers, whatever the paces; with few bits they are those of the codes.

use super::vectors::Programmed;
use super::{Mvm, Offered, Taken, Times};
use crate::common::lanes::{flag, joined};
use crate::crossbar::device::{Device, EXACT_STEP};
use crate::crossbar::phase::Encoding;
use crate::crossbar::pins::{Adc, ArrayPlace};
use crate::crossbar::read_out::ReadOut;
use crate::crossbar::weights::cells_of_row;
use crate::crossbar::xbar_adc_sar::model::Pace;
use crate::crossbar::xbar_array_model::model::Loaded;
use crate::crossbar::xbar_mvm::Params;
use crate::crossbar::xbar_sequencer::Clocks;
use crate::crossbar::xbar_shift_add::Scheme;
use crate::parameters::Parameters;
use fastrand::Rng;
use hdl::Bits;

const ENCODINGS: [Encoding; 3] = [Encoding::Unsigned, Encoding::TwosComplement, Encoding::SignMagnitude];
const SCHEMES: [Scheme; 3] = [Scheme::DifferentialPair, Scheme::NegativeCount, Scheme::DummyColumn];

/// Weights by input, then by output: those of a converter are next to each other.
pub(super) fn program(mvm: &mut Mvm, params: &Params, weights: &[Vec<i64>]) {
    let of_converter = params.outputs as usize;
    for (row, weights) in weights.iter().enumerate() {
        let cells: Vec<Vec<u64>> =
            weights.chunks(of_converter).map(|weights| cells_of_row(&params.adder(), weights)).collect();
        for column in 0..params.columns() as usize {
            let cells = cells.iter().map(|cells| cells[column]).collect();
            let load = Some(Loaded { row, column, cells });
            mvm.clock(&Taken { load, ..Taken::default() });
        }
    }
}

fn beats(params: &Params, inputs: &[i64], skip_zeros: bool) -> Vec<Vec<Bits>> {
    let lanes = inputs.chunks(params.lanes as usize);
    let count = lanes.len();
    let beat = |(number, inputs): (usize, &[i64])| {
        vec![joined(params.input_bits, inputs), flag(skip_zeros), flag(number + 1 == count)]
    };
    lanes.enumerate().map(beat).collect()
}

/// Runs vectors at these times, and gives their sums in the order of the outputs, and the clocks from one vector to the next.
pub(super) fn run(
    mvm: &mut Mvm,
    params: &Params,
    vectors: &[Vec<i64>],
    times: Times,
) -> (Vec<Vec<i64>>, Vec<u64>) {
    let mut beats: Vec<Vec<Bits>> =
        vectors.iter().flat_map(|inputs| beats(params, inputs, false)).rev().collect();
    let (mut sums, mut ends) = (vec![], vec![]);
    let mut vector = vec![];
    for cycle in 0..200_000 {
        if let Some(Offered { sums: given, last, error, .. }) = mvm.offered() {
            assert!(!error);
            vector.push(given);
            if last {
                ends.push(cycle);
                // Converter after converter.
                let of = |adc: usize| vector.iter().map(move |given: &Vec<i128>| given[adc] as i64);
                sums.push((0..params.adcs as usize).flat_map(of).collect());
                vector.clear();
            }
        }
        if sums.len() == vectors.len() {
            break;
        }
        let taken = Taken { beat: beats.last().cloned(), times, out_ready: true, ..Taken::default() };
        if mvm.clock(&taken).in_ready {
            beats.pop();
        }
    }
    (sums, ends.windows(2).map(|pair| pair[1] - pair[0]).collect())
}

pub(super) fn product(inputs: &[i64], weights: &[Vec<i64>]) -> Vec<i64> {
    let output = |output: usize| inputs.iter().zip(weights).map(|(input, row)| input * row[output]).sum();
    (0..weights[0].len()).map(output).collect()
}

fn random(rng: &mut Rng, least: i64, greatest: i64) -> i64 {
    match rng.u8(..4) {
        0 => least,
        1 => greatest,
        _ => rng.i64(least..=greatest),
    }
}

fn weights(params: &Params, rng: &mut Rng) -> Vec<Vec<i64>> {
    let half = 1i64 << (params.adder().weight_bits() - 1);
    let outputs = params.outputs * params.adcs;
    let row = |rng: &mut Rng| (0..outputs).map(|_| random(rng, -half, half - 1)).collect();
    (0..params.inputs_of_vector()).map(|_| row(rng)).collect()
}

fn vectors(params: &Params, rng: &mut Rng) -> Vec<Vec<i64>> {
    let top = 1i64 << (params.input_bits - 1);
    let (least, greatest) = if params.encoding.is_signed() { (-top, top - 1) } else { (0, 2 * top - 1) };
    let vector =
        |rng: &mut Rng| (0..params.inputs_of_vector()).map(|_| random(rng, least, greatest)).collect();
    (0..2).map(|_| vector(rng)).collect()
}

pub(super) const TIMES: Times = Times {
    clocks: Clocks { precharge_clocks: 0, settle_clocks: 2, convert_clocks: 1 },
    pace: Pace { sample: 1, settle: 0 },
};

fn is_exact(params: Params, rng: &mut Rng) {
    params.validate().unwrap_or_else(|error| panic!("{params:?}: {error}"));
    let (weights, vectors) = (weights(&params, rng), vectors(&params, rng));
    let mut mvm = Mvm::new(&params);
    program(&mut mvm, &params, &weights);
    let expected: Vec<Vec<i64>> = vectors.iter().map(|inputs| product(inputs, &weights)).collect();
    assert_eq!(run(&mut mvm, &params, &vectors, TIMES).0, expected, "{params:?}");
}

fn ideal(cell_bits: u32) -> Params {
    let device = Device { cell_bits, ..Device::default() };
    let read_out = ReadOut { adc: Adc::Sar, adc_bits: 10, ..ReadOut::default() };
    Params { read_out, array: ArrayPlace::Model, device, ..Params::default() }
}

fn flash(adc_bits: u32) -> ReadOut {
    ReadOut { adc: Adc::Flash, adc_bits, ..ReadOut::default() }
}

#[test]
fn an_ideal_array_gives_the_integer_product() {
    let mut rng = Rng::with_seed(1);
    let all = ENCODINGS.iter().flat_map(|encoding| SCHEMES.map(|scheme| (*encoding, scheme)));
    for (number, (encoding, scheme)) in all.enumerate() {
        for (cell_bits, slices) in [(1, 4), (2, 3), (3, 1), (4, 2)] {
            let input_bits = 1 + (number as u32 * 5 + cell_bits) % 8;
            let ideal = ideal(cell_bits);
            let read_out = ReadOut { adc_holds: 1 + cell_bits % 2, ..ideal.read_out };
            let shape = Params { rows: 16, rows_at_once: Some(16 >> (cell_bits % 3)), read_out, ..ideal };
            is_exact(Params { input_bits, encoding, slices, scheme, outputs: 2, adcs: 2, ..shape }, &mut rng);
        }
    }
}

#[test]
fn arrays_of_all_sizes_and_under_each_other_give_it() {
    let mut rng = Rng::with_seed(2);
    for rows in [16, 32, 64] {
        is_exact(Params { rows, outputs: 1, input_bits: 3, ..ideal(4) }, &mut rng);
    }
    for (rows, cell_bits) in [(128, 2), (256, 1)] {
        is_exact(Params { rows, outputs: 1, input_bits: 2, slices: 2, ..ideal(cell_bits) }, &mut rng);
    }
    for (row_arrays, adc_bits) in [(2, 9), (4, 8), (8, 7)] {
        let read_out = ReadOut { adc_bits, ..ideal(2).read_out };
        is_exact(Params { rows: 16, row_arrays, read_out, outputs: 1, input_bits: 3, ..ideal(2) }, &mut rng);
    }
    let flash = Params { read_out: flash(6), rows: 16, ..ideal(2) };
    is_exact(Params { adcs: 2, ..flash }, &mut rng);
}

#[test]
fn as_many_inputs_as_there_can_be_give_it() {
    let read_out = ReadOut { adc_bits: 9, ..ideal(1).read_out };
    let wide = Params { rows: 256, row_arrays: 8, lanes: 64, read_out, ..ideal(1) };
    is_exact(Params { slices: 1, outputs: 1, input_bits: 1, ..wide }, &mut Rng::with_seed(4));
}

#[test]
fn by_default_the_greatest_sum_is_the_greatest_code() {
    let of = |rows, cell_bits, adc_bits| {
        let device = Device { cell_bits, ..Device::default() };
        let read_out = ReadOut { adc_bits, ..ReadOut::default() };
        Params { rows, device, read_out, ..Params::default() }
    };
    // 64 rows of 15 are 960, 64 steps of a cell for each of 15 codes; 16 rows of 3 fit 6 bits.
    for (params, step, bits) in [(of(64, 4, 4), 64 * 256, 10), (of(16, 2, 6), 256, 6), (of(16, 2, 5), 397, 6)]
    {
        assert_eq!((params.adc_step(), params.exact_bits()), (step, bits), "{params:?}");
        let params = Params { array: ArrayPlace::Model, outputs: 1, input_bits: 1, ..params };
        let params = Params { encoding: Encoding::Unsigned, slices: 1, ..params };
        let mut mvm = Mvm::new(&params);
        let top = i64::from(params.device.top_level());
        program(&mut mvm, &params, &vec![vec![top / 2]; params.rows as usize]);
        let inputs = vec![1; params.rows as usize];
        let sum = (params.rows as i64 * (top / 2)) as f64 * 256.0 / f64::from(step);
        assert_eq!(run(&mut mvm, &params, &[inputs], TIMES).0, [[sum.round() as i64]], "{params:?}");
    }
    let count = Params { scheme: Scheme::NegativeCount, array: ArrayPlace::Model, ..of(64, 4, 4) };
    assert_eq!(count.adc_step(), 256);
}

#[test]
fn a_sum_says_that_a_code_saturated() {
    // The cells of output 0 saturate a code of two bits in phase 0, those of output 1 do not.
    let device = Device { cell_bits: 2, adc_step: Some(EXACT_STEP), ..Device::default() };
    let shape = Params { rows: 16, lanes: 16, input_bits: 2, slices: 1, outputs: 2, ..Params::default() };
    let read_out = ReadOut { adc_bits: 2, ..ReadOut::default() };
    let params = Params { encoding: Encoding::Unsigned, array: ArrayPlace::Model, device, read_out, ..shape };
    let mut mvm = Mvm::new(&params);
    let weights: Vec<Vec<i64>> = (0..16).map(|row| if row < 2 { vec![-2, 1] } else { vec![0, 0] }).collect();
    program(&mut mvm, &params, &weights);
    let mut flags = vec![];
    let mut beats = beats(&params, &[1; 16], false);
    for _ in 0..40 {
        flags.extend(mvm.offered().map(|offered| offered.saturated));
        let beat = beats.first().cloned();
        if mvm.clock(&Taken { beat, times: TIMES, out_ready: true, ..Taken::default() }).in_ready {
            beats.clear();
        }
    }
    assert_eq!(flags, [[1], [0]]);
}

#[test]
fn vectors_take_the_clocks_that_the_page_states() {
    let mut rng = Rng::with_seed(3);
    let clocks_of_a_vector = |params: &Params, times: Times, rng: &mut Rng| {
        let vectors: Vec<Vec<i64>> = (0..4).flat_map(|_| vectors(params, rng)).collect();
        let (_, apart) = run(&mut Mvm::new(params), params, &vectors, times);
        let steady = &apart[2..];
        assert!(steady.iter().all(|clocks| *clocks == steady[0]), "{apart:?}");
        steady[0]
    };
    // Eight bits, eight columns, T_settle 2.
    let with = |read_out| Params { read_out, lanes: 64, ..ideal(4) };
    let flash = with(flash(4));
    let one_hold = |params: &Params| Params {
        read_out: ReadOut { holds: 1, ..params.read_out.clone() },
        ..params.clone()
    };
    let sar = |adc_holds| with(ReadOut { adc: Adc::Sar, adc_bits: 8, adc_holds, ..ReadOut::default() });
    assert_eq!(clocks_of_a_vector(&one_hold(&flash), TIMES, &mut rng), 80);
    assert_eq!(clocks_of_a_vector(&flash, TIMES, &mut rng), 64);
    assert_eq!(clocks_of_a_vector(&sar(1), TIMES, &mut rng), 8 * 8 * 11);
    assert_eq!(clocks_of_a_vector(&sar(2), TIMES, &mut rng), 512);
    // Settling is beside the last conversion, as far as that lasts.
    let slow = Times { clocks: Clocks { settle_clocks: 20, ..TIMES.clocks }, ..TIMES };
    for (times, clocks) in [(TIMES, 512), (slow, 8 * (8 * 8 + 20 + 1 - 8))] {
        assert_eq!(clocks_of_a_vector(&one_hold(&sar(2)), times, &mut rng), clocks);
    }
    // Spikes: SpikeSim's cycle of a processing element.
    let spikes = Params { input_bits: 1, encoding: Encoding::Unsigned, ..flash.clone() };
    assert_eq!(clocks_of_a_vector(&one_hold(&spikes), TIMES, &mut rng), 10);
    assert_eq!(clocks_of_a_vector(&spikes, TIMES, &mut rng), 8);
    for (precharge_clocks, settle_clocks, convert_clocks) in [(3, 4, 1), (20, 5, 2), (0, 1, 3)] {
        let clocks = Clocks { precharge_clocks, settle_clocks, convert_clocks };
        let expected = 8 * (precharge_clocks + settle_clocks).max(8 * convert_clocks);
        assert_eq!(clocks_of_a_vector(&flash, Times { clocks, ..TIMES }, &mut rng), expected);
    }
}

#[test]
fn a_narrow_converter_gives_the_sums_of_its_codes() {
    // One input, a weight of 15 in a converter of 2 bits: the code of every phase is at most 3.
    let device = Device { cell_bits: 4, adc_step: Some(EXACT_STEP), ..Device::default() };
    let params = Params {
        rows: 16,
        lanes: 16,
        input_bits: 2,
        encoding: Encoding::Unsigned,
        slices: 1,
        outputs: 1,
        read_out: flash(2),
        array: ArrayPlace::Model,
        device,
        ..Params::default()
    };
    let mut mvm = Mvm::new(&params);
    let weights: Vec<Vec<i64>> = (0..16).map(|row| vec![if row == 0 { 15 } else { 0 }]).collect();
    program(&mut mvm, &params, &weights);
    let inputs: Vec<i64> = (0..16).map(|row| if row == 0 { 3 } else { 0 }).collect();
    assert_eq!(run(&mut mvm, &params, &[inputs], TIMES).0, [[9]]);
}

#[test]
fn whole_vectors_have_the_sums_of_the_clocked_model() {
    let mut rng = Rng::with_seed(5);
    for case in 0..12 {
        let encoding = ENCODINGS[case % 3];
        let mut params = Params {
            rows: 6,
            row_arrays: [1, 2][case % 2],
            rows_at_once: [None, Some(4)][case / 6],
            lanes: 1,
            input_bits: 3,
            encoding,
            scheme: SCHEMES[case / 2 % 3],
            adcs: 2,
            array: ArrayPlace::Model,
            device: Device { cell_bits: 2, variation: 100, drift: 50, stuck_off: 60, ..Device::default() },
            ..Params::default()
        };
        params.read_out.adc_bits = 5;
        params.validate().unwrap();
        let inputs = params.inputs_of_vector() as usize;
        let half = 1i64 << (params.adder().weight_bits() - 1);
        let weights: Vec<Vec<i64>> =
            (0..inputs).map(|_| (0..4).map(|_| rng.i64(-half..half)).collect()).collect();
        let least = if encoding.is_signed() { -4 } else { 0 };
        let vectors: Vec<Vec<i64>> =
            (0..3).map(|_| (0..inputs).map(|_| rng.i64(least..least + 8)).collect()).collect();
        let mut mvm = Mvm::new(&params);
        program(&mut mvm, &params, &weights);
        let (expected, _) = run(&mut mvm, &params, &vectors, TIMES);
        let mut programmed = Programmed::new(&params, &weights);
        for (vector, expected) in vectors.iter().zip(expected) {
            let modulo: Vec<u64> = vector.iter().map(|input| *input as u64 & 7).collect();
            let sums: Vec<i64> = programmed.sums(&modulo).iter().map(|total| total.sum as i64).collect();
            assert_eq!(sums, expected, "{params:?}");
        }
    }
}
