//! Streams that move together.

use hdl::{Module, Signal, Stream};

/// True if every one of the streams has a beat.
pub fn all_valid<'m, P>(m: &'m Module, streams: &[Stream<'m, P>]) -> Signal<'m> {
    m.concat_lsb(&streams.iter().map(Stream::valid).collect::<Vec<_>>()).all()
}

/// True if every one of the streams takes a beat.
pub fn all_ready<'m, P>(m: &'m Module, streams: &[Stream<'m, P>]) -> Signal<'m> {
    m.concat_lsb(&streams.iter().map(Stream::ready).collect::<Vec<_>>()).all()
}
