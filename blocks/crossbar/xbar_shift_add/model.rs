//! The golden model: each conversion times the weight of its column and of its phase, in integers.

use super::params::{Params, Range, Scheme};
use crate::common::lanes::{flag, joined};
use crate::crossbar::phase::Phase;
use crate::golden::{GoldenModel, Model, Reference};
use hdl::Bits;

/// What a column of an output weighs.
fn weights(params: &Params) -> Vec<i128> {
    let place = |slice: u32| 1i128 << (slice * params.cell_bits);
    let slices = (0..params.slices).rev();
    match params.scheme {
        Scheme::DifferentialPair => slices.flat_map(|slice| [place(slice), -place(slice)]).collect(),
        Scheme::NegativeCount => [-place(params.slices)].into_iter().chain(slices.map(place)).collect(),
        Scheme::DummyColumn => slices.map(place).collect(),
    }
}

/// A conversion as numbers.
#[derive(Clone, Copy, Debug)]
pub struct Converted {
    /// The code.
    pub code: u64,
    /// It saturated.
    pub saturated: bool,
    /// Its phase.
    pub phase: Phase<u64>,
}

impl Converted {
    /// What a beat says.
    pub fn of(params: &Params, beat: &[Bits]) -> Converted {
        let mut fields = beat.iter().map(|field| field.to_u64());
        let mut next = || fields.next().expect("a beat has all fields");
        let (code, declared) = (next(), params.conversion());
        let saturated = declared.saturated.is_some_and(|_| next() == 1);
        let (bit, subtract) = (declared.phase.bit.map(|_| next()), declared.phase.subtract.map(|_| next()));
        Converted { code, saturated, phase: Phase { bit, subtract, last: next() } }
    }

    fn bit(&self) -> u64 {
        self.phase.bit.unwrap_or(0)
    }

    /// What the phase weighs; 0 if inputs have no such bit.
    fn weight(&self, input_bits: u32) -> i128 {
        let magnitude = if self.bit() < input_bits.into() { 1i128 << self.bit() } else { 0 };
        if self.phase.subtract == Some(1) { -magnitude } else { magnitude }
    }
}

/// The sum of an output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// The sum.
    pub sum: i128,
    /// It is wrong.
    pub error: bool,
    /// One of its conversions saturated.
    pub saturated: bool,
}

/// The sums of the vector under way.
pub struct Sums {
    params: Params,
    weights: Vec<i128>,
    totals: Vec<Total>,
    /// The codes of the phase so far, and whether they saturated.
    codes: Vec<(u64, bool)>,
}

impl Sums {
    /// No conversion yet.
    pub fn new(params: &Params) -> Sums {
        let totals = vec![Total::default(); params.outputs as usize];
        Sums { params: params.clone(), weights: weights(params), totals, codes: vec![] }
    }

    /// Takes a conversion. Gives the number and the sum of an output that is complete with it.
    pub fn take(&mut self, converted: &Converted) -> Option<(usize, Total)> {
        self.codes.push((converted.code, converted.saturated));
        let (dummy, own) = match self.params.scheme {
            Scheme::DifferentialPair | Scheme::NegativeCount => ((0, false), &self.codes[..]),
            Scheme::DummyColumn => (self.codes[0], &self.codes[1..]),
        };
        let of_output = self.weights.len();
        if own.is_empty() || own.len() % of_output > 0 {
            return None;
        }
        let output = own.len() / of_output - 1;
        let own = &own[output * of_output..];
        let partial: i128 =
            own.iter().zip(&self.weights).map(|((code, _), weight)| i128::from(*code) * weight).sum();
        // The dummy column holds the offset of the highest slice.
        let offset = i128::from(dummy.0) * self.weights[0];
        self.totals[output].saturated |= dummy.1 || own.iter().any(|(_, saturated)| *saturated);
        self.add(output, (partial - offset) * converted.weight(self.params.input_bits), converted)
    }

    fn add(&mut self, output: usize, term: i128, converted: &Converted) -> Option<(usize, Total)> {
        let Range { least, greatest } = width_range(self.params.sum_bits());
        let total = &mut self.totals[output];
        total.sum += term;
        total.error |= converted.bit() >= self.params.input_bits.into();
        if !(least..=greatest).contains(&total.sum) {
            // It wraps around.
            let size = 1i128 << self.params.sum_bits();
            total.sum = (total.sum - least).rem_euclid(size) + least;
            total.error = true;
        }
        if output + 1 == self.totals.len() {
            self.codes.clear();
        }
        (converted.phase.last == 1).then(|| (output, std::mem::take(&mut self.totals[output])))
    }
}

