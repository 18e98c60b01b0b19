//! Two holds: one samples while the other is converted.

use super::Ports;
use super::search::{Control, Search};
use crate::crossbar::xbar_adc_sar::params::{Analog, Conversion, Params};
use hdl::{Module, Signal, Stream};
use parts::storage::held::held;

/// Conversions one behind the other, each beside the next sample.
pub fn controller<'m>(m: &'m Module, params: &Params, ports: &Ports<'m>) -> Analog<Signal<'m>> {
    let Ports { input, output, cmp } = ports;
    let takes = input.fires().named("takes");
    // A hold samples, or has sampled and waits.
    let has_next = m.reg("has_next", 1).reset_to(0);
    let next_settle_clocks = held(m, "next_settle_clocks", input.payload.settle_clocks, takes);
    let left = m.reg("sample_left", params.request().sample_clocks);
    let is_sampled = (has_next.value() & left.value().le(1)).named("is_sampled");
    // The hold that samples, or sampled last.
    let next_hold = m.reg("next_hold", 1).reset_to(1).enable(takes);
    next_hold.set(!next_hold.value());
    let sample = samples(m, takes, input.payload.sample_clocks, left.value(), next_hold.value());
    left.enable(takes | sample.any());
    left.set(takes.mux(input.payload.sample_clocks, left.value() - 1));

    let begins = m.wire("begins", 1);
    let own_settle_clocks = held(m, "settle_clocks", next_settle_clocks, begins.value());
    let settle_clocks = begins.value().mux(next_settle_clocks, own_settle_clocks);
    let out_valid = m.reg("out_valid", 1).reset_to(0);
    let has_room = !out_valid.value() | output.ready();
    let waits = m.reg("waits", 1).reset_to(0);
    let search = Search::new(m, params, *cmp, |search| {
        let moves = ((search.ends | waits.value()) & has_room).named("moves");
        let is_free = (!search.converts & !waits.value()) | moves;
        begins.drive(is_sampled & is_free);
        waits.enable(search.ends | moves).set(!has_room);
        give(m, output, out_valid, search, waits.value(), moves);
        Control { begins: begins.value(), settle_clocks, clears: moves }
    });
    has_next.enable(takes | begins.value()).set(takes);
    input.set_ready(!has_next.value() | begins.value());
    let hold = m.reg("converted_hold", 1).reset_to(0).enable(begins.value());
    hold.set(next_hold.value());
    Analog { sample, hold: Some(hold.value()), dac_reset: None, dac: search.codes, compare: search.compare }
}

/// The register of each hold that closes its switch.
fn samples<'m>(
    m: &'m Module,
    takes: Signal<'m>,
    clocks: Signal<'m>,
    left: Signal<'m>,
    latest: Signal<'m>,
) -> Signal<'m> {
    let begins = takes & clocks.any();
    let hold = |(hold, is_next): (usize, Signal<'m>)| {
        let samples = m.reg(&format!("samples{hold}"), 1).reset_to(0);
        samples.set((begins & is_next) | (samples.value() & left.ne(1)));
        samples.value()
    };
    m.concat_lsb(&[latest, !latest].into_iter().enumerate().map(hold).collect::<Vec<_>>())
}

/// Codes that move go to the output: those with the last decision, or those that waited.
fn give<'m>(
    m: &'m Module,
    output: &Stream<'m, Conversion<Signal<'m>>>,
    out_valid: hdl::Reg<'m>,
    search: &Search<'m>,
    waited: Signal<'m>,
    moves: Signal<'m>,
) {
    out_valid.enable(moves | output.ready()).set(moves);
    let codes = waited.mux(search.codes, search.decided);
    output.set_valid(out_valid.value());
    output.set_payload(Conversion { code: held(m, "given", codes, moves) });
}
