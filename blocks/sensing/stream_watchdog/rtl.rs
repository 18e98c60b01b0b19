//! The hardware.
//!
//! ```text
//!        +--> [timer] --> time is over --> fills the frame --+
//! in ----+                                                   v
//!        +--> range, repetition --> good? --> sample, held one or safe value --> [out]
//!                 ^                                 ^
//!             [history] <---------------------------+
//! ```

use super::BLOCK;
use super::params::{Checked, FRAMES_BITS, Limits, Params, Sample, Substitute};
use crate::block::Hardware;
use crate::common::counter::counter;
use crate::top::block;
use hdl::{Bundle, Design, Module, ModuleRef, Signal, Stream, index_width};
use parts::storage::held::{held, held_flag};
use parts::storage::store::Store;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what =
            "Flags samples that are missing, late, stuck or out of range, and puts others in their place.";
        let timing = "Latency: 1 cycle. Throughput: one sample a cycle.";
        block(design, &BLOCK, self, &[what, timing], |m| watchdog(m, self))
    }
}

fn watchdog(m: &Module, params: &Params) {
    let input = m.input_stream("in", &params.sample());
    let limits = m.inputs(&params.limits());
    let output = m.output_stream("out", &params.checked());
    let is_there = m.reg("is_there", 1).reset_to(0);
    let advance = (!is_there.value() | output.ready()).named("advance");

    let frame = Frame::new(m, params, &input, limits.timeout_clocks, advance);
    let verdict = Verdict::new(m, params, &input.payload, &limits, &frame);
    is_there.enable(advance).set(frame.gives);
    output.set_valid(is_there.value());
    output.set_payload(Checked {
        value: held(m, "value", verdict.value, frame.gives),
        missing: held(m, "is_missing", frame.fills, frame.gives),
        beyond: held(m, "is_beyond", verdict.beyond, frame.gives),
        stuck: held(m, "is_stuck", verdict.stuck, frame.gives),
        late: held(m, "is_late_frame", frame.is_late, frame.gives),
        last: match params.channels {
            1 => m.ones(1),
            _ => held(m, "is_last", frame.ends, frame.gives),
        },
    });
}

/// Which channel is looked at, and whether there is a sample of it.
struct Frame<'m> {
    channel: Signal<'m>,
    /// The channel is given: its sample is taken, or something else stands in for it.
    gives: Signal<'m>,
    /// The sample is not there.
    fills: Signal<'m>,
    /// The channel is the last one.
    ends: Signal<'m>,
    /// No frame has been given yet.
    is_first: Signal<'m>,
    is_late: Signal<'m>,
}

impl<'m> Frame<'m> {
    fn new(
        m: &'m Module,
        params: &Params,
        input: &Stream<'m, Sample<Signal<'m>>>,
        timeout_clocks: Signal<'m>,
        advance: Signal<'m>,
    ) -> Frame<'m> {
        let fills = m.reg("fills", 1).reset_to(0);
        let drops = m.reg("drops", 1).reset_to(0);
        let ready = advance & !fills.value();
        input.set_ready(ready);
        let takes = input.fires();
        let last = input.payload.last;
        let dropped = (takes & drops.value()).named("drops_sample");
        let sample = (takes & !drops.value()).named("takes_sample");
        let gives = (sample | (fills.value() & advance)).named("gives");

        let channel = counter(m, "channel", params.channels, gives);
        let begins = channel.map_or(m.ones(1), |channel| channel.eq(0));
        let ends =
            channel.map_or(m.ones(1), |channel| channel.eq(u64::from(params.channels - 1))).named("ends");
        let is_over = is_over(m, timeout_clocks, ready & !sample, ready);

        let is_short = sample & last & !ends;
        fills.enable(is_over | is_short | (gives & ends)).set(is_over | is_short);
        let is_long = sample & ends & !last;
        // What comes of a frame behind its time is dropped.
        let is_cut = is_over & !begins;
        drops.enable(is_cut | is_long | (dropped & last)).set(is_cut | is_long);

