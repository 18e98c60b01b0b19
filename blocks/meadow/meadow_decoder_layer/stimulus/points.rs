//! The coverage points.

use super::chip::Chip;
use crate::meadow::meadow_decoder_layer::model::{Answer, ILLEGAL, Machine};
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
    params.product_groups() > 1
}

fn has_both_groups(params: &Params) -> bool {
    has_product_groups(params) && has_several_tokens(params)
}

fn is_sparse(params: &Params) -> bool {
    params.sparse
}

fn has_parts(params: &Params) -> bool {
    params.split_k > 1
}

fn has_elements_of_each_part(params: &Params) -> bool {
    has_parts(params) && params.inner > params.bytes()
}

fn is_sparse_in_parts(params: &Params) -> bool {
    has_elements_of_each_part(params) && is_sparse(params)
}

fn lends(params: &Params) -> bool {
    params.lends
}

fn has_unpacker(params: &Params) -> bool {
    params.weight_unpacker().is_some()
}

fn has_chip(params: &Params) -> bool {
    Chip::new(params).is_some()
}

fn has_chip_and_unpacker(params: &Params) -> bool {
    has_chip(params) && has_unpacker(params)
}

fn has_dictionary(params: &Params) -> bool {
    params.weight_unpacker().is_some_and(|unpacker| unpacker.meadow)
}

