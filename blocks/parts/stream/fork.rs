//! One stream to several consumers.

use hdl::{Module, Signal, Stream};

/// Gives each beat of `source` to every one of `branches`, to each as soon as it is ready; the beat passes once all have
/// taken it. Drives the handshakes; the fields are the caller's.
pub fn fork<'m>(m: &'m Module, source: &Stream<'m>, branches: &[Stream<'m>]) {
    let served: Vec<_> =
        (0..branches.len()).map(|branch| m.reg(&format!("served{branch}"), 1).reset_to(0)).collect();
    let served_now: Vec<Signal> =
        served.iter().zip(branches).map(|(served, branch)| served.value() | branch.ready()).collect();
    source.set_ready(m.concat_lsb(&served_now).all());
    for ((served, served_now), branch) in served.iter().zip(&served_now).zip(branches) {
        branch.set_valid(source.valid() & !served.value());
        served.set(source.valid() & *served_now & !source.ready());
    }
}
