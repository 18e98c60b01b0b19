//! The order of the work: chunks, groups of columns of V, tiles of K, the columns of K that have a spike, words. A pass is the
//! columns of a tile of K at a group of columns of V in a chunk.

use crate::statten::Shape;
use crate::statten::jobs::fit;
use crate::statten::load::{Found, Turn};
use crate::statten::loops::{Loop, counted};
use hdl::{Module, Signal, index_width};
use parts::arithmetic::lowest_one::lowest_one;

/// A word of a column, or of several.
#[derive(Clone, Copy)]
pub struct Column<'m> {
    /// Its place in the column.
    pub word: Signal<'m>,
    /// The column, or the first one / units.
    pub column: Signal<'m>,
    /// The tile x chunks + the chunk.
    pub piece: Signal<'m>,
}

/// What is asked for in a cycle.
pub struct Passes<'m> {
    /// The stages move.
    pub advance: Signal<'m>,
    /// Words are asked for, or a pass without any is noted.
    pub valid: Signal<'m>,
    /// Of K.
    pub key: Column<'m>,
    /// Of V.
    pub value: Column<'m>,
    /// The number of the first column of V / units.
    pub group: Signal<'m>,
    /// The first row of its pass.
    pub clears: Signal<'m>,
    /// The pass has no rows: there is a spike in no column of K, or in none of V.
    pub is_empty: Signal<'m>,
    /// The first word of the row.
    pub is_first: Signal<'m>,
    /// The last one.
    pub is_last: Signal<'m>,
    /// The last one of the head.
    pub is_end: Signal<'m>,
    /// The same, while the stages move: the head is not needed any more.
    pub ends_head: Signal<'m>,
}

/// Where the passes are.
struct Places<'m> {
    pass_ends: Signal<'m>,
    key_tile: Loop<'m>,
    value_tile: Loop<'m>,
    /// The group in its tile; none if a tile has one.
    group: Option<Loop<'m>>,
    chunk: Loop<'m>,
}

impl<'m> Passes<'m> {
    /// Goes through each head that is complete.
    pub fn new(
        m: &'m Module,
        shape: &Shape,
        turn: &Turn<Signal<'m>>,
        [keys, values]: &[Found<Signal<'m>>; 2],
        advance: Signal<'m>,
    ) -> Passes<'m> {
        let valid = (keys.has_head & values.has_head).named("has_heads");
        let works = (valid & advance).named("works");
        let pass_ends = m.wire("pass_ends", 1);
        let places = Places::new(m, shape, turn, pass_ends.value());
        let first = |name: &str, width: u32, of_tile: Signal<'m>, of_chunk: Signal<'m>| {
            m.scope(name, || places.first(m, turn, [fit(of_tile, width), fit(of_chunk, width)]))
        };
        let words = shape.word_bits();
        let one = m.ones(1);
        let [key_word, value_word] = first("words", words, turn.tile_words, turn.last_word.add_wide(one));
        let chunks = turn.last_chunk.add_wide(one);
        let [key_piece, value_piece] = first("pieces", shape.piece_bits(), chunks, one);

        let group = places.group.map(|group| group.value);
        let rows = rows(m, shape, turn, [keys.live, values.live], group);
        let is_fresh = m.reg("is_fresh", 1).reset_to(1).enable(works);
        let left = m.reg("rows_left", shape.columns).enable(works);
        let own = is_fresh.value().mux(rows, left.value()).named("rows");
        let lowest = lowest_one(m, own);
        let others = (own & !lowest.one_hot).named("other_rows");
        let is_empty = (!own.any()).named("is_empty");
        let word = m.reg("word", words).reset_to(0).enable(works);
        let is_last = (word.value().eq(turn.last_word) | is_empty).named("is_last");
        word.set((word.value() + 1).gated(!is_last));
        let is_last_row = !others.any();
        left.set(is_last.mux(others, own));
        // All words of the first row belong to the beat that clears.
        let clears = m.reg("clears", 1).reset_to(1).enable(works & is_last);
        clears.set(is_last_row);
        is_fresh.set(is_last & is_last_row);
        pass_ends.drive((works & is_last & is_last_row).named("row_is_last"));
        let is_end = (is_last & is_last_row & places.is_last()).named("is_end");

        let value_column = group.unwrap_or_else(|| m.zero(1));
        let place = |first: Signal<'m>, column, piece| Column { word: first + word.value(), column, piece };
        Passes {
            advance,
            valid,
            key: place(key_word, lowest.index, key_piece),
            value: place(value_word, value_column, value_piece),
            group: places.number(m, shape),
            clears: clears.value(),
            is_empty,
            is_first: !word.value().any(),
            is_last,
            is_end,
            ends_head: works & is_end,
        }
    }
}

