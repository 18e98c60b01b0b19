//! One layer, packed.

use crate::terminal::error::Error;
use crate::weights::coded::{Coded, Inexact};
use crate::weights::floats::Floats;
use crate::weights::layouts::Layout;
use crate::weights::packed::Packed;
use crate::weights::source::Weights;
use blocks::pacq::weights::{Quantised, Scheme, WorstError};
use std::fmt;

/// The user's options.
pub struct Options {
    pub bits: Option<u32>,
    pub group: Option<usize>,
    pub group_n: Option<u32>,
    pub transposed: bool,
    pub from: Option<Layout>,
    pub requantise: bool,
}

/// Inputs that share a scale, by default.
pub const GROUP: usize = 128;

/// The note on codes that have no words of their own.
const THREE_BITS: &str = "3-bit codes are packed as 4-bit ones";

/// A layer in the form that the datapath takes.
pub struct Layer {
    pub packed: Packed,
    pub notes: Vec<String>,
    pub error: Deviation,
}

/// The error of packed weights against the file's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Deviation {
    None,
    /// Scales and zero points were rounded: the largest change of a weight, in steps.
    Rounded(f64),
    /// Weights were quantised.
    Quantised(WorstError),
}

impl Deviation {
    /// The error in steps.
    pub fn steps(self) -> f64 {
        match self {
            Deviation::None => 0.0,
            Deviation::Rounded(steps) | Deviation::Quantised(WorstError { steps, .. }) => steps,
        }
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Deviation::None => f.write_str("exact: every weight is as in the file"),
            Deviation::Rounded(steps) => write!(f, "worst error: {steps:.3} steps"),
            Deviation::Quantised(WorstError { steps, row, column }) => {
                write!(f, "worst error: {steps:.3} steps, at input {row} and output {column}")
            }
        }
    }
}

impl Options {
    fn given(&self) -> Vec<&'static str> {
        let flags = [
            (self.bits.is_some(), "--bits"),
            (self.group.is_some(), "--group"),
            (self.group_n.is_some(), "--group-n"),
        ];
        flags.into_iter().filter(|(is_given, _)| *is_given).map(|(_, flag)| flag).collect()
    }

    /// Refuses options that do not apply to these weights. --requantise is legal here if it applies to another layer.
    pub fn refuse_for(&self, weights: &Weights, what: &str, is_only: bool) -> Result<(), Error> {
        let mut flags = vec![];
        let kind = match weights {
            Weights::Floats(_) => {
                flags.extend((self.requantise && is_only).then_some("--requantise"));
                "are floats".to_string()
            }
            Weights::Coded(layout, coded) => {
                flags.extend(self.transposed.then_some("--transposed"));
                flags.extend(self.given().into_iter().filter(|_| !self.requantise));
                format!("are packed in {layout} with {} bits", coded.bits)
            }
            Weights::Packed(_) => {
                flags.extend(self.given());
                flags.extend(self.transposed.then_some("--transposed"));
                flags.extend(self.requantise.then_some("--requantise"));
                "are codes that `gen-rtl unpack` wrote".to_string()
            }
        };
        if flags.is_empty() {
            return Ok(());
        }
        let verb = if flags.len() == 1 { "does" } else { "do" };
        let refused =
            Error::new(format!("{} {verb} not apply: the weights of {what} {kind}", flags.join(" and ")));
        Err(match weights {
            Weights::Coded(..) if !self.transposed => {
                refused.help("leave it out, or add --requantise to quantise the weights again")
            }
            Weights::Floats(_) | Weights::Coded(..) | Weights::Packed(_) => refused.help("leave it out"),
        })
    }

    /// The scheme of a matrix, with what the user gives.
    pub fn scheme(&self, k: usize, n: usize, bits: u32, group: usize) -> Scheme {
        let group = match self.group.unwrap_or(group) {
            0 => k,
            group => group.min(k),
        };
        let group_n = self.group_n.unwrap_or(1) as usize;
        Scheme { k, n, weight_bits: self.bits.unwrap_or(bits), group_k: group, group_n }
    }
}

