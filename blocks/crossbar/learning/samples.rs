//! A sample: the activations of all layers, and the potentials of the hidden ones.

use super::derivative::derivative;
use super::network::{Network, Sample};
use super::update::{Signs, signs};
use hdl::{Module, Signal, index_width};
use parts::storage::held::held;
use parts::storage::store::Store;

/// Takes a sample, and keeps what its update needs.
pub struct Samples<'m> {
    /// The sample is there.
    pub is_complete: Signal<'m>,
    /// The signs of the activations, those of the inputs of the network in the lowest bits.
    pub rows: Signs<'m>,
    /// Some sample was not framed as it must be.
    pub error: Signal<'m>,
    /// The derivatives of each hidden layer, and which half of them is in use.
    derivatives: Vec<Store<'m>>,
    half: Option<Signal<'m>>,
}

/// The neuron that a beat belongs to.
struct Place<'m> {
    neuron: Signal<'m>,
    /// A bit for each layer of activations.
    layer: Signal<'m>,
    ends: Signal<'m>,
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
        let place = place(m, network, takes);
        let leaves = if overlap { starts } else { used };
        is_complete.enable((takes & place.ends) | leaves).set(takes);
        let error = m.reg("sample_is_misframed", 1).reset_to(0);
        error.set(error.value() | (takes & (last ^ place.ends)));

        let loaded = signs(activation, floor).collected(m, "loaded", network.rows(), takes);
        let rows = match overlap {
            true => loaded.map(|name, mask| held(m, &format!("rows_{name}"), mask, starts)),
            false => loaded,
        };
        let half = overlap.then(|| {
            let half = m.reg("half", 1).reset_to(0).enable(starts);
            half.set(!half.value());
            half.value()
        });
        let slope = derivative(m, network, potential);
        let store = |layer: u32| {
            let address_bits = index_width(network.width.into());
            let depth = if overlap { 2 << address_bits } else { u64::from(network.width) };
            let store = Store::new(m, &format!("derivatives{layer}"), slope.width(), depth);
            let address = in_half(half.map(|half| !half), place.neuron.low(address_bits));
            store.write(takes & place.layer.bit(layer + 1), address, slope);
            store
        };
        let derivatives = (0..network.hidden_layers).map(store).collect();
        Samples { is_complete: is_complete.value(), rows, error: error.value(), derivatives, half }
    }

    /// The derivatives of the neurons of a number, of each hidden layer.
    pub fn derivatives(&self, network: &Network, neuron: Signal<'m>) -> Vec<Signal<'m>> {
        let address = in_half(self.half, neuron.low(index_width(network.width.into())));
        self.derivatives.iter().map(|store| store.read(address)).collect()
    }
}

/// The address in a half of a memory.
fn in_half<'m>(half: Option<Signal<'m>>, address: Signal<'m>) -> Signal<'m> {
    half.map_or(address, |half| half.module().concat(&[half, address]))
}

/// Counts the neurons of each layer, the inputs of the network first.
fn place<'m>(m: &'m Module, network: &Network, takes: Signal<'m>) -> Place<'m> {
    let layers = network.hidden_layers + 1;
    let layer = m.reg("layer_of_beat", layers).reset_to(1);
    let bits = index_width(network.inputs.max(network.width).into());
    let neuron = m.reg("neuron", bits).reset_to(0).enable(takes);
    let last = |count: u32| m.lit(u128::from(count - 1), bits);
    let ends_layer = neuron
        .value()
        .eq(layer.value().bit(0).mux(last(network.inputs), last(network.width)))
        .named("ends_layer");
    neuron.set((neuron.value() + 1).gated(!ends_layer));
    layer.enable(takes & ends_layer).set(layer.value().rotate_left(1));
    Place { neuron: neuron.value(), layer: layer.value(), ends: ends_layer & layer.value().bit(layers - 1) }
}
