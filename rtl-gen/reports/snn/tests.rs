//! Small networks of every kind, on the RTL and by hand.

use super::network::*;
use super::*;
use blocks::crossbar::phase::Encoding;
use blocks::crossbar::xbar_mvm;
use blocks::loas::loas_array::{Params, Thresholds};
use blocks::loas::loas_plif::{Compare, Reset};
use blocks::loas::loas_tppe;
use fastrand::Rng;
use testbenches::simulators::BUILTIN;

/// A small array.
fn array(steps: u32, weight_bits: u32, max_k: usize) -> Params {
    let element = loas_tppe::Params {
        time_steps: steps,
        weight_bits,
        mask_bits: 16,
        adders: 8,
        columns: 4,
        group: 2,
        pipes: 2,
        values: 4,
        max_k: max_k as u32,
        skid: true,
        ..loas_tppe::Params::default()
    };
    Params {
        rows: 4,
        element,
        thresholds: Thresholds::Column,
        threshold: None,
        sums: true,
        ..Params::default()
    }
}

fn neuron(rng: &mut Rng, channels: usize, leak: u32) -> Option<Neuron> {
    let thresholds = (0..channels).map(|_| rng.i64(0..12)).collect();
    Some(Neuron { thresholds, leak, reset: Reset::Hard, compare: Compare::Greater })
}

fn random(rng: &mut Rng, count: usize) -> Vec<i64> {
    (0..count).map(|_| if rng.bool() { rng.i64(-7..=7) } else { 0 }).collect()
}

fn square(kernel: usize, stride: usize, padding: usize) -> Window {
    Window { kernel: [kernel; 2], stride: [stride; 2], padding: [padding; 2], dilation: [1; 2] }
}

fn conv(rng: &mut Rng, inputs: usize, outputs: usize, groups: usize, window: Window) -> Weights {
    let values = random(rng, outputs * inputs * window.kernel[0] * window.kernel[1]);
    Weights::Conv(Conv { inputs, outputs, groups, window, values })
}

fn linear(rng: &mut Rng, inputs: usize, outputs: usize) -> Weights {
    Weights::Linear(Linear { inputs, outputs, values: random(rng, inputs * outputs) })
}

fn product(terms: Vec<(usize, Weights)>, bias: Vec<i64>, neuron: Option<Neuron>) -> Operation {
    let terms = terms.into_iter().map(|(source, weights)| Term { source, weights }).collect();
    Operation::Product(Product { terms, bias, neuron })
}

/// Two samples.
fn samples(network: &Network, steps: u32, seed: u64) -> Vec<Vec<u16>> {
    let mut rng = Rng::with_seed(seed);
    let word = |rng: &mut Rng| if rng.u8(..3) == 0 { rng.u16(..) >> (16 - steps) } else { 0 };
    (0..2).map(|_| (0..network.input.size()).map(|_| word(&mut rng)).collect()).collect()
}

fn run_small(network: &Network, steps: u32, seed: u64) -> Outcome {
    let prepared = Prepared::of(network, 8).unwrap();
    let samples = samples(network, steps, seed);
    let params = array(steps, 8, prepared.longest());
    run(network, &prepared, &params, &samples, (BUILTIN.drive.unwrap(), Baseline::None), &())
        .unwrap_or_else(|error| panic!("{error}"))
}

/// All kinds of layers in one network.
fn network_of_every_kind() -> Network {
    let rng = &mut Rng::with_seed(1);
    let mut network = Network::new(Shape { channels: 2, height: 7, width: 6 }).unwrap();
    let mut add =
        |name: &str, operation| network.add(name, operation).unwrap_or_else(|what| panic!("{name}: {what}"));
    let wide = Window { kernel: [3, 2], stride: [2, 1], padding: [1, 1], dilation: [1, 2] };
    add("dilated", product(vec![(0, conv(rng, 2, 4, 1, wide))], random(rng, 4), neuron(rng, 4, 2)));
    add(
        "depthwise",
        product(vec![(1, conv(rng, 1, 4, 4, square(3, 1, 1)))], vec![300, -300, 0, 1], neuron(rng, 4, 2)),
    );
    add("spikes", Operation::Add { sources: vec![1, 2] });
    add("largest", Operation::MaxPool { source: 2, window: square(2, 1, 1) });
    add("average", Operation::SumPool { source: 3, window: square(2, 2, 0), is_average: true });
    add("counts", Operation::SumPool { source: 4, window: square(2, 2, 0), is_average: false });
    // A residual of currents: an average, and numbers of spikes, into the same neurons.
    let terms = vec![(5, conv(rng, 4, 3, 1, square(2, 1, 0))), (6, conv(rng, 4, 3, 1, square(2, 1, 0)))];
    add("residual", product(terms, random(rng, 3), neuron(rng, 3, 1)));
    add("vector", Operation::Flatten { source: 7 });
    let inputs = network.map(8).shape.size();
    network.add("output", product(vec![(8, linear(rng, inputs, 5))], random(rng, 5), None)).unwrap();
    network
}

