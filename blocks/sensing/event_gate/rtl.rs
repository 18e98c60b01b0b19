//! The hardware.
//!
//! ```text
//!        +--> [active] --+
//! in ----+               +--> > enter, or > leave --> sends --> [out]
//!        +--> [sent] --> |-| ---^
//! ```

use super::BLOCK;
use super::params::{Event, Params, Sample};
use crate::block::Hardware;
use crate::common::frames::Frames;
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal};
use parts::arithmetic::negate::negated;
use parts::storage::held::held;
use parts::storage::store::Store;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what = "Sends on the samples that changed: a change detector with a hysteresis for each channel.";
        let timing = "Latency: 1 cycle. Throughput: one sample a cycle.";
        block(design, &BLOCK, self, &[what, timing], |m| gate(m, self))
    }
}

fn gate(m: &Module, params: &Params) {
    let (input, output) = (m.input_stream("in", &params.input()), m.output_stream("out", &params.output()));
    let is_there = m.reg("is_there", 1).reset_to(0);
    let advance = (!is_there.value() | output.ready()).named("advance");
    let sample = &input.payload;
    let frames = Frames::new(m, params.channels, &input, sample.last, advance);
    let sends = sends(m, params, sample, &frames);
    let gives = (frames.takes & (sends | frames.ends)).named("gives");
    is_there.enable(advance).set(gives);
    output.set_valid(is_there.value());
    output.set_payload(Event {
        channel: held(m, "channel", frames.place, gives),
        value: held(m, "value", sample.value, gives),
        event: held(m, "is_event", sends, gives),
        last: held(m, "is_last", frames.ends, gives),
        error: held(m, "is_wrong", frames.ends & frames.is_wrong, gives),
    });
}

/// Whether all samples of the frame are sent: its first sample says so.
fn refreshes<'m>(m: &'m Module, sample: &Sample<Signal<'m>>, frames: &Frames<'m>) -> Signal<'m> {
    let asked = m.reg("is_refresh", 1).enable(frames.takes);
    let refreshes = frames.begins.mux(sample.refresh, asked.value()).named("refreshes");
    asked.set(refreshes);
    refreshes
}

/// Whether a sample is sent. The state of its channel follows.
fn sends<'m>(m: &'m Module, params: &Params, sample: &Sample<Signal<'m>>, frames: &Frames<'m>) -> Signal<'m> {
    let sent = Store::new(m, "sent", params.value_bits, params.channels.into());
    let active = Store::new(m, "active", 1, params.channels.into());
    let change = distance(params, sample.value, sent.read(frames.place)).named("change");
    let was_active = active.read(frames.place);
    let is_active = change.gt(was_active.mux(sample.leave, sample.enter)).named("is_active");
    active.write(frames.takes, frames.place, is_active & !frames.is_first);

    let sends = (is_active | refreshes(m, sample, frames) | frames.is_first).named("sends");
    sent.write(frames.takes & sends, frames.place, sample.value);
    sends
}

/// The absolute difference, as wide as the values.
fn distance<'m>(params: &Params, left: Signal<'m>, right: Signal<'m>) -> Signal<'m> {
    let bits = params.value_bits + 1;
    let wide = |value: Signal<'m>| if params.signed { value.sext(bits) } else { value.zext(bits) };
    let difference = (wide(left) - wide(right)).named("difference");
    negated(difference, difference.msb()).low(params.value_bits)
}
