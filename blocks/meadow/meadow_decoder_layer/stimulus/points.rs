//! The coverage points.

use crate::meadow::meadow_decoder_layer::model::{Answer, ILLEGAL, Machine, READ_FAILED, WRITE_FAILED};
use crate::meadow::meadow_decoder_layer::params::Params;
use crate::meadow::meadow_decoder_layer::step::{Function, Kind, Step};
use crate::meadow::meadow_vector::params::{First, Norm, Op};
use crate::stimulus::{Observe, report_reached};
use hdl::{Bits, Encoded};

/// All names.
const POINTS: [&str; 32] = [
    "product",
    "several tiles",
    "several groups of tokens",
    "group that is not full",
    "16-bit results",
    "no function",
    "ReLU",
    "GELU",
    "SiLU",
    "tokens that are kept",
    "attention",
    "causal",
    "keys left out",
    "padding",
    "no key that counts",
    "copy",
    "sum",
    "product of rows",
    "rotary positions",
    "row of b that repeats",
    "no norm",
    "LayerNorm",
    "RMSNorm",
    "two results by turns",
    "narrow first result",
    "only the second result",
    "step that overlaps",
    "several steps",
    "rows at any byte",
    "illegal step",
    "read beyond the memory",
    "write beyond the memory",
];

/// The place of a point that a list reaches, not a step.
const SEVERAL_STEPS: usize = 27;

/// Points that a group of one token cannot reach.
const OF_SEVERAL_TOKENS: &str = "group that is not full";

/// The names that can be reached, each with its place among all.
fn numbered_points(params: &Params) -> impl Iterator<Item = (usize, &'static str)> {
    let has_groups = params.tokens > 1;
    (0..).zip(POINTS).filter(move |(_, point)| has_groups || *point != OF_SEVERAL_TOKENS)
}

/// Their names.
pub fn points(params: &Params) -> Vec<&'static str> {
    numbered_points(params).map(|(_, point)| point).collect()
}

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
    fn of_step(&self, step: &Step<u64>) -> [bool; 29] {
        let params = self.params;
        let is = |kind: Kind| step.kind == kind.code() as u64;
        let (product, attention, rows) = (is(Kind::Product), is(Kind::Attention), is(Kind::Rows));
        let function = |function: Function| product && step.function == function.code() as u64;
        let operation = |op: Op| rows && step.operation == op.code() as u64;
        let norm = |norm: Norm| rows && step.norm == norm.code() as u64;
        let first = |first: First| rows && step.first == first.code() as u64;
        let (tokens, has_tokens) = (u64::from(params.tokens), product || attention);
        let matrices = [step.a, step.b, step.y];
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
        ]
    }
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let mut steps = vec![];
        let mut seen = |step: &Step<u64>, is_legal: bool| steps.extend(is_legal.then_some(*step));
        let Answer::Ended(outcome) = self.machine.command(beat, &mut seen) else { return };
        steps.iter().for_each(|step| self.report(&self.of_step(step), hit));
        let ends = [ILLEGAL, READ_FAILED, WRITE_FAILED].map(|code| outcome.error & code != 0);
        let mut of_list = [false; POINTS.len()];
        of_list[SEVERAL_STEPS] = outcome.steps > 1;
        of_list[POINTS.len() - ends.len()..].copy_from_slice(&ends);
        self.report(&of_list, hit);
    }
}
