//! The layers of a network as products of a matrix of spikes with a matrix of weights.

use super::gather::{ALWAYS, Gather, Gathered, SILENT, checked, elements};
use super::network::{Network, Operation, Product, Shape};
use super::weights::{Conv, Linear, Weights};
use hdl::bit_length;

/// A layer as a product: a row for each place of its map, a column for each channel.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// Length of a row.
    pub k: usize,
    /// Rows of a sample.
    pub places: usize,
    /// The numbers of the spikes of each row.
    pub spikes: Vec<u32>,
    /// The weights of each column with their places in a row, in order; none is 0.
    pub columns: Vec<Vec<(usize, i16)>>,
    /// The threshold of each column; none without neurons.
    pub thresholds: Option<Vec<i64>>,
}

/// What a node does, ready for the array.
#[derive(Clone, Debug)]
pub enum Step {
    /// A product on the array.
    Product(Matrix),
    /// The OR of spikes, on their way to the next layer.
    Or(Gather),
    /// Only names other spikes.
    Nothing,
}

/// A network as products.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Width of a weight.
    pub weight_bits: u32,
    /// The maps as spikes.
    pub gathered: Gathered,
    /// What each node does.
    pub steps: Vec<Step>,
}

impl Prepared {
    /// Of a network, with weights of a width. An error names the layer.
    pub fn of(network: &Network, weight_bits: u32) -> Result<Prepared, String> {
        let named =
            |(number, what): (usize, String)| format!("layer `{}`: {what}", network.nodes[number].name);
        let gathered = Gathered::of(network).map_err(named)?;
        let range = -(1i64 << (weight_bits - 1))..=(1i64 << (weight_bits - 1)) - 1;
        let step = |(number, node): (usize, &super::network::Node)| {
            let step = match &node.operation {
                Operation::Product(product) => {
                    Builder { network, gathered: &gathered, product, shape: node.map.shape, range: &range }
                        .matrix()
                        .map(Step::Product)
                }
                Operation::MaxPool { source, window } => {
                    gathered.under(*source, window, node.map.shape).map(Step::Or)
                }
                Operation::SumPool { .. } | Operation::Add { .. } | Operation::Flatten { .. } => {
                    Ok(Step::Nothing)
                }
            };
            step.map_err(|what| named((number, what)))
        };
        let steps = network.nodes.iter().enumerate().map(step).collect::<Result<_, _>>()?;
        Ok(Prepared { weight_bits, gathered, steps })
    }

    /// The products, with the numbers of their nodes.
    pub fn products(&self) -> impl Iterator<Item = (usize, &Matrix)> {
        self.steps.iter().enumerate().filter_map(|(number, step)| match step {
            Step::Product(matrix) => Some((number, matrix)),
            Step::Or(_) | Step::Nothing => None,
        })
    }

    /// The longest row.
    pub fn longest(&self) -> usize {
        self.products().map(|(_, matrix)| matrix.k).max().unwrap_or(1)
    }
}

struct Builder<'b> {
    network: &'b Network,
    gathered: &'b Gathered,
    product: &'b Product,
    shape: Shape,
    range: &'b std::ops::RangeInclusive<i64>,
}

