//! Float weights, biases and thresholds of a layer as integers.

use blocks::loas::loas_plif::Compare;

/// A layer in floats.
pub struct Floats {
    /// For each term, the weights of each channel in turn.
    pub terms: Vec<Vec<f64>>,
    /// Of each channel.
    pub bias: Vec<f64>,
    /// Of each channel; none without neurons.
    pub thresholds: Option<Vec<f64>>,
}

/// The same in integers.
pub struct Integers {
    pub terms: Vec<Vec<i64>>,
    pub bias: Vec<i64>,
    pub thresholds: Option<Vec<i64>>,
    /// The greatest distance of a weight from its integer, and the greatest weight.
    pub error: [f64; 2],
}

impl Floats {
    /// The greatest weight of each channel becomes the greatest integer of its width; without neurons all channels have one scale,
    /// as their sums are compared. Weights and biases are rounded to nearest, ties to even. A threshold is rounded so that whole
    /// potentials fire as they would at the exact one: down if they must be above it, else up.
    pub fn quantised(&self, weight_bits: u32, compare: Compare) -> Result<Integers, String> {
        let all = self.terms.iter().flatten().chain(&self.bias).chain(self.thresholds.iter().flatten());
        if let Some(value) = all.into_iter().find(|value| !value.is_finite()) {
            return Err(format!("it holds {value}: expected finite numbers"));
        }
        let scales = self.scales(weight_bits);
        let channels = scales.len();
        let mut error = [0f64; 2];
        let mut terms = vec![];
        for term in &self.terms {
            let of_channel = (term.len() / channels).max(1);
            let mut integers = Vec::with_capacity(term.len());
            for (weight, scale) in
                term.iter().enumerate().map(|(place, weight)| (weight, scales[place / of_channel]))
            {
                let integer = (weight * scale).round_ties_even();
                error = [error[0].max((integer / scale - weight).abs()), error[1].max(weight.abs())];
                integers.push(whole(integer)?);
            }
            terms.push(integers);
        }
        let scaled = |values: &[f64], round: fn(f64) -> f64| -> Result<Vec<i64>, String> {
            values.iter().zip(&scales).map(|(value, scale)| whole(round(value * scale))).collect()
        };
        let round = match compare {
            Compare::Greater => f64::floor,
            Compare::GreaterEqual => f64::ceil,
        };
        let thresholds = self.thresholds.as_ref().map(|thresholds| scaled(thresholds, round)).transpose()?;
        Ok(Integers { terms, bias: scaled(&self.bias, f64::round_ties_even)?, thresholds, error })
    }

    /// The factor of each channel. One without weights has that of its threshold or bias.
    fn scales(&self, weight_bits: u32) -> Vec<f64> {
        let channels = self.bias.len();
        let most = ((1u64 << (weight_bits - 1)) - 1) as f64;
        let greatest =
            |values: &mut dyn Iterator<Item = &f64>| values.fold(0f64, |most, value| most.max(value.abs()));
        let of_channel = |channel: usize| {
            let mut weights = self.terms.iter().flat_map(|term| {
                let count = term.len() / channels;
                &term[channel * count..][..count]
            });
            let others = [self.bias[channel], self.thresholds.as_ref().map_or(0.0, |all| all[channel])];
            [greatest(&mut weights), greatest(&mut others.iter()), 1.0]
                .into_iter()
                .find(|size| *size > 0.0)
                .unwrap_or(1.0)
        };
        let sizes: Vec<f64> = (0..channels).map(of_channel).collect();
        let size = |size: &f64| match self.thresholds {
            Some(_) => *size,
            None => greatest(&mut self.terms.iter().flatten()).max(f64::MIN_POSITIVE),
        };
        sizes.iter().map(|own| (most / size(own)).min(f64::MAX)).collect()
    }
}

impl Integers {
    /// What a layer lost.
    pub fn note(&self, name: &str, weight_bits: u32) -> String {
        let [error, most] = self.error;
        let percent = if most > 0.0 { 100.0 * error / most } else { 0.0 };
        format!(
            "layer `{name}`: weights quantised to {weight_bits} bits, off by at most {error:.2e}, {percent:.2} % of the greatest"
        )
    }
}

fn whole(value: f64) -> Result<i64, String> {
    match value.abs() < (1u64 << 53) as f64 {
        true => Ok(value as i64),
        false => Err(format!("{value} times the scale of its weights is too large")),
    }
}
