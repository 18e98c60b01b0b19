//! A network from the nodes of a graph.

use super::Options;
use super::file::{Array, Graph, Node};
use super::neuron::Neurons;
use super::order::places;
use crate::networks::Loaded;
use crate::networks::quantise::Floats;
use crate::terminal::error::Error;
use blocks::loas::loas_plif::{Compare, Reset};
use reports::snn::{Conv, Linear, Network, Neuron, Operation, Product, Shape, Term, Weights, Window};
use std::path::Path;

/// What a node gives to the next ones.
#[derive(Clone)]
enum Value {
    /// A map of the network.
    Map(usize),
    /// Currents, on their way to neurons.
    Currents(Vec<Current>),
}

/// A weighted map in floats.
#[derive(Clone)]
struct Current {
    source: usize,
    /// Its weights, without values.
    weights: Weights,
    values: Vec<f64>,
    bias: Vec<f64>,
}

pub fn network(path: &Path, graph: &Graph, options: &Options, weight_bits: u32) -> Result<Loaded, Error> {
    let places = places(graph)?;
    let input = graph.nodes.iter().find(|node| node.kind == "Input").expect("there is one");
    let network = Network::new(shape_of(input)?).map_err(|what| input.wrong(what))?;
    let mut builder = Builder { network, options, weight_bits, notes: vec![] };
    let mut values: Vec<Option<Value>> = vec![None; graph.nodes.len()];
    for place in &places {
        let from = place.from.iter().map(|from| values[*from].clone().expect("it is earlier")).collect();
        values[place.node] = Some(builder.node(&graph.nodes[place.node], from)?);
    }
    if builder.network.nodes.is_empty() {
        return Err(Error::new("it has no layers"));
    }
    let Builder { network, notes, .. } = builder;
    Ok(Loaded {
        path: path.into(),
        network,
        time_steps: None,
        thresholds: None,
        notes,
        files: vec![path.into()],
    })
}

fn shape_of(node: &Node) -> Result<Shape, Error> {
    match node.counts("shape")?.as_deref() {
        Some([values]) => Ok(Shape::vector(*values)),
        Some([channels, height, width]) => Ok(Shape { channels: *channels, height: *height, width: *width }),
        other => Err(node
            .wrong(format!("its shape is {:?}: expected one or three numbers", other.unwrap_or_default()))),
    }
}

struct Builder<'b> {
    network: Network,
    options: &'b Options,
    weight_bits: u32,
    notes: Vec<String>,
}

