//! The registers of a conversion.

use crate::crossbar::xbar_adc_sar::params::Params;
use hdl::{Module, Reg, Signal};

/// What a conversion is told.
pub struct Control<'m> {
    /// It begins in the next clock.
    pub begins: Signal<'m>,
    /// The clocks for which its trial codes settle, from where it begins to its end.
    pub settle_clocks: Signal<'m>,
    /// Its codes are used up: the DAC goes back to half of the range.
    pub clears: Signal<'m>,
}

/// A conversion.
pub struct Search<'m> {
    /// The codes on the DACs.
    pub codes: Signal<'m>,
    /// The codes with the present decision of the comparators.
    pub decided: Signal<'m>,
    /// The comparators decide.
    pub compare: Signal<'m>,
    /// The conversion is under way.
    pub converts: Signal<'m>,
    /// The comparators decide the last bit.
    pub ends: Signal<'m>,
}

impl<'m> Search<'m> {
    /// The search by decisions `cmp` of the comparators; `control` says when, from the end of the present conversion.
    pub fn new(
        m: &'m Module,
        params: &Params,
        cmp: Signal<'m>,
        control: impl FnOnce(&Search<'m>) -> Control<'m>,
    ) -> Search<'m> {
        let bits = params.adc_bits;
        let compare = m.reg("deciding", 1).reset_to(0);
        // One bit is 1: that on trial.
        let trial = m.reg("bit_on_trial", bits);
        let converts = m.reg("converts", 1).reset_to(0);
        let is_last = trial.value().bit(0);
        let registers: Vec<Reg> = (0..params.adcs)
            .map(|adc| m.reg(&format!("code{adc}"), bits).reset_to(1 << (bits - 1)))
            .collect();
        let decided: Vec<Signal> = registers
            .iter()
            .zip(cmp.split_lsb(1))
            .map(|(code, above)| decided(code.value(), trial.value(), above))
            .collect();
        let codes: Vec<Signal> = registers.iter().map(|code| code.value()).collect();
        let search = Search {
            codes: m.concat_lsb(&codes),
            decided: m.concat_lsb(&decided),
            compare: compare.value(),
            converts: converts.value(),
            ends: (compare.value() & is_last).named("ends"),
        };

        let Control { begins, settle_clocks, clears } = control(&search);
        converts.enable(begins | search.ends).set(begins);
        let middle = m.lit(1 << (bits - 1), bits);
        trial.enable(begins | search.compare).set(begins.mux(middle, trial.value() >> 1));
        for (code, decided) in registers.into_iter().zip(decided) {
            code.enable(clears | search.compare).set(clears.mux(middle, decided));
        }
        compare.set(settled(m, &search, begins, is_last, settle_clocks));
        search
    }
}

/// The code of a converter with the decision on the bit on trial, and the next bit on trial.
fn decided<'m>(code: Signal<'m>, trial: Signal<'m>, above: Signal<'m>) -> Signal<'m> {
    (code & !trial.gated(!above)) | (trial >> 1)
}

/// Whether the trial code of the next clock has settled then.
fn settled<'m>(
    m: &'m Module,
    search: &Search<'m>,
    begins: Signal<'m>,
    is_last: Signal<'m>,
    settle_clocks: Signal<'m>,
) -> Signal<'m> {
    let new_trial = begins | (search.compare & !is_last);
    let settles = search.converts & !search.compare;
    let left = m.reg("settle_left", settle_clocks.width()).enable(new_trial | settles);
    left.set(new_trial.mux(settle_clocks, left.value() - 1));
    new_trial.mux(!settle_clocks.any(), settles & left.value().eq(1))
}
