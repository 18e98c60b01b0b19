//! Sums of the columns that a pipe adds to: a memory, and for each column a flag that says whether the memory holds its sums.

use super::drain::Drain;
use hdl::{Module, Reg, Signal, index_width};
use parts::storage::store::Store;

/// The places of a pipe: those whose number has the pipe's number in its lowest bits.
#[derive(Clone, Copy)]
pub struct Bank<'m> {
    places: u32,
    bank_bits: u32,
    /// The index of the place that is drained, if it is one of the bank's.
    drained: Signal<'m>,
    /// Its sums are output in this cycle.
    drains: Signal<'m>,
}

impl<'m> Bank<'m> {
    /// The places of pipe `number` of so many.
    pub fn new(m: &'m Module, number: u32, pipes: u32, drain: &Drain<'m>) -> Bank<'m> {
        let (places, bank_bits) = (drain.places() / pipes, pipes.ilog2());
        let is_own = match bank_bits {
            0 => m.ones(1),
            bits => drain.place.low(bits).eq(u64::from(number)),
        };
        let drains = (drain.drains & is_own).named("drains");
        Bank { places, bank_bits, drained: index(m, places, bank_bits, drain.place), drains }
    }

    /// The index of a place in this bank.
    fn index(&self, place: Signal<'m>) -> Signal<'m> {
        index(place.module(), self.places, self.bank_bits, place)
    }
}

/// The index of a place in a bank of `places`.
fn index<'m>(m: &'m Module, places: u32, bank_bits: u32, place: Signal<'m>) -> Signal<'m> {
    if places == 1 { m.lit(0, 1) } else { place.high(place.width() - bank_bits) }
}

/// Some sums for each place.
pub struct Sums<'m> {
    bank: Bank<'m>,
    memory: Store<'m>,
    /// For each place, whether the memory holds its sums; otherwise they are 0.
    held: Vec<Reg<'m>>,
    width: u32,
}

impl<'m> Sums<'m> {
    /// `count` sums for each place, all at 0; those of a place return to 0 when it is drained.
    pub fn new(m: &'m Module, bank: Bank<'m>, count: u32, width: u32) -> Sums<'m> {
        let memory = Store::new(m, "sums", count * width, bank.places.into());
        let held = (0..bank.places).map(|place| m.reg(&format!("held{place}"), 1).reset_to(0)).collect();
        Sums { bank, memory, held, width }
    }

    /// Completes the sums: adds `values` to those of `place` while `enable` is 1. Returns whether one leaves its
    /// range.
    pub fn add(
        &self,
        m: &'m Module,
        enable: Signal<'m>,
        place: Signal<'m>,
        values: &[Signal<'m>],
    ) -> Signal<'m> {
        let index = self.bank.index(place);
        let mut sums = vec![];
        let mut leaves = vec![];
        for (present, value) in self.read(m, index).into_iter().zip(values) {
            let value = value.sext(self.width);
            let sum = present + value;
            leaves.push(!(present.msb() ^ value.msb()) & (sum.msb() ^ present.msb()));
            sums.push(sum);
        }
        self.memory.write(enable, index, m.concat_lsb(&sums));
        for (place, held) in (0..).zip(&self.held) {
            let adds = enable & index.eq(place);
            let clears = self.bank.drains & self.bank.drained.eq(place);
            held.enable(adds | clears).set(adds);
        }
        m.concat_lsb(&leaves).any() & enable
    }

    /// The sums of the place that is drained.
    pub fn drained(&self, m: &'m Module) -> Vec<Signal<'m>> {
        self.read(m, self.bank.drained)
    }

    fn read(&self, m: &'m Module, index: Signal<'m>) -> Vec<Signal<'m>> {
        let mut held: Vec<Signal> = self.held.iter().map(|held| held.value()).collect();
        held.resize(1 << index_width(held.len() as u64), m.lit(0, 1));
        let is_held = m.select(index, &held);
        self.memory.read(index).gated(is_held).split_lsb(self.width)
    }
}
