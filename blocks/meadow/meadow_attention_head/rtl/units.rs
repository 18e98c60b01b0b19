//! A processing element for each token of a group, all in step.

use crate::meadow::flow::Flow;
use crate::meadow::meadow_attention_head::params::{Params, ScaleFields};
use crate::meadow::meadow_mac_pe::{self, Operands, Sums};
use crate::meadow::meadow_requantize::VALUE_BITS;
use crate::meadow::meadow_requantize::scaling::{Magnitude, product, rounded};
use hdl::{Child, Module, ModuleRef, Signal, Stream};
use parts::stream::together::{all_ready, all_valid};

/// Beats that are on their way through the elements: one whose row is read, its products, and the sums.
pub const IN_FLIGHT: u64 = 4;

/// The elements.
pub struct Units<'m> {
    m: &'m Module,
    element: meadow_mac_pe::Params,
    children: Vec<Child<'m>>,
}

/// The streams into the elements.
pub struct Feed<'m> {
    m: &'m Module,
    streams: Vec<Stream<'m, Operands<Signal<'m>>>>,
}

/// The streams out of the elements.
pub struct Results<'m> {
    m: &'m Module,
    streams: Vec<Stream<'m, Sums<Signal<'m>>>>,
}

impl<'m> Units<'m> {
    /// One for each token; `unit` is the module of an `element`.
    pub fn new(m: &'m Module, params: &Params, element: meadow_mac_pe::Params, unit: ModuleRef) -> Units<'m> {
        Units::of_tokens(m, params.tokens, element, unit)
    }

    /// One for each of so many tokens.
    pub fn of_tokens(
        m: &'m Module,
        tokens: u32,
        element: meadow_mac_pe::Params,
        unit: ModuleRef,
    ) -> Units<'m> {
        let children = (0..tokens).map(|token| m.instance(&format!("u_pe{token}"), unit)).collect();
        Units { m, element, children }
    }

    /// The streams into them.
    pub fn feed(&self) -> Feed<'m> {
        let operands = self.element.operands();
        let streams = self.children.iter().map(|unit| unit.input_stream("in", &operands).in_step());
        Feed { m: self.m, streams: streams.collect() }
    }

    /// The streams out of them.
    pub fn results(&self) -> Results<'m> {
        let sums = self.element.result();
        let streams = self.children.iter().map(|unit| unit.output_stream("out", &sums));
        Results { m: self.m, streams: streams.collect() }
    }
}

impl<'m> Feed<'m> {
    /// All of them take operands.
    pub fn ready(&self) -> Signal<'m> {
        all_ready(self.m, &self.streams)
    }

    /// Sends each its own operand and the row that they share where `sends` is 1.
    pub fn send(self, sends: Signal<'m>, own: Vec<Signal<'m>>, row: Signal<'m>, last: Signal<'m>) {
        for (stream, a) in self.streams.iter().zip(own) {
            stream.set_valid(sends);
            stream.set_payload(Operands { a, b: row, broadcast: None, last });
        }
    }
}

impl<'m> Results<'m> {
    /// All of them have sums.
    pub fn valid(&self) -> Signal<'m> {
        all_valid(self.m, &self.streams)
    }

    /// The sums are taken where `takes` is 1.
    pub fn set_ready(&self, takes: Signal<'m>) {
        self.streams.iter().for_each(|stream| stream.set_ready(takes));
    }

    /// The sums of each token.
    pub fn sums(&self) -> Vec<Signal<'m>> {
        self.streams.iter().map(|stream| stream.payload.sums).collect()
    }
}

/// The magnitude of each token, requantised, and what `then` makes of it. `scale` is there when the magnitudes are.
pub fn requantised<'m>(
    params: &Params,
    flow: Flow<'m>,
    magnitudes: Vec<Magnitude<Signal<'m>>>,
    scale: &ScaleFields<Signal<'m>>,
    then: impl Fn(u32, Signal<'m>) -> Signal<'m>,
) -> Signal<'m> {
    let shift = flow.keep("product_shift", scale.shift);
    let token = |(token, magnitude): (u32, Magnitude<Signal<'m>>)| {
        flow.m.scope(&format!("token{token}"), || {
            let product = product(flow, magnitude, scale.multiplier);
            then(token, rounded(flow, params.rounding, product, shift, VALUE_BITS))
        })
    };
    flow.m.concat_lsb(&(0..).zip(magnitudes).map(token).collect::<Vec<_>>())
}
