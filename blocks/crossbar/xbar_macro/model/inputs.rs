//! What the inputs of a cycle say.

use super::Taken;
use super::packet::Beat;
use crate::common::lanes::apart_unsigned;
use crate::crossbar::pins::ArrayPlace;
use crate::crossbar::xbar_macro::params::Params;
use crate::crossbar::xbar_mvm::model as mvm;
use hdl::Bits;

/// What the inputs of a cycle say.
pub fn taken(params: &Params, beat: &[Bits]) -> Taken {
    let mut fields = beat.iter();
    let mut next = || fields.next().expect("a beat has all fields");
    let write_address = word(&mut next);
    let write_data = word(&mut next);
    let read_address = word(&mut next);
    let vector = offered(&mut next);
    let partial = params.chained.then(|| marked(&mut next)).flatten();
    let table = params.stage().and_then(|_| offered(&mut next));
    let of_word = offered(&mut next);
    let [write_ready, read_ready, result_ready, outcome_ready] = [(); 4].map(|()| next().bit(0));
    let load = match params.mvm.array {
        ArrayPlace::External => None,
        ArrayPlace::Model => mvm::loaded(&params.mvm, &mut next),
    };
    let comparators = match params.mvm.array {
        ArrayPlace::External => apart_unsigned(1, next()),
        ArrayPlace::Model => vec![],
    };
    let (sense_valid, sensed) = (next().bit(0), next());
    Taken {
        write_address: write_address.map(|(address, _)| address),
        write_data,
        read_address: read_address.map(|(address, _)| address),
        vector,
        partial,
        table,
        word: of_word,
        write_ready,
        read_ready,
        result_ready,
        outcome_ready,
        load,
        comparators,
        sensed: sense_valid.then(|| apart_unsigned(params.program().sense_bits(), sensed)),
    }
}

/// A beat of a channel with two fields, if it is offered.
fn word<'b>(next: &mut impl FnMut() -> &'b Bits) -> Option<(u32, u32)> {
    let (is_valid, first, second) = (next().bit(0), next(), next());
    is_valid.then(|| (first.to_u64() as u32, second.to_u64() as u32))
}

/// A beat of a stream, if it is offered.
fn offered<'b>(next: &mut impl FnMut() -> &'b Bits) -> Option<Beat> {
    let (is_valid, data, last) = (next().bit(0), next(), next().bit(0));
    is_valid.then(|| Beat { data: data.clone(), last, user: false })
}

/// The same of a stream whose beats say whether they are wrong.
fn marked<'b>(next: &mut impl FnMut() -> &'b Bits) -> Option<Beat> {
    let (beat, user) = (offered(next), next().bit(0));
    beat.map(|beat| Beat { user, ..beat })
}
