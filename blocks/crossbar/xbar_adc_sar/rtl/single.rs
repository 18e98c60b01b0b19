//! One hold: the steps of a conversion are registers, one of which is 1.

use super::Ports;
use super::search::{Control, Search};
use crate::crossbar::xbar_adc_sar::params::{Analog, Conversion, Params};
use hdl::{Module, Signal};
use parts::storage::held::held;

/// Reset, sample, convert, done, one after the other.
pub fn controller<'m>(m: &'m Module, params: &Params, ports: &Ports<'m>) -> Analog<Signal<'m>> {
    let Ports { input, output, cmp } = ports;
    let takes = input.fires().named("takes");
    let resets = m.reg("resets", 1).reset_to(0);
    resets.set(takes);
    let settle_clocks = held(m, "settle_clocks", input.payload.settle_clocks, takes);

    let samples = m.reg("samples", 1).reset_to(0);
    let left = m.reg("sample_left", params.request().sample_clocks).enable(takes | samples.value());
    left.set(takes.mux(input.payload.sample_clocks, left.value() - 1));
    let is_last = left.value().eq(1);
    samples.set((resets.value() & left.value().any()) | (samples.value() & !is_last));
    let begins = (resets.value() & !left.value().any()) | (samples.value() & is_last);

    let leaves = output.fires().named("leaves");
    let search = Search::new(m, params, *cmp, |_| Control { begins, settle_clocks, clears: leaves });
    let is_done = m.reg("is_done", 1).reset_to(0).enable(search.ends | leaves);
    is_done.set(search.ends);
    let is_busy = m.reg("is_busy", 1).reset_to(0).enable(takes | leaves);
    is_busy.set(takes);
    input.set_ready(!is_busy.value() | leaves);
    output.set_valid(is_done.value());
    output.set_payload(Conversion { code: search.codes });
    Analog {
        sample: samples.value(),
        hold: None,
        dac_reset: Some(resets.value()),
        dac: search.codes,
        compare: search.compare,
    }
}
