//! The end of a row: its last matches are processed, then its sums leave, column by column. With two sets of sums, the
//! next row is added to the other one meanwhile.

use hdl::{Module, Signal, Stream, index_width};

/// The state of the row that ends.
pub struct Drain<'m> {
    columns: u32,
    /// The last matches of a row are being processed.
    pub flushing: Signal<'m>,
    /// The sums of a row are being output.
    pub draining: Signal<'m>,
    /// These sums are output from the next cycle on.
    pub starts: Signal<'m>,
    /// The set that rows are added to; `None` if there is one.
    pub joined_set: Option<Signal<'m>>,
    /// The set that is flushed or drained, likewise.
    pub drained_set: Option<Signal<'m>>,
    /// The column that is drained.
    pub column: Signal<'m>,
    /// The place of its sums.
    pub place: Signal<'m>,
    /// These sums are output in this cycle.
    pub drains: Signal<'m>,
}

impl<'m> Drain<'m> {
    /// Follows rows of `columns` columns in one set of sums, or two: `row_ends` is 1 with the last beat of a row, and
    /// `starts` once its matches have been processed. The sums leave on `sum`.
    pub fn new<P>(
        m: &'m Module,
        [columns, sets]: [u32; 2],
        row_ends: Signal<'m>,
        starts: Signal<'m>,
        sum: &Stream<'m, P>,
    ) -> Drain<'m> {
        let [flushing, draining] = ["flushing", "draining"].map(|name| m.reg(name, 1).reset_to(0));
        flushing.enable(row_ends | starts).set(row_ends);

        let column = m.reg("drained_column", index_width(columns.into())).reset_to(0);
        let drains = sum.fires();
        let is_final = column.value().eq(u64::from(columns - 1));
        let ends = (drains & is_final).named("drain_ends");
        draining.enable(starts | ends).set(starts);
        column.enable(drains).set((column.value() + 1).gated(!is_final));
        sum.set_valid(draining.value());

        let [joined_set, drained_set] = [("joined_set", row_ends), ("drained_set", ends)]
            .map(|(name, event)| (sets == 2).then(|| alternating(m, name, event)));
        Drain {
            columns,
            flushing: flushing.value(),
            draining: draining.value(),
            starts,
            joined_set,
            drained_set,
            column: column.value(),
            place: place(m, columns, drained_set, column.value()),
            drains,
        }
    }

    /// Places of sums: one per set and column.
    pub fn places(&self) -> u32 {
        self.columns << u32::from(self.drained_set.is_some())
    }

    /// The place of the sums to which matches of a column are added.
    pub fn joined_place(&self, m: &'m Module, column: Signal<'m>) -> Signal<'m> {
        place(m, self.columns, self.joined_set, column)
    }

    /// 1 if a beat must wait. `ends_row` is 1 for a row's last one, and `is_drained` if all its columns have been drained,
    /// should there be one set; with two, the set that comes next must have been.
    pub fn blocks(&self, ends_row: Signal<'m>, is_drained: Signal<'m>) -> Signal<'m> {
        match self.joined_set {
            None => self.draining & (!is_drained | ends_row),
            Some(_) => (self.flushing | self.draining) & ends_row,
        }
    }

    /// 1 if no beat may be taken until the last matches of the row have been processed.
    pub fn stops(&self, m: &'m Module) -> Signal<'m> {
        self.joined_set.map_or(self.flushing, |_| m.lit(0, 1))
    }
}

/// The place of a column's sums in a set.
fn place<'m>(m: &'m Module, columns: u32, set: Option<Signal<'m>>, column: Signal<'m>) -> Signal<'m> {
    match set {
        None => column,
        Some(set) if columns == 1 => set,
        Some(set) => m.concat(&[set, column]),
    }
}

/// A bit that changes after each event.
fn alternating<'m>(m: &'m Module, name: &str, event: Signal<'m>) -> Signal<'m> {
    let bit = m.reg(name, 1).reset_to(0).enable(event);
    bit.set(!bit.value());
    bit.value()
}
