//! Steps with tokens: products, and the queries of attention.

use super::transfers::{Rows, SEQUENCER};
use super::{Times, WIDE};
use blocks::meadow::meadow_decoder_layer::step::{Kind, Step};
use blocks::meadow::meadow_decoder_layer::{Params, TABLE_ROWS};
use hdl::Encoded;

/// Cycles from a sum of a product to its place in a row.
const PRODUCT: f64 = 14.0;

/// Cycles of the transfer of a row of a sparse product, if it has a beat; longer rows take longer anyway.
const TRANSFER: f64 = 2.5;

/// Bytes of a container before its weights: header and table of the code.
const CODE_BYTES: u64 = 192;

/// Cycles from the last of them to the first weights.
const CODE: f64 = 316.0;

/// The products of a step.
pub(super) struct Work {
    is_product: bool,
    tiles: u64,
    /// The groups of tokens of each pass through the elements, for a tile.
    pub passes: Vec<u64>,
    /// Cycles of the elements for a pass.
    of_pass: f64,
    /// Cycles in which the sums of a group leave.
    of_group: f64,
}

impl Work {
    fn of(times: &Times, step: &Step<u64>) -> Work {
        let is_product = step.kind == Kind::Product.code() as u64;
        Work {
            is_product,
            tiles: if is_product { step.columns / u64::from(times.params.d_head) } else { 1 },
            passes: passes(times.params, step),
            of_pass: f64::from(times.params.turns(times.needed.rows(step) as u32)),
            of_group: f64::from(times.params.d_head + 1),
        }
    }

    /// The sums of a pass leave group by group.
    pub fn leave(&self, groups: u64) -> f64 {
        groups as f64 * self.of_group
    }

    /// Cycles from a pass with so many groups to the next one.
    pub fn pace(&self, groups: u64) -> f64 {
        self.leave(groups).max(self.of_pass)
    }

    /// Groups of the last pass.
    pub fn last_groups(&self) -> u64 {
        self.passes.last().copied().unwrap_or_default()
    }

    /// Cycles of all passes.
    fn of_a_tile(&self) -> f64 {
        self.passes.iter().map(|groups| self.pace(*groups)).sum()
    }
}

/// When the operands of a step are there.
struct Operands {
    first_tile: f64,
    /// The tokens of the first product group.
    first_group: f64,
    /// All tokens.
    tokens: f64,
}

