//! The hardware.
//!
//! ```text
//! a -----> sum of activations --> [groups that have ended] --+
//! sums ------------------------------------------------------+--> pacq_scale_unit --+--> round --> out
//!                                              [results] --------------^            |
//!                                                  ^--------------------------------+
//! ```

use super::BLOCK;
use super::params::Params;
use super::unit::UnitInput;
use crate::block::Hardware;
use crate::pacq::overlong::is_overlong;
use crate::pacq::results::Results;
use crate::pacq::sum::{ActivationSum, FixedSum, Form};
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal};
use parts::float::FloatFormat;
use parts::float::scaled::converted;
use parts::storage::shift_queue::ShiftQueue;
use parts::stream::skid::input_stream;

/// Groups whose activations may be complete before their sums arrive.
const GROUPS: u32 = 2;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let unit = self.unit(design);
        let timing = format!("A group takes {} cycles.", self.cycles() + 4);
        let what =
            "PacQ: bias and zero points removed from sums of groups, times the groups' scales, added up.";
        block(design, &BLOCK, self, &[what, &timing], |m| {
            group_scale(m, self, unit);
        })
    }
}

fn group_scale(m: &Module, params: &Params, unit: ModuleRef) {
    let output = m.output_stream("out", &params.results());
    let sums = input_stream(m, "sums", &params.sums(), params.skid);
    let unit = m.instance("u_scale", unit);
    let (into, from) =
        (unit.input_stream("in", &params.unit_input()), unit.output_stream("out", &params.unit_output()));

    // One group at a time, since the next one adds to its results.
    let is_busy = m.reg("is_busy", 1).reset_to(0);
    let is_last = m.reg("is_last", 1).enable(into.fires());
    is_last.set(sums.payload.last);
    let group = activation_sums(m, params, into.fires());
    let starts = (group.is_there & !is_busy.value()).named("can_start");
    into.set_valid(sums.valid() & starts);
    sums.set_ready(into.ready() & starts);

    let ends = from.fires();
    is_busy.enable(into.fires() | ends).set(into.fires());
    from.set_ready(!is_last.value() | output.ready());
    output.set_valid(from.valid() & is_last.value());
    let results = from.payload.results;
    let before = m.reg("groups_before", results.width()).reset_to_bits(&hdl::Bits::zero(results.width()));
    before.enable(ends).set(results.gated(!is_last.value()));
    into.set_payload(UnitInput {
        scaled: sums.payload.scaled,
        activation_sum: group.sum,
        addends: before.value(),
    });
    let lanes = results.split_lsb(32).into_iter().enumerate();
    let round = |(lane, result)| {
        m.scope(&format!("lane{lane}"), || converted(m, FloatFormat::FP32, params.result.float(), result))
    };
    let results = m.concat_lsb(&lanes.map(round).collect::<Vec<_>>());
    // Results leave before the next group enters, which clears the flag.
    let error = m.reg("error", 1).reset_to(0).enable(into.fires() | output.fires());
    error.set((error.value() | group.is_overlong) & into.fires());
    output.set_payload(Results { results, error: Some(error.value()) });
}

/// The activations of the oldest group that has ended.
struct Activations<'m> {
    is_there: Signal<'m>,
    sum: Signal<'m>,
    is_overlong: Signal<'m>,
}

/// Adds up activations. `taken`: the sum of the oldest group is no longer needed.
fn activation_sums<'m>(m: &'m Module, params: &Params, taken: Signal<'m>) -> Activations<'m> {
    let input = input_stream(m, "a", &params.activations(), params.skid);
    let form = params.activation_form();
    let Form::Fixed { bits } = form else { unreachable!("sums of activations are in fixed point") };
    let of_beat = m.scope("a", || ActivationSum::of(m, &input.payload.activations.split_lsb(16)));
    let of_beat = FixedSum { steps: of_beat.steps.sext(bits), ..of_beat };
    let before = m.reg("activations_before", form.width()).reset_to(0);
    let next =
        FixedSum::unpacked(m, form, before.value(), bits).plus(of_beat).packed(m).named("activation_sum");
    before.enable(input.fires()).set(next.gated(!input.payload.last));
    let ends = (input.fires() & input.payload.last).named("group_ends");
    let is_overlong = is_overlong(m, params.max_beats(), input.fires(), input.payload.last);
    let group = m.concat(&[is_overlong, next]);
    let queue = m.scope("groups", || ShiftQueue::new(m, group, ends, taken, GROUPS));
    input.set_ready(queue.has_room);
    Activations {
        is_there: queue.has_word,
        sum: queue.front.low(form.width()),
        is_overlong: queue.front.msb(),
    }
}
