//! The inverse root of a row's radicand.

use super::sums::{Totals, fit};
use crate::nonlinear::layer_norm::params::Params;
use crate::nonlinear::layer_norm::tables::{GUARD_BITS, Interval, intervals};
use hdl::{Bundle, Module, Signal, bit_length};
use parts::arithmetic::leading_zeros::count_leading_zeros;
use parts::storage::held::{held, held_flag};

/// The inverse root of a radicand that is shifted left by an even number of places.
#[derive(Clone, Copy, Bundle)]
pub struct Root<T> {
    /// With `root_bits` fraction bits.
    pub value: T,
    /// Half the places.
    pub places: T,
}

/// A normalised radicand.
#[derive(Clone, Copy, Bundle)]
struct Mantissa<T> {
    /// The bits below its leading 1.
    fraction: T,
    /// It is twice 1 and the fraction.
    is_odd: T,
    places: T,
}

impl Params {
    /// The widths of an inverse root.
    pub fn root(&self) -> Root<u32> {
        Root { value: self.root_bits(), places: bit_length(self.half_bits().into()) }
    }
}

/// The inverse root of each row, and a flag when it is valid: four cycles after `is_summed`, or seven if it is refined.
pub fn root<'m>(
    m: &'m Module,
    params: &Params,
    is_summed: Signal<'m>,
    totals: &Totals<'m>,
) -> (Signal<'m>, Root<Signal<'m>>) {
    let next = |name: &str, signal: Signal<'m>| held_flag(m, name, signal, m.ones(1));
    let width = params.radicand_bits();
    let multiplied = held(m, "multiplied", fit(totals.row.length * totals.squares, width), is_summed);
    let epsilon = held(m, "epsilon_of_products", totals.epsilon, is_summed);
    let square = totals.row.sum.map(|sum| held(m, "square", fit(sum.mul_signed(sum), width), is_summed));
    let has_products = next("has_products", is_summed);

    let positive = multiplied + epsilon.zext(width);
    let radicand = held(m, "radicand", square.map_or(positive, |square| positive - square), has_products);
    let has_radicand = next("has_radicand", has_products);

    let mantissa = m.hold("normal", &normalised(m, params, radicand), has_radicand);
    let is_normal = next("is_normal", has_radicand);

    let value = held(m, "of_table", m.scope("table", || of_table(m, params, &mantissa)), is_normal);
    let is_found = next("is_found", is_normal);
    match params.is_refined() {
        false => (is_found, Root { value, places: held(m, "places", mantissa.places, is_normal) }),
        true => refined(m, params, is_found, value, m.hold("found", &mantissa, is_normal)),
    }
}

/// The radicand with its leading 1 at the top.
fn normalised<'m>(m: &'m Module, params: &Params, radicand: Signal<'m>) -> Mantissa<Signal<'m>> {
    // That of 0 does not matter.
    let zeros = count_leading_zeros(m, radicand).count;
    let below = (radicand << zeros).named("normalised").low(radicand.width() - 1);
    let bits = params.mantissa_bits();
    let fraction = match below.width() >= bits {
        true => below.high(bits),
        false => m.concat(&[below, m.zero(bits - below.width())]),
    };
    let places = zeros.add_wide(m.ones(1)).high(zeros.width());
    Mantissa { fraction, is_odd: zeros.bit(0), places: fit(places, params.root().places) }
}

/// By the line of the table's interval.
fn of_table<'m>(m: &'m Module, params: &Params, mantissa: &Mantissa<Signal<'m>>) -> Signal<'m> {
    let seen = mantissa.fraction.high(params.index_bits() - 1 + params.between_bits());
    let index = m.concat(&[mantissa.is_odd, seen.high(params.index_bits() - 1)]);
    let bits = params.table_bits() + GUARD_BITS;
    let table = intervals(params);
    let slope_bits = bit_length(table.iter().map(|interval| interval.slope).max().unwrap_or(1).into());
    let lookup = |width: u32, of: fn(&Interval) -> u64| {
        let entries: Vec<Signal> = table.iter().map(|interval| m.lit(of(interval).into(), width)).collect();
        m.select(index, &entries)
    };
    let base = lookup(bits, |interval| interval.base).named("base");
    let slope = lookup(slope_bits, |interval| interval.slope).named("slope");
    let below = (slope * seen.low(params.between_bits())).named("product").high(slope_bits);
    let value = base - below.zext(bits) + (1 << (GUARD_BITS - 1));
    value.high(params.table_bits())
}

/// A step of Newton's method for the inverse root v of m: v - v (m v^2 - 1) / 2. The square's error is rounded up and the
/// result down, so that it is less than 1.
fn refined<'m>(
    m: &'m Module,
    params: &Params,
    is_found: Signal<'m>,
    value: Signal<'m>,
    mantissa: Mantissa<Signal<'m>>,
) -> (Signal<'m>, Root<Signal<'m>>) {
    let next = |name: &str, signal: Signal<'m>| held_flag(m, name, signal, m.ones(1));
    let bits = params.mantissa_bits();
    let square = held(m, "square_of_root", (value * value).high(params.square_of_root_bits()), is_found);
    let value = held(m, "value_of_square", value, is_found);
    let mantissa = m.hold("of_square", &mantissa, is_found);
    let is_squared = next("is_squared", is_found);

    let one = m.concat(&[m.ones(1), mantissa.fraction]);
    let number = mantissa.is_odd.mux(m.concat(&[one, m.zero(1)]), one.zext(bits + 2)).named("mantissa");
    // The upper bits are those of 1, or are 0.
    let product = (number * square).named("newton_product").high(number.width()).low(params.error_bits());
    let error = (product + 2).named("newton_error");
    let error = held(m, "error_of_square", error, is_squared);
    let value = held(m, "value_of_error", value, is_squared);
    let places = held(m, "places_of_error", mantissa.places, is_squared);
    let has_error = next("has_error", is_squared);

    let more = params.root_bits() - params.table_bits();
    let change = error.mul_signed(value.zext(value.width() + 1)).named("change");
    let change = change.high(change.width() - (bits + 1 - more)).sext(params.root_bits());
    let value = m.concat(&[value, m.zero(more)]) + !change;
    let root =
        Root { value: held(m, "refined", value, has_error), places: held(m, "places", places, has_error) };
    (next("is_refined", has_error), root)
}
