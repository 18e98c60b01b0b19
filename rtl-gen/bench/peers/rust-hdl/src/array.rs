//! A row of processing elements.

use rust_hdl_core::prelude::*;
use rust_hdl_widgets::dff::DFF;

#[derive(LogicBlock, Default)]
pub struct Array {
    clock: Signal<In, Clock>,
    a: Signal<In, Bits<8>>,
    weights: Vec<Signal<In, Bits<8>>>,
    elements: Vec<Element>,
    a_next: Signal<Out, Bits<8>>,
    sum: Signal<Out, Bits<32>>,
}

impl Array {
    pub fn new(size: usize) -> Array {
        Array {
            weights: (0..size).map(|_| Signal::default()).collect(),
            elements: (0..size).map(|_| Element::default()).collect(),
            ..Array::default()
        }
    }

    /// A kernel accepts only the loop variable itself as an index, not an expression.
    fn last(&self) -> usize {
        self.elements.len() - 1
    }
}

impl Logic for Array {
    #[hdl_gen]
    fn update(&mut self) {
        self.elements[0].a.next = self.a.val();
        self.elements[0].sum.next = 0.into();
        for i in 0..self.elements.len() {
            self.elements[i].clock.next = self.clock.val();
            self.elements[i].b.next = self.weights[i].val();
        }
        for i in 1..self.elements.len() {
            self.elements[i].a.next = self.elements[i - 1].a_next.val();
            self.elements[i].sum.next = self.elements[i - 1].sum_next.val();
        }
        for i in self.last()..self.elements.len() {
            self.a_next.next = self.elements[i].a_next.val();
            self.sum.next = self.elements[i].sum_next.val();
        }
    }
}

#[derive(LogicBlock, Default)]
struct Element {
    clock: Signal<In, Clock>,
    a: Signal<In, Bits<8>>,
    b: Signal<In, Bits<8>>,
    sum: Signal<In, Bits<32>>,
    a_next: Signal<Out, Bits<8>>,
    sum_next: Signal<Out, Bits<32>>,
    a_q: DFF<Bits<8>>,
    sum_q: DFF<Bits<32>>,
}

impl Logic for Element {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, a_q, sum_q);
        self.a_q.d.next = self.a.val();
        self.sum_q.d.next =
            self.sum.val() + bit_cast::<16, 8>(self.a.val()) * bit_cast::<16, 8>(self.b.val());
        self.a_next.next = self.a_q.q.val();
        self.sum_next.next = self.sum_q.q.val();
    }
}
