//! The cycles of a list of steps on `meadow_decoder_layer`: when each of its units, and the memory, has done each step.

use super::step;
use blocks::meadow::meadow_decoder_layer::step::{Kind, STEP_BYTES, Step};
use blocks::meadow::meadow_decoder_layer::{Params, TABLE_ROWS};
use blocks::meadow::meadow_vector::params::{First, Norm, Op};
use hdl::Encoded;

/// Bytes of a wide number.
const WIDE: u64 = 2;

/// Cycles through the DMA and the sequencer, besides those of the memory: from a step that is wanted to the next state.
const SEQUENCER: f64 = 12.0;

/// Cycles from a sum of a product to its place in a row.
const PRODUCT: f64 = 14.0;

/// Cycles from the last score of a group to its first result, besides those of its keys.
const ATTENTION: f64 = 67.0;

/// Bytes of a container before its weights: header and table of the code.
const CODE_BYTES: u64 = 192;

/// Cycles from the last of them to the first weights.
const CODE: f64 = 316.0;

/// Cycles from the last operand of a row to its results, with a norm.
const NORM: f64 = 26.0;

/// Cycles from the last result to the end of the step, besides those of the memory.
const STORE: f64 = 12.0;

/// A memory behind the block.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Cycles from an address to its data.
    pub latency: f64,
    /// Beats that reads and writes together may take in a cycle, at most 2.
    pub rate: f64,
}

/// When, in cycles from the start of the list, the units are free for what comes next.
struct Times<'p> {
    params: &'p Params,
    memory: Memory,
    /// The sequencer looks at the next step.
    sequencer: f64,
    /// All that has been asked for has been read.
    read: f64,
    /// The tokens may be replaced.
    tokens: f64,
    /// The ends of the last two tiles of weights.
    tiles: [f64; 2],
    /// The last tile of weights that was asked for is there.
    unpacked: f64,
    /// The attention stages have room for the queries of a group.
    attention: f64,
    /// All results are in memory.
    stored: f64,
    /// Beats written that have not been set off against reads.
    written: f64,
}

/// The cycles of a list, which every step must suit.
pub fn cycles(params: &Params, memory: Memory, steps: &[Step<u64>]) -> f64 {
    let mut times = Times {
        params,
        memory,
        sequencer: 0.0,
        read: 0.0,
        tokens: 0.0,
        tiles: [0.0; 2],
        unpacked: 0.0,
        attention: 0.0,
        stored: 0.0,
        written: 0.0,
    };
    for step in steps {
        times.fetch();
        match Kind::from_code(step.kind.into()).expect("every code has a kind") {
            Kind::Product | Kind::Attention => times.of_tokens(step),
            Kind::Rows => times.of_rows(step),
            Kind::End => {}
        }
    }
    times.fetch();
    times.sequencer.max(times.stored)
}

/// What a step moves and computes.
pub fn moved(params: &Params, step: &Step<u64>) -> step::Step {
    let (rows, inner, d_head) = (step.rows, step.inner, u64::from(params.d_head));
    let groups = rows.div_ceil(params.product_tokens().into());
    let tokens = if step.keeps == 1 { 0 } else { rows * inner };
    let of_tile = (inner + u64::from(TABLE_ROWS)) * d_head;
    let [weights, reads, writes, cycles] = match Kind::from_code(step.kind.into())
        .expect("every code has a kind")
    {
        Kind::Product => {
            let tiles = step.columns / d_head;
            [tiles * of_tile, tokens, (rows * step.columns) << step.is_wide, tiles * groups * inner]
        }
        Kind::Attention => {
            let keys = scores(params, step, 1).sum as u64;
            [of_tile, tokens + 2 * step.columns * d_head, rows * d_head, keys.max(groups * inner)]
        }
        Kind::Rows => {
            let of_a = WIDE * rows * inner;
            let of_b = if step.operation == Op::Copy.code() as u64 { 0 } else { WIDE * rows * step.columns };
            [0, of_a + of_b, rows * (results(step)[0] + results(step)[1]), of_a / u64::from(params.bytes())]
        }
        Kind::End => [0; 4],
    };
    let [weights, reads, writes, cycles] = [weights, reads, writes, cycles].map(|number| number as f64);
    step::Step { weights, reads, writes, cycles }
}

