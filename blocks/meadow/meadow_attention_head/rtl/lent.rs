//! Elements that a stage lends while it has no operands for them: broadcasting elements of somebody else's products.
//!
//! ```text
//! own operands --+--> [elements] --+--> own sums
//! lent ----------+                 +--> lent_sums
//! ```
//!
//! The elements do not tell the sums of the two apart. So they may change hands only while no sums are under way, to which whoever
//! uses `lent` has to see; it is asserted.

use super::units::{Beat, IN_FLIGHT};
use crate::meadow::meadow_attention_head::params::{ELEMENT_BITS, Params};
use crate::meadow::meadow_mac_pe;
use crate::meadow::meadow_requantize::SUM_BITS;
use crate::parameters::Parameters;
use hdl::{Bundle, Module, Signal, Stream, Wire};
use parts::storage::credit::Credit;

/// Operands of lent elements.
#[derive(Clone, Copy, Bundle)]
pub struct LentBeat<T> {
    /// A scalar of each token, two's complement, the first token in the lowest bits.
    pub elements: T,
    /// The row that all of them are multiplied by.
    pub row: T,
    /// Last beat of the sums.
    pub last: T,
}

/// Sums of lent elements.
#[derive(Clone, Copy, Bundle)]
pub struct LentSums<T> {
    /// A sum for each element of a row, of each token, the first token in the lowest bits.
    pub sums: T,
}

impl Params {
    /// Operands of lent elements.
    pub fn lent(&self) -> LentBeat<u32> {
        LentBeat { elements: self.tokens * ELEMENT_BITS, row: self.row_bits(), last: 1 }
    }

    /// Their sums.
    pub fn lent_sums(&self) -> LentSums<u32> {
        LentSums { sums: self.tokens * self.d_head * SUM_BITS }
    }
}

/// What distinguishes a stage that `lends`, or does not, from those of other parameters.
pub fn parts_of(params: &Params, lends: bool) -> Vec<String> {
    Params { lends, ..params.clone() }.name_parts()
}

/// Who has the elements.
pub struct Lender<'m> {
    m: &'m Module,
    operands: Stream<'m, LentBeat<Signal<'m>>>,
    sums: Stream<'m, LentSums<Signal<'m>>>,
    /// They got lent operands last.
    pub is_lent: Signal<'m>,
    feeds_own: Wire<'m>,
    ends_row: Wire<'m>,
    takes_sums: Wire<'m>,
}

impl<'m> Lender<'m> {
    /// Takes operands and gives sums on streams of the module.
    pub fn new(m: &'m Module, params: &Params) -> Lender<'m> {
        let operands = m.input_stream("lent", &params.lent());
        let sums = m.output_stream("lent_sums", &params.lent_sums());
        let [feeds_own, ends_row, takes_sums] =
            ["feeds_own", "ends_row", "takes_any_sums"].map(|name| m.wire(name, 1));
        let feeds_lent = operands.fires();
        let feeds = feeds_own.value() | feeds_lent;
        let is_lent = m.reg("is_lent", 1).reset_to(0).enable(feeds);
        is_lent.set(feeds_lent);

        let begins_row = m.reg("begins_row", 1).reset_to(1).enable(feeds);
        begins_row.set(ends_row.value());
        let under_way = Credit::new(m, "rows_under_way", IN_FLIGHT);
        let changes_hands = feeds & (is_lent.value() ^ feeds_lent);
        m.assert("changes_hands_while_empty", !(changes_hands & under_way.count().any()));
        under_way.finish(feeds & begins_row.value(), takes_sums.value());
        Lender { m, operands, sums, is_lent: is_lent.value(), feeds_own, ends_row, takes_sums }
    }

    /// What elements get that are `ready`: the operands of the stage where they are there, and lent ones where not. Whether there
    /// are any, and they.
    pub fn fed(
        &self,
        element: &meadow_mac_pe::Params,
        ready: Signal<'m>,
        is_there: Signal<'m>,
        own: Beat<'m>,
    ) -> (Signal<'m>, Beat<'m>) {
        let LentBeat { elements, row, last } = self.operands.payload;
        self.operands.set_ready(ready & !is_there);
        self.feeds_own.drive(ready & is_there);
        let scalars = elements.split_lsb(ELEMENT_BITS).into_iter();
        let operand = |(own, lent): (Signal<'m>, Signal<'m>)| {
            let scalar = is_there.mux(own.low(element.a_bits), lent.sext(element.a_bits));
            match element.a_lanes() {
                1 => scalar,
                _ => self.m.concat(&[own.high(own.width() - element.a_bits), scalar]),
            }
        };
        let beat = Beat {
            own: own.own.into_iter().zip(scalars).map(operand).collect(),
            row: is_there.mux(own.row, row),
            broadcast: element.operands().broadcast.map(|_| !is_there),
            last: is_there.mux(own.last, last),
        };
        self.ends_row.drive(beat.last);
        (is_there | self.operands.valid(), beat)
    }

    /// Hands on `sums` that are lent, which are there where `valid` is 1; where sums are taken, with those that the stage takes.
    pub fn taken(&self, valid: Signal<'m>, sums: &[Signal<'m>], takes_own: Signal<'m>) -> Signal<'m> {
        self.sums.set_valid(valid & self.is_lent);
        self.sums.set_payload(LentSums { sums: self.m.concat_lsb(sums) });
        let takes = takes_own | self.sums.fires();
        self.takes_sums.drive(takes);
        takes
    }
}
