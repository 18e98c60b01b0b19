//! A network from its description.

use super::arrays::{self, Array};
use super::description::{Current, Description, Kind, Layer, Neurons, Numbers, Pair, Weighted};
use super::quantise::{Floats, Integers};
use super::{Loaded, nir};
use crate::files::place;
use crate::terminal::error::Error;
use blocks::loas::loas_plif::{Compare, Reset};
use reports::snn::{Conv, Linear, Network, Neuron, Operation, Product, Shape, Term, Weights, Window};
use std::path::{Path, PathBuf};

/// What neurons do, unless the description says otherwise: the defaults of the hardware.
const LEAK: u32 = 2;

pub fn network(path: PathBuf, description: Description, weight_bits: u32) -> Result<Loaded, Error> {
    let wrong = |what: String| Error::new(format!("{}: {what}", path.display()));
    let thresholds = description.input.as_ref().and_then(|input| input.thresholds.clone());
    if let Some(value) = thresholds.iter().flatten().find(|value| !value.is_finite()) {
        return Err(wrong(format!("a threshold of [input] is {value}: expected finite numbers")));
    }
    if let Some(file) = &description.nir {
        let graph = nir_graph(&path, file, &description, weight_bits)?;
        let files = [graph.files.clone(), vec![path.clone()]].concat();
        return Ok(Loaded { path, files, thresholds, time_steps: description.time_steps, ..graph });
    }
    if description.dt.is_some() {
        return Err(wrong("`dt` is for a `nir` graph".into()));
    }
    let shape = match description.input.as_ref().and_then(|input| input.shape.as_deref()) {
        Some([values]) => Shape::vector(*values),
        Some([channels, height, width]) => Shape { channels: *channels, height: *height, width: *width },
        Some(other) => {
            return Err(wrong(format!("the shape of [input] is {other:?}: expected one or three numbers")));
        }
        None => return Err(wrong("it has no `shape` under [input]".into())),
    };
    let network = Network::new(shape).map_err(|what| wrong(format!("[input]: {what}")))?;
    if description.layers.is_empty() {
        return Err(wrong("it has no [[layer]]".into()));
    }
    let mut builder = Builder {
        folder: place::parent(&path),
        description: &description,
        network,
        weight_bits,
        notes: vec![],
    };
    for layer in &description.layers {
        builder
            .layer(layer)
            .map_err(|error| error.inside(&format!("{}: layer `{}`", path.display(), layer.name)))?;
    }
    let (network, notes) = (builder.network, builder.notes);
    let mut files = files(place::parent(&path), &description);
    files.push(path.clone());
    Ok(Loaded { network, notes, files, time_steps: description.time_steps, thresholds, path })
}

/// The files that a description names.
fn files(folder: &Path, description: &Description) -> Vec<PathBuf> {
    let of_layer = |layer: &Layer| {
        let numbers = [&layer.bias, &layer.threshold].into_iter().filter_map(|numbers| match numbers {
            Some(Numbers::File(file)) => Some(file.clone()),
            Some(Numbers::Integer(_) | Numbers::Float(_) | Numbers::Integers(_) | Numbers::Floats(_))
            | None => None,
        });
        let currents = layer.current.iter().flatten().map(|current| current.weights.clone());
        layer.weights.clone().into_iter().chain(numbers).chain(currents).collect::<Vec<String>>()
    };
    let names = description.layers.iter().flat_map(of_layer);
    names.map(|name| folder.join(arrays::file_of(&name))).collect()
}

struct Builder<'b> {
    folder: &'b Path,
    description: &'b Description,
    network: Network,
    weight_bits: u32,
    notes: Vec<String>,
}

/// A weighted map as its files have it.
struct Read {
    source: usize,
    weights: Array,
    window: Option<Window>,
    groups: usize,
    /// The file, for errors.
    file: String,
}

