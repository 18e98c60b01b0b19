//! The golden model: exact products and sums, rounded only where a format rounds.

use super::params::Params;
use crate::common::exact::Exact;
use crate::golden::Model;
use crate::golden::{GoldenModel, Reference};
use crate::pacq::pacq_mul::{Product, model as multiplier};
use crate::pacq::sum::{Form, Sum};
use hdl::Bits;
use parts::float::FloatFormat;

const FP16: FloatFormat = FloatFormat::FP16;

/// Adds steps.
pub struct DotProduct {
    params: Params,
    /// The current sum of each lane.
    sums: Vec<Kept>,
    /// A sum left its range since the sums began.
    overflow: bool,
}

/// A sum in its internal form.
#[derive(Clone, Copy, Debug)]
enum Kept {
    Fixed(Sum),
    Float(u32),
}

impl DotProduct {
    /// The model of the given parameters. All sums are zero.
    pub fn new(params: &Params) -> DotProduct {
        let mut model = DotProduct { params: params.clone(), sums: vec![], overflow: false };
        model.begin(&vec![Sum::default(); params.lanes() as usize]);
        model
    }

    /// Starts new sums from these addends.
    pub fn begin(&mut self, addends: &[Sum]) {
        let kept = |addend: &Sum| match self.params.kept() {
            Form::Fixed { .. } => Kept::Fixed(*addend),
            Form::Float(format) => Kept::Float(addend.exact().round(format)),
        };
        self.sums = addends.iter().map(kept).collect();
        self.overflow = false;
    }

    /// Starts new sums from addends in the internal form, side by side and of any value.
    fn begin_with(&mut self, addends: &Bits) {
        let form = self.params.kept();
        let kept = |addend: Bits| match form {
            Form::Fixed { .. } => {
                Kept::Fixed(Sum::unpacked(form, &addend).expect("fixed point has steps of 2^-24"))
            }
            Form::Float(_) => Kept::Float(addend.to_u64() as u32),
        };
        self.sums = apart(form, addends).map(kept).collect();
        self.overflow = false;
    }

    /// Adds a step, given for each activation the codes of its word's lanes.
    pub fn step(&mut self, activations: &[u16], codes: &[Vec<u16>]) {
        for lane in 0..self.sums.len() {
            let pairs = activations.iter().zip(codes.iter().map(|word| word[lane]));
            self.sums[lane] = match self.sums[lane] {
                Kept::Fixed(sum) => {
                    let product = |(a, code): (&u16, u16)| Sum::of(exact_product(&self.params, *a, code));
                    let sum = pairs.map(product).fold(sum, Sum::plus);
                    self.overflow |= !sum.fits(self.params.kept());
                    Kept::Fixed(sum)
                }
                Kept::Float(sum) => {
                    let Form::Float(format) = self.params.kept() else { unreachable!("the sum is a float") };
                    let product = |(a, code): (&u16, u16)| rounded_product(&self.params, format, *a, code);
                    Kept::Float(rounded_sum(format, sum, tree(format, pairs.map(product).collect())))
                }
            };
        }
    }

    /// The output beat of the sums.
    fn beat(&self) -> Vec<Option<Bits>> {
        match self.params.kept() {
            Form::Float(_) => vec![Some(self.packed())],
            Form::Fixed { .. } => {
                let sums = (!self.overflow).then(|| self.packed());
                vec![sums, Some(Bits::truncated(self.overflow.into(), 1))]
            }
        }
    }

    /// The sums side by side, in their output form.
    fn packed(&self) -> Bits {
        let given = self.params.given();
        let packed = |kept: &Kept| match *kept {
            Kept::Fixed(sum) => sum.packed(given),
            Kept::Float(sum) => Bits::truncated(sum.into(), given.width()),
        };
        Bits::concat(&self.sums.iter().rev().map(packed).collect::<Vec<_>>())
    }

    /// The sums in their internal form. Panics if one is not a multiple of 2^-24, as sums of products are.
    pub fn kept(&self) -> Vec<Sum> {
        let value = |kept: &Kept| match (*kept, self.params.kept()) {
            (Kept::Float(sum), Form::Float(format)) => Sum::of_float(format, sum),
            (Kept::Fixed(sum), _) => sum,
            _ => unreachable!("a sum is kept in the form of all sums"),
        };
        self.sums.iter().map(value).collect()
    }
}

/// A x B.
fn exact_product(params: &Params, activation: u16, code: u16) -> Exact {
    Exact::decode(FP16, activation.into()) * Exact::from(multiplier::decode_weight(params.weight_bits, code))
}

/// The term for an activation and a weight.
fn product(params: &Params, activation: u16, code: u16) -> Exact {
    let w = params.weight_bits;
    let rounded = |encoding: u16| Exact::decode(FP16, encoding.into());
    match params.product {
        Product::Rounded => rounded(multiplier::rounded(FP16, w, activation, code)),
        Product::Biased => rounded(multiplier::biased(FP16, w, activation, code)),
        _ => exact_product(params, activation, code),
    }
}

