//! Which spikes the values of a map are made of. The spikes of all maps of a sample have numbers, map after map.

use super::network::{Content, Network, Operation, Shape};
use super::window::Window;

/// No spike: a value in the padding.
pub const SILENT: u32 = u32::MAX;
/// A spike at every time step: what a bias is multiplied by.
pub const ALWAYS: u32 = u32::MAX - 1;

/// The most numbers of spikes that are kept for a map: a quarter of a gigabyte.
const MOST: usize = 1 << 26;

/// The spikes of which the values of a map are the sums.
#[derive(Clone, Debug)]
pub struct Gather {
    /// The size of the map.
    pub shape: Shape,
    /// Spikes of a value.
    pub fan: usize,
    /// Their numbers, value by value.
    pub spikes: Vec<u32>,
}

impl Gather {
    /// New spikes, from a number on.
    fn fresh(shape: Shape, first: u32) -> Gather {
        Gather { shape, fan: 1, spikes: (first..).take(shape.size()).collect() }
    }

    /// The spikes of a value; none where there is no such value.
    pub fn value(&self, place: Option<usize>) -> impl Iterator<Item = u32> {
        let of_value = place.map_or(&[][..], |place| &self.spikes[place * self.fan..][..self.fan]);
        of_value.iter().copied().chain(std::iter::repeat(SILENT)).take(self.fan)
    }

    /// The spikes under a window, channel by channel and place by place.
    fn pooled(&self, window: &Window, shape: Shape) -> Result<Gather, String> {
        let fan = self.fan * window.kernel[0] * window.kernel[1];
        let mut spikes = Vec::with_capacity(checked(shape.size(), fan)?);
        for channel in 0..shape.channels {
            for place in 0..shape.plane() {
                let under = elements(window, place / shape.width, place % shape.width);
                under.for_each(|at| {
                    spikes.extend(self.value(at.and_then(|[y, x]| self.shape.at(channel, y, x))))
                });
            }
        }
        Ok(Gather { shape, fan, spikes })
    }
}

/// The size of a table, if it is not too large.
pub fn checked(values: usize, fan: usize) -> Result<usize, String> {
    let size = values.checked_mul(fan).filter(|size| *size <= MOST);
    size.ok_or_else(|| format!("it takes {values} times {fan} inputs: expected at most {MOST} together"))
}

/// The places under a window, row by row; `None` before the map.
pub fn elements(window: &Window, y: usize, x: usize) -> impl Iterator<Item = Option<[usize; 2]>> {
    let window = *window;
    let along = move |axis: usize, place: usize, element: usize| {
        (place * window.stride[axis] + element * window.dilation[axis]).checked_sub(window.padding[axis])
    };
    let [rows, columns] = window.kernel;
    (0..rows)
        .flat_map(move |row| (0..columns).map(move |column| Some([along(0, y, row)?, along(1, x, column)?])))
}

/// The maps of a network as spikes.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// For each map, its spikes; those of sums are none.
    pub maps: Vec<Gather>,
    /// For each map that has spikes of its own, the number of the first.
    pub first: Vec<Option<u32>>,
    /// Number of all spikes.
    pub count: usize,
}

impl Gathered {
    /// Of a network; an error names the node.
    pub fn of(network: &Network) -> Result<Gathered, (usize, String)> {
        let mut gathered = Gathered {
            maps: vec![Gather::fresh(network.input, 0)],
            first: vec![Some(0)],
            count: network.input.size(),
        };
        for (number, node) in network.nodes.iter().enumerate() {
            let map = gathered.made(network, number).map_err(|what| (number, what))?;
            gathered.first.push(map.is_none().then_some(gathered.count as u32));
            let shape = node.map.shape;
            gathered.maps.push(map.unwrap_or_else(|| Gather::fresh(shape, gathered.count as u32)));
            if gathered.first.last() != Some(&None) {
                gathered.count += shape.size();
            }
            if gathered.count > MOST {
                return Err((number, format!("the maps up to it have more than {MOST} values")));
            }
        }
        Ok(gathered)
    }

    /// A map that is made of earlier spikes; `None` if it has spikes of its own.
    fn made(&self, network: &Network, number: usize) -> Result<Option<Gather>, String> {
        let node = &network.nodes[number];
        Ok(match &node.operation {
            Operation::Product(_) | Operation::MaxPool { .. } => match node.map.content {
                Content::Spikes | Content::Counts { .. } => None,
                Content::Sums => Some(Gather { shape: node.map.shape, fan: 0, spikes: vec![] }),
            },
            Operation::SumPool { source, window, .. } => {
                Some(self.maps[*source].pooled(window, node.map.shape)?)
            }
            Operation::Add { sources } => {
                let fan = sources.iter().map(|source| self.maps[*source].fan).sum();
                checked(node.map.shape.size(), fan)?;
                let of_value = |place: usize| {
                    sources.iter().flat_map(move |source| self.maps[*source].value(Some(place)))
                };
                let spikes = (0..node.map.shape.size()).flat_map(of_value).collect();
                Some(Gather { shape: node.map.shape, fan, spikes })
            }
            Operation::Flatten { source } => {
                Some(Gather { shape: node.map.shape, ..self.maps[*source].clone() })
            }
        })
    }

    /// The spikes under each place of a maximum.
    pub fn under(&self, source: usize, window: &Window, shape: Shape) -> Result<Gather, String> {
        self.maps[source].pooled(window, shape)
    }
}
