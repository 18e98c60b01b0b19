//! The values of a layer, one for each of its rows or columns, in a memory.

use hdl::{Module, Signal, index_width};
use parts::storage::store::Store;

/// A memory, or the half of one that is in use while the other is written.
pub struct Stored<'m> {
    store: Store<'m>,
    length: u32,
    half: Option<Signal<'m>>,
}

impl<'m> Stored<'m> {
    /// `length` values. With `half`, which says the half that is read, there are twice as many.
    pub fn new(m: &'m Module, name: &str, width: u32, length: u32, half: Option<Signal<'m>>) -> Stored<'m> {
        let depth = if half.is_some() { 2 << index_width(length.into()) } else { length.into() };
        Stored { store: Store::new(m, name, width, depth), length, half }
    }

    /// Writes a value where `takes` is 1.
    pub fn write(&self, takes: Signal<'m>, place: Signal<'m>, value: Signal<'m>) {
        self.store.write(takes, self.address(self.half.map(|half| !half), place), value);
    }

    /// The value at a place.
    pub fn read(&self, place: Signal<'m>) -> Signal<'m> {
        self.store.read(self.address(self.half, place))
    }

    /// The value at a place below `places`; 0 behind the last one.
    pub fn read_or_zero(&self, place: Signal<'m>, places: u32) -> Signal<'m> {
        match self.length < places {
            true => self.read(place).gated(place.lt(u64::from(self.length))),
            false => self.read(place),
        }
    }

    fn address(&self, half: Option<Signal<'m>>, place: Signal<'m>) -> Signal<'m> {
        let place = place.low(index_width(self.length.into()));
        half.map_or(place, |half| half.module().concat(&[half, place]))
    }
}