/// All points.
const POINTS: [Point; 83] = [
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
    ("queries in several passes", lends),
    ("tokens on the chip", has_chip),
    ("weights on the chip", has_chip),
    ("container on the chip", has_chip_and_unpacker),
    ("results on the chip", has_chip),
    ("16-bit results on the chip", has_chip),
    ("weights of queries on the chip", has_chip),
    ("keys on the chip", has_chip),
    ("values on the chip", has_chip),
    ("results of attention on the chip", has_chip),
    ("rows on the chip", has_chip),
    ("second operands on the chip", has_chip),
    ("gains on the chip", has_chip),
    ("first results of rows on the chip", has_chip),
    ("second results of rows on the chip", has_chip),
    ("rows of both memories by turns", has_chip),
    ("results to both memories by turns", has_chip),
    ("results of a product on the chip, and again outside", has_chip),
    ("results of a product outside, and again on the chip", has_chip),
    ("16-bit results in both memories", has_chip),
    ("sparse product without a 0", is_sparse),
    ("sparse product of nothing but 0", is_sparse),
    ("sparse product whose first element is 0", is_sparse),
    ("sparse product whose last element is 0", is_sparse),
    ("sparse product with one element that is not 0", is_sparse),
    ("sparse product of several tiles", is_sparse),
    ("sparse product that overlaps", is_sparse),
    ("product of elements of one part", has_parts),
    ("last round without some parts", has_parts),
    ("last round shorter than a word", has_parts),
    ("last round in which a part ends before another", has_elements_of_each_part),
    ("queries of several parts", has_elements_of_each_part),
    ("list of one part", is_sparse_in_parts),
    ("list whose last round is shorter than a word", is_sparse_in_parts),
    ("list in whose last round a part ends before another", is_sparse_in_parts),
    ("step that overlaps a sparse product", is_sparse),
    ("product that overlaps attention", lends),
    ("attention that overlaps a product", lends),
    ("wrong container", has_unpacker),
    ("illegal step", |_| true),
    ("read beyond the memory", |_| true),
    ("write beyond the memory", |_| true),
    ("read beyond the on-chip memory", has_chip),
    ("write beyond the on-chip memory", has_chip),
    ("results in both memories, some beyond the memory", has_chip),
    ("results in both memories, some beyond the on-chip memory", has_chip),
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
    fn of_step(&self, step: &Step<u64>) -> Vec<bool> {
        let mut reached = self.of_any_step(step).to_vec();
        reached.extend(Observer::of_chip(step));
        let listed = self.listed(step);
        reached.extend(listed.as_deref().map_or([false; 7], |elements| self.of_sparse(step, elements)));
        reached.extend(self.of_parts(step, listed.as_deref()));
        reached
    }

    /// Those of a step with a matrix in on-chip memory.
    fn of_chip(step: &Step<u64>) -> [bool; 19] {
        let is = |kind: Kind| step.kind == kind.code() as u64;
        let (product, attention, rows) = (is(Kind::Product), is(Kind::Attention), is(Kind::Rows));
        let [a, b, y, c, d] =
            [step.local.a, step.local.b, step.local.y, step.local.c, step.local.d].map(|bit| bit == 1);
        let has_b = rows && step.operation != Op::Copy.code() as u64;
        let has_first = rows && step.first != First::None.code() as u64;
        let has_second = rows && step.second == 1;
        let has_norm = rows && step.norm != Norm::None.code() as u64;
        let has_both = step.has_both_results();
        [
            (product || attention) && step.keeps == 0 && a,
            product && step.packed == 0 && b,
            step.packed == 1 && b,
            product && step.is_wide == 0 && y,
            product && step.is_wide == 1 && y,
            attention && b,
            attention && c,
            attention && d,
            attention && y,
            rows && a,
            has_b && b,
            has_norm && c,
            has_first && y,
            has_second && d,
            has_b && a != b,
            has_first && has_second && y != d,
            has_both && y,
            has_both && d,
            has_both && step.is_wide == 1,
        ]
    }

    /// Those of a step wherever its matrices are.
    fn of_any_step(&self, step: &Step<u64>) -> [bool; 38] {
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
        let container = if step.local.b == 1 { &self.machine.local } else { &self.machine.memory };
        let scheme = (step.packed == 1).then(|| container.byte(step.b.address + SCHEME)).flatten();
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
            attention && step.rows > params.query_tokens().into(),
        ]
    }

    /// The elements that the list of a sparse product is made of.
    fn listed(&self, step: &Step<u64>) -> Option<Vec<u8>> {
        let memory = if step.local.a == 1 { &self.machine.local } else { &self.machine.memory };
        let elements = || (0..step.inner).map(|place| memory.byte(step.a.address + place)).collect();
        (step.sparse == 1).then(elements).flatten()
    }

    /// Those of tokens in parts, or of a list.
    fn of_parts(&self, step: &Step<u64>, listed: Option<&[u8]>) -> [bool; 8] {
        let is = |kind: Kind| step.kind == kind.code() as u64;
        let is_dense = step.sparse == 0 && (is(Kind::Product) || is(Kind::Attention));
        let (word, parts) = (u64::from(self.params.bytes()), u64::from(self.params.split_k));
        let has_missing = |count: u64| !count.div_ceil(word).is_multiple_of(parts);
        let in_last_round = |count: u64| count % (word * parts);
        let is_short = |count: u64| (1..word).contains(&in_last_round(count));
        let ends_within = |count: u64| in_last_round(count) > word && !count.is_multiple_of(word);
        let inner = step.inner;
        let count = listed.map_or(0, |list| list.iter().filter(|element| **element != 0).count() as u64);
        [
            is_dense && inner <= word,
            is_dense && has_missing(inner),
            is_dense && is_short(inner),
            is_dense && ends_within(inner),
            is(Kind::Attention) && inner > word,
            (1..=word).contains(&count),
            is_short(count),
            ends_within(count),
        ]
    }

    /// Those of a sparse product of these elements.
    fn of_sparse(&self, step: &Step<u64>, elements: &[u8]) -> [bool; 7] {
        let count = elements.iter().filter(|element| **element != 0).count();
        let has_both = count > 0 && count < elements.len();
        let is_zero = |element: Option<&u8>| has_both && element == Some(&0);
        [
            count == elements.len(),
            count == 0,
            is_zero(elements.first()),
            is_zero(elements.last()),
            has_both && count == 1,
            step.columns > self.params.d_head.into(),
            step.overlaps == 1,
        ]
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
        let mut of_list = [false; POINTS.len()];
        of_list[SEVERAL_STEPS] = outcome.steps > 1;
        let [
            ..,
            behind_sparse,
            behind_attention,
            behind_product,
            wrong,
            illegal,
            read,
            write,
            read_local,
            write_local,
            both,
            both_local,
        ] = &mut of_list;
        *behind_sparse = right.windows(2).any(|pair| pair[0].sparse == 1 && pair[1].overlaps == 1);
        let overlaps = |kinds: [Kind; 2]| {
            let of_kinds = |pair: &[Step<u64>]| {
                pair[1].overlaps == 1
                    && [0, 1].map(|of| pair[of].kind) == kinds.map(|kind| kind.code() as u64)
            };
            right.windows(2).any(of_kinds)
        };
        *behind_attention = overlaps([Kind::Attention, Kind::Product]);
        *behind_product = overlaps([Kind::Product, Kind::Attention]);
        let Machine { memory, local, .. } = &self.machine;
        *wrong = is_wrong && !memory.read_failed && !local.read_failed;
        *illegal = outcome.error & ILLEGAL != 0;
        [*read, *write] = [memory.read_failed, memory.write_failed];
        [*read_local, *write_local] = [local.read_failed, local.write_failed];
        let ends_with_both = steps.last().is_some_and(Step::has_both_results);
        [*both, *both_local] = [memory.write_failed, local.write_failed].map(|fails| fails && ends_with_both);
        self.report(&of_list, hit);
    }
}
