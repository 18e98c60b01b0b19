//! The coverage points.

use crate::meadow::meadow_decoder_layer::model::{Answer, ILLEGAL, Machine, READ_FAILED, WRITE_FAILED};
use crate::meadow::meadow_decoder_layer::params::Params;
use crate::meadow::meadow_decoder_layer::step::{Function, Kind, Step};
use crate::meadow::meadow_vector::params::{First, Norm, Op};
use crate::stimulus::{Observe, report_reached};
use hdl::{Bits, Encoded};

/// A coverage point, and whether the parameters can reach it.
type Point = (&'static str, fn(&Params) -> bool);

fn has_several_tokens(params: &Params) -> bool {
    params.tokens > 1
}

fn has_product_groups(params: &Params) -> bool {
    params.groups > 1
}

fn has_both_groups(params: &Params) -> bool {
    has_product_groups(params) && has_several_tokens(params)
}

fn is_sparse(params: &Params) -> bool {
    params.sparse
}

fn has_unpacker(params: &Params) -> bool {
    params.weight_unpacker().is_some()
}

fn has_dictionary(params: &Params) -> bool {
    params.weight_unpacker().is_some_and(|unpacker| unpacker.meadow)
}

/// All points.
const POINTS: [Point; 49] = [
    ("product", |_| true),
    ("several tiles", |_| true),
    ("several groups of tokens", |_| true),
    ("group that is not full", has_several_tokens),
    ("16-bit results", |_| true),
    ("no function", |_| true),
    ("ReLU", |_| true),
    ("GELU", |_| true),
    ("SiLU", |_| true),
    ("tokens that are kept", |_| true),
    ("attention", |_| true),
    ("causal", |_| true),
    ("keys left out", |_| true),
    ("padding", |_| true),
    ("no key that counts", |_| true),
    ("copy", |_| true),
    ("sum", |_| true),
    ("product of rows", |_| true),
    ("rotary positions", |_| true),
    ("row of b that repeats", |_| true),
    ("no norm", |_| true),
    ("LayerNorm", |_| true),
    ("RMSNorm", |_| true),
    ("two results by turns", |_| true),
    ("narrow first result", |_| true),
    ("only the second result", |_| true),
    ("step that overlaps", |_| true),
    ("several steps", |_| true),
    ("rows at any byte", |_| true),
    ("container of weights as they are", has_unpacker),
    ("container of Huffman codes", has_unpacker),
    ("container of IDs of chunks", has_dictionary),
    ("container of weights of queries", has_unpacker),
    ("several product groups", has_product_groups),
    ("full product group", has_product_groups),
    ("product group without its last group", has_product_groups),
    ("product group whose last group is not full", has_both_groups),
    ("sparse product without a 0", is_sparse),
    ("sparse product of nothing but 0", is_sparse),
    ("sparse product whose first element is 0", is_sparse),
    ("sparse product whose last element is 0", is_sparse),
    ("sparse product with one element that is not 0", is_sparse),
    ("sparse product of several tiles", is_sparse),
    ("sparse product that overlaps", is_sparse),
    ("step that overlaps a sparse product", is_sparse),
    ("wrong container", has_unpacker),
    ("illegal step", |_| true),
    ("read beyond the memory", |_| true),
    ("write beyond the memory", |_| true),
];

/// The place of a point that a list reaches, not a step.
const SEVERAL_STEPS: usize = 27;

/// The points that can be reached, each with its place among all.
fn numbered_points(params: &Params) -> impl Iterator<Item = (usize, &'static str)> {
    let can_be = |(_, (_, can_be)): &(usize, Point)| can_be(params);
    (0..).zip(POINTS).filter(can_be).map(|(place, (name, _))| (place, name))
}

/// Their names.
pub fn points(params: &Params) -> Vec<&'static str> {
    numbered_points(params).map(|(_, point)| point).collect()
}

/// The byte of a container's header that has the scheme.
const SCHEME: u64 = 5;

/// Follows the commands with a model.
pub struct Observer<'p> {
    params: &'p Params,
    machine: Machine,
    /// The place of each point among all.
    places: Vec<usize>,
}