impl Layer {
    /// A quantised matrix, with inputs in their order. 3-bit codes have the words of 4-bit ones.
    pub fn of(mut quantised: Quantised) -> Layer {
        let mut notes = vec![];
        if quantised.scheme.weight_bits == 3 {
            quantised.scheme.weight_bits = 4;
            notes.push(THREE_BITS.into());
        }
        Layer { packed: Packed { quantised, order: None }, notes, error: Deviation::None }
    }

    /// Its sizes.
    pub fn summary(&self) -> String {
        let Scheme { k, n, weight_bits, group_k, group_n } = self.packed.quantised.scheme;
        format!("{k} inputs x {n} outputs in {weight_bits} bits, a scale for {group_k} x {group_n}")
    }
}

/// Packs a layer, which errors call `what`.
pub fn pack(weights: Weights, options: &Options, what: &str) -> Result<Layer, Error> {
    match weights {
        Weights::Packed(packed) => Ok(Layer { packed, notes: vec![], error: Deviation::None }),
        Weights::Floats(floats) => quantise(&floats, options, what),
        Weights::Coded(layout, coded) => packed(&layout, &coded, options, what),
    }
}

fn quantise(floats: &Floats, options: &Options, what: &str) -> Result<Layer, Error> {
    let Floats { rows, columns, values } = floats;
    let (k, n) = if options.transposed { (*rows, *columns) } else { (*columns, *rows) };
    let weight = |row: usize, column: usize| match options.transposed {
        true => values.at(row * columns + column),
        false => values.at(column * columns + row),
    };
    of_scheme(options.scheme(k, n, 4, GROUP), weight, what)
}

fn of_scheme(scheme: Scheme, weight: impl Fn(usize, usize) -> f64, what: &str) -> Result<Layer, Error> {
    let quantised = Quantised::of(scheme, &weight).map_err(|error| Error::new(format!("{what}: {error}")))?;
    let error = Deviation::Quantised(quantised.worst_error(&weight));
    Ok(Layer { error, ..Layer::of(quantised) })
}

fn packed(layout: &str, coded: &Coded, options: &Options, what: &str) -> Result<Layer, Error> {
    let is_asked = options.requantise && !options.given().is_empty();
    let reason = match coded.exactly() {
        Ok(packed) if !is_asked => {
            let notes = match coded.bits {
                3 => vec![THREE_BITS.into()],
                _ => vec![],
            };
            return Ok(Layer { packed, notes, error: Deviation::None });
        }
        Ok(_) => "as requested".to_string(),
        Err(reason) if options.requantise => reason.to_string(),
        Err(reason) => {
            let refused = Error::new(format!("{what} is in {layout} and cannot be packed exactly: {reason}"));
            return Err(refused.help(match reason {
                Inexact::Scale { .. } | Inexact::Zero { .. } => {
                    "--requantise rounds scales and zero points, or quantises the weights again"
                }
                Inexact::Bits(_) | Inexact::Group(_) => "--requantise quantises the weights again",
            }));
        }
    };
    if !is_asked && let Some((packed, steps)) = coded.nearly() {
        let notes = vec![format!("scales and zero points of {layout} are rounded, codes are kept: {reason}")];
        return Ok(Layer { packed, notes, error: Deviation::Rounded(steps) });
    }
    let group = if coded.groups.length.is_multiple_of(16) { coded.groups.length } else { GROUP };
    let bits = if coded.bits == 2 { 2 } else { 4 };
    let groups = coded.group_of_inputs();
    let weight = |input: usize, output: usize| coded.weight(groups[input], input, output);
    let mut layer = of_scheme(options.scheme(coded.k, coded.n, bits, group), weight, what)?;
    layer.notes.push(format!("requantised from {layout}: {reason}"));
    Ok(layer)
}