#[test]
fn every_kind_of_layer_agrees_with_the_golden_network() {
    let outcome = run_small(&network_of_every_kind(), 3, 7);
    assert_eq!(outcome.difference, None);
    // Two kinds of leak: two arrays, and every layer with weights is measured.
    assert_eq!(outcome.arrays.iter().map(|array| array.leak).collect::<Vec<_>>(), [2, 1]);
    let names: Vec<&str> = outcome.layers.iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(names, ["dilated", "depthwise", "residual", "output"]);
    assert!(outcome.layers.iter().all(|layer| layer.cycles >= layer.limit && layer.density > 0.0));
    assert!(outcome.outputs.iter().flatten().any(|output| *output != 0));
}

#[test]
fn counts_are_outputs_too_and_other_neurons_run() {
    let rng = &mut Rng::with_seed(2);
    let mut network = Network::new(Shape::vector(20)).unwrap();
    let mut soft = neuron(rng, 6, 0);
    soft.iter_mut().for_each(|neuron| (neuron.reset, neuron.compare) = (Reset::Soft, Compare::GreaterEqual));
    network.add("one", product(vec![(0, linear(rng, 20, 6))], vec![0; 6], soft)).unwrap();
    network.add("twice", Operation::Add { sources: vec![1, 1] }).unwrap();
    let outcome = run_small(&network, 16, 3);
    assert_eq!(outcome.difference, None);
    assert!(outcome.outputs.iter().flatten().all(|output| output % 2 == 0 && *output <= 32));
}

/// The golden network against numbers worked out by hand.
#[test]
fn the_golden_network_is_what_the_definitions_say() {
    let mut network = Network::new(Shape { channels: 1, height: 2, width: 2 }).unwrap();
    let filter = Conv { inputs: 1, outputs: 1, groups: 1, window: square(2, 1, 1), values: vec![1, 2, 3, 4] };
    let none = product(vec![(0, Weights::Conv(filter))], vec![10], None);
    network.add("sums", none).unwrap();
    let maps = golden::maps(&network, &|_| None, vec![vec![1, 0, 0, 1]]);
    // Ones at the upper left and the lower right, under the filter [1 2; 3 4], in a border of zeros.
    assert_eq!(maps[1][0], [14, 13, 10, 12, 15, 13, 10, 12, 11]);
    // The average of 1, 0, 0, 1 is 2 / 4: in units of a quarter, a weight of 3 gives 6; the bias and the threshold are in these units, 1 and 2.
    let mut network = Network::new(Shape { channels: 1, height: 2, width: 2 }).unwrap();
    network.add("mean", Operation::SumPool { source: 0, window: square(2, 1, 0), is_average: true }).unwrap();
    let weights = Weights::Linear(Linear { inputs: 1, outputs: 1, values: vec![3] });
    let at = Neuron { thresholds: vec![8], leak: 1, reset: Reset::Hard, compare: Compare::Greater };
    network.add("fires", product(vec![(1, weights)], vec![4], Some(at))).unwrap();
    let plif = array(2, 8, 4).neuron();
    let plif = blocks::loas::loas_plif::Params { leak: 1, ..plif };
    let maps = golden::maps(&network, &|_| Some(plif.clone()), vec![vec![1, 0, 0, 1], vec![0, 0, 0, 0]]);
    // 10 > 8 fires and is cleared; then 4 does not.
    assert_eq!(maps[2], [vec![1], vec![0]]);
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let rng = &mut Rng::with_seed(3);
    let shape = Shape { channels: 2, height: 4, width: 4 };
    let refused = |operation: Operation| {
        let mut network = Network::new(shape).unwrap();
        network.add("x", operation).unwrap_err()
    };
    let one = neuron(rng, 1, 2);
    let cases = [
        refused(product(vec![(0, linear(rng, 31, 1))], vec![0], one.clone())),
        refused(product(vec![(0, conv(rng, 1, 1, 1, square(3, 1, 0)))], vec![0], one.clone())),
        refused(product(vec![(0, conv(rng, 1, 3, 2, square(3, 1, 0)))], vec![0; 3], one.clone())),
        refused(product(vec![(0, conv(rng, 2, 1, 1, square(5, 1, 0)))], vec![0], one.clone())),
        refused(product(vec![(0, conv(rng, 2, 1, 1, square(3, 0, 0)))], vec![0], one.clone())),
        refused(product(vec![(0, linear(rng, 32, 2))], vec![0; 2], one.clone())),
        refused(product(vec![(0, linear(rng, 32, 1))], vec![], one.clone())),
        refused(product(vec![(0, linear(rng, 32, 1))], vec![0], neuron(rng, 1, 8))),
        refused(product(vec![(0, linear(rng, 32, 1)), (0, linear(rng, 32, 2))], vec![0], one.clone())),
        refused(Operation::SumPool { source: 0, window: square(2, 1, 2), is_average: false }),
        refused(Operation::Add { sources: vec![] }),
    ];
    assert_eq!(
        cases,
        [
            "its weights have 31 inputs, but its input [2, 4, 4] has 32 values",
            "its filters see 1 channels in 1 groups, but its input [2, 4, 4] has 2 channels",
            "its 3 filters cannot be in 2 groups",
            "its kernel covers 5 values along the height, but its input [2, 4, 4] has 4 with padding",
            "its stride is 0: expected 1 to 65536",
            "it has 1 thresholds: expected one for each of 2 channels",
            "it has 0 biases: expected one for each of 1 channels",
            "its leak is 8: expected 0 to 7",
            "its currents have different shapes, [1] and [2]",
            "its padding is 2: expected at most half of its kernel, 2",
            "it adds no maps",
        ]
    );
}

