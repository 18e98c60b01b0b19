//! The hardware: a mask that moves past the adders of one segment, and the ones counted so far.
//!
//! ```text
//! in_mask -> [rest] -> segment -> prefix network -> + -> out_counts
//!              ^----- >> adders        total -> [base] -^
//! ```

use super::params::Params;
use super::{BLOCK, Segment};
use crate::block::Hardware;
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal, index_width};
use parts::arithmetic::count::running_counts_from;
use parts::stream::skid::input_stream;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let timing = format!("Latency: 1 cycle. Throughput: a mask every {} cycles.", self.segments());
        let what = "Running counts of a mask, a segment a cycle: the laggy prefix-sum.";
        block(design, &BLOCK, self, &[what, &timing], |m| {
            segments(m, self);
        })
    }
}

fn segments(m: &Module, params: &Params) {
    let (input, output) =
        (input_stream(m, "in", &params.inputs(), params.skid), m.output_stream("out", &params.outputs()));
    let width = params.count_bits();
    let busy = m.reg("busy", 1).reset_to(0);
    let left = m.reg("segments_left", index_width(params.segments().into()));
    let rest = m.reg("rest", params.lanes);
    let base = m.reg("base", width);

    let is_last = (!left.value().any()).named("is_last");
    let (loads, shifts) = (input.fires().named("loads"), output.fires().named("shifts"));
    let ends = (shifts & is_last).named("ends");
    input.set_ready(!busy.value() | ends);

    let (counts, total) = counts(params, rest.value().low(params.adders), base.value());
    m.when(loads, || {
        busy.set(1);
        left.set(params.segments() - 1);
        rest.set(input.payload.mask);
        base.set(0);
    })
    .else_when(shifts, || {
        m.when(is_last, || busy.set(0));
        left.set(left.value() - 1);
        rest.set(rest.value() >> params.adders);
        base.set(total);
    });
    output.set_valid(busy.value());
    output.set_payload(Segment { counts: m.concat_lsb(&counts), last: is_last });
}

/// The counts of a segment on top of a base, and the base of the next segment. The base enters the network as its
/// first value, so that no chain is longer than the segment, and no count is added twice.
fn counts<'m>(params: &Params, segment: Signal<'m>, base: Signal<'m>) -> (Vec<Signal<'m>>, Signal<'m>) {
    let greatest = params.lanes.into();
    let segment = segment.named("segment");
    let mut counts = running_counts_from(base, greatest, segment, params.structure, params.arithmetic);
    // Only the total of the last segment can be wider, and that is unused.
    let fit =
        |count: &Signal<'m>, width| if count.width() > width { count.low(width) } else { count.zext(width) };
    counts = counts.iter().map(|count| fit(count, params.count_bits())).collect();
    let total = counts[counts.len() - 1];
    let unused = if params.inclusive { 0 } else { counts.len() - 1 };
    counts.remove(unused);
    (counts, total)
}