impl Builder<'_> {
    fn layer(&mut self, layer: &Layer) -> Result<(), Error> {
        if layer.name == "input" || self.network.nodes.iter().any(|node| node.name == layer.name) {
            return Err(Error::new("its name is taken"));
        }
        if let Some(field) = layer.misplaced() {
            return Err(Error::new(format!("a layer of kind {} has no `{field}`", layer.kind)));
        }
        let operation = match layer.kind {
            Kind::Linear => self.product(layer, Weighted::Linear)?,
            Kind::Conv => self.product(layer, Weighted::Conv)?,
            Kind::MaxPool => Operation::MaxPool { source: self.source(&layer.input)?, window: pool(layer)? },
            Kind::SumPool | Kind::AveragePool => Operation::SumPool {
                source: self.source(&layer.input)?,
                window: pool(layer)?,
                is_average: layer.kind == Kind::AveragePool,
            },
            Kind::Add => {
                let inputs = layer.inputs.as_deref().unwrap_or_default();
                Operation::Add {
                    sources: inputs.iter().map(|name| self.named(name)).collect::<Result<_, _>>()?,
                }
            }
            Kind::Flatten => Operation::Flatten { source: self.source(&layer.input)? },
        };
        self.network.add(&layer.name, operation).map_err(Error::new)
    }

    /// The number of the named map, or of the last one.
    fn source(&self, name: &Option<String>) -> Result<usize, Error> {
        name.as_deref().map_or(Ok(self.network.nodes.len()), |name| self.named(name))
    }

    fn named(&self, name: &str) -> Result<usize, Error> {
        let node = || self.network.nodes.iter().position(|node| node.name == name).map(|place| place + 1);
        (name == "input")
            .then_some(0)
            .or_else(node)
            .ok_or_else(|| Error::new(format!("there is no earlier layer `{name}`")))
    }

    fn product(&mut self, layer: &Layer, kind: Weighted) -> Result<Operation, Error> {
        let file = layer.weights.clone().ok_or_else(|| Error::new("it has no `weights`"))?;
        let source = self.source(&layer.input)?;
        let own = window(layer.stride, layer.padding, layer.dilation);
        let mut terms = vec![self.read(kind, source, file, own, layer.groups)?];
        for Current { kind, input, weights, stride, padding, dilation, groups } in
            layer.current.iter().flatten()
        {
            let source = self.named(input)?;
            terms.push(self.read(
                *kind,
                source,
                weights.clone(),
                window(*stride, *padding, *dilation),
                *groups,
            )?);
        }
        let channels = terms[0].weights.shape[0];
        if let Some(other) = terms.iter().find(|term| term.weights.shape[0] != channels) {
            let (file, others) = (&other.file, other.weights.shape[0]);
            return Err(Error::new(format!(
                "{file} has {others} outputs, but {} has {channels}",
                terms[0].file
            )));
        }
        let bias = match &layer.bias {
            None => arrays::Numbers::Integers(vec![0; channels]),
            Some(bias) => self.numbers(bias, channels, "bias")?,
        };
        let thresholds = match (layer.neuron.unwrap_or(Neurons::Plif), &layer.threshold) {
            (Neurons::Plif, Some(threshold)) => Some(self.numbers(threshold, channels, "threshold")?),
            (Neurons::Plif, None) => {
                return Err(Error::new("it has no `threshold`")
                    .help("a last layer without neurons has `neuron = \"none\"`"));
            }
            (Neurons::None, None) => None,
            (Neurons::None, Some(_)) => return Err(Error::new("it has a `threshold`, but no neurons")),
        };
        let compare = layer.compare.or(self.description.compare).unwrap_or(Compare::Greater);
        let Integers { terms: values, bias, thresholds, .. } =
            self.integers(layer, &terms, &bias, thresholds.as_ref(), compare)?;
        let neuron = thresholds.map(|thresholds| Neuron {
            thresholds,
            leak: layer.leak.or(self.description.leak).map_or(LEAK, |leak| leak.0),
            reset: layer.reset.or(self.description.reset).unwrap_or(Reset::Hard),
            compare,
        });
        let terms = terms.into_iter().zip(values).map(|(read, values)| read.term(values)).collect();
        Ok(Operation::Product(Product { terms, bias, neuron }))
    }

    fn read(
        &self,
        kind: Weighted,
        source: usize,
        file: String,
        place: Window,
        groups: Option<usize>,
    ) -> Result<Read, Error> {
        let weights = arrays::read(self.folder, &file)?;
        let wrong = |expected: &str| {
            Err(Error::new(format!("{file} has the shape {:?}: expected {expected}", weights.shape)))
        };
        if weights.numbers.len() == 0 {
            return Err(Error::new(format!("{file} has the shape {:?}: it is empty", weights.shape)));
        }
        let window = match (kind, &weights.shape[..]) {
            (Weighted::Linear, [_, _]) => {
                if place != window(None, None, None) || groups.is_some() {
                    return Err(Error::new("a linear current has no stride, padding, dilation or groups"));
                }
                None
            }
            (Weighted::Conv, [_, _, height, width]) => Some(Window { kernel: [*height, *width], ..place }),
            (Weighted::Linear, _) => return wrong("[outputs, inputs]"),
            (Weighted::Conv, _) => return wrong("[filters, channels in a group, height, width]"),
        };
        Ok(Read { source, weights, window, groups: groups.unwrap_or(1), file })
    }

    /// A number for each channel.
    fn numbers(&self, numbers: &Numbers, channels: usize, what: &str) -> Result<arrays::Numbers, Error> {
        let numbers = match numbers {
            Numbers::Integer(value) => arrays::Numbers::Integers(vec![*value; channels]),
            Numbers::Float(value) => arrays::Numbers::Floats(vec![*value; channels]),
            Numbers::Integers(values) => arrays::Numbers::Integers(values.clone()),
            Numbers::Floats(values) => arrays::Numbers::Floats(values.clone()),
            Numbers::File(file) => arrays::read(self.folder, file)?.numbers,
        };
        match numbers.len() == channels {
            true => Ok(numbers),
            false => Err(Error::new(format!(
                "its `{what}` has {} values: expected one for each of {channels} channels",
                numbers.len()
            ))),
        }
    }

    /// All numbers of a layer as integers.
    fn integers(
        &mut self,
        layer: &Layer,
        terms: &[Read],
        bias: &arrays::Numbers,
        thresholds: Option<&arrays::Numbers>,
        compare: Compare,
    ) -> Result<Integers, Error> {
        let sources: Vec<usize> = terms.iter().map(|term| term.source).collect();
        let denominator = self.network.common_denominator(&sources);
        if layer.quantise == Some(true) {
            let floats = |numbers: &arrays::Numbers| {
                numbers.floats().ok_or_else(|| Error::new("an integer is too large to be scaled"))
            };
            let all = Floats {
                terms: terms.iter().map(|term| floats(&term.weights.numbers)).collect::<Result<_, _>>()?,
                bias: floats(bias)?,
                thresholds: thresholds.map(floats).transpose()?,
                denominator,
            };
            let integers = all.quantised(self.weight_bits, compare).map_err(Error::new)?;
            self.notes.push(integers.note(&layer.name, self.weight_bits));
            return Ok(integers);
        }
        let as_they_are = |numbers: &arrays::Numbers, what: &str| {
            match numbers {
            arrays::Numbers::Integers(values) => Ok(values.clone()),
            arrays::Numbers::Floats(_) => Err(Error::new(format!("{what} holds floats: expected integers"))
                .help("`quantise = true` in this [[layer]] scales its weights, biases and thresholds to integers")),
        }
        };
        let in_units = |values: Vec<i64>| -> Vec<i64> {
            values.iter().map(|value| value.saturating_mul(denominator)).collect()
        };
        Ok(Integers {
            terms: terms
                .iter()
                .map(|term| as_they_are(&term.weights.numbers, &term.file))
                .collect::<Result<_, _>>()?,
            bias: in_units(as_they_are(bias, "its `bias`")?),
            thresholds: thresholds
                .map(|thresholds| as_they_are(thresholds, "its `threshold`").map(in_units))
                .transpose()?,
            error: [0.0; 2],
            limited: 0,
        })
    }
}

