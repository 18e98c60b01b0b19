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

/// Cycles of the transfer of a row of a sparse product, if it has a beat; longer rows take longer anyway.
const TRANSFER: f64 = 2.5;

/// Bytes of a container before its weights: header and table of the code.
const CODE_BYTES: u64 = 192;

/// Cycles from the last of them to the first weights.
const CODE: f64 = 316.0;

/// Cycles from the last operand of a row to its results, with a norm.
const NORM: f64 = 26.0;

/// Cycles from the last result to the end of the step, besides those of the memory.
const STORE: f64 = 12.0;

/// Cycles of a burst in the DMA, besides those of the memory and of its data, until another one can take its place.
const BURST: f64 = 6.0;

/// A memory behind the block, which answers in order. One that mixes the beats of bursts at random, as in simulation, takes about 4 %
/// longer at 0.4 to 0.5 beats a cycle if the bursts are short.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Cycles from an address to its data.
    pub latency: f64,
    /// Beats that reads and writes together may take in a cycle, at most 2.
    pub rate: f64,
}

/// Share of the elements of a sparse product's token that are not 0.
#[derive(Clone, Copy, Debug)]
pub struct Needed(pub f64);

impl Needed {
    /// Rows of weights that a step needs of each tile, without those of the table.
    fn rows(self, step: &Step<u64>) -> u64 {
        if step.sparse == 1 { ((self.0 * step.inner as f64).round() as u64).max(1) } else { step.inner }
    }
}

/// The memory on the chip.
const LOCAL: Memory = Memory { latency: 6.0, rate: 2.0 };

/// When, in cycles from the start of the list, the units are free for what comes next.
struct Times<'p> {
    params: &'p Params,
    memory: Memory,
    needed: Needed,
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
    /// They have sent all results, and lend their elements.
    context: f64,
    /// All results are in memory.
    stored: f64,
    /// Beats written that have not been set off against reads.
    written: f64,
}

