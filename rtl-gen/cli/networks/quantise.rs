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
    /// Biases and thresholds become integers in units of one over this, as behind averages.
    pub denominator: i64,
}

/// The same in integers.
pub struct Integers {
    pub terms: Vec<Vec<i64>>,
    pub bias: Vec<i64>,
    pub thresholds: Option<Vec<i64>>,
    /// The greatest distance of a weight from its integer, and the greatest weight.
    pub error: [f64; 2],
    /// Channels whose weights are small beside their threshold, which limits their scale.
    pub limited: usize,
}

/// The scale of each channel, and how many of them a threshold limits.
struct Scales {
    of_channels: Vec<f64>,
    limited: usize,
}

impl Floats {
    /// The greatest weight of each channel becomes the greatest integer of its width; without neurons all channels have one scale,
    /// as their sums are compared. Weights and biases are rounded to nearest, ties to even. A threshold is rounded so that whole
    /// potentials fire as they would at the exact one: down if they must be above it, else up. A channel whose threshold would not
    /// fit a potential has a smaller scale: its weights are next to nothing.
    pub fn quantised(&self, weight_bits: u32, compare: Compare) -> Result<Integers, String> {
        let all = self.terms.iter().flatten().chain(&self.bias).chain(self.thresholds.iter().flatten());
        if let Some(value) = all.into_iter().find(|value| !value.is_finite()) {
            return Err(format!("it holds {value}: expected finite numbers"));
        }
        let Scales { of_channels: scales, limited } = self.scales(weight_bits);
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
                integers.push(whole(*weight, integer)?);
            }
            terms.push(integers);
        }
        let scaled = |values: &[f64], round: fn(f64) -> f64| -> Result<Vec<i64>, String> {
            let by = self.denominator as f64;
            values
                .iter()
                .zip(&scales)
                .map(|(value, scale)| whole(*value, round(value * scale * by)))
                .collect()
        };
        let round = match compare {
            Compare::Greater => f64::floor,
            Compare::GreaterEqual => f64::ceil,
        };
        let thresholds = self.thresholds.as_ref().map(|thresholds| scaled(thresholds, round)).transpose()?;
        Ok(Integers { terms, bias: scaled(&self.bias, f64::round_ties_even)?, thresholds, error, limited })
    }

    /// The factor of each channel. One without weights has that of its threshold or bias.
    fn scales(&self, weight_bits: u32) -> Scales {
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
        let most_threshold = self.most_threshold(weight_bits);
        let mut limited = 0;
        let scale = |(channel, own): (usize, &f64)| {
            let scale = (most / size(own)).min(f64::MAX);
            let threshold = self.thresholds.as_ref().map_or(0.0, |all| all[channel].abs());
            let limit = most_threshold / (threshold * self.denominator as f64);
            limited += usize::from(limit < scale);
            scale.min(limit)
        };
        let of_channels = sizes.iter().enumerate().map(scale).collect();
        Scales { of_channels, limited }
    }

    /// The greatest threshold that fits sums of the inputs of a channel, each at least as many spikes as the denominator.
    fn most_threshold(&self, weight_bits: u32) -> f64 {
        let inputs: usize = self.terms.iter().map(|term| term.len() / self.bias.len()).sum();
        let bits = (inputs as f64 * self.denominator as f64).log2().ceil().max(1.0);
        (f64::from(weight_bits) + bits).exp2() - 1.0
    }
}

impl Integers {
    /// What a layer lost.
    pub fn note(&self, name: &str, weight_bits: u32) -> String {
        let [error, most] = self.error;
        let percent = if most > 0.0 { 100.0 * error / most } else { 0.0 };
        let limited = match self.limited {
            0 => String::new(),
            1 => "; those of 1 channel are too small beside its threshold, which limits its scale".into(),
            count => format!(
                "; those of {count} channels are too small beside their thresholds, which limit their scales"
            ),
        };
        format!(
            "layer `{name}`: weights quantised to {weight_bits} bits, off by at most {error:.2e}, {percent:.2} % of the greatest{limited}"
        )
    }
}

/// A value, scaled and rounded.
fn whole(value: f64, scaled: f64) -> Result<i64, String> {
    match scaled.abs() < (1u64 << 53) as f64 {
        true => Ok(scaled as i64),
        false => Err(format!("{value} times the scale of its weights is too large")),
    }
}
