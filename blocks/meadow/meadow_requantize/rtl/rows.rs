//! Rows of accumulators with the entries of the table.

use crate::meadow::meadow_requantize::params::{MAGNITUDE_BITS, Params, SUM_BITS, Scale, SumBeat, TableBeat};
use hdl::{Module, Signal, Stream, index_width};
use parts::storage::held::held;
use parts::storage::store::Store;

/// The rows, beat by beat.
pub struct Rows<'m> {
    /// A beat is taken.
    pub takes: Signal<'m>,
    /// The row ends with it.
    pub ends: Signal<'m>,
    /// It, something before it, or a table had the wrong length.
    pub error: Signal<'m>,
    /// Its sums with their biases.
    pub values: Vec<Signal<'m>>,
    /// Its scales from the table.
    pub scale: Option<Scales<'m>>,
}

/// The scales of a beat.
#[derive(Clone, Copy)]
pub struct Scales<'m> {
    /// Of each lane, or one.
    pub multiplier: Signal<'m>,
    /// The same.
    pub shift: Signal<'m>,
}

impl<'m> Rows<'m> {
    /// Takes beats while there is room, and a table for each row that waits for one.
    pub fn new(m: &'m Module, params: &Params, has_room: Signal<'m>) -> Rows<'m> {
        let (table, input) =
            (m.input_stream("table", &params.table()), m.input_stream("in", &params.input()));
        let is_first = m.reg("is_first", 1).reset_to(1).enable(input.fires());
        let waits = input.valid() & is_first.value() & input.payload.reload;
        let loader = Loader::new(m, params, &table, input.valid(), waits, input.fires());
        input.set_ready(has_room & loader.allows_row);

        let place = Place::new(m, "beat", params.beats(), input.fires());
        let ends = match params.beats() {
            1 => m.ones(1),
            _ => place.value.eq(loader.last_place),
        };
        let ends = ends.named("row_ends");
        is_first.set(ends);
        let wrong = (ends ^ input.payload.last).named("has_wrong_length");
        let error = m.reg("error", 1).reset_to(0);
        error.set(error.value() | loader.is_overlong | (input.fires() & wrong));

        let entry = loader.entries.read(place.value);
        let scale = loader.scale(m, params, entry, &table);
        place.finish(ends);
        let biases = entry.low(params.lanes * SUM_BITS).split_lsb(SUM_BITS);
        let SumBeat { sums, .. } = input.payload;
        let biased =
            |(sum, bias): (Signal<'m>, Signal<'m>)| sum.sext(MAGNITUDE_BITS) + bias.sext(MAGNITUDE_BITS);
        Rows {
            takes: input.fires(),
            ends,
            error: error.value() | wrong,
            values: sums.split_lsb(SUM_BITS).into_iter().zip(biases).map(biased).collect(),
            scale,
        }
    }
}

/// The table.
struct Loader<'m> {
    entries: Store<'m>,
    /// The place of its last beat.
    last_place: Signal<'m>,
    /// The first beat of a row may be taken, or it is not the first.
    allows_row: Signal<'m>,
    /// A table that is too long ends.
    is_overlong: Signal<'m>,
}

impl<'m> Loader<'m> {
    /// Loads a table where the row that is `offered` `waits` for one, or there is none.
    fn new(
        m: &'m Module,
        params: &Params,
        table: &Stream<'m, TableBeat<Signal<'m>>>,
        offered: Signal<'m>,
        waits: Signal<'m>,
        taken: Signal<'m>,
    ) -> Loader<'m> {
        let loads = m.reg("loads", 1).reset_to(0);
        let is_new = m.reg("table_is_new", 1).reset_to(0);
        let has_table = m.reg("has_table", 1).reset_to(0);
        table.set_ready(loads.value());
        let place = Place::new(m, "entry", params.beats(), table.fires());
        let ends = (table.fires() & (table.payload.last | place.is_greatest)).named("table_ends");
        let wants = (waits | !has_table.value()) & !is_new.value();
        loads.set(loads.value().mux(!ends, offered & wants));
        is_new.enable(ends | taken).set(ends);
        has_table.set(has_table.value() | ends);

        let TableBeat { bias, multiplier, shift, last } = table.payload;
        let own = match params.scale {
            Scale::Channel => vec![multiplier, shift],
            Scale::Tensor | Scale::Token => vec![],
        };
        let parts: Vec<Signal> = std::iter::once(Some(bias)).chain(own).flatten().collect();
        let word = m.concat_lsb(&parts);
        let entries = Store::new(m, "entries", word.width(), params.beats().into());
        entries.write(table.fires(), place.value, word);
        let last_place = held(m, "last_entry", place.value, ends);
        let is_overlong = ends & !last;
        place.finish(ends);
        Loader { entries, last_place, allows_row: !wants, is_overlong }
    }

    /// The scales of an entry, or those of the whole table.
    fn scale(
        &self,
        m: &'m Module,
        params: &Params,
        entry: Signal<'m>,
        table: &Stream<'m, TableBeat<Signal<'m>>>,
    ) -> Option<Scales<'m>> {
        let (multiplier, shift) = (table.payload.multiplier?, table.payload.shift?);
        match params.scale {
            Scale::Channel => {
                let scales = entry.high(multiplier.width() + shift.width());
                let (multiplier, shift) = (scales.low(multiplier.width()), scales.high(shift.width()));
                Some(Scales { multiplier, shift })
            }
            Scale::Tensor | Scale::Token => {
                let of_table = |name: &str, value: Signal<'m>| held(m, name, value, table.fires());
                Some(Scales {
                    multiplier: of_table("multiplier", multiplier),
                    shift: of_table("shift", shift),
                })
            }
        }
    }
}

/// The number of a beat among those of a row or table.
struct Place<'m> {
    value: Signal<'m>,
    /// It is the last that there may be.
    is_greatest: Signal<'m>,
    /// None where there is one beat only.
    register: Option<hdl::Reg<'m>>,
}

impl<'m> Place<'m> {
    /// The first of `count`; the next one comes where `takes` is 1.
    fn new(m: &'m Module, name: &str, count: u32, takes: Signal<'m>) -> Place<'m> {
        if count == 1 {
            return Place { value: m.zero(1), is_greatest: m.ones(1), register: None };
        }
        let register = m.reg(name, index_width(count.into())).reset_to(0).enable(takes);
        let value = register.value();
        Place { value, is_greatest: value.eq(u64::from(count - 1)), register: Some(register) }
    }

    /// Begins again behind the beat with which it `ends`.
    fn finish(self, ends: Signal<'m>) {
        if let Some(register) = self.register {
            register.set((self.value + 1).gated(!ends));
        }
    }
}
