//! A network: maps of spikes, and what makes each of earlier ones.

use super::weights::Weights;
use super::window::Window;
use blocks::loas::loas_plif::{Compare, Reset};
use std::fmt;

/// The size of a map. A vector has height and width 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Channels.
    pub channels: usize,
    /// Rows of a channel.
    pub height: usize,
    /// Values of a row.
    pub width: usize,
}

/// What the values of a map are at a time step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Spikes.
    Spikes,
    /// Numbers of spikes, each of which counts `1 / denominator`.
    Counts {
        /// By how much an average divides.
        denominator: i64,
    },
    /// Sums of weights, of a layer without neurons.
    Sums,
}

/// A map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Map {
    /// Its size.
    pub shape: Shape,
    /// Its values.
    pub content: Content,
}

/// A part of a network that makes a map.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// How it makes the map.
    pub operation: Operation,
    /// The map.
    pub map: Map,
}

/// How a map is made. A source is the number of an earlier map: 0 is the input, n that of the nth node.
#[derive(Clone, Debug)]
pub enum Operation {
    /// Sums of weights, and neurons.
    Product(Product),
    /// The OR of the spikes in a window.
    MaxPool {
        /// Of this map.
        source: usize,
        /// The window.
        window: Window,
    },
    /// The number of spikes in a window.
    SumPool {
        /// Of this map.
        source: usize,
        /// The window.
        window: Window,
        /// It is divided by the size of the window, padding included.
        is_average: bool,
    },
    /// The sum of maps, place by place.
    Add {
        /// The maps.
        sources: Vec<usize>,
    },
    /// The same values as a vector.
    Flatten {
        /// Of this map.
        source: usize,
    },
}

/// A layer: the sum of its terms and a bias at each time step, and neurons behind it.
#[derive(Clone, Debug)]
pub struct Product {
    /// What is summed.
    pub terms: Vec<Term>,
    /// For each channel, what is added at each time step, in the units of `Network::factors`.
    pub bias: Vec<i64>,
    /// The neurons; without them the sums are the result.
    pub neuron: Option<Neuron>,
}

/// A weighted map.
#[derive(Clone, Debug)]
pub struct Term {
    /// The number of the map.
    pub source: usize,
    /// Its weights.
    pub weights: Weights,
}

/// Leaky integrate-and-fire neurons, as `loas_plif` defines them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neuron {
    /// For each channel, the firing threshold, in the units of `Network::factors`.
    pub thresholds: Vec<i64>,
    /// The right shift between time steps.
    pub leak: u32,
    /// What a spike does.
    pub reset: Reset,
    /// When a neuron fires.
    pub compare: Compare,
}

/// A network. Its last map is its output.
#[derive(Clone, Debug)]
pub struct Network {
    /// The shape of its input.
    pub input: Shape,
    /// What makes the maps, in order.
    pub nodes: Vec<Node>,
}

/// The most values of a map.
pub const MOST_VALUES: usize = 1 << 24;

impl Shape {
    /// A vector.
    pub fn vector(values: usize) -> Shape {
        Shape { channels: values, height: 1, width: 1 }
    }

    /// Number of values.
    pub fn size(&self) -> usize {
        self.channels * self.height * self.width
    }

    /// Number of values of a channel.
    pub fn plane(&self) -> usize {
        self.height * self.width
    }

    /// The number of a value, if the place is in the map.
    pub fn at(&self, channel: usize, y: usize, x: usize) -> Option<usize> {
        let is_in = channel < self.channels && y < self.height && x < self.width;
        is_in.then(|| (channel * self.height + y) * self.width + x)
    }

    /// The same, if the map is neither empty nor too large.
    pub fn checked(self) -> Result<Shape, String> {
        let size = [self.height, self.width].iter().try_fold(self.channels, |size, by| size.checked_mul(*by));
        match size {
            Some(1..=MOST_VALUES) => Ok(self),
            _ => Err(format!("a map of {self} has more than {MOST_VALUES} values, or none")),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.height, self.width) {
            (1, 1) => write!(f, "[{}]", self.channels),
            (height, width) => write!(f, "[{}, {height}, {width}]", self.channels),
        }
    }
}

impl Network {
    /// A network without layers.
    pub fn new(input: Shape) -> Result<Network, String> {
        Ok(Network { input: input.checked()?, nodes: vec![] })
    }

    /// A map.
    pub fn map(&self, number: usize) -> Map {
        match number.checked_sub(1) {
            None => Map { shape: self.input, content: Content::Spikes },
            Some(node) => self.nodes[node].map,
        }
    }

    /// The last map.
    pub fn output(&self) -> Map {
        self.map(self.nodes.len())
    }

