//! The errors of the outputs for a sample.

use super::network::{ErrorValue, Network};
use super::stored::Stored;
use super::vector::{Vector, vector};
use hdl::{Module, Signal};
use parts::storage::held::held;

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
    /// Which of them count as 0.
    pub floor: Signal<'m>,
    /// How long pulse trains are.
    pub pulses: Option<Signal<'m>>,
    /// How far counts are shifted.
    pub count_shift: Option<Signal<'m>>,
    /// The stored feedback ends with this sample.
    pub feedback_ends: Option<Signal<'m>>,
    /// There were too few or too many.
    pub error: Signal<'m>,
    store: Stored<'m>,
}

impl<'m> Errors<'m> {
    /// Takes the errors of the next sample behind `used`, in beats of a shape.
    pub fn new(m: &'m Module, network: &Network, shape: &ErrorValue<u32>, used: Signal<'m>) -> Errors<'m> {
        let input = m.input_stream("error", shape);
        let ErrorValue { value, shift, floor, pulses, count_shift, feedback_ends, last } = input.payload;
        let is_complete = m.reg("errors_are_complete", 1).reset_to(0);
        input.set_ready(!is_complete.value());
        let takes = input.fires().named("takes_error");
        is_complete.enable((takes & last) | used).set(takes);

        let Vector { place, is_within, error, .. } = vector(m, "errors", network.classes, takes, last);
        let store = Stored::new(m, "errors", network.error_bits, network.classes, None);
        store.write(takes & is_within, place, value);
        let keep = |name: &str, value| held(m, name, value, takes);
        Errors {
            is_complete: is_complete.value(),
            takes,
            value,
            shift: keep("shift", shift),
            floor: keep("delta_floor", floor),
            pulses: pulses.map(|pulses| keep("pulses", pulses)),
            count_shift: count_shift.map(|shift| keep("count_shift", shift)),
            feedback_ends: feedback_ends.map(|ends| keep("feedback_ends", ends)),
            error,
            store,
        }
    }

    /// The error of the output of a number.
    pub fn of(&self, column: Signal<'m>) -> Signal<'m> {
        self.store.read(column)
    }
}
