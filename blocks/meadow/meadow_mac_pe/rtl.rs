//! The hardware.
//!
//! ```text
//! in --> [operands] --> x --> [products] --+--> adder tree --+--> [terms] --> + --> [sums] --> out
//!                                          +-----------------+                ^       |
//!                                                                             +-------+
//! ```

use super::BLOCK;
use super::params::{Operands, Params, Sums};
use crate::block::Hardware;
use crate::common::flow::Flow;
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal, Stream};
use parts::arithmetic::tree::tree;
use parts::storage::held::held;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let timing = format!(
            "Latency: {} cycles from a row's last beat. Throughput: one beat a cycle.",
            self.stages + 1
        );
        let what = "A processing element: integer products, added up over the beats of a row.";
        block(design, &BLOCK, self, &[what, &timing], |m| {
            element(m, self);
        })
    }
}

fn element(m: &Module, params: &Params) {
    let (input, output) =
        (m.input_stream("in", &params.operands()), m.output_stream("out", &params.result()));
    let is_done = m.reg("is_done", 1).reset_to(0);
    let flow = Flow { m, advance: (!is_done.value() | output.ready()).named("advance") };
    input.set_ready(flow.advance);
    let mut beat = Beat { valid: input.valid(), last: input.payload.last, broadcast: mode(m, &input) };
    let Operands { a, b, .. } = input.payload;

    let (a, b) = match params.stages {
        3 => {
            beat = beat.after(flow, "operands");
            (flow.keep("a", a), flow.keep("b", b))
        }
        _ => (a, b),
    };
    let products = products(params, flow, a, b, beat.broadcast);
    if params.stages >= 1 {
        beat = beat.after(flow, "products");
    }
    let mut terms = terms(params, products, beat.broadcast);
    if params.stages >= 2 {
        beat = beat.after(flow, "terms");
        terms = flow.keep_all("term", &terms);
    }

    let takes = (beat.valid & flow.advance).named("takes");
    is_done.enable(flow.advance).set(beat.valid & beat.last);
    let starts = m.reg("starts", 1).reset_to(1).enable(takes);
    starts.set(beat.last);
    let lanes: Vec<(Signal, Signal)> = (0..)
        .zip(terms)
        .map(|(lane, term)| {
            m.scope(&format!("lane{lane}"), || accumulated(m, params, term, starts.value(), takes))
        })
        .collect();
    let overflows: Vec<Signal> = lanes.iter().map(|(_, overflows)| *overflows).collect();
    let overflow = m.reg("overflow", 1).enable(takes);
    overflow.set(overflow.value().gated(!starts.value()) | m.concat_lsb(&overflows).any());
    output.set_valid(is_done.value());
    let sums: Vec<Signal> = lanes.iter().map(|(sum, _)| *sum).collect();
    output.set_payload(Sums { sums: m.concat_lsb(&sums), overflow: overflow.value() });
}

/// What travels with the operands of a beat.
#[derive(Clone, Copy)]
struct Beat<'m> {
    valid: Signal<'m>,
    last: Signal<'m>,
    broadcast: Option<Signal<'m>>,
}

impl<'m> Beat<'m> {
    /// A stage later.
    fn after(self, flow: Flow<'m>, stage: &str) -> Beat<'m> {
        let name = |what: &str| format!("{stage}_{what}");
        Beat {
            valid: flow.flag(&name("valid"), self.valid),
            last: flow.keep(&name("last"), self.last),
            broadcast: self.broadcast.map(|broadcast| flow.keep(&name("broadcast"), broadcast)),
        }
    }
}

/// The product of each lane, from registers where there is a stage for them.
fn products<'m>(
    params: &Params,
    flow: Flow<'m>,
    a: Signal<'m>,
    b: Signal<'m>,
    broadcast: Option<Signal<'m>>,
) -> Vec<Signal<'m>> {
    let keep = |name: String, product: Signal<'m>| match params.stages {
        0 => product.named(&name),
        _ => flow.keep(&name, product),
    };
    let (a, b) = (a.split_lsb(params.a_bits), b.split_lsb(params.b_bits));
    if params.packed {
        let pair = |(number, pair): (usize, &[Signal<'m>])| {
            let product = a[0].mul_signed(side_by_side(params, pair[0], pair[1]));
            unpacked(params, keep(format!("products{number}"), product))
        };
        return b.chunks(2).enumerate().flat_map(pair).collect();
    }
    let product = |(lane, b): (usize, &Signal<'m>)| {
        // A scalar serves all lanes.
        let own = a[lane.min(a.len() - 1)];
        let own = broadcast.map_or(own, |broadcast| broadcast.mux(a[0], own));
        keep(format!("product{lane}"), own.mul_signed(*b))
    };
    b.iter().enumerate().map(product).collect()
}

/// The mode of the row, which its first beat decides.
fn mode<'m>(m: &'m Module, input: &Stream<'m, Operands<Signal<'m>>>) -> Option<Signal<'m>> {
    input.payload.broadcast.map(|broadcast| {
        let begins = m.reg("begins", 1).reset_to(1).enable(input.fires());
        begins.set(input.payload.last);
        let first = held(m, "broadcast", broadcast, input.fires() & begins.value());
        begins.value().mux(broadcast, first).named("row_broadcasts")
    })
}

/// Two elements in one operand, so far apart that their products do not meet.
fn side_by_side<'m>(params: &Params, low: Signal<'m>, high: Signal<'m>) -> Signal<'m> {
    let width = params.packed_bits();
    (high.sext(width) << params.product_bits()) + low.sext(width)
}

/// The products of two elements: a negative lower one has borrowed from the upper.
fn unpacked<'m>(params: &Params, products: Signal<'m>) -> [Signal<'m>; 2] {
    let width = params.product_bits();
    let low = products.low(width);
    let high = products.slice(2 * width - 1, width) + low.msb().zext(width);
    [low, high]
}

/// What a beat adds to each accumulator.
fn terms<'m>(params: &Params, products: Vec<Signal<'m>>, broadcast: Option<Signal<'m>>) -> Vec<Signal<'m>> {
    if !params.has_tree() {
        return products;
    }
    let width = params.beat_bits();
    let sum = tree(products.clone(), &|a, b| {
        let width = a.width().max(b.width()) + 1;
        a.sext(width) + b.sext(width)
    });
    let dot_product = sum.named("dot_product");
    let Some(broadcast) = broadcast else { return vec![dot_product] };
    let lane = |(lane, product): (usize, Signal<'m>)| match lane {
        0 => broadcast.mux(product.sext(width), dot_product),
        _ => product.gated(broadcast),
    };
    products.into_iter().enumerate().map(lane).collect()
}

/// The sum of the terms of a row so far, and whether the present one takes it out of its range.
fn accumulated<'m>(
    m: &'m Module,
    params: &Params,
    term: Signal<'m>,
    starts: Signal<'m>,
    takes: Signal<'m>,
) -> (Signal<'m>, Signal<'m>) {
    let sum = m.reg("sum", params.acc_bits).enable(takes);
    let before = sum.value().gated(!starts).named("before");
    let term = term.sext(params.acc_bits);
    let next = (before + term).named("next");
    sum.set(next);
    let same_signs = !(before.msb() ^ term.msb());
    (sum.value(), same_signs & (next.msb() ^ term.msb()))
}