/// What a width can hold.
fn width_range(bits: u32) -> Range {
    Range { least: -(1i128 << (bits - 1)), greatest: (1i128 << (bits - 1)) - 1 }
}

struct Golden {
    params: Params,
    sums: Sums,
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let converted = Converted::of(&self.params, beat);
        if let Some((output, Total { sum, error, saturated })) = self.sums.take(&converted) {
            let is_last = output + 1 == self.params.outputs as usize;
            let sum = joined(self.params.sum_bits(), &[sum]);
            let saturated = self.params.saturation.then(|| flag(saturated));
            let fields = [sum].into_iter().chain(saturated).chain([flag(is_last), flag(error)]);
            emit(0, &fields.map(Some).collect::<Vec<_>>());
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden { params: self.clone(), sums: Sums::new(self) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossbar::phase::Encoding;

    const ENCODINGS: [Encoding; 3] = [Encoding::Unsigned, Encoding::TwosComplement, Encoding::SignMagnitude];
    const SCHEMES: [Scheme; 3] = [Scheme::DifferentialPair, Scheme::NegativeCount, Scheme::DummyColumn];

    #[test]
    fn a_sum_is_as_wide_as_its_page_says() {
        let default = Params::default();
        assert_eq!(default.sum_bits(), 19);
        assert_eq!(Params { encoding: Encoding::SignMagnitude, ..default.clone() }.sum_bits(), 20);
        assert_eq!(Params { scheme: Scheme::NegativeCount, ..default.clone() }.sum_bits(), 22);
        assert_eq!(Params { scheme: Scheme::DummyColumn, ..default }.sum_bits(), 19);
    }

    #[test]
    fn greatest_and_least_sums_fit_and_one_phase_more_is_reported() {
        for (encoding, scheme) in
            ENCODINGS.iter().flat_map(|encoding| SCHEMES.map(|scheme| (*encoding, scheme)))
        {
            let params = Params {
                adc_bits: 2,
                input_bits: 3,
                encoding,
                scheme,
                outputs: 1,
                row_blocks: 2,
                ..Params::default()
            };
            for is_greatest in [true, false] {
                let mut phases: Vec<(u64, u64)> = (0..3u64)
                    .flat_map(|bit| match encoding {
                        Encoding::Unsigned => vec![(bit, 0); 2],
                        Encoding::TwosComplement => vec![(bit, u64::from(bit == 2)); 2],
                        Encoding::SignMagnitude => [[(bit, 0); 2], [(bit, 1); 2]].concat(),
                    })
                    .collect();
                let total = extreme(&params, &phases, is_greatest);
                let Range { least, greatest } = params.sum();
                let sum = if is_greatest { greatest } else { least };
                assert_eq!(total, Total { sum, ..Total::default() });
                // Sixteen phases more of each sign leave even the range of the width, on the side that decides it.
                let decides = if is_greatest { greatest >= -least } else { -least >= greatest };
                let signs = if encoding.is_signed() { 0..2 } else { 0..1 };
                phases.extend(signs.flat_map(|subtract| [(2, subtract); 16]));
                assert!(!decides || extreme(&params, &phases, is_greatest).error, "{params:?}");
            }
        }
    }

    /// The sum of one output whose codes make it as great, or as little, as these phases can.
    fn extreme(params: &Params, phases: &[(u64, u64)], is_greatest: bool) -> Total {
        let mut weights = weights(params);
        if params.scheme == Scheme::DummyColumn {
            weights.insert(0, -weights[0]);
        }
        let (mut sums, greatest_code) = (Sums::new(params), (1 << params.adc_bits) - 1);
        let mut total = None;
        for (number, (bit, subtract)) in phases.iter().enumerate() {
            for weight in &weights {
                let adds = (*weight > 0) != (*subtract == 1);
                let code = if adds == is_greatest { greatest_code } else { 0 };
                let phase = Phase {
                    bit: Some(*bit),
                    subtract: Some(*subtract),
                    last: u64::from(number + 1 == phases.len()),
                };
                total = sums.take(&Converted { code, saturated: false, phase });
            }
        }
        total.expect("the vector is complete").1
    }
}