/// Bytes of the results of a row.
fn results(step: &Step<u64>) -> [u64; 2] {
    let first = match First::from_code(step.first.into()).expect("every code is a result") {
        First::None => 0,
        First::Narrow => step.inner,
        First::Wide | First::Normal => WIDE * step.inner,
    };
    [first, step.second * step.inner]
}

impl Times<'_> {
    /// Beats of rows that begin at a beat.
    fn beats(&self, rows: u64, bytes: u64) -> f64 {
        (rows * bytes.div_ceil(self.params.bytes().into())) as f64
    }

    /// Reads beats, not before a time and not before what was asked for earlier; returns when the first one is there, and the last.
    fn load(&mut self, from: f64, beats: f64) -> [f64; 2] {
        // Writes take their share of the memory.
        let shared = if self.memory.rate < 2.0 { std::mem::take(&mut self.written) } else { 0.0 };
        let first = self.read.max(from + self.memory.latency + SEQUENCER);
        self.read = first + (beats + shared) / self.memory.rate.min(1.0);
        [first, self.read]
    }

    fn fetch(&mut self) {
        let beats = self.beats(1, STEP_BYTES.into());
        let [_, last] = self.load(self.sequencer, beats);
        self.sequencer = last;
    }

    /// Results that are there at a time, in so many beats since another.
    fn store(&mut self, begin: f64, end: f64, beats: f64) {
        let moved = begin + beats / self.memory.rate.min(1.0);
        self.stored = self.stored.max(end.max(moved) + self.memory.latency + STORE);
        self.written += beats;
    }

    /// Loads a tile, not before a time; returns when it is there. `code`: cycles for the table of its code.
    fn tile(&mut self, from: f64, weights: &WeightTiles, code: f64) -> f64 {
        let [first, last] = self.load(from, weights.beats);
        self.unpacked = last.max(first.max(self.unpacked) + code + weights.unpacked);
        self.unpacked
    }

    /// A step of a product, or of attention.
    fn of_tokens(&mut self, step: &Step<u64>) {
        let params = self.params;
        let (group_tokens, d_head) = (u64::from(params.tokens), u64::from(params.d_head));
        let is_product = step.kind == Kind::Product.code() as u64;
        let product_tokens = u64::from(params.product_tokens());
        let product_groups = step.rows.div_ceil(product_tokens);
        // Groups of tokens of the last product group.
        let last_groups = (step.rows - (product_groups - 1) * product_tokens).div_ceil(group_tokens);
        let tiles = if is_product { step.columns / d_head } else { 1 };
        let weights = WeightTiles::of(self, step, tiles);

        // The first tile comes when the last but one before it is done. A container comes behind the tokens.
        let counted = self.sequencer + product_groups as f64;
        let is_packed = step.packed == 1;
        let early = if is_packed { 0.0 } else { self.tile(counted.max(self.tiles[0]), &weights, 0.0) };
        let begins = if step.overlaps == 1 { counted } else { counted.max(self.stored) };
        let (mut first_group, mut tokens) = (begins, begins);
        if step.keeps == 0 {
            let [begin, end] = self.load(begins.max(self.tokens), self.beats(step.rows, step.inner));
            first_group =
                begin + self.beats(step.rows.min(product_tokens), step.inner) / self.memory.rate.min(1.0);
            tokens = end;
        }
        self.sequencer = begins;
        let first_tile = match is_packed {
            true => {
                let table = self.beats(1, CODE_BYTES) / self.memory.rate.min(1.0);
                self.tile(begins.max(self.tiles[0]), &weights, table + CODE)
            }
            false => early,
        };
        if is_packed && tiles == 1 {
            self.sequencer = first_tile;
        }
        // Keys and values follow the tokens.
        let of_keys = if is_product { 0.0 } else { self.beats(step.columns, d_head) };
        // The sums of a product group leave group by group.
        let leave = |groups: u64| (groups * (d_head + 1)) as f64;
        let pace = |groups: u64| leave(groups).max(step.inner as f64);
        let whole = pace(params.groups.into());
        let of_a_tile = (product_groups - 1) as f64 * whole + pace(last_groups);
        let start = first_tile.max(first_group).max(self.tiles[1]).max(self.tokens);
        let mut end = (start + of_a_tile).max(tokens + pace(last_groups));
        let mut keys_loaded = 0.0;
        if !is_product {
            let [_, values_loaded] = self.load(self.sequencer, 2.0 * of_keys);
            self.sequencer = values_loaded;
            keys_loaded = values_loaded - of_keys / self.memory.rate.min(1.0);
            // The queries of a product group wait for the keys; those of the next one are made meanwhile.
            end = end.max(keys_loaded + product_groups.saturating_sub(2) as f64 * whole);
        }
        let mut ends = [self.tiles[1], end];
        let result = d_head * if step.is_wide == 1 { WIDE } else { 1 };
        let of_tile = self.beats(step.rows, result);
        for number in 1..tiles {
            self.written += of_tile;
            let free = if number == 1 { self.sequencer } else { ends[0] };
            let loaded = self.tile(free.max(ends[0]) - self.memory.latency - SEQUENCER, &weights, 0.0);
            end = end.max(loaded) + of_a_tile;
            ends = [ends[1], end];
            self.sequencer = loaded;
        }
        self.tokens = end;
        self.tiles = ends;
        let drain = self.beats(step.rows.min(group_tokens), result);
        let mut results = end + leave(last_groups) + PRODUCT + drain;
        if !is_product {
            // The scores of a group, its softmax, its results.
            let keys = scores(params, step, last_groups);
            let first = (start + pace(1) + leave(1)).max(keys_loaded).max(self.attention);
            let last = (first + keys.sum).max(end + leave(1) + keys.last_product_group);
            self.attention = last;
            self.tokens = self.tokens.max(last - keys.last_product_group);
            self.tiles[1] = self.tokens;
            results = last + keys.last + d_head as f64 + ATTENTION + drain;
        }
        self.store(start, results, of_tile);
    }

    fn of_rows(&mut self, step: &Step<u64>) {
        let begins = if step.overlaps == 1 { self.sequencer } else { self.sequencer.max(self.stored) };
        self.sequencer = begins;
        let has_norm = step.norm != Norm::None.code() as u64;
        if has_norm {
            let [_, end] = self.load(begins, self.beats(1, 2 * WIDE * step.inner));
            self.sequencer = end;
        }
        let row = self.beats(1, WIDE * step.inner);
        let of_b =
            if step.operation == Op::Copy.code() as u64 { 0.0 } else { self.beats(1, WIDE * step.columns) };
        let [first, second] = results(step).map(|bytes| self.beats(1, bytes));
        let rows = step.rows as f64;
        let [begin, end] = self.load(self.sequencer, rows * (row + of_b));
        self.sequencer = end;
        let norm = if has_norm { row + NORM } else { PRODUCT };
        self.store(begin, end + norm + first + second, rows * (first + second));
    }
}

