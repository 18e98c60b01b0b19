//! The golden network, from the definitions, on dense maps of integers.

use super::network::{Network, Operation, Product, Shape};
use super::weights::{Conv, Linear, Weights};
use super::window::Window;
use blocks::loas::loas_plif;

/// A map at each time step.
pub type Values = Vec<Vec<i64>>;

/// All maps of a sample, the input first. `neuron` gives the parameters of the neurons of a layer.
pub fn maps(
    network: &Network,
    neuron: &dyn Fn(&Product) -> Option<loas_plif::Params>,
    input: Values,
) -> Vec<Values> {
    let mut maps = vec![input];
    for node in &network.nodes {
        let shape = |source: &usize| network.map(*source).shape;
        let each = |source: &usize, of: &dyn Fn(&[i64]) -> Vec<i64>| -> Values {
            maps[*source].iter().map(|step| of(step)).collect()
        };
        let map = match &node.operation {
            Operation::Product(product) => {
                let sums = sums(network, product, &maps, node.map.shape);
                neuron(product).map_or_else(|| sums.clone(), |params| fired(product, &params, &sums))
            }
            Operation::MaxPool { source, window } => {
                each(source, &|step| pooled(step, shape(source), window, node.map.shape, i64::max))
            }
            Operation::SumPool { source, window, .. } => {
                each(source, &|step| pooled(step, shape(source), window, node.map.shape, |a, b| a + b))
            }
            Operation::Add { sources } => {
                let steps = 0..maps[0].len();
                let sum =
                    |step: usize, place: usize| sources.iter().map(|source| maps[*source][step][place]).sum();
                steps.map(|step| (0..node.map.shape.size()).map(|place| sum(step, place)).collect()).collect()
            }
            Operation::Flatten { source } => maps[*source].clone(),
        };
        maps.push(map);
    }
    maps
}

/// What a network makes of a sample: the sum of its last map over the time steps.
pub fn outputs(last: &Values) -> Vec<i64> {
    let mut sums = vec![0; last[0].len()];
    last.iter().for_each(|step| sums.iter_mut().zip(step).for_each(|(sum, value)| *sum += value));
    sums
}

/// The currents of a layer at each time step.
fn sums(network: &Network, product: &Product, maps: &[Values], shape: Shape) -> Values {
    let factors = network.factors(product);
    let bias = |place: usize| product.bias[place / shape.plane()];
    let step = |step: usize| {
        let mut sums: Vec<i64> = (0..shape.size()).map(bias).collect();
        for (term, factor) in product.terms.iter().zip(&factors) {
            let (values, of) = (&maps[term.source][step], network.map(term.source).shape);
            let weighted = match &term.weights {
                Weights::Linear(linear) => linear_of(linear, values),
                Weights::Conv(conv) => convolved(conv, values, of, shape),
            };
            sums.iter_mut().zip(weighted).for_each(|(sum, weighted)| *sum += weighted * factor);
        }
        sums
    };
    (0..maps[0].len()).map(step).collect()
}

fn linear_of(linear: &Linear, values: &[i64]) -> Vec<i64> {
    let rows = linear.values.chunks(linear.inputs);
    rows.map(|row| row.iter().zip(values).map(|(weight, value)| weight * value).sum()).collect()
}

fn convolved(conv: &Conv, values: &[i64], of: Shape, shape: Shape) -> Vec<i64> {
    let [rows, columns] = conv.window.kernel;
    let mut sums = vec![0; shape.size()];
    for (filter, sums) in sums.chunks_mut(shape.plane()).enumerate() {
        let first = filter / (conv.outputs / conv.groups) * conv.inputs;
        for (place, sum) in sums.iter_mut().enumerate() {
            for input in 0..conv.inputs {
                for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
                    let weight =
                        conv.values[((filter * conv.inputs + input) * rows + row) * columns + column];
                    let under =
                        under(&conv.window, [place / shape.width, place % shape.width], [row, column]);
                    *sum += weight * value(values, of, first + input, under);
                }
            }
        }
    }
    sums
}

fn pooled(
    values: &[i64],
    of: Shape,
    window: &Window,
    shape: Shape,
    join: impl Fn(i64, i64) -> i64,
) -> Vec<i64> {
    let [rows, columns] = window.kernel;
    let mut pools = vec![];
    for channel in 0..shape.channels {
        for place in 0..shape.plane() {
            let mut pool = 0;
            for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
                let under = under(window, [place / shape.width, place % shape.width], [row, column]);
                pool = join(pool, value(values, of, channel, under));
            }
            pools.push(pool);
        }
    }
    pools
}

/// Where an element of a window lies; negative in the padding.
fn under(window: &Window, place: [usize; 2], element: [usize; 2]) -> [i64; 2] {
    [0, 1].map(|axis| {
        (place[axis] * window.stride[axis] + element[axis] * window.dilation[axis]) as i64
            - window.padding[axis] as i64
    })
}

fn value(values: &[i64], of: Shape, channel: usize, [y, x]: [i64; 2]) -> i64 {
    let is_in = (0..of.height as i64).contains(&y) && (0..of.width as i64).contains(&x);
    if is_in { values[channel * of.plane() + y as usize * of.width + x as usize] } else { 0 }
}

/// The spikes of a layer's neurons.
fn fired(product: &Product, params: &loas_plif::Params, sums: &Values) -> Values {
    let neuron = product.neuron.as_ref().expect("its parameters are there");
    let plane = sums[0].len() / neuron.thresholds.len();
    let mut membranes = vec![0; sums[0].len()];
    let step = |step: &Vec<i64>| {
        let places = step.iter().zip(&mut membranes).enumerate();
        let fire = |(place, (sum, membrane)): (usize, (&i64, &mut i64))| {
            let threshold = neuron.thresholds[place / plane];
            i64::from(loas_plif::model::step(params, threshold, membrane, *sum))
        };
        places.map(fire).collect()
    };
    sums.iter().map(step).collect()
}
