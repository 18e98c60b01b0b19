//! `xbar_mvm` with the module of `xbar_array_model` at its pins does what it does with the model inside.

use crate::run::compiled;
use blocks::crossbar::xbar_mvm::Params;
use fastrand::Rng;
use sim::{Compiled, Simulator};

const ROWS: u64 = 8;
const LANES: u64 = 4;
const CYCLES: u64 = 1_200;

/// What both have; 2 columns a converter.
const COMMON: &str = "rows=8 cell_bits=2 adcs=2";

/// What the array is like.
const DEVICE: &str = "variation=150 read_noise=400 stuck_on=100 on_off_ratio=20 seed=9";

fn poke(simulator: &mut Compiled, name: &str, value: u64) {
    let [port] = simulator.ports_named([name]).expect("it has the port");
    simulator.poke_u64(port, value);
}

fn peek(simulator: &mut Compiled, name: &str) -> u64 {
    let [port] = simulator.ports_named([name]).expect("it has the port");
    simulator.peek_u64(port)
}

/// Runs both with converters of this kind, whose pins are `to` and `from` the array, and so many rows at once.
fn agree(converters: &str, rows_at_once: u32, clocks: &[&str], to: &[&str], from: &str) {
    let of_mvm = format!("input_bits=2 slices=1 outputs=1 lanes=4 rows_at_once={rows_at_once}");
    let inside = format!("{COMMON} {converters} {of_mvm} array=model {DEVICE}");
    let settings = blocks::parameters::parse_settings(&inside).expect("name=value ...");
    let step = blocks::parameters::read::<Params>(&settings).expect("the parameters are legal").adc_step();
    let mut whole = compiled("xbar_mvm", &inside);
    let mut digital = compiled("xbar_mvm", &format!("{COMMON} {converters} {of_mvm}"));
    // The model alone does not know how many rows are driven at once.
    let at_pins = format!("{COMMON} {converters} columns=2 {DEVICE} adc_step={step}");
    let mut array = compiled("xbar_array_model", &at_pins);
    let mut rng = Rng::with_seed(1);
    for name in clocks {
        [&mut whole, &mut digital].into_iter().for_each(|it| poke(it, name, 2));
    }
    let (mut beat, mut sums) = (0, 0);
    for cycle in 0..CYCLES {
        let (row, column, cells) = (cycle % ROWS, cycle / ROWS % 2, rng.u64(..16));
        let is_loading = cycle < 2 * ROWS;
        let load = [
            ("load_valid", is_loading.into()),
            ("load_row", row),
            ("load_column", column),
            ("load_cells", cells),
        ];
        for (name, value) in load {
            [&mut whole, &mut array].into_iter().for_each(|it| poke(it, name, value));
        }
        let is_last = beat + 1 == ROWS / LANES;
        let inputs = [
            ("in_valid", u64::from(!is_loading && rng.u8(..4) > 0)),
            ("in_data", rng.u64(..1 << (2 * LANES))),
            ("in_skip_zeros", 1),
            ("in_last", is_last.into()),
            ("out_ready", u64::from(rng.bool())),
        ];
        for (name, value) in inputs {
            [&mut whole, &mut digital].into_iter().for_each(|it| poke(it, name, value));
        }
        for name in to {
            let value = peek(&mut digital, name);
            poke(&mut array, name, value);
        }
        let comparators = peek(&mut array, from);
        poke(&mut digital, from, comparators);
        let ports = ["in_ready", "out_valid", "word_lines", "column"];
        ports
            .into_iter()
            .for_each(|name| assert_eq!(peek(&mut whole, name), peek(&mut digital, name), "{name}"));
        if peek(&mut whole, "out_valid") == 1 {
            assert_eq!(peek(&mut whole, "out_sums"), peek(&mut digital, "out_sums"));
            sums += 1;
        }
        if inputs[0].1 == 1 && peek(&mut whole, "in_ready") == 1 {
            beat = if is_last { 0 } else { beat + 1 };
        }
        [&mut whole, &mut digital, &mut array].into_iter().for_each(Simulator::tick);
    }
    assert!(sums > 20, "{sums} sums");
    assert!(whole.violations().is_empty() && digital.violations().is_empty());
}

const TO_THE_ARRAY: [&str; 6] = ["word_lines", "precharge", "word_line_enable", "sample", "hold", "column"];

#[test]
fn the_model_at_the_pins_is_the_model_inside() {
    let clocks = ["precharge_clocks", "settle_clocks", "convert_clocks"];
    agree("adc=flash adc_bits=3", 4, &clocks, &TO_THE_ARRAY, "thermometer");
    let of_converters = ["adc_sample", "adc_hold", "adc_dac", "adc_compare"];
    let to = [&TO_THE_ARRAY[..], &of_converters].concat();
    let clocks = ["precharge_clocks", "settle_clocks", "sample_clocks", "trial_clocks"];
    agree("adc=sar adc_bits=5 adc_holds=2", 8, &clocks, &to, "cmp");
}
