//! One side of the arrays of all layers, rows or columns, as the form of the update needs it.

use super::errors::Errors;
use super::lines::{Lines, is_beyond};
use super::network::{Network, UpdateForm};
use super::stored::Stored;
use hdl::{Module, Signal};

/// The values of the rows, or of the columns, of all layers.
pub enum Side<'m> {
    /// In registers, for pulses: all lines are driven at once.
    Lines(Lines<'m>),
    /// In a memory for each layer, for counts.
    Values(Vec<Stored<'m>>),
}

/// A delta of a layer.
pub struct Delta<'m> {
    /// Two's complement.
    pub value: Signal<'m>,
    /// It is there.
    pub takes: Signal<'m>,
    /// The neuron.
    pub neuron: Signal<'m>,
}

impl<'m> Side<'m> {
    /// Columns: the deltas of all layers, each as it comes.
    pub fn of_deltas(
        m: &'m Module,
        network: &Network,
        errors: &Errors<'m>,
        deltas: &[Delta<'m>],
    ) -> Side<'m> {
        let layers = || network.columns_of_layers().into_iter().zip(deltas).enumerate();
        match network.update {
            UpdateForm::Signs | UpdateForm::Trains => {
                let lines = layers().map(|(layer, (neurons, delta))| {
                    let lines = Lines::of(network.update, delta.value, errors.floor);
                    lines.collected(m, &format!("layer{layer}_delta"), neurons, delta.takes)
                });
                Side::Lines(Lines::joined(m, &lines.collect::<Vec<_>>()))
            }
            UpdateForm::Counts => {
                let stored = layers().map(|(layer, (neurons, delta))| {
                    let stored = Stored::new(m, &format!("deltas{layer}"), network.delta_bits, neurons, None);
                    let value = delta.value.gated(is_beyond(delta.value, errors.floor));
                    stored.write(delta.takes, delta.neuron, value);
                    stored
                });
                Side::Values(stored.collect())
            }
        }
    }
}
