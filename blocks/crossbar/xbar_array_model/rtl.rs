//! The model as a netlist: conductances in memories, a column of all rows a word, of which the rows that a hold keeps are added.
//!
//! ```text
//! load ------> conductances --> [cells] --> & --> sum, noise --> thresholds --> thermometer
//! word lines --> [hold 0, 1] -------------> &               +--> [converter's holds], dac --> >= --> cmp
//! ```

use super::BLOCK;
use super::params::{Inputs, NUMBER_BITS, Params};
use crate::block::Hardware;
use crate::crossbar::cell::rtl::mixed;
use crate::crossbar::device::{Device, NOISE_FRACTION, NORMAL_MEAN, VARIATION_FRACTION};
use crate::crossbar::pins::{Answer, Load, Pins};
use crate::crossbar::xbar_adc_sar;
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal, bit_length};
use parts::arithmetic::tree::add_all;
use parts::storage::store::Store;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what = "A model of an array with holds, multiplexers and comparators, for simulation: no hardware to tape out.";
        let timing = "Comparators follow their inputs within the clock.";
        block(design, &BLOCK, self, &[what, timing], |m| array(m, self))
    }
}

fn array(m: &Module, params: &Params) {
    let Inputs { load, pins } = m.inputs(&params.inputs());
    pins.array.precharge.unused();
    let held = held(m, params, &pins);
    let doubled = |adc: u32| m.scope(&format!("adc{adc}"), || doubled(m, params, adc, &load, &pins, &held));
    let doubled: Vec<Signal> = (0..params.adcs).map(doubled).collect();
    let answer = match &pins.adc {
        None => Answer { thermometer: Some(thermometers(m, params, &doubled)), cmp: None },
        Some(adc) => Answer { thermometer: None, cmp: Some(compared(m, params, adc, &doubled)) },
    };
    m.outputs(&params.answer(), answer);
}

/// What the hold that is converted keeps.
struct Held<'m> {
    /// The rows that were driven.
    rows: Signal<'m>,
    /// The number of the sample, if there is noise.
    number: Option<Signal<'m>>,
}

fn held<'m>(m: &'m Module, params: &Params, pins: &Pins<Signal<'m>>) -> Held<'m> {
    let array = &pins.array;
    let driven = pins.word_lines.gated(array.word_line_enable).named("driven");
    let number = (params.device.noise_factor() > 0).then(|| number_of_sample(m, array.sample));
    let keep = |name: &str, value: Signal<'m>| {
        let hold = |hold: u32| {
            let samples = array.sample.bit(hold);
            let register = m.reg(&format!("{name}{hold}"), value.width()).reset_to(0).enable(samples);
            register.set(value);
            register.value()
        };
        let holds: Vec<Signal> = (0..params.read_out.holds).map(hold).collect();
        array
            .hold
            .map_or(holds[0], |converted| converted.mux(holds[params.read_out.holds as usize - 1], holds[0]))
    };
    Held { rows: keep("rows", driven), number: number.map(|number| keep("number", number)) }
}

/// How many samples have ended: none of two has the noise of the other.
fn number_of_sample<'m>(m: &'m Module, sample: Signal<'m>) -> Signal<'m> {
    let sampled = m.reg("sampled", sample.width()).reset_to(0);
    sampled.set(sample);
    let number = m.reg("samples_ended", NUMBER_BITS).reset_to(0);
    let next = number.value() + (sampled.value() & !sample).any().zext(NUMBER_BITS);
    number.set(next);
    next
}

/// Twice the sum of the column that a converter sees, with its noise.
fn doubled<'m>(
    m: &'m Module,
    params: &Params,
    adc: u32,
    load: &Load<Signal<'m>>,
    pins: &Pins<Signal<'m>>,
    held: &Held<'m>,
) -> Signal<'m> {
    let bits = params.device.conductance_bits();
    let cells = Store::new(m, "cells", params.rows * bits, params.columns.into());
    let (column, loaded) = (pins.array.column.unwrap_or(m.zero(1)), load.column.unwrap_or(m.zero(1)));
    let place = m.concat(&[array_column(m, params, adc, loaded), load.row.zext(8)]);
    let cell_bits = params.device.cell_bits;
    let level = load.cells.slice((adc + 1) * cell_bits - 1, adc * cell_bits);
    let new = conductance(m, params, place, level).named("conductance");
    let with_new = cells.read(loaded).split_lsb(bits);
    let with_new = (0u64..).zip(with_new).map(|(row, old)| load.row.eq(row).mux(new, old));
    cells.write(load.valid, loaded, m.concat_lsb(&with_new.collect::<Vec<_>>()));

    let rows = cells.read(column).split_lsb(bits).into_iter().zip(held.rows.split_lsb(1));
    let sum = add_all(rows.map(|(cell, is_driven)| cell.gated(is_driven)).collect()).named("sum");
    let width = params.doubled_bits();
    let sum = sum.zext(width - 1);
    let noisy = match held.number {
        None => sum,
        Some(number) => {
            let place = m.concat(&[number, array_column(m, params, adc, column)]);
            sum + noise(m, params, place, width - 1)
        }
    };
    m.concat(&[noisy, m.zero(1)]).named("doubled")
}

/// The column of the array that is a column of a converter, in 8 bits.
fn array_column<'m>(m: &'m Module, params: &Params, adc: u32, column: Signal<'m>) -> Signal<'m> {
    let first = m.lit((adc * params.columns).into(), 8);
    match params.columns {
        1 => first,
        _ => first + column.zext(8),
    }
}

