//! Numbers that stop at their greatest value, and quotients by a constant.

use crate::crossbar::cell::{Device, FACTOR_BITS};
use hdl::{Module, Signal, bit_length};

/// Widths in which a step can stop at the greatest value: from there on it reaches the limit of every cell in any case.
pub struct Widths {
    /// Of the step of a cell without deviations.
    pub nominal: u32,
    /// With the factor of the cell.
    pub own: u32,
    /// With that of the pulse too.
    pub step: u32,
}

impl Widths {
    pub fn new(device: &Device) -> Widths {
        let step = bit_length(device.greatest.into());
        let own = reaching(step, device.cycle_to_cycle.factors[0]);
        let nominal = reaching(own, device.device_to_device.factors[0]);
        Widths { nominal, own, step }
    }
}

/// The width whose greatest value times a factor reaches the greatest value of another width.
fn reaching(width: u32, factor: u64) -> u32 {
    let greatest = |width: u32| (1u64 << width) - 1;
    let reaches = |own: &u32| (greatest(*own) * factor) >> FACTOR_BITS >= greatest(width);
    (width..).find(reaches).expect("a factor is not 0")
}

/// A number, or the greatest one of `width` bits if it is above that.
pub fn capped(x: Signal, width: u32) -> Signal {
    match x.width().checked_sub(width) {
        None | Some(0) => x.zext(width),
        Some(above) => x.low(width) | x.high(above).any().repeat(width),
    }
}

/// A number divided by a constant, rounded down: times the constant's reciprocal, rounded up, with as many fractional bits as
/// number and constant have bits.
pub fn divided<'m>(m: &'m Module, x: Signal<'m>, divisor: u64) -> Signal<'m> {
    let fraction = x.width() + bit_length(divisor.into());
    let reciprocal = (1u128 << fraction).div_ceil(divisor.into());
    let product = x * m.lit(reciprocal, bit_length(reciprocal));
    let greatest = ((1u128 << x.width()) - 1) / u128::from(divisor);
    product.high(product.width() - fraction).low(bit_length(greatest).max(1))
}