impl<'p> Observer<'p> {
    /// Before the first command.
    pub fn new(params: &'p Params) -> Observer<'p> {
        let places = numbered_points(params).map(|(place, _)| place).collect();
        Observer { params, machine: Machine::new(params), places }
    }

    fn report(&self, is_reached: &[bool], hit: &mut dyn FnMut(usize)) {
        let of_place = |place: &usize| is_reached.get(*place).copied().unwrap_or(false);
        report_reached(&self.places.iter().map(of_place).collect::<Vec<_>>(), hit);
    }

    /// The points that a legal step reaches: the first ones of the list.
    fn of_step(&self, step: &Step<u64>) -> [bool; 44] {
        let params = self.params;
        let is = |kind: Kind| step.kind == kind.code() as u64;
        let (product, attention, rows) = (is(Kind::Product), is(Kind::Attention), is(Kind::Rows));
        let function = |function: Function| product && step.function == function.code() as u64;
        let operation = |op: Op| rows && step.operation == op.code() as u64;
        let norm = |norm: Norm| rows && step.norm == norm.code() as u64;
        let first = |first: First| rows && step.first == first.code() as u64;
        let (tokens, has_tokens) = (u64::from(params.tokens), product || attention);
        let product_tokens = u64::from(params.product_tokens());
        // Tokens of the last product group.
        let in_last = (step.rows.max(1) - 1) % product_tokens + 1;
        let matrices = [step.a, step.b, step.y];
        let scheme = (step.packed == 1).then(|| self.machine.memory.byte(step.b.address + SCHEME)).flatten();
        let [is_dense, is_zero, first_is_zero, last_is_zero, is_one] = self.of_token(step);
        let is_odd = |place: u64| !place.is_multiple_of(params.bytes().into());
        [
            product,
            product && step.columns > params.d_head.into(),
            has_tokens && step.rows > tokens,
            has_tokens && !step.rows.is_multiple_of(tokens),
            product && step.is_wide == 1,
            function(Function::None),
            function(Function::Relu),
            function(Function::Gelu),
            function(Function::Silu),
            has_tokens && step.keeps == 1,
            attention,
            attention && step.causal == 1,
            attention && step.skip == 1 && step.causal == 1,
            attention && step.valid < step.columns,
            attention && step.valid == 0,
            operation(Op::Copy),
            operation(Op::Sum),
            operation(Op::Product),
            operation(Op::Rotary),
            operation(Op::Rotary) && step.columns < step.inner,
            norm(Norm::None),
            norm(Norm::Layer),
            norm(Norm::Rms),
            rows && step.second == 1 && !first(First::None),
            first(First::Narrow),
            first(First::None),
            step.overlaps == 1,
            false,
            matrices.iter().any(|matrix| is_odd(matrix.address) || is_odd(matrix.stride)),
            scheme == Some(0),
            scheme == Some(2),
            scheme == Some(1),
            attention && scheme.is_some(),
            has_tokens && step.rows > product_tokens,
            has_tokens && in_last == product_tokens,
            has_tokens && in_last <= product_tokens - tokens,
            has_tokens && in_last > product_tokens - tokens && in_last < product_tokens,
            is_dense,
            is_zero,
            first_is_zero,
            last_is_zero,
            is_one,
            step.sparse == 1 && step.columns > params.d_head.into(),
            step.sparse == 1 && step.overlaps == 1,
        ]
    }

    /// The points that the elements of a sparse product reach.
    fn of_token(&self, step: &Step<u64>) -> [bool; 5] {
        let element = |place: u64| self.machine.memory.byte(step.a.address + place);
        let elements: Option<Vec<u8>> = (0..step.inner).map(element).collect();
        let Some(elements) = elements.filter(|_| step.sparse == 1) else { return [false; 5] };
        let count = elements.iter().filter(|element| **element != 0).count();
        let has_both = count > 0 && count < elements.len();
        let is_zero = |element: Option<&u8>| has_both && element == Some(&0);
        let (first, last) = (is_zero(elements.first()), is_zero(elements.last()));
        [count == elements.len(), count == 0, first, last, has_both && count == 1]
    }
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let mut steps = vec![];
        let mut seen = |step: &Step<u64>, is_legal: bool| steps.extend(is_legal.then_some(*step));
        let Answer::Ended(outcome) = self.machine.command(beat, &mut seen) else { return };
        let is_wrong = self.machine.container_is_wrong;
        // Of a wrong container nothing is known.
        let right = if is_wrong { &steps[..steps.len() - 1] } else { &steps };
        right.iter().for_each(|step| self.report(&self.of_step(step), hit));
        let ends = [ILLEGAL, READ_FAILED, WRITE_FAILED].map(|code| outcome.error & code != 0);
        let mut of_list = [false; POINTS.len()];
        of_list[SEVERAL_STEPS] = outcome.steps > 1;
        let [.., behind_sparse, wrong, illegal, read, write] = &mut of_list;
        *behind_sparse = right.windows(2).any(|pair| pair[0].sparse == 1 && pair[1].overlaps == 1);
        *wrong = is_wrong && !self.machine.memory.read_failed;
        [*illegal, *read, *write] = ends;
        *read &= self.machine.memory.read_failed;
        self.report(&of_list, hit);
    }
}