/// The rows of a pass: columns of K that have a spike, if a column of V has one. With masks only those are wanted whose column of V
/// is in the group.
fn rows<'m>(
    m: &'m Module,
    shape: &Shape,
    turn: &Turn<Signal<'m>>,
    [keys, values]: [Signal<'m>; 2],
    group: Option<Signal<'m>>,
) -> Signal<'m> {
    let own = match group {
        None => m.ones(shape.columns),
        Some(group) => {
            let by = if shape.units == 1 { group } else { m.concat(&[group, m.zero(shape.units.ilog2())]) };
            m.ones(shape.units).zext(shape.columns) << by
        }
    };
    let own = own.named("columns_of_group");
    let wanted = keys & (own | (!turn.masks).repeat(shape.columns));
    wanted.gated((values & own).any()).named("live_rows")
}

impl<'m> Places<'m> {
    fn new(m: &'m Module, shape: &Shape, turn: &Turn<Signal<'m>>, pass_ends: Signal<'m>) -> Places<'m> {
        // With masks a tile of V meets its own tile of K.
        let key_tile = counted(m, "key_tile", turn.last_tile.gated(!turn.masks), pass_ends);
        let groups = shape.columns / shape.units;
        let group =
            (groups > 1).then(|| counted(m, "group", m.ones(index_width(groups.into())), key_tile.wraps));
        let group_ends = group.map_or(key_tile.wraps, |group| group.wraps);
        let value_tile = counted(m, "value_tile", turn.last_tile, group_ends);
        let chunk = counted(m, "chunk", turn.last_chunk, value_tile.wraps);
        Places { pass_ends, key_tile, value_tile, group, chunk }
    }

    /// The last pass of a head.
    fn is_last(&self) -> Signal<'m> {
        let is_last_group =
            self.group.map_or(self.value_tile.is_last, |group| group.is_last & self.value_tile.is_last);
        self.key_tile.is_last & is_last_group & self.chunk.is_last
    }

    /// The number of the group among all.
    fn number(&self, m: &'m Module, shape: &Shape) -> Signal<'m> {
        let own = match self.group {
            Some(group) => m.concat(&[self.value_tile.value, group.value]),
            None => self.value_tile.value,
        };
        fit(own, index_width(shape.groups().into()))
    }

    /// What comes before a tile and a chunk, of the tile of K and of that of V: `steps` of each of them.
    fn first(
        &self,
        m: &'m Module,
        turn: &Turn<Signal<'m>>,
        [of_tile, of_chunk]: [Signal<'m>; 2],
    ) -> [Signal<'m>; 2] {
        let width = of_tile.width();
        let chunk_ends = self.value_tile.wraps;
        let group_ends = self.group.map_or(self.key_tile.wraps, |group| group.wraps);
        let of_chunks = m.reg("of_chunk", width).reset_to(0).enable(chunk_ends);
        let next_chunk = (of_chunks.value() + of_chunk).gated(!self.chunk.is_last);
        of_chunks.set(next_chunk);
        let own = |name: &str, advances: Signal<'m>, begins: Signal<'m>| {
            let register = m.reg(name, width).reset_to(0).enable(advances);
            let again = chunk_ends.mux(next_chunk, of_chunks.value());
            register.set(begins.mux(again, register.value() + of_tile));
            register.value()
        };
        let value = own("of_value", group_ends, chunk_ends);
        let key = own("of_key", self.pass_ends, self.key_tile.wraps);
        [turn.masks.mux(value, key), value]
    }
}