/// The term for an activation and a weight, in the format of sums.
pub fn rounded_product(params: &Params, format: FloatFormat, activation: u16, code: u16) -> u32 {
    product(params, activation, code).round(format)
}

/// The sum of two floats of a format, rounded.
pub fn rounded_sum(format: FloatFormat, a: u32, b: u32) -> u32 {
    (Exact::decode(format, a) + Exact::decode(format, b)).round(format)
}

/// Adds neighbours, then the sums of neighbours, and so on, and rounds every sum.
pub fn tree(format: FloatFormat, terms: Vec<u32>) -> u32 {
    match terms.as_slice() {
        [only] => *only,
        terms => tree(format, terms.chunks(2).map(|pair| rounded_sum(format, pair[0], pair[1])).collect()),
    }
}

/// The model as the block's.
pub struct Golden {
    params: Params,
    dot: DotProduct,
    is_first: bool,
}

impl Golden {
    /// The model at its start.
    pub fn new(params: &Params) -> Golden {
        Golden { params: params.clone(), dot: DotProduct::new(params), is_first: true }
    }
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        match beat.get(3) {
            _ if !self.is_first => {}
            Some(addends) => self.dot.begin_with(addends),
            None => self.dot.begin(&vec![Sum::default(); self.params.lanes() as usize]),
        }
        self.dot.step(&activations(&beat[0]), &words(self.params.weight_bits, &beat[1]));
        self.is_first = !beat[2].is_zero();
        if self.is_first {
            emit(0, &self.dot.beat());
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}

/// FP16 encodings side by side.
pub fn activations(field: &Bits) -> Vec<u16> {
    (0..field.width() / 16).map(|index| field.slice(16 * index + 15, 16 * index).to_u64() as u16).collect()
}

/// Words of codes side by side: for each word its lanes.
pub fn words(weight_bits: u32, field: &Bits) -> Vec<Vec<u16>> {
    let lanes = |word: u16| {
        let code = |lane: u32| word >> (lane * weight_bits) & ((1 << weight_bits) - 1);
        (0..16 / weight_bits).map(code).collect()
    };
    activations(field).into_iter().map(lanes).collect()
}

/// The encodings of sums side by side.
pub fn apart(form: Form, field: &Bits) -> impl Iterator<Item = Bits> {
    let width = form.width();
    (0..field.width() / width).map(move |lane| field.slice(width * (lane + 1) - 1, width * lane))
}

/// Sums side by side.
pub fn packed(form: Form, sums: &[Sum]) -> Bits {
    let fields: Vec<Bits> = sums.iter().rev().map(|sum| sum.packed(form)).collect();
    Bits::concat(&fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Exact sums of the same terms are equal in any order.
    #[test]
    fn exact_sums_do_not_depend_on_the_order_of_terms() {
        let params = Params { terms: 16, ..Params::default() };
        let mut rng = fastrand::Rng::with_seed(1);
        for _ in 0..2_000 {
            let mut terms: Vec<(u16, Vec<u16>)> =
                (0..16).map(|_| (rng.u16(..), (0..4).map(|_| rng.u16(..16)).collect())).collect();
            let of = |terms: &[(u16, Vec<u16>)]| {
                let mut dot = DotProduct::new(&params);
                let (a, codes): (Vec<u16>, Vec<Vec<u16>>) = terms.iter().cloned().unzip();
                dot.step(&a, &codes);
                dot.packed()
            };
            let sums = of(&terms);
            rng.shuffle(&mut terms);
            assert_eq!(of(&terms), sums);
        }
    }

    /// Compared with double precision, which holds the sum of four terms, 46 bits, exactly.
    #[test]
    fn an_exact_sum_is_rounded_once() {
        let params = Params::default();
        let mut rng = fastrand::Rng::with_seed(2);
        for _ in 0..100_000 {
            let a: Vec<u16> = (0..4).map(|_| rng.u16(..) & 0xbbff).collect();
            let codes: Vec<Vec<u16>> = (0..4).map(|_| (0..4).map(|_| rng.u16(..16)).collect()).collect();
            let mut dot = DotProduct::new(&params);
            dot.step(&a, &codes);
            for (lane, sum) in dot.kept().into_iter().enumerate() {
                let term = |(a, codes): (&u16, &Vec<u16>)| {
                    half::f16::from_bits(*a).to_f64() * (f64::from(codes[lane]) - 8.0)
                };
                let exact: f64 = a.iter().zip(&codes).map(term).sum();
                assert_eq!(f32::from_bits(sum.exact().round(FloatFormat::FP32)), exact as f32);
            }
        }
    }
}
