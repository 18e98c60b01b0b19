//! The sums of a row.

use crate::common::row_framing::RowFraming;
use crate::nonlinear::layer_norm::params::{Elements, Norm, Params};
use hdl::{Bundle, Module, Signal};
use parts::arithmetic::tree::{add_all, tree};
use parts::storage::held::{held, held_flag};

/// What is known of a row when all of its elements are in.
pub struct Totals<'m> {
    /// What its numerators need.
    pub row: Row<Signal<'m>>,
    /// The sum of the squares.
    pub squares: Signal<'m>,
    /// What is added to its radicand.
    pub epsilon: Signal<'m>,
}

/// What the numerators of a row need.
#[derive(Clone, Copy, Bundle)]
pub struct Row<T> {
    /// The number of its elements.
    pub length: T,
    /// Their sum; 0 for RMSNorm.
    pub sum: Option<T>,
    /// A row up to it was too long.
    pub error: T,
}

impl Params {
    /// The widths of what the numerators of a row need.
    pub fn row(&self) -> Row<u32> {
        let sum = match self.norm {
            Norm::Layer | Norm::Both => Some(self.sum_bits()),
            Norm::Rms => None,
        };
        Row { length: self.length_bits(), sum, error: 1 }
    }
}

/// The sums of each row, and a flag when they are valid: two cycles after its last beat.
pub fn total<'m>(
    m: &'m Module,
    params: &Params,
    input: &Elements<Signal<'m>>,
    framing: &RowFraming<'m>,
) -> (Signal<'m>, Totals<'m>) {
    let &RowFraming { takes, is_first, ends, error } = framing;
    let begins = (takes & is_first).named("row_begins");
    let epsilon = held(m, "epsilon", input.epsilon, begins);
    let rms = input.rms.map(|rms| held(m, "rms", rms, begins));

    // The beat, a cycle later.
    let flag = |name: &str, signal: Signal<'m>| held_flag(m, name, signal, m.ones(1));
    let squares = input.elements.split_lsb(params.input_bits).into_iter();
    let squares: Vec<Signal> = squares.map(|x| x.mul_signed(x).low(params.square_bits())).collect();
    let squares = held(m, "squares_of_beat", m.concat_lsb(&squares), takes);
    let (starts, is_there) = (held(m, "starts", is_first, takes), flag("beat_is_there", takes));
    let beat_ends = flag("beat_ends_row", takes & ends);

    // The sums.
    let running = |name: &str, width: u32, added: Signal<'m>| {
        let register = m.reg(name, width).enable(is_there);
        register.set(register.value().gated(!starts) + added);
        register.value()
    };
    let added = add_all(squares.split_lsb(params.square_bits()));
    let squares = running("squares", params.squares_bits(), fit(added, params.squares_bits()));
    let length = running("length", params.length_bits(), m.lit(params.lanes.into(), params.length_bits()));
    let rms = rms.map(|rms| held(m, "rms_of_sum", rms, is_there));
    let sum = params.row().sum.map(|width| {
        let elements = held(m, "beat", input.elements, takes).split_lsb(params.input_bits);
        let elements = elements.into_iter().map(|x| x.sext(width)).collect();
        let sum = running("sum", width, tree(elements, &|a: Signal<'m>, b: Signal<'m>| a + b));
        rms.map_or(sum, |rms| sum.gated(!rms))
    });
    let row = Row { length, sum, error: flag("error_of_sum", error) };
    let epsilon = held(m, "epsilon_of_sum", epsilon, is_there);
    (flag("sums_are_done", beat_ends), Totals { row, squares, epsilon })
}

/// An unsigned number that fits, in so many bits.
pub fn fit(value: Signal<'_>, width: u32) -> Signal<'_> {
    if value.width() > width { value.low(width) } else { value.zext(width) }
}
