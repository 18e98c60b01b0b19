//! A processing element for each token of a group, all in step.

use super::lent::Lender;
use crate::common::flow::Flow;
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
    lender: Option<Lender<'m>>,
}

/// The streams into the elements.
pub struct Feed<'m, 'u> {
    units: &'u Units<'m>,
    streams: Vec<Stream<'m, Operands<Signal<'m>>>>,
    ready: Signal<'m>,
}

/// What the elements multiply.
pub struct Beat<'m> {
    /// The operand of each, whose first element is the scalar of a broadcasting one.
    pub own: Vec<Signal<'m>>,
    /// The row that they share.
    pub row: Signal<'m>,
    /// For elements of either kind: 1 if the row is multiplied by the scalars.
    pub broadcast: Option<Signal<'m>>,
    /// Last beat of the sums.
    pub last: Signal<'m>,
}

/// The streams out of the elements.
pub struct Results<'m, 'u> {
    units: &'u Units<'m>,
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
        Units { m, element, children, lender: None }
    }

    /// The same, which the streams `lent` and `lent_sums` of the module may use too if it `lends`.
    pub fn lent(self, params: &Params, lends: bool) -> Units<'m> {
        Units { lender: lends.then(|| Lender::new(self.m, params)), ..self }
    }

    /// The streams into them.
    pub fn feed(&self) -> Feed<'m, '_> {
        let operands = self.element.operands();
        let streams = self.children.iter().map(|unit| unit.input_stream("in", &operands).in_step());
        let streams: Vec<_> = streams.collect();
        Feed { units: self, ready: all_ready(self.m, &streams), streams }
    }

    /// The streams out of them.
    pub fn results(&self) -> Results<'m, '_> {
        let sums = self.element.result();
        let streams = self.children.iter().map(|unit| unit.output_stream("out", &sums));
        Results { units: self, streams: streams.collect() }
    }
}

impl<'m> Feed<'m, '_> {
    /// All of them take operands.
    pub fn ready(&self) -> Signal<'m> {
        self.ready
    }

    /// Sends each its own operand and the row that they share where `sends` is 1.
    pub fn send(self, sends: Signal<'m>, own: Vec<Signal<'m>>, row: Signal<'m>, last: Signal<'m>) {
        self.drive(sends, Beat { own, row, broadcast: None, last });
    }

    /// Sends a beat when they are ready if it `is_there`. Elements that are lent go to others where it is not.
    pub fn offer(self, is_there: Signal<'m>, own: Vec<Signal<'m>>, row: Signal<'m>, last: Signal<'m>) {
        let beat = Beat { own, row, broadcast: None, last };
        let (has_beat, beat) = match &self.units.lender {
            None => (is_there, beat),
            Some(lender) => lender.fed(&self.units.element, self.ready, is_there, beat),
        };
        let sends = has_beat & self.ready;
        self.drive(sends, beat);
    }

    fn drive(self, sends: Signal<'m>, beat: Beat<'m>) {
        let Beat { own, row, broadcast, last } = beat;
        for (stream, a) in self.streams.iter().zip(own) {
            stream.set_valid(sends);
            stream.set_payload(Operands { a, b: row, broadcast, last });
        }
    }
}

impl<'m> Results<'m, '_> {
    /// All of them have sums, which are not lent.
    pub fn valid(&self) -> Signal<'m> {
        let valid = all_valid(self.units.m, &self.streams);
        self.units.lender.as_ref().map_or(valid, |lender| valid & !lender.is_lent)
    }

    /// The sums are taken where `takes` is 1, which may be only where there are some.
    pub fn set_ready(&self, takes: Signal<'m>) {
        let takes = match &self.units.lender {
            None => takes,
            Some(lender) => lender.taken(all_valid(self.units.m, &self.streams), &self.sums(), takes),
        };
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