impl Times<'_> {
    /// A step of a product, or of attention.
    pub(super) fn of_tokens(&mut self, step: &Step<u64>) {
        let work = Work::of(self, step);
        let weights = WeightTiles::of(self, step, work.tiles);
        let Operands { first_tile, first_group, tokens } = self.operands(step, &work, &weights);
        let lent = if work.is_product && self.params.lends { self.context } else { 0.0 };
        let start = first_tile.max(first_group).max(self.tiles[1]).max(self.tokens).max(lent);
        let mut end = (start + work.of_a_tile()).max(tokens + work.pace(work.last_groups()));
        let mut keys = 0.0;
        if !work.is_product {
            [keys, end] = self.keys(step, &work, end);
        }
        let result = u64::from(self.params.d_head) * if step.is_wide == 1 { WIDE } else { 1 };
        let of_tile = self.rows(step.rows, result, step.local.y);
        let also = (step.second == 1).then(|| self.rows(step.rows, result, step.local.d));
        let results: Vec<Rows> = [of_tile].into_iter().chain(also).collect();
        end = self.other_tiles(step, &work, &weights, &results, end);
        let leaves = match work.is_product {
            true => end + work.leave(work.last_groups()) + PRODUCT,
            false => self.attend(step, &work, [start, end, keys]),
        };
        let drain = of_tile.first(self.params.tokens.into()).all_beats();
        self.store(start, leaves + drain, &results);
    }

    /// Loads the tokens and the first tile.
    fn operands(&mut self, step: &Step<u64>, work: &Work, weights: &WeightTiles) -> Operands {
        let product_tokens = u64::from(self.params.product_tokens());
        // The groups are counted.
        let looked_at = self.sequencer + step.rows.div_ceil(product_tokens) as f64;
        // The first tile comes when the last but one before it is done. A container, and rows of a list, come behind the tokens.
        let is_early = step.packed == 0 && step.sparse == 0;
        let early = if is_early { self.tile(looked_at.max(self.tiles[0]), weights, 0.0) } else { 0.0 };
        let begins = if step.overlaps == 1 { looked_at } else { looked_at.max(self.stored) };
        let (mut first_beat, mut first_group, mut tokens) = (begins, begins, begins);
        if step.keeps == 0 {
            let rows = self.rows(step.rows, step.inner, step.local.a);
            [first_beat, tokens] = self.load(begins.max(self.tokens), rows);
            first_group = first_beat + self.moving(rows.first(product_tokens));
        }
        self.sequencer = begins;
        let first_tile = match (is_early, step.packed) {
            (true, _) => early,
            (false, 0) => {
                let list = tokens.max(first_beat + self.needed.rows(step) as f64);
                self.tile(list.max(self.tiles[0]), weights, 0.0)
            }
            (false, _) => {
                let code = CODE + self.moving(self.rows(1, CODE_BYTES, step.local.b));
                self.tile(begins.max(self.tiles[0]), weights, code)
            }
        };
        if !is_early && work.tiles == 1 {
            self.sequencer = first_tile;
        }
        Operands { first_tile, first_group, tokens }
    }

    /// The tiles behind the first one, whose products end at `end`; returns when the last one's do.
    fn other_tiles(
        &mut self,
        step: &Step<u64>,
        work: &Work,
        weights: &WeightTiles,
        results: &[Rows],
        mut end: f64,
    ) -> f64 {
        let mut ends = [self.tiles[1], end];
        for number in 1..work.tiles {
            results.iter().for_each(|rows| self.write(*rows));
            let free = if number == 1 { self.sequencer } else { ends[0] };
            let latency = self.memory(step.local.b == 1).latency;
            let loaded = self.tile(free.max(ends[0]) - latency - SEQUENCER, weights, 0.0);
            end = end.max(loaded) + work.of_a_tile();
            ends = [ends[1], end];
            self.sequencer = loaded;
        }
        self.tokens = end;
        self.tiles = ends;
        end
    }

    /// Loads a tile, not before a time; returns when it is there. `code`: cycles for the table of its code.
    fn tile(&mut self, from: f64, weights: &WeightTiles, code: f64) -> f64 {
        let [first, last] = self.load(from, weights.rows);
        self.unpacked = last.max(first.max(self.unpacked) + code + weights.unpacked);
        self.unpacked
    }
}

/// The tiles of weights of a step.
struct WeightTiles {
    /// Those of a tile in memory.
    rows: Rows,
    /// Cycles in which it is unpacked, or its rows are asked for.
    unpacked: f64,
}

impl WeightTiles {
    fn of(times: &Times, step: &Step<u64>, tiles: u64) -> WeightTiles {
        let of_tile = times.needed.rows(step) + u64::from(TABLE_ROWS);
        let plain = times.rows(of_tile, times.params.d_head.into(), step.local.b);
        // The stride of a container is its size.
        let container = times.rows(1, step.b.stride, step.local.b);
        match (step.packed, step.sparse) {
            (0, 0) => WeightTiles { rows: plain, unpacked: 0.0 },
            // Each row is a transfer.
            (0, _) => WeightTiles { rows: plain, unpacked: TRANSFER * plain.count },
            _ => WeightTiles {
                rows: Rows { beats: container.beats / tiles as f64, ..container },
                unpacked: plain.all_beats(),
            },
        }
    }
}

/// The groups of tokens of each pass through the elements, for a tile.
pub(super) fn passes(params: &Params, step: &Step<u64>) -> Vec<u64> {
    let groups = step.rows.div_ceil(params.tokens.into());
    let [of_product, of_queries] = [params.product_groups(), params.query_groups()].map(u64::from);
    let at_once = if step.kind == Kind::Product.code() as u64 { of_product } else { of_queries };
    let of_group = |first: u64| {
        let groups = of_product.min(groups - first);
        (0..groups).step_by(at_once as usize).map(move |first| at_once.min(groups - first))
    };
    (0..groups).step_by(of_product as usize).flat_map(of_group).collect()
}