impl Builder<'_> {
    fn matrix(&self) -> Result<Matrix, String> {
        let factors = self.network.factors(self.product);
        let (places, channels) = (self.shape.plane(), self.shape.channels);
        let mut rows: Vec<Vec<u32>> = vec![vec![]; places];
        let mut columns: Vec<Vec<(usize, i16)>> = vec![vec![]; channels];
        for (term, factor) in self.product.terms.iter().zip(factors) {
            let source = &self.gathered.maps[term.source];
            let first = rows[0].len();
            match &term.weights {
                Weights::Linear(linear) => {
                    rows[0].extend(&source.spikes);
                    self.linear(linear, source.fan, factor, first, &mut columns)?;
                }
                Weights::Conv(conv) => {
                    let taps = conv.window.kernel[0].saturating_mul(conv.window.kernel[1]);
                    let k = source.shape.channels.saturating_mul(taps).saturating_mul(source.fan);
                    checked(places, first.saturating_add(k))?;
                    for (place, row) in rows.iter_mut().enumerate() {
                        under_filters(
                            source,
                            conv,
                            [place / self.shape.width, place % self.shape.width],
                            row,
                        );
                    }
                    self.conv(conv, source, factor, first, &mut columns)?;
                }
            }
        }
        let before = rows[0].len();
        let count = self.bias_rows(&self.product.bias, &mut columns, before)?;
        rows.iter_mut().for_each(|row| row.extend(std::iter::repeat_n(ALWAYS, count)));
        let thresholds = self.product.neuron.as_ref().map(|neuron| neuron.thresholds.clone());
        let k = rows[0].len();
        Ok(Matrix { k, places, spikes: rows.concat(), columns, thresholds })
    }

    fn linear(
        &self,
        linear: &Linear,
        fan: usize,
        factor: i64,
        first: usize,
        columns: &mut [Vec<(usize, i16)>],
    ) -> Result<(), String> {
        for (column, row) in columns.iter_mut().zip(linear.values.chunks(linear.inputs)) {
            for (input, weight) in row.iter().enumerate().filter(|(_, weight)| **weight != 0) {
                let weight = self.fitted(*weight, factor)?;
                column.extend((0..fan).map(|copy| (first + input * fan + copy, weight)));
            }
        }
        Ok(())
    }

    /// A filter has no weights for the channels of other groups.
    fn conv(
        &self,
        conv: &Conv,
        source: &Gather,
        factor: i64,
        first: usize,
        columns: &mut [Vec<(usize, i16)>],
    ) -> Result<(), String> {
        let (of_filter, fan) = (conv.inputs * conv.window.kernel[0] * conv.window.kernel[1], source.fan);
        for (filter, column) in columns.iter_mut().enumerate() {
            let group = filter / (conv.outputs / conv.groups);
            let weights = conv.values[filter * of_filter..][..of_filter].iter().enumerate();
            for (place, weight) in weights.filter(|(_, weight)| **weight != 0) {
                let weight = self.fitted(*weight, factor)?;
                let at = first + (group * of_filter + place) * fan;
                column.extend((0..fan).map(|copy| (at + copy, weight)));
            }
        }
        Ok(())
    }

    fn fitted(&self, weight: i64, factor: i64) -> Result<i16, String> {
        let scaled = weight.saturating_mul(factor);
        let fits = Some(scaled).filter(|scaled| self.range.contains(scaled));
        fits.and_then(|scaled| i16::try_from(scaled).ok()).ok_or_else(|| {
            let times =
                if factor == 1 { String::new() } else { format!(" times {factor}, for its averages,") };
            let (least, most) = (self.range.start(), self.range.end());
            format!("a weight of {weight}{times} does not fit weight_bits: expected {least} to {most}")
        })
    }

    /// A bias is so many weights of inputs that always fire as it takes to hold it.
    fn bias_rows(
        &self,
        biases: &[i64],
        columns: &mut [Vec<(usize, i16)>],
        first: usize,
    ) -> Result<usize, String> {
        let limit = |bias: i64| if bias < 0 { *self.range.start() } else { *self.range.end() };
        let rows = |bias: &i64| bias.unsigned_abs().div_ceil(limit(*bias).unsigned_abs());
        let count = biases.iter().map(rows).max().unwrap_or(0);
        if count > MOST_BIAS_ROWS {
            let most = biases.iter().max_by_key(|bias| rows(bias)).expect("there is one");
            return Err(format!("a bias of {most} takes {count} weights: expected at most {MOST_BIAS_ROWS}"));
        }
        for (column, bias) in columns.iter_mut().zip(biases) {
            let (mut left, mut at) = (*bias, first);
            while left != 0 {
                let part = left.clamp(*self.range.start(), *self.range.end());
                column.push((at, part as i16));
                (left, at) = (left - part, at + 1);
            }
        }
        Ok(count as usize)
    }
}

/// The most weights for a bias: more would be slower than the layer.
const MOST_BIAS_ROWS: u64 = 4096;

/// The spikes under a place of the filters, channel by channel.
fn under_filters(source: &Gather, conv: &Conv, [y, x]: [usize; 2], row: &mut Vec<u32>) {
    for channel in 0..source.shape.channels {
        for at in elements(&conv.window, y, x) {
            row.extend(source.value(at.and_then(|[y, x]| source.shape.at(channel, y, x))));
        }
    }
}

impl Matrix {
    /// The least width of sums with which no potential saturates that adds up over so many time steps without a leak. A potential
    /// has a bit more than a sum.
    pub fn sum_bits_without_leak(&self, steps: u32) -> u32 {
        let bits = |column: &Vec<(usize, i16)>| {
            let sum = |is_positive: bool| -> i64 {
                let weights = column.iter().map(|(_, weight)| i64::from(*weight));
                weights.filter(|weight| (*weight > 0) == is_positive).sum::<i64>() * i64::from(steps)
            };
            // -2^n takes no more bits than 2^n - 1.
            bit_length(sum(true).max(-sum(false) - 1).max(0).unsigned_abs().into())
        };
        self.columns.iter().map(bits).max().unwrap_or(0)
    }

    /// A row of a sample with these spikes. An input that always fires has the word `always`.
    pub fn row(&self, place: usize, spikes: &[u16], always: u16) -> Vec<u16> {
        let word = |spike: &u32| match *spike {
            SILENT => 0,
            ALWAYS => always,
            spike => spikes[spike as usize],
        };
        self.spikes[place * self.k..][..self.k].iter().map(word).collect()
    }
}