impl Read {
    fn term(self, values: Vec<i64>) -> Term {
        let (outputs, inputs) = (self.weights.shape[0], self.weights.shape[1]);
        let weights = match self.window {
            None => Weights::Linear(Linear { inputs, outputs, values }),
            Some(window) => Weights::Conv(Conv { inputs, outputs, groups: self.groups, window, values }),
        };
        Term { source: self.source, weights }
    }
}

/// The network of a NIR graph. What its file says, the description cannot say too.
fn nir_graph(path: &Path, file: &str, description: &Description, weight_bits: u32) -> Result<Loaded, Error> {
    let Description { leak, reset, compare, input, dt, layers, .. } = description;
    let has_shape = input.as_ref().is_some_and(|input| input.shape.is_some());
    let fields = [
        ("leak", leak.is_some()),
        ("compare", compare.is_some()),
        ("shape", has_shape),
        ("[[layer]]", !layers.is_empty()),
    ];
    if let Some((field, _)) = fields.into_iter().find(|(_, is_there)| *is_there) {
        return Err(Error::new(format!("{}: a `nir` graph has `{field}` itself", path.display())));
    }
    let defaults = nir::Options::default();
    let options = nir::Options { dt: dt.unwrap_or(defaults.dt), reset: reset.unwrap_or(defaults.reset) };
    if !(options.dt > 0.0 && options.dt.is_finite()) {
        return Err(Error::new(format!("{}: dt is {}: expected a time above 0", path.display(), options.dt)));
    }
    nir::read(&arrays::inside(place::parent(path), file)?, &options, weight_bits)
}

fn pool(layer: &Layer) -> Result<Window, Error> {
    let kernel = layer.kernel.ok_or_else(|| Error::new("it has no `kernel`"))?;
    Ok(Window {
        kernel: kernel.sizes(),
        ..window(layer.stride.or(Some(kernel)), layer.padding, layer.dilation)
    })
}

/// A window whose kernel is still to come.
fn window(stride: Option<Pair>, padding: Option<Pair>, dilation: Option<Pair>) -> Window {
    let sizes = |pair: Option<Pair>, default: usize| pair.map_or([default; 2], Pair::sizes);
    Window {
        kernel: [1; 2],
        stride: sizes(stride, 1),
        padding: sizes(padding, 0),
        dilation: sizes(dilation, 1),
    }
}
