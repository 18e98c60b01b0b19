//! The order of the work: tiles of V, tiles of K, chunks, groups of columns of V, the columns of K that have a spike, words. A pass is
//! the columns of a tile of K at a group of columns of V in a chunk. A tile is read as soon as it is there, so that the first ones of a
//! head are counted while the next are loaded.

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
    /// The tile.
    pub tile: Signal<'m>,
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
    /// The chunk.
    pub chunk: Signal<'m>,
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
        let valid = (keys.has_tile & values.has_tile).named("has_tiles");
        let works = (valid & advance).named("works");
        let pass_ends = m.wire("pass_ends", 1);
        let places = Places::new(m, shape, turn, pass_ends.value());
        let words = shape.word_bits();
        let chunks = |width: u32| fit(turn.last_chunk, width) + 1;
        let [key_word, value_word] = m.scope("words", || places.first(turn, fit(turn.tile_words, words)));
        let pieces = shape.piece_bits();
        let [key_piece, value_piece] = m.scope("pieces", || places.first(turn, chunks(pieces)));

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
        let place = m.reg("place_of_word", words).reset_to(0).enable(works);
        place.set((place.value() + chunks(words)).gated(!is_last));
        let is_last_row = !others.any();
        left.set(is_last.mux(others, own));
        // All words of the first row belong to the beat that clears.
        let clears = m.reg("clears", 1).reset_to(1).enable(works & is_last);
        clears.set(is_last_row);
        is_fresh.set(is_last & is_last_row);
        pass_ends.drive((works & is_last & is_last_row).named("row_is_last"));
        let is_end = (is_last & is_last_row & places.is_last()).named("is_end");

        let value_column = group.unwrap_or_else(|| m.zero(1));
        let column = |word: Signal<'m>, column, tile: &Loop<'m>, piece| Column {
            word: word + place.value(),
            column,
            tile: tile.value,
            piece,
        };
        let key_tile =
            Loop { value: turn.masks.mux(places.value_tile.value, places.key_tile.value), ..places.key_tile };
        Passes {
            advance,
            valid,
            key: column(key_word, lowest.index, &key_tile, key_piece),
            value: column(value_word, value_column, &places.value_tile, value_piece),
            chunk: places.chunk.value,
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
        let groups = shape.columns / shape.units;
        let group = (groups > 1).then(|| counted(m, "group", m.ones(index_width(groups.into())), pass_ends));
        let chunk = counted(m, "chunk", turn.last_chunk, group.map_or(pass_ends, |group| group.wraps));
        // With masks a tile of V meets its own tile of K.
        let key_tile = counted(m, "key_tile", turn.last_tile.gated(!turn.masks), chunk.wraps);
        let value_tile = counted(m, "value_tile", turn.last_tile, key_tile.wraps);
        Places { key_tile, value_tile, group, chunk }
    }

    /// The last pass of a head.
    fn is_last(&self) -> Signal<'m> {
        let is_last = self.value_tile.is_last & self.key_tile.is_last & self.chunk.is_last;
        self.group.map_or(is_last, |group| is_last & group.is_last)
    }

    /// The number of the group among all.
    fn number(&self, m: &'m Module, shape: &Shape) -> Signal<'m> {
        let own = match self.group {
            Some(group) => m.concat(&[self.value_tile.value, group.value]),
            None => self.value_tile.value,
        };
        fit(own, index_width(shape.groups().into()))
    }

    /// What comes before the chunk, of the tile of K and of that of V: so much of each tile, and one of each chunk.
    fn first(&self, turn: &Turn<Signal<'m>>, of_tile: Signal<'m>) -> [Signal<'m>; 2] {
        let (m, width) = (of_tile.module(), of_tile.width());
        let first = |name: &str, tile: &Loop<'m>, moves: Signal<'m>| {
            let of_tiles = m.reg(name, width).reset_to(0).enable(moves);
            of_tiles.set((of_tiles.value() + of_tile).gated(!tile.is_last));
            of_tiles.value()
        };
        let key = first("of_key", &self.key_tile, self.chunk.wraps);
        let value = first("of_value", &self.value_tile, self.key_tile.wraps);
        [turn.masks.mux(value, key), value].map(|first| first + fit(self.chunk.value, width))
    }
}
