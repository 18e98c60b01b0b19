//! Bursts as the memory keeps them.

use crate::axi::port::BOUNDARY;
use crate::axi::{AddressBeat, Axi4};
use hdl::{Bundle, Module, Signal, Stream};

/// Bits of the number of a beat within a burst.
pub(super) const INDEX_BITS: u32 = 8;
/// The code of incrementing bursts.
const INCREMENTING: u64 = 1;

/// A burst that was asked for.
#[derive(Clone, Copy, Bundle)]
pub(super) struct Asked<T> {
    /// Its ID.
    pub id: T,
    /// The word of its first beat.
    pub address: T,
    /// Its beats, less one.
    pub len: T,
    /// It is of a kind that the memory does not serve.
    pub is_refused: T,
}

impl<'m> Asked<Signal<'m>> {
    /// The word of a beat.
    pub(super) fn word(&self, index: Signal<'m>) -> Signal<'m> {
        let width = self.address.width();
        let index = if width < INDEX_BITS { index.low(width) } else { index.zext(width) };
        self.address + index
    }
}

impl Axi4 {
    pub(super) fn asked(&self) -> Asked<u32> {
        Asked { id: self.id_bits(), address: self.beat_address_bits(), len: INDEX_BITS, is_refused: 1 }
    }

    /// The burst that an address channel asks for, packed.
    pub(super) fn pack_asked<'m>(
        &self,
        m: &'m Module,
        name: &str,
        stream: &Stream<'m, AddressBeat<Signal<'m>>>,
    ) -> Signal<'m> {
        let AddressBeat { id, addr, len, size, burst, cache, prot } = stream.payload;
        [cache, prot].iter().for_each(|signal| signal.unused());
        let is_narrow = size.ne(self.lane_bits());
        let is_refused = is_narrow | burst.ne(INCREMENTING) | addr.low(self.lane_bits()).any();
        let address = addr.high(self.beat_address_bits());
        let in_page = BOUNDARY / self.bytes();
        let end = address.low(in_page.ilog2()).add_wide(len).named(&format!("{name}_end"));
        let is_legal = !stream.fires() | is_refused | end.lt(in_page);
        m.assert(&format!("{name}_stays_within_4_kib"), is_legal);
        m.pack(&Asked { id, address, len, is_refused })
    }
}
