//! Numbers in lanes of the next power of two of their bits.

use crate::crossbar::xbar_macro::params::lane;
use hdl::{Module, Signal};

/// The numbers of a beat, and whether one of them has more than its bits.
pub fn apart<'m>(
    m: &'m Module,
    data: Signal<'m>,
    count: u32,
    bits: u32,
    is_signed: bool,
) -> (Vec<Signal<'m>>, Signal<'m>) {
    let lanes = data.low(count * lane(bits)).split_lsb(lane(bits));
    let is_odd: Vec<Signal> = lanes.iter().map(|lane| is_above(m, *lane, bits, is_signed)).collect();
    (lanes.into_iter().map(|lane| lane.low(bits)).collect(), m.concat_lsb(&is_odd).any())
}

/// Numbers, two's complement, in the lanes of a beat of some width.
pub fn joined<'m>(m: &'m Module, numbers: &[Signal<'m>], width: u32) -> Signal<'m> {
    let lanes: Vec<Signal> = numbers.iter().map(|number| number.sext(lane(number.width()))).collect();
    m.concat_lsb(&lanes).zext(width)
}

/// Whether a number has more than its bits.
pub fn is_above<'m>(m: &'m Module, number: Signal<'m>, bits: u32, is_signed: bool) -> Signal<'m> {
    match number.width() - bits {
        0 => m.zero(1),
        above if is_signed => {
            let signs = number.high(above + 1);
            signs.any() & !signs.all()
        }
        above => number.high(above).any(),
    }
}