impl Builder<'_> {
    fn node(&mut self, node: &Node, from: Vec<Value>) -> Result<Value, Error> {
        let sizes = |name: &str, default: usize| Ok::<_, Error>(node.pair(name)?.unwrap_or([default; 2]));
        match node.kind.as_str() {
            "Input" => Ok(Value::Map(0)),
            "Output" => self.output(node, from),
            "Linear" | "Affine" => {
                let source = self.map(node, from)?;
                self.linear(node, source)
            }
            "Conv2d" => {
                let source = self.map(node, from)?;
                self.conv(node, source)
            }
            kind @ ("AvgPool2d" | "SumPool2d") => {
                let source = self.map(node, from)?;
                let kernel =
                    node.pair("kernel_size")?.ok_or_else(|| node.wrong("it has no `kernel_size`"))?;
                let stride = node.pair("stride")?.unwrap_or(kernel);
                let window = Window { kernel, stride, padding: sizes("padding", 0)?, dilation: [1; 2] };
                self.add(node, Operation::SumPool { source, window, is_average: kind == "AvgPool2d" })
            }
            "Flatten" => {
                let source = self.map(node, from)?;
                let first = node
                    .numbers("start_dim")?
                    .map_or(0.0, |array| array.values.first().copied().unwrap_or(0.0));
                if first != 0.0 {
                    return Err(node.wrong(format!("it flattens from dimension {first} on: expected 0")));
                }
                self.add(node, Operation::Flatten { source })
            }
            "IF" | "LIF" => self.neurons(node, from),
            "NIRGraph" => {
                Err(node.wrong("graphs inside a graph are not supported").help("write the graph flat"))
            }
            "CubaLIF" | "CubaLI" => {
                Err(node.wrong("its current has a state of its own, and the hardware's neurons have none"))
            }
            _ => Err(node.wrong("nodes of this type are not supported").help(
                "there are Input, Output, Linear, Affine, Conv2d, AvgPool2d, SumPool2d, Flatten, IF and LIF",
            )),
        }
    }

    fn add(&mut self, node: &Node, operation: Operation) -> Result<Value, Error> {
        self.network.add(&node.name, operation).map_err(|what| node.wrong(what))?;
        Ok(Value::Map(self.network.nodes.len()))
    }

    /// The map that leads to a node; the sum of several.
    fn map(&mut self, node: &Node, from: Vec<Value>) -> Result<usize, Error> {
        let map = |value: Value| match value {
            Value::Map(map) => Ok(map),
            Value::Currents(_) => {
                Err(node.wrong("it takes currents: expected neurons between weights and it"))
            }
        };
        let sources: Vec<usize> = from.into_iter().map(map).collect::<Result<_, _>>()?;
        if let [source] = sources[..] {
            return Ok(source);
        }
        let name = format!("sum into {}", node.name);
        self.network.add(&name, Operation::Add { sources }).map_err(|what| node.wrong(what))?;
        Ok(self.network.nodes.len())
    }

    fn linear(&self, node: &Node, source: usize) -> Result<Value, Error> {
        let Array { shape, values } = node.needed("weight")?;
        let [outputs, inputs] = shape[..] else {
            return Err(node.wrong(format!("`weight` has the shape {shape:?}: expected [outputs, inputs]")));
        };
        let weights = Weights::Linear(Linear { inputs, outputs, values: vec![] });
        self.current(node, source, weights, values, outputs)
    }

    fn conv(&self, node: &Node, source: usize) -> Result<Value, Error> {
        let Array { shape, values } = node.needed("weight")?;
        let [outputs, inputs, height, width] = shape[..] else {
            return Err(node.wrong(format!("`weight` has the shape {shape:?}: expected four numbers")));
        };
        let (kernel, dilation) = ([height, width], node.pair("dilation")?.unwrap_or([1; 2]));
        let stride = node.pair("stride")?.unwrap_or([1; 2]);
        let padding = match node.text("padding")?.as_deref() {
            None => node.pair("padding")?.unwrap_or([0; 2]),
            Some("valid") => [0; 2],
            Some("same") => same(node, kernel, stride, dilation)?,
            Some(other) => {
                return Err(node.wrong(format!("its padding is `{other}`: expected numbers, same or valid")));
            }
        };
        let groups = node.counts("groups")?.and_then(|groups| groups.first().copied()).unwrap_or(1);
        let window = Window { kernel, stride, padding, dilation };
        let weights = Weights::Conv(Conv { inputs, outputs, groups, window, values: vec![] });
        self.current(node, source, weights, values, outputs)
    }

    fn current(
        &self,
        node: &Node,
        source: usize,
        weights: Weights,
        values: Vec<f64>,
        outputs: usize,
    ) -> Result<Value, Error> {
        if values.is_empty() {
            return Err(node.wrong("it has no weights"));
        }
        let bias = node.numbers("bias")?.map_or_else(|| vec![0.0; outputs], |bias| bias.values);
        if bias.len() != outputs {
            return Err(node.wrong(format!("it has {} biases: expected {outputs}", bias.len())));
        }
        weights.output(self.network.map(source).shape).map_err(|what| node.wrong(what))?;
        Ok(Value::Currents(vec![Current { source, weights, values, bias }]))
    }

    /// All currents that lead to neurons. A spike is a current of 1.
    fn currents(&self, from: Vec<Value>) -> Vec<Current> {
        let currents = |value: Value| match value {
            Value::Currents(currents) => currents,
            Value::Map(source) => {
                let channels = self.network.map(source).shape.channels;
                let window = Window { kernel: [1; 2], stride: [1; 2], padding: [0; 2], dilation: [1; 2] };
                let one = Conv { inputs: 1, outputs: channels, groups: channels, window, values: vec![] };
                let (values, bias) = (vec![1.0; channels], vec![0.0; channels]);
                vec![Current { source, weights: Weights::Conv(one), values, bias }]
            }
        };
        from.into_iter().flat_map(currents).collect()
    }

    fn shape(&self, node: &Node, currents: &[Current]) -> Result<Shape, Error> {
        let of = |current: &Current| current.weights.output(self.network.map(current.source).shape);
        let shape = of(&currents[0]).map_err(|what| node.wrong(what))?;
        match currents.iter().map(of).find(|other| other.as_ref() != Ok(&shape)) {
            Some(Ok(other)) => {
                Err(node.wrong(format!("its currents have different shapes, {shape} and {other}")))
            }
            Some(Err(what)) => Err(node.wrong(what)),
            None => Ok(shape),
        }
    }

    fn neurons(&mut self, node: &Node, from: Vec<Value>) -> Result<Value, Error> {
        let currents = self.currents(from);
        let neurons = Neurons::of(node, self.options, self.shape(node, &currents)?)?;
        self.product(node, currents, Some(neurons))
    }

    /// The last map. Currents without neurons are sums.
    fn output(&mut self, node: &Node, from: Vec<Value>) -> Result<Value, Error> {
        if from.iter().all(|value| matches!(value, Value::Map(_))) {
            return self.map(node, from).map(Value::Map);
        }
        let currents = self.currents(from);
        self.shape(node, &currents)?;
        self.product(node, currents, None)
    }

    fn product(
        &mut self,
        node: &Node,
        currents: Vec<Current>,
        neurons: Option<Neurons>,
    ) -> Result<Value, Error> {
        let mut bias = neurons
            .as_ref()
            .map_or_else(|| vec![0.0; currents[0].bias.len()], |neurons| neurons.bias.clone());
        for current in &currents {
            bias.iter_mut().zip(&current.bias).for_each(|(sum, bias)| *sum += bias);
        }
        let sources: Vec<usize> = currents.iter().map(|current| current.source).collect();
        let floats = Floats {
            denominator: self.network.common_denominator(&sources),
            terms: currents.iter().map(|current| current.values.clone()).collect(),
            bias,
            thresholds: neurons.as_ref().map(|neurons| neurons.thresholds.clone()),
        };
        let integers =
            floats.quantised(self.weight_bits, Compare::Greater).map_err(|what| node.wrong(what))?;
        self.notes.push(integers.note(&node.name, self.weight_bits));
        if self.options.reset == Reset::Soft && neurons.as_ref().is_some_and(|neurons| neurons.leak > 0) {
            let name = &node.name;
            self.notes.push(format!(
                "layer `{name}`: what a soft reset subtracts decays with the potential; in snnTorch it does not"
            ));
        }
        let neuron = neurons.zip(integers.thresholds).map(|(neurons, thresholds)| Neuron {
            thresholds,
            leak: neurons.leak,
            reset: self.options.reset,
            compare: Compare::Greater,
        });
        let term = |(current, values): (Current, Vec<i64>)| Term {
            source: current.source,
            weights: match current.weights {
                Weights::Linear(linear) => Weights::Linear(Linear { values, ..linear }),
                Weights::Conv(conv) => Weights::Conv(Conv { values, ..conv }),
            },
        };
        let terms = currents.into_iter().zip(integers.terms).map(term).collect();
        self.add(node, Operation::Product(Product { terms, bias: integers.bias, neuron }))
    }
}

/// The padding that keeps the size of a map.
fn same(
    node: &Node,
    kernel: [usize; 2],
    stride: [usize; 2],
    dilation: [usize; 2],
) -> Result<[usize; 2], Error> {
    let covered = [0, 1].map(|axis| dilation[axis].saturating_mul(kernel[axis].saturating_sub(1)));
    match stride == [1; 2] && covered.iter().all(|covered| covered % 2 == 0) {
        true => Ok(covered.map(|covered| covered / 2)),
        false => Err(node.wrong("its padding is `same`: expected a stride of 1 and an odd kernel for it")),
    }
}
