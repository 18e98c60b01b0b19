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
use crate::common::counter::counter;
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal, index_width};
use parts::arithmetic::negate::negated;
use parts::storage::held::{held, held_flag};
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
    input.set_ready(advance);
    let (takes, sample) = (input.fires().named("takes"), &input.payload);

    let frame = Frame::new(m, params, takes, sample);
    let sends = sends(m, params, takes, sample, &frame);
    let gives = (takes & (sends | frame.ends)).named("gives");
    is_there.enable(advance).set(gives);
    output.set_valid(is_there.value());
    output.set_payload(Event {
        channel: held(m, "channel_given", frame.channel, gives),
        value: held(m, "value", sample.value, gives),
        event: held(m, "is_event", sends, gives),
        last: held(m, "is_last", frame.ends, gives),
        error: held(m, "is_wrong", frame.error, gives),
    });
}

/// Where in its frame a sample is.
struct Frame<'m> {
    channel: Signal<'m>,
    /// It is the last one.
    ends: Signal<'m>,
    /// No frame has been sent yet.
    is_first: Signal<'m>,
    /// All samples of the frame are sent.
    refreshes: Signal<'m>,
    error: Signal<'m>,
}

impl<'m> Frame<'m> {
    fn new(m: &'m Module, params: &Params, takes: Signal<'m>, sample: &Sample<Signal<'m>>) -> Frame<'m> {
        let channel = counter(m, "channel", params.channels, takes);
        let begins = channel.map_or(m.ones(1), |channel| channel.eq(0));
        let ends =
            channel.map_or(m.ones(1), |channel| channel.eq(u64::from(params.channels - 1))).named("ends");
        let is_first = !held_flag(m, "has_frame", m.ones(1), takes & ends);
        let asked = m.reg("is_refresh", 1);
        let refreshes = begins.mux(sample.refresh, asked.value()).named("refreshes");
        asked.enable(takes).set(refreshes);
        let has_error = m.reg("has_error", 1).reset_to(0).enable(takes);
        let error = (has_error.value() | (sample.last ^ ends)).named("error");
        has_error.set(error);
        let channel = channel.unwrap_or(m.zero(index_width(params.channels.into())));
        Frame { channel, ends, is_first, refreshes, error }
    }
}

/// Whether a sample is sent. The state of its channel follows.
fn sends<'m>(
    m: &'m Module,
    params: &Params,
    takes: Signal<'m>,
    sample: &Sample<Signal<'m>>,
    frame: &Frame<'m>,
) -> Signal<'m> {
    let sent = Store::new(m, "sent", params.value_bits, params.channels.into());
    let active = Store::new(m, "active", 1, params.channels.into());
    let change = distance(params, sample.value, sent.read(frame.channel)).named("change");
    let was_active = (active.read(frame.channel) & !frame.is_first).named("was_active");
    let is_active = change.gt(was_active.mux(sample.leave, sample.enter)).named("is_active");
    active.write(takes, frame.channel, is_active & !frame.is_first);

    let sends = (is_active | frame.refreshes | frame.is_first).named("sends");
    sent.write(takes & sends, frame.channel, sample.value);
    sends
}

/// The absolute difference, as wide as the values.
fn distance<'m>(params: &Params, left: Signal<'m>, right: Signal<'m>) -> Signal<'m> {
    let bits = params.value_bits + 1;
    let wide = |value: Signal<'m>| if params.signed { value.sext(bits) } else { value.zext(bits) };
    let difference = (wide(left) - wide(right)).named("difference");
    negated(difference, difference.msb()).low(params.value_bits)
}
