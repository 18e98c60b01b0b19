//! A systolic array that multiplies matrices: each element of the product stays where it is, and the operands walk by.
//!
//! ```text
//!               b0     b1     b2      (each column one cycle later than the one before)
//!               │      │      │
//!            ┌──▼─┐ ┌──▼─┐ ┌──▼─┐
//!     a0 ───▶│ pe │▶│ pe │▶│ pe │
//!            └──┬─┘ └──┬─┘ └──┬─┘
//!            ┌──▼─┐ ┌──▼─┐ ┌──▼─┐
//!     a1 ───▶│ pe │▶│ pe │▶│ pe │
//!            └──┬─┘ └──┬─┘ └──┬─┘
//!            ┌──▼─┐ ┌──▼─┐ ┌──▼─┐
//!     a2 ───▶│ pe │▶│ pe │▶│ pe │
//!            └────┘ └────┘ └────┘
//!     (each row one cycle later than the one above)
//! ```
//!
//! Beat `k` brings column `k` of A and row `k` of B, with `first` and `last` at the ends. The whole product stands at the
//! outputs in the cycle with `done`, and until the next product begins.

mod drive;

pub use drive::exercise;

use hdl::{Clocking, Design, Diagnostics, Module, ModuleRef, Netlist, Signal};

/// Size and widths.
#[derive(Clone, Copy)]
pub struct Params {
    /// Rows and columns.
    pub size: usize,
    /// Bits of an operand, in two's complement.
    pub element_bits: u32,
    /// Bits of a sum.
    pub sum_bits: u32,
}

/// 3 by 3, of bytes; 24 bits hold sums of up to 511 products of the least value with itself.
pub const PARAMS: Params = Params { size: 3, element_bits: 8, sum_bits: 24 };

/// The array of [`PARAMS`].
pub fn netlist() -> Result<Netlist, Diagnostics> {
    let design = Design::new(Clocking::default());
    let top = array(&design, PARAMS);
    design.elaborate(top)
}

/// The array: operands enter at the left and at the top.
pub fn array(design: &Design, params: Params) -> ModuleRef {
    let Params { size, element_bits, sum_bits } = params;
    let name = [format!("n{size}"), format!("e{element_bits}"), format!("s{sum_bits}")];
    design.module("systolic", &name.each_ref().map(String::as_str), |m| {
        m.describe("Product of two matrices; the elements of the product stay where they are.");
        let [valid, first, last] = [
            ("valid", "a beat: a column of A and a row of B"),
            ("first", "it is the first one of a product"),
            ("last", "it is the last one of a product"),
        ]
        .map(|(name, meaning)| m.input(name, 1, meaning));
        let operand = |name: String| m.input(&name, element_bits, "an element, in two's complement");

        let lane = |name: &str, index: usize, value| delayed_by(m, &format!("{name}{index}"), index, value);
        let mut from_above: Vec<Signal> =
            (0..size).map(|column| lane("b", column, operand(format!("b{column}")))).collect();
        for row in 0..size {
            let mut from_left = Walker {
                valid: lane("valid", row, valid),
                first: lane("first", row, first),
                a: lane("a", row, operand(format!("a{row}"))),
            };
            for (column, b) in from_above.iter_mut().enumerate() {
                let cell = m.instance(&format!("u_pe{row}_{column}"), processing_element(design, params));
                cell.set("valid", from_left.valid).set("first", from_left.first);
                cell.set("a", from_left.a).set("b", *b);
                m.output(&format!("c{row}_{column}"), cell.get("sum"), "an element of the product");
                if column + 1 < size {
                    from_left = Walker {
                        valid: cell.get("valid_out"),
                        first: cell.get("first_out"),
                        a: cell.get("a_out"),
                    };
                }
                if row + 1 < size {
                    *b = cell.get("b_out");
                }
            }
        }
        m.output("done", delayed_by(m, "done", 2 * size - 1, valid & last), "the product is there");
    })
}

/// What walks through a row.
struct Walker<'m> {
    valid: Signal<'m>,
    first: Signal<'m>,
    a: Signal<'m>,
}

/// Multiplies what walks by and adds the products up.
fn processing_element(design: &Design, params: Params) -> ModuleRef {
    let Params { element_bits, sum_bits, .. } = params;
    design.module("systolic_pe", &[&format!("e{element_bits}"), &format!("s{sum_bits}")], |m| {
        let [valid, first] = ["valid", "first"].map(|name| m.input(name, 1, ""));
        let [a, b] = ["a", "b"].map(|name| m.input(name, element_bits, "in two's complement"));
        let product = a.mul_signed(b).sext(sum_bits).named("product");
        let sum = m.reg("sum", sum_bits).reset_to(0).enable(valid);
        sum.set(first.mux(product, sum.value() + product));
        m.output("sum", sum.value(), "the sum so far");
        for (name, value) in [("valid_out", valid), ("first_out", first), ("a_out", a), ("b_out", b)] {
            m.output(name, delayed_by(m, name, 1, value), "one cycle later, for the next one");
        }
    })
}

/// `value` so many cycles later; 0 before.
fn delayed_by<'m>(m: &'m Module, name: &str, cycles: usize, value: Signal<'m>) -> Signal<'m> {
    (1..=cycles).fold(value, |value, cycle| {
        let stage = m.reg(&format!("{name}_{cycle}"), value.width()).reset_to(0);
        stage.set(value);
        stage.value()
    })
}
