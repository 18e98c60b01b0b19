//! Saturation.

use hdl::Signal;

/// A number in two's complement in `bits` bits: the nearest one that they can have.
pub fn saturated(value: Signal<'_>, bits: u32) -> Signal<'_> {
    if value.width() <= bits {
        return value.sext(bits);
    }
    let (m, sign) = (value.module(), value.msb());
    let above = value.high(value.width() - bits + 1);
    let fits = above.all() | !above.any();
    fits.mux(value.low(bits), m.concat(&[sign, (!sign).repeat(bits - 1)]))
}
