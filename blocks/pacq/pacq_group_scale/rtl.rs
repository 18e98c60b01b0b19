//! The hardware.
//!
//! ```text
//! a -----> sum of activations --> [groups that have ended] --+
//! sums ------------------------------------------------------+--> pacq_scale_unit --+--> round --> out
//!                                              [results] --------------^            |
//!                                                  ^--------------------------------+
//! ```

use super::params::Params;
use crate::block::Configured;
use crate::common::float::FloatFormat;
use crate::common::rtl::float_round::converted;
use crate::common::rtl::module::module;
use crate::common::rtl::shift_queue::ShiftQueue;
use crate::pacq::SOURCE;
use crate::pacq::sum::{ActivationSum, FixedSum, Form};
use hdl::{Design, Module, ModuleRef, Signal};

/// Groups whose activations are there before their sums.
const GROUPS: u32 = 2;

/// Adds the block to a design.
pub fn build(params: &Params, design: &Design) -> ModuleRef {
    let unit = params.unit(design);
    module(design, "pacq_group_scale", &params.name_parts(), |m| {
        m.describe(
            "PacQ: bias and zero points removed from sums of groups, times the groups' scales, added up.",
        );
        m.describe(&format!("A group takes {} cycles.", params.cycles() + 4));
        m.describe(&format!("Source: {SOURCE}, the removal of the bias."));
        params.values().into_iter().for_each(|(name, value)| m.parameter(&name, value));
        group_scale(m, params, unit);
    })
}

fn group_scale(m: &Module, params: &Params, unit: ModuleRef) {
    let output = m.output_stream("out", &params.results());
    let sums = m.input_stream("sums", &params.sums());
    let unit = m.instance("u_scale", unit);
    let (into, from) =
        (unit.input_stream("in", &params.unit_input()), unit.output_stream("out", &params.unit_output()));

    // One group at a time: the next one adds to its results.
    let is_busy = m.reg("is_busy", 1).reset_to(0);
    let is_last = m.reg("is_last", 1).enable(into.fires());
    is_last.set(sums.field("last"));
    let (has_group, of_activations) = activation_sums(m, params, into.fires());
    let starts = (has_group & !is_busy.value()).named("can_start");
    into.set_valid(sums.valid() & starts);
    sums.set_ready(into.ready() & starts);
    into.set_field("sums", sums.field("sums"));
    into.set_field("scales", sums.field("scales"));
    into.set_field("zeros", sums.field("zeros"));
    into.set_field("activation_sum", of_activations);

    let ends = from.fires();
    is_busy.enable(into.fires() | ends).set(into.fires());
    from.set_ready(!is_last.value() | output.ready());
    output.set_valid(from.valid() & is_last.value());
    let results = from.field("results");
    let before = m.reg("groups_before", results.width()).reset_to_bits(&hdl::Bits::zero(results.width()));
    before.enable(ends).set(results.gated(!is_last.value()));
    into.set_field("addends", before.value());
    let lanes = results.split_lsb(32).into_iter().enumerate();
    let round = |(lane, result)| {
        m.scope(&format!("lane{lane}"), || converted(m, FloatFormat::FP32, params.result.float(), result))
    };
    output.set_field("results", m.concat_lsb(&lanes.map(round).collect::<Vec<_>>()));
}

/// The sum of the activations of the oldest group that has ended, and whether there is one; `taken`: it is not wanted any
/// more.
fn activation_sums<'m>(m: &'m Module, params: &Params, taken: Signal<'m>) -> (Signal<'m>, Signal<'m>) {
    let input = m.input_stream("a", &params.activations());
    let form = params.activation_form();
    let Form::Fixed { bits } = form else { unreachable!("sums of activations are in fixed point") };
    let of_beat = m.scope("a", || ActivationSum::of(m, &input.field("activations").split_lsb(16)));
    let of_beat = FixedSum { steps: of_beat.steps.sext(bits), ..of_beat };
    let before = m.reg("activations_before", form.width()).reset_to(0);
    let next =
        FixedSum::unpacked(m, form, before.value(), bits).plus(of_beat).packed(m).named("activation_sum");
    before.enable(input.fires()).set(next.gated(!input.field("last")));
    let ends = (input.fires() & input.field("last")).named("group_ends");
    let queue = m.scope("groups", || ShiftQueue::new(m, next, ends, taken, GROUPS));
    input.set_ready(queue.has_room);
    (queue.has_word, queue.front)
}