/// The cycles of a list, which every step must suit.
pub fn cycles(params: &Params, memory: Memory, needed: Needed, steps: &[Step<u64>]) -> f64 {
    let mut times = Times {
        params,
        memory,
        needed,
        sequencer: 0.0,
        read: 0.0,
        tokens: 0.0,
        tiles: [0.0; 2],
        unpacked: 0.0,
        attention: 0.0,
        context: 0.0,
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

/// What a step moves to and from the memory outside, and computes.
pub fn moved(params: &Params, needed: Needed, step: &Step<u64>) -> step::Step {
    let (rows, inner, d_head) = (step.rows, step.inner, u64::from(params.d_head));
    let passes = passes(params, step).len() as u64;
    let tokens = if step.keeps == 1 { 0 } else { outside(step.local.a, rows * inner) };
    let needed = needed.rows(step);
    let of_tile = outside(step.local.b, (needed + u64::from(TABLE_ROWS)) * d_head);
    let [weights, reads, writes, cycles] = match Kind::from_code(step.kind.into())
        .expect("every code has a kind")
    {
        Kind::Product => {
            let tiles = step.columns / d_head;
            let results = outside(step.local.y, (rows * step.columns) << step.is_wide);
            [tiles * of_tile, tokens, results, tiles * passes * needed]
        }
        Kind::Attention => {
            let scores = scores(params, step, 1).sum as u64;
            let head = [step.local.c, step.local.d].map(|local| outside(local, step.columns * d_head));
            let results = outside(step.local.y, rows * d_head);
            [of_tile, tokens + head[0] + head[1], results, scores.max(passes * inner)]
        }
        Kind::Rows => {
            let of_a = WIDE * rows * inner;
            let of_b = if step.operation == Op::Copy.code() as u64 { 0 } else { WIDE * rows * step.columns };
            let [first, second] = results(step).map(|bytes| rows * bytes);
            let reads = outside(step.local.a, of_a) + outside(step.local.b, of_b);
            let writes = outside(step.local.y, first) + outside(step.local.d, second);
            [0, reads, writes, of_a / u64::from(params.bytes())]
        }
        Kind::End => [0; 4],
    };
    let [weights, reads, writes, cycles] = [weights, reads, writes, cycles].map(|number| number as f64);
    step::Step { weights, reads, writes, cycles }
}

/// What moves outside of the bytes of a matrix, which may be on the chip.
fn outside(local: u64, bytes: u64) -> u64 {
    if local == 1 { 0 } else { bytes }
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

/// Rows of a matrix.
#[derive(Clone, Copy)]
struct Rows {
    count: f64,
    /// Beats of a row, which begins at a beat.
    beats: f64,
    /// They are in the memory on the chip.
    is_local: bool,
}

impl Rows {
    fn all_beats(self) -> f64 {
        self.count * self.beats
    }

    fn first(self, count: u64) -> Rows {
        Rows { count: self.count.min(count as f64), ..self }
    }
}

impl Times<'_> {
    fn rows(&self, count: u64, bytes: u64, local: u64) -> Rows {
        let beats = bytes.div_ceil(self.params.bytes().into()) as f64;
        Rows { count: count as f64, beats, is_local: local == 1 }
    }

    /// The memory of a matrix.
    fn memory(&self, is_local: bool) -> Memory {
        if is_local { LOCAL } else { self.memory }
    }

    /// Cycles in which rows are read or written, as fast as the memory is and as the bursts that are under way allow.
    fn moving(&self, rows: Rows) -> f64 {
        let Memory { latency, rate } = self.memory(rows.is_local);
        let port = self.params.port();
        let under_way = f64::from(port.outstanding) * rows.beats.min(port.burst.into());
        rows.all_beats() / rate.min(1.0).min(under_way / (latency + BURST))
    }

    /// Reads rows, not before a time and not before what was asked for earlier; returns when the first beat is there, and the last.
    fn load(&mut self, from: f64, rows: Rows) -> [f64; 2] {
        let memory = self.memory(rows.is_local);
        // Writes take their share of the memory.
        let is_shared = memory.rate < 2.0 && !rows.is_local;
        let shared = if is_shared { std::mem::take(&mut self.written) / memory.rate.min(1.0) } else { 0.0 };
        let first = self.read.max(from + memory.latency + SEQUENCER);
        self.read = first + self.moving(rows) + shared;
        [first, self.read]
    }

    fn fetch(&mut self) {
        let step = self.rows(1, STEP_BYTES.into(), 0);
        let [_, last] = self.load(self.sequencer, step);
        self.sequencer = last;
    }

    /// Results that are there at a time, and are written since another.
    fn store(&mut self, begin: f64, end: f64, rows: &[Rows]) {
        for rows in rows {
            let moved = begin + self.moving(*rows);
            let latency = self.memory(rows.is_local).latency;
            self.stored = self.stored.max(end.max(moved) + latency + STORE);
            self.write(*rows);
        }
    }

    fn write(&mut self, rows: Rows) {
        self.written += if rows.is_local { 0.0 } else { rows.all_beats() };
    }

    /// Loads a tile, not before a time; returns when it is there. `code`: cycles for the table of its code.
    fn tile(&mut self, from: f64, weights: &WeightTiles, code: f64) -> f64 {
        let [first, last] = self.load(from, weights.rows);
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
        let passes = passes(params, step);
        let last_groups = passes.last().copied().unwrap_or_default();
        let tiles = if is_product { step.columns / d_head } else { 1 };
        let weights = WeightTiles::of(self, step, tiles);

        // The first tile comes when the last but one before it is done. A container comes behind the tokens.
        let counted = self.sequencer + product_groups as f64;
        let is_early = step.packed == 0 && step.sparse == 0;
        let early = if is_early { self.tile(counted.max(self.tiles[0]), &weights, 0.0) } else { 0.0 };
        let begins = if step.overlaps == 1 { counted } else { counted.max(self.stored) };
        let (mut first_group, mut tokens, mut tokens_load) = (begins, begins, 0.0);
        if step.keeps == 0 {
            let rows = self.rows(step.rows, step.inner, step.local.a);
            let [begin, end] = self.load(begins.max(self.tokens), rows);
            first_group = begin + self.moving(rows.first(product_tokens));
            (tokens, tokens_load) = (end, end - begin);
        }
        self.sequencer = begins;
        let first_tile = match is_early {
            true => early,
            false => {
                // The code of a container, or the list of the elements that are not 0.
                let code = CODE + self.moving(self.rows(1, CODE_BYTES, step.local.b));
                let list = first_group.max(tokens - tokens_load + self.needed.rows(step) as f64);
                let (from, code) = if step.packed == 1 { (begins, code) } else { (list, 0.0) };
                self.tile(from.max(self.tiles[0]), &weights, code)
            }
        };
        if !is_early && tiles == 1 {
            self.sequencer = first_tile;
        }
        // Keys and values follow the tokens.
        // The sums of a product group leave group by group.
        let leave = |groups: u64| (groups * (d_head + 1)) as f64;
        let of_pass = self.needed.rows(step) as f64;
        let pace = |groups: u64| leave(groups).max(of_pass);
        let of_a_tile: f64 = passes.iter().map(|groups| pace(*groups)).sum();
        let lent = if is_product && params.lends { self.context } else { 0.0 };
        let start = first_tile.max(first_group).max(self.tiles[1]).max(self.tokens).max(lent);
        let mut end = (start + of_a_tile).max(tokens + pace(last_groups));
        let mut keys_loaded = 0.0;
        if !is_product {
            let [keys, values] =
                [step.local.c, step.local.d].map(|local| self.rows(step.columns, d_head, local));
            keys_loaded = self.load(self.sequencer, keys)[1];
            self.sequencer = self.load(self.sequencer, values)[1];
            // The queries of a pass wait for the keys; those of the next one are made meanwhile.
            end = end.max(keys_loaded + passes.iter().skip(2).map(|groups| pace(*groups)).sum::<f64>());
        }
        let mut ends = [self.tiles[1], end];
        let result = d_head * if step.is_wide == 1 { WIDE } else { 1 };
        let of_tile = self.rows(step.rows, result, step.local.y);
        for number in 1..tiles {
            self.write(of_tile);
            let free = if number == 1 { self.sequencer } else { ends[0] };
            let latency = self.memory(step.local.b == 1).latency;
            let loaded = self.tile(free.max(ends[0]) - latency - SEQUENCER, &weights, 0.0);
            end = end.max(loaded) + of_a_tile;
            ends = [ends[1], end];
            self.sequencer = loaded;
        }
        self.tokens = end;
        self.tiles = ends;
        let drain = of_tile.first(group_tokens).all_beats();
        let mut results = end + leave(last_groups) + PRODUCT + drain;
        if !is_product {
            // The scores of a group, its softmax, its results.
            let keys = scores(params, step, last_groups);
            let first = (start + pace(1) + leave(1)).max(keys_loaded).max(self.attention);
            let last = (first + keys.sum).max(end + leave(1) + keys.last_pass);
            self.attention = last;
            self.tokens = self.tokens.max(last - keys.last_pass);
            self.tiles[1] = self.tokens;
            self.context = last + keys.last + d_head as f64 + ATTENTION;
            results = self.context + drain;
        }
        self.store(start, results, &[of_tile]);
    }

    fn of_rows(&mut self, step: &Step<u64>) {
        let begins = if step.overlaps == 1 { self.sequencer } else { self.sequencer.max(self.stored) };
        self.sequencer = begins;
        let has_norm = step.norm != Norm::None.code() as u64;
        let local = &step.local;
        if has_norm {
            let affine = self.rows(1, 2 * WIDE * step.inner, local.c);
            self.sequencer = self.load(begins, affine)[1];
        }
        let of_a = self.rows(step.rows, WIDE * step.inner, local.a);
        let is_copy = step.operation == Op::Copy.code() as u64;
        let of_b = self.rows(if is_copy { 0 } else { step.rows }, WIDE * step.columns, local.b);
        let [begin, _] = self.load(self.sequencer, of_a);
        let [_, end] = self.load(self.sequencer, of_b);
        self.sequencer = end;
        let [first, second] = results(step);
        let written =
            [(first, local.y), (second, local.d)].map(|(bytes, local)| self.rows(step.rows, bytes, local));
        let norm = if has_norm { of_a.beats + NORM } else { PRODUCT };
        let drain = written.iter().map(|rows| rows.beats).sum::<f64>();
        // Both go through one DMA.
        let moved = written.iter().map(|rows| self.moving(*rows)).sum::<f64>();
        self.store(begin, (end + norm + drain).max(begin + moved), &written);
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
fn passes(params: &Params, step: &Step<u64>) -> Vec<u64> {
    let groups = step.rows.div_ceil(params.tokens.into());
    let [of_product, of_queries] = [params.product_groups(), params.groups].map(u64::from);
    let at_once = if step.kind == Kind::Product.code() as u64 { of_product } else { of_queries };
    let of_group = |first: u64| {
        let groups = of_product.min(groups - first);
        (0..groups).step_by(at_once as usize).map(move |first| at_once.min(groups - first))
    };
    (0..groups).step_by(of_product as usize).flat_map(of_group).collect()
}

/// Cycles of the scores of a step.
struct Scores {
    /// Of all groups.
    sum: f64,
    /// Of the last one.
    last: f64,
    /// Of those of the last pass.
    last_pass: f64,
}

/// Cycles of the scores; the last pass has so many groups of tokens.
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
    Scores { sum: groups.iter().sum(), last: of_last(1), last_pass: of_last(last_groups) }
}