    /// Adds a node. Its sources must be there.
    pub fn add(&mut self, name: &str, operation: Operation) -> Result<(), String> {
        let map = match &operation {
            Operation::Product(product) => self.of_product(product)?,
            Operation::MaxPool { source, window } => {
                let of = self.map(*source);
                if of.content != Content::Spikes {
                    return Err(format!("a maximum is of spikes, but its input holds {}", of.content));
                }
                pooled(of.shape, window, Content::Spikes)?
            }
            Operation::SumPool { source, window, is_average } => {
                let of = self.map(*source);
                let by = if *is_average { window.kernel[0].saturating_mul(window.kernel[1]) } else { 1 };
                let denominator = denominator(of.content)?.saturating_mul(by as i64);
                pooled(of.shape, window, Content::Counts { denominator })?
            }
            Operation::Add { sources } => self.of_sum(sources)?,
            Operation::Flatten { source } => {
                let of = self.map(*source);
                denominator(of.content)?;
                Map { shape: Shape::vector(of.shape.size()), ..of }
            }
        };
        map.shape.checked()?;
        if let Content::Counts { denominator: denominator @ MOST_DENOMINATOR.. } = map.content {
            return Err(format!("averages divide by {denominator}: expected less than {MOST_DENOMINATOR}"));
        }
        self.nodes.push(Node { name: name.into(), operation, map });
        Ok(())
    }

    fn of_product(&self, product: &Product) -> Result<Map, String> {
        let mut shapes = product.terms.iter().map(|term| {
            let of = self.map(term.source);
            denominator(of.content)?;
            term.weights.output(of.shape)?.checked()
        });
        let shape = shapes.next().expect("there is a term")?;
        for other in shapes {
            let other = other?;
            if other != shape {
                return Err(format!("its currents have different shapes, {shape} and {other}"));
            }
        }
        let for_channels = |what: &str, count: usize| match count == shape.channels {
            true => Ok(()),
            false => {
                Err(format!("it has {count} {what}: expected one for each of {} channels", shape.channels))
            }
        };
        for_channels("biases", product.bias.len())?;
        if let Some(neuron) = &product.neuron {
            for_channels("thresholds", neuron.thresholds.len())?;
            if neuron.leak > 7 {
                return Err(format!("its leak is {}: expected 0 to 7", neuron.leak));
            }
        }
        let content = if product.neuron.is_some() { Content::Spikes } else { Content::Sums };
        Ok(Map { shape, content })
    }

    fn of_sum(&self, sources: &[usize]) -> Result<Map, String> {
        let first = self.map(*sources.first().ok_or("it adds no maps")?);
        let denominator_of_sum = denominator(first.content)?;
        for source in sources {
            let map = self.map(*source);
            if map.shape != first.shape {
                return Err(format!("it adds maps of different shapes, {} and {}", first.shape, map.shape));
            }
            if denominator(map.content)? != denominator_of_sum {
                return Err("it adds an average to something else: give each its own weights".into());
            }
        }
        Ok(Map { shape: first.shape, content: Content::Counts { denominator: denominator_of_sum } })
    }

    /// The factor of the weights of each term of a layer. A layer whose inputs are averages works in units of one over their common
    /// denominator, so that all its numbers are integers: its bias and thresholds are in these units.
    pub fn factors(&self, product: &Product) -> Vec<i64> {
        let sources: Vec<usize> = product.terms.iter().map(|term| term.source).collect();
        let common = self.common_denominator(&sources);
        sources.iter().map(|source| common / self.denominator(*source)).collect()
    }

    /// The least common denominator of maps.
    pub fn common_denominator(&self, sources: &[usize]) -> i64 {
        let denominators = sources.iter().map(|source| self.denominator(*source));
        denominators.fold(1, |common, by| (common / divisor(common, by)).saturating_mul(by))
    }

    fn denominator(&self, map: usize) -> i64 {
        denominator(self.map(map).content).unwrap_or(1)
    }
}

/// Averages divide by less: products with it must fit an integer.
const MOST_DENOMINATOR: i64 = 1 << 16;

fn divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { divisor(b, a % b) }
}

fn pooled(of: Shape, window: &Window, content: Content) -> Result<Map, String> {
    if let Some(axis) = (0..2).find(|axis| window.padding[*axis] * 2 > window.kernel[*axis]) {
        let (padding, kernel) = (window.padding[axis], window.kernel[axis]);
        return Err(format!("its padding is {padding}: expected at most half of its kernel, {kernel}"));
    }
    let [height, width] = window.places(of)?;
    Ok(Map { shape: Shape { height, width, ..of }, content })
}

fn denominator(content: Content) -> Result<i64, String> {
    match content {
        Content::Spikes => Ok(1),
        Content::Counts { denominator } => Ok(denominator),
        Content::Sums => Err("its input has no neurons: only a last layer can do without".into()),
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Content::Spikes => "spikes",
            Content::Counts { .. } => "numbers of spikes",
            Content::Sums => "sums",
        })
    }
}
