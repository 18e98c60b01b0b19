//! The streams, as ports: the answer of an array comes in the cycle of its pins, so a beat is what all ports are in a cycle.

use super::params::{OUTCOME, PARTIAL, Params, RESULT, TABLE, VECTOR, WORD};
use super::registers::Registers;
use crate::channel::Channel;
use hdl::{Bundle, Field};

/// The streams into the macro: the registers' first.
pub fn streams_in(params: &Params) -> Vec<Channel> {
    let partial = params.chained.then(|| Channel::new(PARTIAL, &params.partial()));
    let table = params.stage().map(|_| Channel::new(TABLE, &params.table()));
    Registers::new(params)
        .map
        .port()
        .inputs
        .into_iter()
        .chain([Channel::new(VECTOR, &params.vector())])
        .chain(partial)
        .chain(table)
        .chain([Channel::new(WORD, &params.word())])
        .collect()
}

/// The streams out of it: the registers' first.
pub fn streams_out(params: &Params) -> Vec<Channel> {
    let own = [Channel::new(RESULT, &params.result()), Channel::new(OUTCOME, &params.outcome())];
    Registers::new(params).map.port().outputs.into_iter().chain(own).collect()
}

/// `valid` and the payload of a stream.
fn offered(channel: &Channel) -> Vec<Field> {
    let port = |field: &Field| Field { name: channel.port(&field.name), ..field.clone() };
    [Field::new(&channel.port("valid"), 1, "a beat is offered")]
        .into_iter()
        .chain(channel.fields.iter().map(port))
        .collect()
}

/// `ready` of a stream.
fn ready(channel: &Channel) -> Field {
    Field::new(&channel.port("ready"), 1, "a beat is taken if one is offered")
}

/// Every input.
pub fn inputs(params: &Params) -> Vec<Field> {
    let beats = streams_in(params).iter().flat_map(offered).collect::<Vec<_>>();
    let readies = streams_out(params).iter().map(ready).collect::<Vec<_>>();
    [beats, readies, params.side().fields()].concat()
}

/// Every output.
pub fn outputs(params: &Params) -> Vec<Field> {
    let readies = streams_in(params).iter().map(ready).collect::<Vec<_>>();
    let beats = streams_out(params).iter().flat_map(offered).collect::<Vec<_>>();
    [readies, beats, params.analog().fields()].concat()
}
