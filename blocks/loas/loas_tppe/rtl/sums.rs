//! Sums of the columns of a pipe: a memory, and for each column whether it holds something.

use super::super::params::Params;
use super::tile::Tile;
use crate::common::rtl::store::Store;
use hdl::{Module, Reg, Signal, index_width};

/// The columns of a pipe: those whose number has its own in the lowest bits.
pub struct Bank<'m> {
    columns: u32,
    bank_bits: u32,
    drained: Signal<'m>,
    drains: Signal<'m>,
}

impl<'m> Bank<'m> {
    /// The columns of pipe `number`.
    pub fn new(m: &'m Module, params: &Params, number: u32, tile: &Tile<'m>) -> Bank<'m> {
        let bank_bits = params.pipes.ilog2();
        let is_own = match bank_bits {
            0 => m.ones(1),
            bits => tile.column.low(bits).eq(u64::from(number)),
        };
        let columns = params.columns / params.pipes;
        let bank =
            Bank { columns, bank_bits, drained: tile.column, drains: (tile.drains & is_own).named("drains") };
        Bank { drained: bank.place(m, tile.column), ..bank }
    }

    /// The place of a column of this bank.
    fn place(&self, m: &'m Module, column: Signal<'m>) -> Signal<'m> {
        match self.columns {
            1 => m.lit(0, 1),
            _ => column.high(column.width() - self.bank_bits),
        }
    }
}

/// `count` sums for each column.
pub struct Sums<'m> {
    memory: Store<'m>,
    /// For each column: the memory holds its sums; else they are 0.
    held: Vec<Reg<'m>>,
    width: u32,
    checks: bool,
    bank: (u32, u32),
    clears: Vec<Signal<'m>>,
}

impl<'m> Sums<'m> {
    /// All sums at 0; those of a column return to 0 as it is drained.
    pub fn new(m: &'m Module, params: &Params, bank: &Bank<'m>, count: u32) -> Sums<'m> {
        let width = params.sum_bits();
        let memory = Store::new(m, "sums", count * width, bank.columns.into());
        let held: Vec<Reg> =
            (0..bank.columns).map(|column| m.reg(&format!("held{column}"), 1).reset_to(0)).collect();
        let clears =
            (0..bank.columns).map(|column| bank.drains & bank.drained.eq(u64::from(column))).collect();
        Sums {
            memory,
            held,
            width,
            checks: params.may_overflow(),
            bank: (bank.columns, bank.bank_bits),
            clears,
        }
    }

    /// Closes the sums: adds `values` to those of `column` where `enable` is 1. Gives whether one leaves its range, where
    /// they may.
    pub fn add(
        &self,
        m: &'m Module,
        enable: Signal<'m>,
        column: Signal<'m>,
        values: &[Signal<'m>],
    ) -> Option<Signal<'m>> {
        let (columns, bank_bits) = self.bank;
        let place = if columns == 1 { m.lit(0, 1) } else { column.high(column.width() - bank_bits) };
        let mut sums = vec![];
        let mut leaves = vec![];
        for (present, value) in self.read(m, place).into_iter().zip(values) {
            let value = value.sext(self.width);
            let sum = present + value;
            leaves.push(!(present.msb() ^ value.msb()) & (sum.msb() ^ present.msb()));
            sums.push(sum);
        }
        self.memory.write(enable, place, m.concat_lsb(&sums));
        for (column, (held, clears)) in self.held.iter().zip(&self.clears).enumerate() {
            let adds = enable & place.eq(column as u64);
            held.enable(adds | *clears).set(adds);
        }
        let leaves = leaves.into_iter().reduce(|a, b| a | b).map(|leaves| leaves & enable);
        leaves.filter(|_| self.checks)
    }

    /// The sums of the column that is drained.
    pub fn drained(&self, bank: &Bank<'m>) -> Vec<Signal<'m>> {
        self.read(bank.drained.module(), bank.drained)
    }

    fn read(&self, m: &'m Module, place: Signal<'m>) -> Vec<Signal<'m>> {
        let mut held: Vec<Signal> = self.held.iter().map(|held| held.value()).collect();
        held.resize(1 << index_width(held.len() as u64), m.lit(0, 1));
        let is_held = m.select(place, &held);
        self.memory.read(place).gated(is_held).split_lsb(self.width)
    }
}
