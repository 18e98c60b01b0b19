//! The neurons of a graph as those of the hardware.

use super::Options;
use super::file::Node;
use crate::terminal::error::Error;
use reports::snn::Shape;

/// Neurons in floats, channel by channel.
pub struct Neurons {
    /// The right shift between time steps.
    pub leak: u32,
    /// In units of the current.
    pub thresholds: Vec<f64>,
    /// What is added to the current.
    pub bias: Vec<f64>,
}

/// How far a decay may be from a power of two: what rounding to float32 leaves of a time constant.
const TOLERANCE: f64 = 1e-4;

/// The greatest right shift.
const MOST_LEAK: u32 = 7;

impl Neurons {
    /// Of an `IF` or `LIF` node behind currents of a shape.
    pub fn of(node: &Node, options: &Options, shape: Shape) -> Result<Neurons, Error> {
        let field = |name: &str| of_channels(node, name, shape);
        let (r, thresholds) = (field("r")?, field("v_threshold")?);
        if let Some(reset) =
            node.numbers("v_reset")?.iter().flat_map(|reset| &reset.values).find(|reset| **reset != 0.0)
        {
            return Err(node.wrong(format!("v_reset is {reset}: expected 0")));
        }
        if let Some(r) = r.iter().find(|r| !(r.is_finite() && **r > 0.0)) {
            return Err(node.wrong(format!("r is {r}: expected a number above 0")));
        }
        if node.kind == "IF" {
            let thresholds = thresholds.iter().zip(&r).map(|(at, r)| at / r).collect();
            return Ok(Neurons { leak: 0, thresholds, bias: vec![0.0; r.len()] });
        }
        let (tau, rest) = (field("tau")?, field("v_leak")?);
        if let Some(other) = tau.iter().find(|other| **other != tau[0]) {
            return Err(
                node.wrong(format!("tau is {} and {other}: expected one for all neurons of a node", tau[0]))
            );
        }
        let leak = leak(node, tau[0], options.dt)?;
        let gain = |r: &f64| r * options.dt / tau[0];
        let thresholds = thresholds.iter().zip(&r).map(|(at, r)| at / gain(r)).collect();
        Ok(Neurons { leak, thresholds, bias: rest.iter().zip(&r).map(|(rest, r)| rest / r).collect() })
    }
}

/// The right shift of a time constant.
fn leak(node: &Node, tau: f64, dt: f64) -> Result<u32, Error> {
    let kept = 1.0 - dt / tau;
    let distance = |leak: &u32| (kept - 0.5f64.powi(*leak as i32)).abs();
    let nearest = (1..=MOST_LEAK).min_by(|a, b| distance(a).total_cmp(&distance(b))).expect("there are some");
    match distance(&nearest) <= TOLERANCE {
        true => Ok(nearest),
        false => {
            let legal = dt / (1.0 - 0.5f64.powi(nearest as i32));
            Err(node
                .wrong(format!(
                    "tau is {tau:e}: with dt = {dt:e} a potential keeps {kept:.4} of itself, expected 1/2, 1/4, ... 1/128"
                ))
                .help(format!("the nearest tau is {legal:e}; an IF node has no leak; `dt` is set in a description with `nir`")))
        }
    }
}

/// A field with a number for each channel. In the file there is one for all, one a channel, or one a neuron.
fn of_channels(node: &Node, name: &str, shape: Shape) -> Result<Vec<f64>, Error> {
    let array = node.needed(name)?;
    let values = &array.values;
    if let [value] = values[..] {
        return Ok(vec![value; shape.channels]);
    }
    if values.len() == shape.channels {
        return Ok(values.clone());
    }
    if values.len() != shape.size() {
        return Err(node.wrong(format!("`{name}` has the shape {:?}, but its input is {shape}", array.shape)));
    }
    let channel = |values: &[f64]| match values.iter().find(|value| **value != values[0]) {
        None => Ok(values[0]),
        Some(other) => {
            Err(node.wrong(format!("`{name}` is {} and {other} in a channel: expected one", values[0])))
        }
    };
    values.chunks(shape.plane()).map(channel).collect()
}
