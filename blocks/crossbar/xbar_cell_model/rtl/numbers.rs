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

/// A number divided by a constant, rounded down: times the constant's reciprocal.
pub fn divided<'m>(m: &'m Module, x: Signal<'m>, divisor: u64) -> Signal<'m> {
    let Some(Reciprocal { value, fraction, bits }) = Reciprocal::new(x.width(), divisor) else {
        return m.zero(1);
    };
    let product = x * m.lit(value, bit_length(value));
    product.high(product.width() - fraction).low(bits)
}

/// The reciprocal of a divisor, for numbers of some bits.
struct Reciprocal {
    /// Rounded up, with `fraction` fractional bits: as many as number and divisor have bits.
    value: u128,
    fraction: u32,
    /// Of the greatest quotient.
    bits: u32,
}

impl Reciprocal {
    /// None if all quotients are 0.
    fn new(width: u32, divisor: u64) -> Option<Reciprocal> {
        let greatest = ((1u128 << width) - 1) / u128::from(divisor);
        let fraction = width + bit_length(divisor.into());
        let value = (1u128 << fraction).div_ceil(divisor.into());
        (greatest > 0).then(|| Reciprocal { value, fraction, bits: bit_length(greatest) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::Hardware;
    use crate::crossbar::xbar_program;
    use crate::parameters::{Parameters, parse_settings, read};
    use hdl::{Clocking, Design};

    #[test]
    fn quotients_are_rounded_down() {
        for (width, divisor) in (1..=7).flat_map(|width| (1..=300).map(move |divisor| (width, divisor))) {
            for x in 0..1u128 << width {
                let quotient = Reciprocal::new(width, divisor).map_or(0, |reciprocal| {
                    let Reciprocal { value, fraction, bits } = reciprocal;
                    assert!(width + bit_length(value) >= fraction + bits, "a product has the quotient");
                    (x * value) >> fraction & ((1 << bits) - 1)
                });
                assert_eq!(quotient, x / u128::from(divisor), "{x} / {divisor}");
            }
        }
    }

    fn is_built<P: Parameters + Hardware>(text: &str) {
        let params: P = read(&parse_settings(text).expect("name=value ...")).expect(text);
        params.build(&Design::new(Clocking::default()));
    }

    #[test]
    fn a_divisor_may_be_above_every_number() {
        use crate::crossbar::xbar_cell_model::Params;
        for text in [
            "code_step=100000",
            "greatest_conductance=60 least_conductance=1 start_conductance=1",
            "code_step=100000 greatest_conductance=2000",
            "greatest_conductance=1 least_conductance=0 start_conductance=0 cycle_to_cycle=1500 width_bits=1",
        ] {
            is_built::<Params>(text);
        }
        is_built::<xbar_program::Params>(
            "array=model nominal_clocks=65535 set_gain=1 reset_gain=1 width_bits=1",
        );
    }
}
