//! A time step of a neuron, for other blocks too.

use super::params::{Compare, Params, Reset};
use hdl::{Module, Signal};

/// What a time step leaves.
#[derive(Clone, Copy)]
pub struct Step<'m> {
    /// The neuron fires.
    pub fires: Signal<'m>,
    /// The membrane potential for the next time step.
    pub membrane: Signal<'m>,
}

/// A time step with a weighted sum. `threshold` is as wide as the membrane potential; without `membrane` the neuron is at rest.
pub fn step<'m>(
    m: &'m Module,
    params: &Params,
    sum: Signal<'m>,
    membrane: Option<Signal<'m>>,
    threshold: Signal<'m>,
) -> Step<'m> {
    let potential = potential(m, params, sum, membrane).named("potential");
    let fires = match params.compare {
        Compare::Greater => threshold.lt_signed(potential),
        Compare::GreaterEqual => !potential.lt_signed(threshold),
    };
    let fires = fires.named("fires");
    let kept = match params.reset {
        Reset::Hard => potential.gated(!fires),
        Reset::Soft => potential - threshold.gated(fires),
    };
    let leaked = kept.high(kept.width() - params.leak.min(kept.width() - 1)).sext(kept.width());
    Step { fires, membrane: leaked.named("membrane") }
}

/// The membrane potential with a time step's sum, saturated.
fn potential<'m>(
    m: &'m Module,
    params: &Params,
    sum: Signal<'m>,
    membrane: Option<Signal<'m>>,
) -> Signal<'m> {
    let width = params.membrane_bits();
    let Some(membrane) = membrane else { return sum.sext(width) };
    let wide = (sum.sext(width + 1) + membrane.sext(width + 1)).named("unsaturated");
    let (sign, top) = (wide.msb(), wide.bit(width - 1));
    let limit = m.concat(&[sign, (!sign).repeat(width - 1)]);
    (sign ^ top).mux(limit, wide.low(width))
}