#[test]
fn numbers_beyond_the_hardware_are_refused() {
    let mut network = Network::new(Shape::vector(2)).unwrap();
    let weights = |value: i64| Weights::Linear(Linear { inputs: 2, outputs: 1, values: vec![1, value] });
    let at = |threshold| {
        Some(Neuron { thresholds: vec![threshold], leak: 2, reset: Reset::Hard, compare: Compare::Greater })
    };
    network.add("first", product(vec![(0, weights(128))], vec![0], at(1))).unwrap();
    let wide = Prepared::of(&network, 8).unwrap_err();
    assert_eq!(wide, "layer `first`: a weight of 128 does not fit weight_bits: expected -128 to 127");
    let mut network = Network::new(Shape::vector(2)).unwrap();
    network.add("first", product(vec![(0, weights(1))], vec![1 << 40], at(1))).unwrap();
    let bias = Prepared::of(&network, 8).unwrap_err();
    assert_eq!(
        bias,
        "layer `first`: a bias of 1099511627776 takes 8657571873 weights: expected at most 4096"
    );
    for (threshold, max_k, expected) in [
        (
            1 << 20,
            2,
            "layer `first`: the threshold of channel 0 is 1048576: expected 0 to 511, a sum of 9 bits; sum_bits, or a greater max_k, widens it",
        ),
        (-1, 2, "layer `first`: the threshold of channel 0 is -1: expected 0 to 511, a sum of 9 bits"),
        (1, 1, "layer `first`: its rows have 2 inputs, but max_k is 1"),
    ] {
        let mut network = Network::new(Shape::vector(2)).unwrap();
        network.add("first", product(vec![(0, weights(1))], vec![0], at(threshold))).unwrap();
        let prepared = Prepared::of(&network, 8).unwrap();
        let refused =
            run(&network, &prepared, &array(2, 8, max_k), &[], (BUILTIN.drive.unwrap(), Baseline::None), &());
        assert_eq!(refused.unwrap_err().to_string(), expected);
    }
}

