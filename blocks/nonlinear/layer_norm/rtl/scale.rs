//! The way out: numerators, times the inverse root, times gains, plus biases.

use super::Beat;
use super::root::Root;
use super::sums::Row;
use crate::common::saturate::saturated;
use crate::nonlinear::layer_norm::params::{Gains, Params, Results};
use hdl::{Bundle, Module, Signal, Stream};
use parts::storage::held::held_flag;

/// The beat that leaves next.
pub struct Front<'m> {
    /// Its row has a root.
    pub is_ready: Signal<'m>,
    /// Its elements.
    pub beat: Beat<Signal<'m>>,
    /// Its row.
    pub row: Row<Signal<'m>>,
    /// The root of its row.
    pub root: Root<Signal<'m>>,
}

/// What a beat says beside its numbers.
#[derive(Clone, Copy, Bundle)]
struct End<T> {
    is_last: T,
    error: T,
}

/// Numerators of a beat.
#[derive(Clone, Copy, Bundle)]
struct Numerators<T> {
    numerators: T,
    root: Root<T>,
    end: End<T>,
}

/// Numerators that are shifted as their radicand is.
#[derive(Clone, Copy, Bundle)]
struct Shifted<T> {
    shifted: T,
    root: T,
    end: End<T>,
}

/// Normalised elements.
#[derive(Clone, Copy, Bundle)]
struct Normal<T> {
    elements: T,
    end: End<T>,
}

/// Scaled elements, and their end.
#[derive(Clone, Copy, Bundle)]
struct Scaled<T> {
    scaled: T,
    end: End<T>,
}

/// Takes the beat in front where it can, and says so. Its results come four cycles later, where a beat of gains is there in time.
pub fn scale<'m>(
    m: &'m Module,
    params: &Params,
    front: &Front<'m>,
    gains: &Stream<'m, Gains<Signal<'m>>>,
    output: &Stream<'m, Results<Signal<'m>>>,
) -> Signal<'m> {
    let advances = m.wire("advances", 1);
    let enable = advances.value();
    let takes = (front.is_ready & enable).named("takes_front");
    let shifted = m.hold("numerator", &numerators(m, params, front), enable);
    let is_numerator = held_flag(m, "has_numerators", front.is_ready, enable);
    let shifted = m.hold("shifted", &shift(m, params, &shifted), enable);
    let is_shifted = held_flag(m, "has_shifted", is_numerator, enable);
    let normal = m.hold("normalised", &normalise(m, params, &shifted), enable);
    let is_normal = held_flag(m, "has_normalised", is_shifted, enable);

    let has_results = m.reg("has_results", 1).reset_to(0);
    let is_free = (!has_results.value() | output.ready()).named("output_is_free");
    gains.set_ready(is_normal & is_free);
    let meets = gains.fires().named("gains_meet");
    advances.drive(!is_normal | meets);
    has_results.enable(is_free).set(meets);

    let ends_elsewhere = meets & (gains.payload.last ^ normal.end.is_last);
    let differs = m.reg("gains_differ", 1).reset_to(0);
    differs.set(differs.value() | ends_elsewhere);
    let error = normal.end.error | differs.value() | ends_elsewhere;
    let scaled = Scaled {
        scaled: affine(m, params, normal.elements, &gains.payload),
        end: End { is_last: normal.end.is_last, error },
    };
    let Scaled { scaled, end } = m.hold("result", &scaled, meets);
    output.set_valid(has_results.value());
    output.set_payload(Results { results: rounded(m, params, scaled), last: end.is_last, error: end.error });
    takes
}

/// The length of the row times each element, less the sum of the row.
fn numerators<'m>(m: &'m Module, params: &Params, front: &Front<'m>) -> Numerators<Signal<'m>> {
    let Front { beat, row, root, .. } = front;
    let (width, length) = (params.numerator_bits(), row.length.zext(row.length.width() + 1));
    let of_lane = |element: Signal<'m>| {
        let product = element.mul_signed(length).low(width);
        row.sum.map_or(product, |sum| product - sum.sext(width))
    };
    let numerators = lanes(m, beat.elements, params.input_bits, "numerator", of_lane);
    Numerators { numerators, root: *root, end: End { is_last: beat.is_last, error: row.error } }
}

/// Each numerator, shifted so that the root of its radicand is from 1 to 2.
fn shift<'m>(m: &'m Module, params: &Params, beat: &Numerators<Signal<'m>>) -> Shifted<Signal<'m>> {
    let (whole, kept) = (params.shifted_whole_bits(), params.shifted_fraction_bits());
    let of_lane = |numerator: Signal<'m>| {
        (numerator.sext(whole + params.half_bits()) << beat.root.places).high(whole + kept)
    };
    let shifted = lanes(m, beat.numerators, params.numerator_bits(), "shifted", of_lane);
    Shifted { shifted, root: beat.root.value, end: beat.end }
}

/// Each shifted numerator times the inverse root, rounded.
fn normalise<'m>(m: &'m Module, params: &Params, beat: &Shifted<Signal<'m>>) -> Normal<Signal<'m>> {
    let width = params.shifted_whole_bits() + params.shifted_fraction_bits();
    let places = params.shifted_fraction_bits() + params.root_bits() - params.fraction_bits();
    let root = beat.root.zext(beat.root.width() + 1);
    let of_lane = |shifted: Signal<'m>| {
        let product = shifted.mul_signed(root) + (1u64 << (places - 1));
        product.slice(places + params.normal_bits() - 1, places)
    };
    Normal { elements: lanes(m, beat.shifted, width, "normal", of_lane), end: beat.end }
}

/// Each element times its gain, plus its bias and half a result.
fn affine<'m>(m: &'m Module, params: &Params, elements: Signal<'m>, gains: &Gains<Signal<'m>>) -> Signal<'m> {
    let width = params.scaled_bits();
    let [elements, gains, biases] =
        [(elements, params.normal_bits()), (gains.gains, params.gain_bits), (gains.biases, params.gain_bits)]
            .map(|(word, width)| word.split_lsb(width).into_iter());
    let of_lane = |(element, (gain, bias)): (Signal<'m>, (Signal<'m>, Signal<'m>))| {
        let bias = m.concat(&[bias, m.zero(params.fraction_bits())]).sext(width);
        element.mul_signed(gain).sext(width) + (bias + (1u64 << (params.rounded_bits() - 1)))
    };
    m.concat_lsb(&elements.zip(gains.zip(biases)).map(of_lane).collect::<Vec<_>>())
}

/// The results.
fn rounded<'m>(m: &'m Module, params: &Params, scaled: Signal<'m>) -> Signal<'m> {
    let width = params.scaled_bits();
    let of_lane =
        |scaled: Signal<'m>| saturated(scaled.high(width - params.rounded_bits()), params.output_bits);
    lanes(m, scaled, width, "result", of_lane)
}

/// A function of each of the numbers side by side.
fn lanes<'m>(
    m: &'m Module,
    word: Signal<'m>,
    width: u32,
    name: &str,
    of_lane: impl Fn(Signal<'m>) -> Signal<'m>,
) -> Signal<'m> {
    let lanes = word.split_lsb(width).into_iter().enumerate();
    let of_lane = |(lane, number)| m.scope(&format!("lane{lane}"), || of_lane(number).named(name));
    m.concat_lsb(&lanes.map(of_lane).collect::<Vec<_>>())
}