/// What a random number is for.
#[derive(Clone, Copy)]
enum Use {
    Variation,
    StuckAndDrift,
    Noise,
}

/// The hash of an index, with both keys.
fn hash<'m>(m: &'m Module, params: &Params, of: Use, index: Signal<'m>) -> Signal<'m> {
    let index = m.concat(&[m.lit(of as u128, 2), index.zext(30)]);
    params.keys().into_iter().fold(index, |x, key| mixed(x ^ m.lit(key.into(), 32)))
}

/// A normal number times `factor` / 2^`fraction`, rounded down.
fn normal<'m>(m: &'m Module, hash: Signal<'m>, times: Signal<'m>, factor: u64, fraction: u32) -> Signal<'m> {
    let bytes = add_all(hash.split_lsb(8));
    let normal = bytes.zext(bytes.width() + 1) - u64::from(NORMAL_MEAN);
    let factor = m.lit(factor.into(), bit_length(factor.into()) + 1);
    let product = normal.mul_signed(times).mul_signed(factor);
    product.high(product.width() - fraction)
}

fn noise<'m>(m: &'m Module, params: &Params, place: Signal<'m>, width: u32) -> Signal<'m> {
    let hash = hash(m, params, Use::Noise, place);
    let noise = normal(m, hash, m.lit(1, 2), params.device.noise_factor(), NOISE_FRACTION);
    // A normal number is far below the greatest of its width, so its copies of the sign may go.
    if noise.width() > width { noise.low(width) } else { noise.sext(width) }
}

/// The conductance of a cell once it is programmed.
fn conductance<'m>(m: &'m Module, params: &Params, place: Signal<'m>, level: Signal<'m>) -> Signal<'m> {
    let device = &params.device;
    let random = hash(m, params, Use::StuckAndDrift, place);
    let level = match device.has_stuck_cells() {
        true => stuck(device, random.low(16), level),
        false => level,
    };
    let bits = bit_length(device.on_conductance().into());
    let off = m.lit(device.off_conductance().into(), bits);
    let nominal = m.concat(&[level, m.zero(device.fraction())]).zext(bits) + off;
    let programmed = match device.variation_factor() {
        0 => nominal,
        factor => varied(m, device, nominal, hash(m, params, Use::Variation, place), factor),
    };
    match device.drift_factor() {
        0 => programmed,
        factor => {
            let loss = programmed * random.high(16) * m.lit(factor.into(), bit_length(factor.into()));
            programmed - (loss >> 32).low(programmed.width())
        }
    }
}

/// The level of a cell, which may be stuck.
fn stuck<'m>(device: &Device, random: Signal<'m>, level: Signal<'m>) -> Signal<'m> {
    let random = random.zext(17);
    let is_stuck = random.lt(device.stuck_below());
    let stuck_on = random.ge(device.stuck_off_below()).repeat(level.width());
    is_stuck.mux(stuck_on, level)
}

/// A conductance with its deviation; none is below 0.
fn varied<'m>(
    m: &'m Module,
    device: &Device,
    nominal: Signal<'m>,
    hash: Signal<'m>,
    factor: u64,
) -> Signal<'m> {
    let deviation = normal(m, hash, nominal.zext(nominal.width() + 1), factor, VARIATION_FRACTION);
    let width = deviation.width().max(device.conductance_bits()) + 1;
    let sum = (nominal.zext(width) + deviation.sext(width)).named("varied");
    sum.low(device.conductance_bits()).gated(!sum.msb())
}

/// The comparators of flash converters.
fn thermometers<'m>(m: &'m Module, params: &Params, doubled: &[Signal<'m>]) -> Signal<'m> {
    let is_above = |input: Signal<'m>, code| {
        let threshold = params.doubled_threshold(code).into();
        input.ge_signed(m.lit_signed(threshold, input.width()))
    };
    let above = |input: &Signal<'m>| (1..=params.levels()).map(|code| is_above(*input, code)).collect();
    let comparators: Vec<Signal> = doubled.iter().flat_map(|input| -> Vec<Signal> { above(input) }).collect();
    m.concat_lsb(&comparators)
}

/// The comparators of converters by successive approximation, behind their holds.
fn compared<'m>(
    m: &'m Module,
    params: &Params,
    adc: &xbar_adc_sar::Analog<Signal<'m>>,
    doubled: &[Signal<'m>],
) -> Signal<'m> {
    adc.dac_reset.into_iter().chain([adc.compare]).for_each(Signal::unused);
    let trials = adc.dac.split_lsb(params.read_out.adc_bits);
    let compare = |(number, (input, trial)): (usize, (&Signal<'m>, Signal<'m>))| {
        let hold = |hold: u32| {
            let name = format!("adc{number}_hold{hold}");
            let register = m.reg(&name, input.width()).reset_to(0).enable(adc.sample.bit(hold));
            register.set(*input);
            register.value()
        };
        let holds: Vec<Signal> = (0..params.read_out.adc_holds).map(hold).collect();
        let held = adc.hold.map_or(holds[0], |converted| converted.mux(holds[holds.len() - 1], holds[0]));
        let step = trial * m.lit(params.step().into(), bit_length(params.step().into()));
        let threshold = m.concat(&[step, m.zero(1)]).zext(input.width());
        let lowest = m.lit_signed(params.doubled_threshold(0).into(), input.width());
        held.ge_signed(threshold + lowest)
    };
    let comparators: Vec<Signal> = doubled.iter().zip(trials).enumerate().map(compare).collect();
    m.concat_lsb(&comparators)
}