/// Without a leak a potential grows with every time step: the neurons against sums of integers that have no width.
#[test]
fn potentials_without_a_leak_do_not_saturate() {
    let rng = &mut Rng::with_seed(4);
    for (reset, values) in [
        (Reset::Hard, vec![-127, 127]),
        (Reset::Soft, (0..12).map(|_| rng.i64(-128..=127)).collect()),
        (Reset::Hard, (0..12).map(|_| rng.i64(-128..=127)).collect()),
    ] {
        let (inputs, threshold, steps) = (values.len().min(4), 127, 16);
        let outputs = values.len() / inputs;
        let neuron =
            Neuron { thresholds: vec![threshold; outputs], leak: 0, reset, compare: Compare::Greater };
        let mut network = Network::new(Shape::vector(inputs)).unwrap();
        let weights = Weights::Linear(Linear { inputs, outputs, values: values.clone() });
        network.add("if", product(vec![(0, weights)], vec![0; outputs], Some(neuron))).unwrap();
        let prepared = Prepared::of(&network, 8).unwrap();
        // The first input fires eight times, then the others.
        let word = |input: usize| if input == 0 { 0xff00 } else { 0x00fc };
        let sample: Vec<u16> = (0..inputs).map(word).collect();
        let mut params = array(steps, 8, prepared.longest());
        let (_, least) = least_sum_bits(&network, &prepared, steps).unwrap();
        assert!(least > params.element.sum_bits());
        let drive = (BUILTIN.drive.unwrap(), Baseline::None);
        let refused = run(&network, &prepared, &params, &[], drive, &()).unwrap_err().to_string();
        assert!(refused.ends_with(&format!("they need {least}")), "{refused}");
        params.element.sum_bits = Some(least);
        let outcome = run(&network, &prepared, &params, std::slice::from_ref(&sample), drive, &()).unwrap();
        assert_eq!(outcome.difference, None);
        let spikes = |weights: &[i64]| {
            let (mut potential, mut spikes) = (0, 0);
            for step in (0..steps).rev() {
                let terms = weights.iter().zip(&sample);
                potential += terms.map(|(weight, word)| weight * i64::from(word >> step & 1)).sum::<i64>();
                if potential > threshold {
                    spikes += 1;
                    potential = if reset == Reset::Hard { 0 } else { potential - threshold };
                }
            }
            spikes
        };
        assert_eq!(outcome.outputs, [values.chunks(inputs).map(spikes).collect::<Vec<i64>>()]);
    }
}

#[test]
fn ideal_crossbars_have_the_outputs_of_the_array() {
    let network = network_of_every_kind();
    let (prepared, samples) = (Prepared::of(&network, 8).unwrap(), samples(&network, 3, 7));
    let on_array = outputs_on_array(&network, &prepared, &array(3, 8, prepared.longest()), &samples, &());
    // A column of 8 rows of cells of 4 bits has a sum of 7 bits.
    let mut params = xbar_mvm::Params { rows: 8, lanes: 8, input_bits: 2, adcs: 2, ..Default::default() };
    params.read_out.adc_bits = 7;
    let on_crossbars = |params: &xbar_mvm::Params| {
        crossbar::on_crossbars(&network, &prepared, params, 3, &samples, &())
            .map_err(|error| error.to_string())
    };
    let ideal = on_array.map_err(|error| error.to_string());
    assert_eq!(on_crossbars(&params), ideal);
    let unsigned = xbar_mvm::Params { input_bits: 1, encoding: Encoding::Unsigned, ..params.clone() };
    assert_eq!(on_crossbars(&unsigned), ideal);
    params.device.stuck_off = 500;
    assert_ne!(on_crossbars(&params), ideal);
    params.device.stuck_off = 0;
    params.input_bits = 1;
    let refused = on_crossbars(&params).unwrap_err();
    assert!(
        refused.ends_with("input_bits is 1: a spike counts -1 unless encoding is `unsigned`"),
        "{refused}"
    );
}

#[test]
fn thresholds_are_in_the_steps_of_the_converters() {
    let rng = &mut Rng::with_seed(4);
    let mut network = Network::new(Shape::vector(20)).unwrap();
    // All sums are multiples of 4, and so are thresholds: a converter with steps of 4 is exact.
    let values = (0..120).map(|_| 4 * rng.i64(-3..=3)).collect();
    let weights = Weights::Linear(Linear { inputs: 20, outputs: 6, values });
    let at = Neuron {
        thresholds: (0..6).map(|at| 4 * at).collect(),
        leak: 0,
        reset: Reset::Hard,
        compare: Compare::Greater,
    };
    network.add("fires", product(vec![(0, weights)], vec![0; 6], Some(at))).unwrap();
    let (prepared, samples) = (Prepared::of(&network, 8).unwrap(), samples(&network, 4, 9));
    let ideal = outputs_on_array(&network, &prepared, &array(4, 8, 20), &samples, &()).unwrap();
    let mut params = xbar_mvm::Params { rows: 8, lanes: 8, input_bits: 2, adcs: 2, ..Default::default() };
    params.read_out.adc_bits = 5;
    params.device.adc_step = Some(4 * 256);
    assert_eq!(crossbar::on_crossbars(&network, &prepared, &params, 4, &samples, &()).unwrap(), ideal);
    assert!(ideal.iter().flatten().any(|output| *output > 0));
}
