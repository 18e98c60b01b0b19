//! Beats of vectors, each of which its `last` ends. The beats of one that is too long are dropped from its length on.

use hdl::{Module, Signal, index_width};

/// The place of a beat in its vector.
pub struct Vector<'m> {
    /// From 0 on; any for a beat that is dropped.
    pub place: Signal<'m>,
    /// The beat belongs to the vector.
    pub is_within: Signal<'m>,
    /// The beat has the last place.
    pub is_full: Signal<'m>,
    /// The vector before this beat had a wrong length.
    pub error: Signal<'m>,
}

/// Counts the beats of vectors of `length`, at least 2.
pub fn vector<'m>(m: &'m Module, name: &str, length: u32, takes: Signal<'m>, last: Signal<'m>) -> Vector<'m> {
    let place = m.reg(&format!("{name}_place"), index_width(length.into())).reset_to(0).enable(takes);
    let is_beyond = m.reg(&format!("{name}_is_too_long"), 1).reset_to(0).enable(takes);
    let is_full = place.value().eq(u64::from(length - 1)).named(&format!("{name}_is_full"));
    place.set((place.value() + 1).gated(!(is_full | last)));
    is_beyond.set((is_beyond.value() | is_full) & !last);
    let error = m.reg(&format!("{name}_has_wrong_length"), 1).reset_to(0).enable(takes & last);
    error.set(is_beyond.value() | !is_full);
    Vector { place: place.value(), is_within: !is_beyond.value(), is_full, error: error.value() }
}

/// The place of a beat in a vector that has the values of several layers.
pub struct Place<'m> {
    /// The neuron.
    pub neuron: Signal<'m>,
    /// A bit for each layer, the first in the lowest; none for a beat that is dropped.
    pub layer: Signal<'m>,
    /// The vector before this beat had a wrong length.
    pub error: Signal<'m>,
}

/// Counts the beats of vectors of layers of these lengths, each at least 2.
pub fn place<'m>(
    m: &'m Module,
    name: &str,
    lengths: &[u32],
    takes: Signal<'m>,
    last: Signal<'m>,
) -> Place<'m> {
    let layers = lengths.len() as u32;
    let layer = m.reg(&format!("{name}_layer"), layers).reset_to(1);
    let bits = index_width(lengths.iter().max().copied().unwrap_or(1).into());
    let neuron = m.reg(&format!("{name}_neuron"), bits).reset_to(0).enable(takes);
    let ends = (0..)
        .zip(lengths)
        .map(|(number, length)| layer.value().bit(number) & neuron.value().eq(u64::from(length - 1)));
    let ends = m.concat_lsb(&ends.collect::<Vec<_>>()).named(&format!("{name}_ends_layer"));
    let leaves = ends.any() | last;
    neuron.set((neuron.value() + 1).gated(!leaves));
    let next = match layers {
        1 => m.zero(1),
        _ => m.concat(&[layer.value().low(layers - 1), m.zero(1)]),
    };
    layer.enable(takes & leaves).set(last.mux(1, next));
    let error = m.reg(&format!("{name}_has_wrong_length"), 1).reset_to(0).enable(takes & last);
    error.set(!ends.msb());
    Place { neuron: neuron.value(), layer: layer.value(), error: error.value() }
}
