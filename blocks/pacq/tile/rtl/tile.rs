//! What follows tiles.

use crate::pacq::tile::{Ends, Shape};
use hdl::{Module, Signal};
use parts::storage::held::held;
use parts::stream::skid::input_stream;

/// What follows the tile in progress.
pub struct Tile<'m> {
    /// It is known.
    pub is_there: Signal<'m>,
    /// The group of scales ends with the tile.
    pub ends_group: Signal<'m>,
    /// The results end with the tile.
    pub ends_k: Signal<'m>,
}

impl<'m> Tile<'m> {
    /// Takes the channel `tile`, through a skid buffer if requested; `done`: the tile ends.
    pub fn new(m: &'m Module, shape: Shape, done: Signal<'m>, has_skid: bool) -> Tile<'m> {
        let input = input_stream(m, "tile", &shape.tile(), has_skid);
        let is_there = m.reg("tile_is_there", 1).reset_to(0);
        input.set_ready(!is_there.value() | done);
        let takes = input.fires();
        is_there.enable(takes | done).set(takes);
        let Ends { ends_group, ends_k } = input.payload;
        let ends_group = ends_group | ends_k;
        let ends_k = held(m, "ends_k", ends_k, takes);
        let ends_group = held(m, "ends_group", ends_group, takes);
        Tile { is_there: is_there.value(), ends_group, ends_k }
    }
}