        let has_sample = m.reg("has_sample", 1).reset_to(0).enable(gives);
        let is_of_sensor = sample | has_sample.value();
        has_sample.set(is_of_sensor & !ends);
        let is_late = m.reg("is_late", 1).reset_to(0);
        is_late.enable(is_over | dropped | (gives & ends & is_of_sensor)).set(is_over | dropped);
        Frame {
            channel: channel.unwrap_or(m.zero(index_width(params.channels.into()))),
            gives,
            fills: fills.value(),
            ends,
            is_first: !held_flag(m, "has_frame", m.ones(1), gives & ends),
            is_late: is_late.value(),
        }
    }
}

/// Whether this is the last clock in which a sample is waited for, while those that come are dropped too.
fn is_over<'m>(m: &'m Module, clocks: Signal<'m>, waits: Signal<'m>, ready: Signal<'m>) -> Signal<'m> {
    let timer = m.reg("waited_clocks", clocks.width()).reset_to(0).enable(ready);
    let waited = incremented(timer.value()).named("waited_with_this");
    let is_over = (waits & clocks.any() & waited.ge(clocks)).named("time_is_over");
    timer.set(waited.gated(waits & !is_over));
    is_over
}

/// A number and 1, the greatest one as it is.
fn incremented(number: Signal) -> Signal {
    number + (!number.all()).zext(number.width())
}

/// What is known of the earlier samples of a channel.
#[derive(Clone, Copy, Bundle)]
struct History<T> {
    /// There has been a sample.
    is_known: T,
    /// The sample before.
    before: T,
    /// Frames for which it was the same.
    same: T,
    /// The last good sample.
    good: Option<T>,
}

/// What becomes of a channel.
struct Verdict<'m> {
    value: Signal<'m>,
    beyond: Signal<'m>,
    stuck: Signal<'m>,
}

impl<'m> Verdict<'m> {
    fn new(
        m: &'m Module,
        params: &Params,
        sample: &Sample<Signal<'m>>,
        limits: &Limits<Signal<'m>>,
        frame: &Frame<'m>,
    ) -> Verdict<'m> {
        let holds = params.substitute == Substitute::Hold;
        let shape = History {
            is_known: 1,
            before: params.value_bits,
            same: FRAMES_BITS,
            good: holds.then_some(params.value_bits),
        };
        let store = Store::new(m, "history", shape.packed_width(), params.channels.into());
        let history = m.unpack(&shape, store.read(frame.channel));
        let (value, fills) = (sample.value, frame.fills);

        let is_known = (history.is_known & !frame.is_first).named("is_known");
        let repeats = (is_known & value.eq(history.before)).named("repeats");
        let same = incremented(history.same).gated(repeats).named("same_frames");
        let stuck = (!fills & limits.stuck_frames.any() & same.ge(limits.stuck_frames)).named("stuck");
        let beyond = (!fills & is_beyond(params, value, limits)).named("beyond");
        let is_good = (!fills & !stuck & !beyond).named("is_good");

        let instead = match history.good {
            Some(good) => (!frame.is_first).mux(good, limits.safe_value),
            None => limits.safe_value,
        };
        let given = is_good.mux(value, instead).named("given");
        let next = History {
            is_known: is_known | !fills,
            before: fills.mux(history.before, value),
            same: fills.mux(history.same, same),
            good: history.good.map(|_| given),
        };
        store.write(frame.gives, frame.channel, m.pack(&next));
        Verdict { value: given, beyond, stuck }
    }
}

fn is_beyond<'m>(params: &Params, value: Signal<'m>, limits: &Limits<Signal<'m>>) -> Signal<'m> {
    match params.signed {
        true => value.lt_signed(limits.least) | value.gt_signed(limits.greatest),
        false => value.lt(limits.least) | value.gt(limits.greatest),
    }
}
