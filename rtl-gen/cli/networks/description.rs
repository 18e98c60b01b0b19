//! The description of a network: a TOML file.

use blocks::loas::loas_plif::{Compare, Reset};
use serde::Deserialize;
use std::fmt;

/// A network.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// Time steps; without them those of the spikes, or of the thresholds.
    pub time_steps: Option<usize>,
    /// What neurons do, unless their layer says otherwise.
    pub leak: Option<Leak>,
    pub reset: Option<Reset>,
    pub compare: Option<Compare>,
    pub input: Option<Input>,
    /// A NIR graph in place of layers, and the time step for which its time constants are meant, in their unit.
    pub nir: Option<String>,
    pub dt: Option<f64>,
    #[serde(rename = "layer", default)]
    pub layers: Vec<Layer>,
}

/// What the network takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// One number, or channels, height and width. A NIR graph has it itself.
    pub shape: Option<Vec<usize>>,
    /// For frames: a value fires at a time step if it is above that step's threshold.
    pub thresholds: Option<Vec<f64>>,
}

/// A layer. Which fields it may have depends on its kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    pub name: String,
    pub kind: Kind,
    /// The name of an earlier layer, or `input`; without it the layer before.
    pub input: Option<String>,
    /// The same for `add`.
    pub inputs: Option<Vec<String>>,
    pub weights: Option<String>,
    pub bias: Option<Numbers>,
    pub threshold: Option<Numbers>,
    pub neuron: Option<Neurons>,
    pub leak: Option<Leak>,
    pub reset: Option<Reset>,
    pub compare: Option<Compare>,
    pub kernel: Option<Pair>,
    pub stride: Option<Pair>,
    pub padding: Option<Pair>,
    pub dilation: Option<Pair>,
    pub groups: Option<usize>,
    /// Float weights become integers.
    pub quantise: Option<bool>,
    /// Further currents into the same neurons.
    pub current: Option<Vec<Current>>,
}

/// A current into the neurons of a layer, beside that of the layer itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Current {
    pub kind: Weighted,
    pub input: String,
    pub weights: String,
    pub stride: Option<Pair>,
    pub padding: Option<Pair>,
    pub dilation: Option<Pair>,
    pub groups: Option<usize>,
}

/// What a layer does.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Linear,
    Conv,
    MaxPool,
    SumPool,
    AveragePool,
    Add,
    Flatten,
}

/// What a current is.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weighted {
    Linear,
    Conv,
}

/// Whether a layer has neurons.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Neurons {
    Plif,
    None,
}

/// A right shift of the hardware.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "i64")]
pub struct Leak(pub u32);

impl TryFrom<i64> for Leak {
    type Error = String;

    fn try_from(leak: i64) -> Result<Leak, String> {
        let legal = u32::try_from(leak).ok().filter(|leak| *leak <= 7);
        legal.map(Leak).ok_or_else(|| format!("leak is {leak}: expected 0 to 7"))
    }
}

/// A size along y and x: one number for both.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged, expecting = "expected a number from 0 on, or two of them, along y and x")]
pub enum Pair {
    Both(usize),
    Each([usize; 2]),
}

/// A number for all channels, one for each, or a file of them.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub enum Numbers {
    Integer(i64),
    Float(f64),
    Integers(Vec<i64>),
    Floats(Vec<f64>),
    File(String),
}

impl Pair {
    pub fn sizes(self) -> [usize; 2] {
        match self {
            Pair::Both(size) => [size; 2],
            Pair::Each(sizes) => sizes,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Linear => "linear",
            Kind::Conv => "conv",
            Kind::MaxPool => "max_pool",
            Kind::SumPool => "sum_pool",
            Kind::AveragePool => "average_pool",
            Kind::Add => "add",
            Kind::Flatten => "flatten",
        })
    }
}

impl Layer {
    /// A field that a layer of this kind does not have.
    pub fn misplaced(&self) -> Option<&'static str> {
        use Kind::{Add, AveragePool, Conv, Linear, MaxPool, SumPool};
        let (products, pools) = ([Linear, Conv], [MaxPool, SumPool, AveragePool]);
        let windows = [Conv, MaxPool, SumPool, AveragePool];
        let fields: [(&'static str, bool, &[Kind]); 16] = [
            ("inputs", self.inputs.is_some(), &[Add]),
            ("weights", self.weights.is_some(), &products),
            ("bias", self.bias.is_some(), &products),
            ("threshold", self.threshold.is_some(), &products),
            ("neuron", self.neuron.is_some(), &products),
            ("leak", self.leak.is_some(), &products),
            ("reset", self.reset.is_some(), &products),
            ("compare", self.compare.is_some(), &products),
            ("quantise", self.quantise.is_some(), &products),
            ("current", self.current.is_some(), &products),
            ("kernel", self.kernel.is_some(), &pools),
            ("stride", self.stride.is_some(), &windows),
            ("padding", self.padding.is_some(), &windows),
            ("dilation", self.dilation.is_some(), &windows),
            ("groups", self.groups.is_some(), &[Conv]),
            ("input", self.input.is_some() && self.kind == Add, &[]),
        ];
        let wrong = fields.into_iter().find(|(_, is_there, kinds)| *is_there && !kinds.contains(&self.kind));
        wrong.map(|(name, ..)| name)
    }
}

/// Parses a description; an error comes with its line number.
pub fn parse(text: &str) -> Result<Description, (usize, String)> {
    toml::from_str(text).map_err(|error| {
        let line = 1 + text[..error.span().unwrap_or_default().start].matches('\n').count();
        (line, error.message().replace('\n', ", "))
    })
}
