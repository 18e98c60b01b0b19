//! A sample: the activations of all layers, and the potentials of the hidden ones.

use super::derivative::derivative;
use super::lines::{Lines, is_beyond};
use super::network::{Network, Sample, UpdateForm};
use super::side::Side;
use super::stored::Stored;
use super::vector::place;
use hdl::{Module, Signal};
use parts::storage::held::held;

/// Takes a sample, and keeps what its update needs.
pub struct Samples<'m> {
    /// The sample is there.
    pub is_complete: Signal<'m>,
    /// Its activations, those of the inputs of the network first.
    pub rows: Side<'m>,
    /// It was too short or too long.
    pub error: Signal<'m>,
    /// The derivatives of each hidden layer.
    derivatives: Vec<Stored<'m>>,
}

impl<'m> Samples<'m> {
    /// A sample is in use from `starts` on until `used`. With `overlap` the next one is taken meanwhile.
    pub fn new(
        m: &'m Module,
        network: &Network,
        overlap: bool,
        starts: Signal<'m>,
        used: Signal<'m>,
    ) -> Samples<'m> {
        let input = m.input_stream("sample", &network.sample());
        let Sample { activation, potential, floor, last } = input.payload;
        let is_complete = m.reg("sample_is_complete", 1).reset_to(0);
        input.set_ready(!is_complete.value());
        let takes = input.fires().named("takes_beat");
        let place = place(m, "sample", &network.rows_of_layers(), takes, last);
        let leaves = if overlap { starts } else { used };
        is_complete.enable((takes & last) | leaves).set(takes);

        let half = overlap.then(|| {
            let half = m.reg("half", 1).reset_to(0).enable(starts);
            half.set(!half.value());
            half.value()
        });
        let rows = match network.update {
            UpdateForm::Signs | UpdateForm::Trains => {
                let loaded = Lines::of(network.update, activation, floor);
                let loaded = loaded.collected(m, "loaded", network.rows(), takes);
                Side::Lines(match overlap {
                    true => loaded.map(|name, lines| held(m, &format!("rows_{name}"), lines, starts)),
                    false => loaded,
                })
            }
            UpdateForm::Counts => {
                let value = activation.gated(is_beyond(activation, floor));
                let stored = (0..).zip(network.rows_of_layers()).map(|(layer, rows)| {
                    let stored = Stored::new(m, &format!("activations{layer}"), value.width(), rows, half);
                    stored.write(takes & place.layer.bit(layer), place.neuron, value);
                    stored
                });
                Side::Values(stored.collect())
            }
        };
        let slope = derivative(m, network, potential);
        let derivatives = (0..network.hidden_layers).map(|layer| {
            let name = format!("derivatives{layer}");
            let stored = Stored::new(m, &name, slope.width(), network.width, half);
            stored.write(takes & place.layer.bit(layer + 1), place.neuron, slope);
            stored
        });
        let derivatives = derivatives.collect();
        Samples { is_complete: is_complete.value(), rows, error: place.error, derivatives }
    }

    /// The derivatives of the neurons of a number, of each hidden layer.
    pub fn derivatives(&self, neuron: Signal<'m>) -> Vec<Signal<'m>> {
        self.derivatives.iter().map(|stored| stored.read(neuron)).collect()
    }
}
