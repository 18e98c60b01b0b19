//! Sums of the columns of a pipe: a memory, and for each column a flag that says whether the memory holds its sums.

use super::super::params::Params;
use super::tile::Tile;
use hdl::{Module, Reg, Signal, index_width};
use parts::storage::store::Store;

/// The columns of a pipe: those whose index has the pipe's number in its lowest bits.
#[derive(Clone, Copy)]
pub struct Bank<'m> {
    columns: u32,
    bank_bits: u32,
    /// The index of the column that is drained, if it is one of the bank's.
    drained: Signal<'m>,
    /// That column is output in this cycle.
    drains: Signal<'m>,
}

impl<'m> Bank<'m> {
    /// The columns of pipe `number`.
    pub fn new(m: &'m Module, params: &Params, number: u32, tile: &Tile<'m>) -> Bank<'m> {
        let (columns, bank_bits) = (params.columns / params.pipes, params.pipes.ilog2());
        let is_own = match bank_bits {
            0 => m.ones(1),
            bits => tile.column.low(bits).eq(u64::from(number)),
        };
        let drains = (tile.drains & is_own).named("drains");
        Bank { columns, bank_bits, drained: place(m, columns, bank_bits, tile.column), drains }
    }

    /// The index of a column in this bank.
    fn place(&self, column: Signal<'m>) -> Signal<'m> {
        place(column.module(), self.columns, self.bank_bits, column)
    }
}

/// The index of a column in a bank of `columns`.
fn place<'m>(m: &'m Module, columns: u32, bank_bits: u32, column: Signal<'m>) -> Signal<'m> {
    if columns == 1 { m.lit(0, 1) } else { column.high(column.width() - bank_bits) }
}

/// Some sums for each column.
pub struct Sums<'m> {
    bank: Bank<'m>,
    memory: Store<'m>,
    /// For each column, whether the memory holds its sums; otherwise they are 0.
    held: Vec<Reg<'m>>,
    width: u32,
}

impl<'m> Sums<'m> {
    /// `count` sums for each column, all at 0; those of a column return to 0 when it is drained.
    pub fn new(m: &'m Module, params: &Params, bank: Bank<'m>, count: u32) -> Sums<'m> {
        let width = params.sum_bits();
        let memory = Store::new(m, "sums", count * width, bank.columns.into());
        let held = (0..bank.columns).map(|column| m.reg(&format!("held{column}"), 1).reset_to(0)).collect();
        Sums { bank, memory, held, width }
    }

    /// Completes the sums: adds `values` to those of `column` while `enable` is 1. Returns whether one leaves its
    /// range.
    pub fn add(
        &self,
        m: &'m Module,
        enable: Signal<'m>,
        column: Signal<'m>,
        values: &[Signal<'m>],
    ) -> Signal<'m> {
        let place = self.bank.place(column);
        let mut sums = vec![];
        let mut leaves = vec![];
        for (present, value) in self.read(m, place).into_iter().zip(values) {
            let value = value.sext(self.width);
            let sum = present + value;
            leaves.push(!(present.msb() ^ value.msb()) & (sum.msb() ^ present.msb()));
            sums.push(sum);
        }
        self.memory.write(enable, place, m.concat_lsb(&sums));
        for (column, held) in (0..).zip(&self.held) {
            let adds = enable & place.eq(column);
            let clears = self.bank.drains & self.bank.drained.eq(column);
            held.enable(adds | clears).set(adds);
        }
        m.concat_lsb(&leaves).any() & enable
    }

    /// The sums of the column that is drained.
    pub fn drained(&self, m: &'m Module) -> Vec<Signal<'m>> {
        self.read(m, self.bank.drained)
    }

    fn read(&self, m: &'m Module, place: Signal<'m>) -> Vec<Signal<'m>> {
        let mut held: Vec<Signal> = self.held.iter().map(|held| held.value()).collect();
        held.resize(1 << index_width(held.len() as u64), m.lit(0, 1));
        let is_held = m.select(place, &held);
        self.memory.read(place).gated(is_held).split_lsb(self.width)
    }
}
