//! The errors of the outputs for a sample.

use super::network::{ErrorValue, Network};
use crate::crossbar::counter::counter;
use hdl::{Module, Signal, index_width};
use parts::storage::held::held;
use parts::storage::store::Store;

/// Takes an error for each output, and keeps them until they are used.
pub struct Errors<'m> {
    /// All are there.
    pub is_complete: Signal<'m>,
    /// An error is taken.
    pub takes: Signal<'m>,
    /// That error.
    pub value: Signal<'m>,
    /// What the last beat says of deltas: how far they are shifted.
    pub shift: Signal<'m>,
    /// And which of them count as 0.
    pub floor: Signal<'m>,
    /// Some vector was not framed as it must be.
    pub error: Signal<'m>,
    store: Store<'m>,
}

impl<'m> Errors<'m> {
    /// Takes the errors of the next sample behind `used`.
    pub fn new(m: &'m Module, network: &Network, used: Signal<'m>) -> Errors<'m> {
        let input = m.input_stream("error", &network.error());
        let ErrorValue { value, shift, floor, last } = input.payload;
        let is_complete = m.reg("errors_are_complete", 1).reset_to(0);
        input.set_ready(!is_complete.value());
        let takes = input.fires().named("takes_error");
        let place = counter(m, "class", network.classes, takes).expect("there are several classes");
        let ends = place.eq(u64::from(network.classes - 1)).named("errors_end");
        is_complete.enable((takes & ends) | used).set(takes);
        let error = m.reg("errors_are_misframed", 1).reset_to(0);
        error.set(error.value() | (takes & (last ^ ends)));

        let store = Store::new(m, "errors", network.error_bits, network.classes.into());
        store.write(takes, place, value);
        let (shift, floor) = (held(m, "shift", shift, takes), held(m, "delta_floor", floor, takes));
        Errors { is_complete: is_complete.value(), takes, value, shift, floor, error: error.value(), store }
    }

    /// The error of the output of a number.
    pub fn of(&self, network: &Network, column: Signal<'m>) -> Signal<'m> {
        self.store.read(column.low(index_width(network.classes.into())))
    }
}