/// The tiles of weights of a step.
struct WeightTiles {
    /// Beats of a tile in memory.
    beats: f64,
    /// Cycles in which it is unpacked.
    unpacked: f64,
}

impl WeightTiles {
    fn of(times: &Times, step: &Step<u64>, tiles: u64) -> WeightTiles {
        let beats = times.beats(step.inner + u64::from(TABLE_ROWS), times.params.d_head.into());
        match step.packed {
            0 => WeightTiles { beats, unpacked: 0.0 },
            // The stride of a container is its size.
            _ => WeightTiles { beats: times.beats(1, step.b.stride) / tiles as f64, unpacked: beats },
        }
    }
}

/// Cycles of the scores of a step.
struct Scores {
    /// Of all groups.
    sum: f64,
    /// Of the last one.
    last: f64,
    /// Of those of the last product group.
    last_product_group: f64,
}

/// Cycles of the scores; the last product group has so many groups of tokens.
fn scores(params: &Params, step: &Step<u64>, last_groups: u64) -> Scores {
    let tokens = u64::from(params.tokens);
    let least = u64::from(params.d_head) + 6;
    let of_group = |first: u64| {
        let seen = step.position + first + tokens;
        let keys = if step.causal == 1 && step.skip == 1 { step.columns.min(seen) } else { step.columns };
        (keys + 2).max(least) as f64
    };
    let groups: Vec<f64> = (0..step.rows).step_by(tokens as usize).map(of_group).collect();
    let of_last = |count: u64| groups.iter().rev().take(count as usize).sum();
    Scores { sum: groups.iter().sum(), last: of_last(1), last_product_group: of_last(last_groups) }
}
