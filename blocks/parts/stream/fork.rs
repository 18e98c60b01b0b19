#![doc = include_str!("fork.md")]

use super::WORD;
use crate::Part;
use hdl::{Design, Module, ModuleRef, Signal, Stream};

/// See the page.
pub const PART: Part = Part {
    name: "fork",
    summary: "one stream to several consumers, each served as soon as it is ready",
    page: include_str!("fork.md"),
    example,
};

/// Gives each beat of `source` to every one of `branches`, to each as soon as it is ready; the beat passes once all have
/// taken it. Drives the handshakes; the payloads are the caller's.
pub fn fork<'m, P, Q>(m: &'m Module, source: &Stream<'m, P>, branches: &[Stream<'m, Q>]) {
    fork_to(m, source, branches, &vec![m.ones(1); branches.len()]);
}

/// The same, where a beat goes only to the branches whose bit of `wanted` is 1. The bits are stable as the payload is; a beat that
/// no branch wants passes at once.
pub fn fork_to<'m, P, Q>(
    m: &'m Module,
    source: &Stream<'m, P>,
    branches: &[Stream<'m, Q>],
    wanted: &[Signal<'m>],
) {
    let branches: Vec<(&Stream<Q>, Signal)> = branches.iter().zip(wanted.iter().copied()).collect();
    let served: Vec<_> =
        (0..branches.len()).map(|branch| m.reg(&format!("served{branch}"), 1).reset_to(0)).collect();
    let served_now: Vec<Signal> = served
        .iter()
        .zip(&branches)
        .map(|(served, (branch, wanted))| served.value() | branch.ready() | !*wanted)
        .collect();
    source.set_ready(m.concat_lsb(&served_now).all());
    for ((served, served_now), (branch, wanted)) in served.iter().zip(&served_now).zip(branches) {
        branch.set_valid(source.valid() & wanted & !served.value());
        served.set(source.valid() & *served_now & !source.ready());
    }
}

fn example(design: &Design) -> ModuleRef {
    design.module("fork", &["w32", "2"], |m| {
        let source = m.input_stream("in", &WORD);
        let branches = ["left", "right"].map(|name| m.output_stream(name, &WORD));
        branches.iter().for_each(|branch| branch.set_payload(source.payload));
        fork(m, &source, &branches);
    })
}
