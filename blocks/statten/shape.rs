//! The parameters that the blocks have in common, and their channels.

use crate::channel::{Channel, Interface, Timing};
use crate::parameters::{ParameterError, Parameters};
use hdl::{Bundle, Encoded, bit_length, index_width};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The greatest job, and the units and memories for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Shape {
    /// Tokens in a beat of q, k and v: the rows of `loas_array`.
    #[default = 16]
    #[schemars(extend("enum" = [2, 4, 8, 16, 32], "x-name" = "r"))]
    pub rows: u32,
    /// The most time steps, and the width of a word of spikes.
    #[default = 16]
    #[schemars(range(min = 1, max = 16), extend("x-name" = "t"))]
    pub time_steps: u32,
    /// The most tokens.
    #[default = 256]
    #[schemars(range(min = 1, max = 4096), extend("x-name" = "n"))]
    pub tokens: u32,
    /// Channels of a column tile; those of a head are a multiple of it.
    #[default = 32]
    #[schemars(extend("enum" = [2, 4, 8, 16, 32, 64], "x-name" = "c"))]
    pub columns: u32,
    /// The most column tiles of a head.
    #[default = 3]
    #[schemars(range(min = 1, max = 8), extend("x-name" = "x"))]
    pub tiles: u32,
    /// Width of a word of K or V, at least 2 x rows.
    #[default = 128]
    #[schemars(extend("enum" = [4, 8, 16, 32, 64, 128, 256], "x-name" = "w"))]
    pub width: u32,
    /// Units that AND and count words, at most columns.
    #[default = 16]
    #[schemars(extend("enum" = [1, 2, 4, 8, 16, 32], "x-name" = "p"))]
    pub units: u32,
    /// Chunks of a beat of K or V that are loaded in a cycle, at most units, and at most time_steps rounded up to a power of two.
    #[default(None)]
    #[schemars(extend("enum" = [1, 2, 4, 8, 16], "x-tag" = "e", "x-default" = "8, or the most if that is fewer"))]
    pub chunks_per_cycle: Option<u32>,
    /// The most rows of a chunk: tokens x steps.
    #[default = 1280]
    #[schemars(range(min = 1, max = 65536), extend("x-tag" = "cr"))]
    pub chunk_rows: u32,
    /// Words of memory for each column of a tile of K, and of V: tiles x chunks x words of a chunk.
    #[default = 32]
    #[schemars(range(min = 2, max = 1024), extend("x-tag" = "cw"))]
    pub column_words: u32,
    /// The most tiles x chunks.
    #[default = 16]
    #[schemars(range(min = 2, max = 128), extend("x-tag" = "pc"))]
    pub pieces: u32,
    /// The most tiles x beats of tokens: words of memory for each column of a tile of Q.
    #[default = 40]
    #[schemars(range(min = 2, max = 4096), extend("x-tag" = "qw"))]
    pub query_words: u32,
}

/// Shapes that tests take: small, uneven, and at their corners.
pub mod variants {
    /// Two tiles; tokens and steps that fill nothing.
    pub const UNEVEN: &str = "rows=2 time_steps=4 tokens=7 columns=4 tiles=2 width=8 units=2 chunks_per_cycle=2 chunk_rows=14 \
                              column_words=8 pieces=6 query_words=8";
    /// A unit for each column; more chunks in a cycle than there are.
    pub const WHOLE_TILE: &str = "rows=4 time_steps=3 tokens=9 columns=8 tiles=1 width=8 units=8 chunks_per_cycle=4 \
                                  chunk_rows=18 column_words=6 pieces=3 query_words=3";
    /// One unit.
    pub const ONE_UNIT: &str = "rows=2 time_steps=6 tokens=5 columns=2 tiles=3 width=16 units=1 chunks_per_cycle=1 chunk_rows=20 \
                                column_words=9 pieces=7 query_words=9";
    /// Beats of 16 tokens, as at the defaults.
    pub const LONG_BEATS: &str = "rows=16 time_steps=4 tokens=40 columns=8 tiles=2 width=64 units=4 chunks_per_cycle=2 \
                                  chunk_rows=80 column_words=8 pieces=8 query_words=6";
    /// Four chunks in a cycle, and more chunks than that.
    pub const SEVERAL_ROUNDS: &str = "rows=4 time_steps=7 tokens=13 columns=8 tiles=3 width=32 units=4 chunks_per_cycle=4 \
                                      chunk_rows=91 column_words=21 pieces=21 query_words=12";
    /// Nothing is smaller, but for units.
    pub const ONE_STEP: &str = "rows=2 time_steps=1 tokens=4 columns=2 tiles=1 width=4 units=2 chunks_per_cycle=1 chunk_rows=4 \
                                column_words=2 pieces=2 query_words=2";
    /// The one for snapshots.
    pub const SMALL: &str = "rows=2 time_steps=2 tokens=4 columns=2 tiles=2 width=4 units=1 chunks_per_cycle=1 chunk_rows=8 \
                             column_words=4 pieces=3 query_words=3";
}

/// Chunks that are loaded in a cycle, if there can be so many.
const CHUNKS_PER_CYCLE: u32 = 8;

/// Width of a number of heads.
const HEADS_BITS: u32 = 8;

/// Why a job was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encoded)]
#[encoded(width = 4)]
pub enum Fault {
    /// It was not.
    None,
    /// No tokens, or too many.
    Tokens,
    /// No steps in a chunk, or more than a word has beats of tokens for; no chunks; or too many steps in all; or more than
    /// one step in a chunk with masks.
    Steps,
    /// No tiles, or too many.
    Tiles,
    /// No heads.
    Heads,
    /// A denominator of 0.
    Denominator,
    /// Too many rows in a chunk.
    Rows,
    /// Too little memory for K and V.
    ColumnWords,
    /// Too little memory for K^T V.
    Pieces,
    /// Too little memory for Q.
    QueryWords,
}

/// Heads of one shape.
#[derive(Clone, Copy, Debug, Bundle)]
pub struct Job<T> {
    /// Tokens.
    pub tokens: T,
    /// Time steps of a chunk.
    pub steps: T,
    /// Chunks; there are steps x chunks time steps.
    pub chunks: T,
    /// Column tiles of a head.
    pub tiles: T,
    /// Heads.
    pub heads: T,
    /// What sums are divided by.
    pub denominator: T,
    /// Masks: 1 for y = q LIF(sum of k v) in place of attention.
    pub masks: T,
}

/// What became of a job.
#[derive(Clone, Copy, Debug, Bundle)]
pub struct Answer<T> {
    /// 0: it is taken, and its operands may follow; else it was dropped. 1: tokens; 2: steps; 3: tiles; 4: heads; 5:
    /// denominator; 6: rows of a chunk; 7: memory for K and V; 8: memory for K^T V; 9: memory for Q.
    pub error: T,
}

/// A column of spikes, as `loas_array` gives it.
#[derive(Clone, Copy, Debug, Bundle)]
pub struct Spikes<T> {
    /// One word for each token, the first in the lowest bits; the first time step in its most significant bit.
    pub spikes: T,
}

/// Values of K^T V: a row of it in some columns.
#[derive(Clone, Copy, Debug, Bundle)]
pub struct Values<T> {
    /// The first column in the lowest bits.
    pub values: T,
    /// The row in its tile.
    pub row: T,
    /// The tile of the row x chunks + the chunk.
    pub piece: T,
    /// The number of the first column / units.
    pub group: T,
    /// Other rows of the piece are 0 in these columns, up to the beats that follow.
    pub clear: T,
    /// The last beat of its head.
    pub last: T,
}

/// Some spikes of a token, as `loas_spike_packer` takes them.
#[derive(Clone, Copy, Debug, Bundle)]
pub struct TokenSpikes<T> {
    /// One word for each column of a tile, the first in the lowest bits; the first time step in its most significant bit.
    pub spikes: T,
    /// The last tile of the token in this head.
    pub last: T,
    /// The last tile of the last token in the last head of a job.
    pub job_last: T,
}

/// A job that is legal: what its counters go up to, each from 0.
#[derive(Clone, Copy, Debug, Bundle)]
pub struct Plan<T> {
    /// The last token of the last beat of tokens.
    pub last_row: T,
    /// The last beat of tokens.
    pub last_beat: T,
    /// Time steps of a chunk.
    pub steps: T,
    /// The same, rounded up to a power of two: lanes of a word that they take.
    pub lanes: T,
    /// The last chunk.
    pub last_chunk: T,
    /// The last column tile.
    pub last_tile: T,
    /// The last head.
    pub last_head: T,
    /// The last word of a chunk.
    pub last_word: T,
    /// Words of all chunks of a tile's column.
    pub tile_words: T,
    /// What sums are divided by.
    pub denominator: T,
    /// Masks.
    pub masks: T,
}

impl Parameters for Shape {
    fn resolved(&self) -> Shape {
        Shape { chunks_per_cycle: Some(self.chunks_per_cycle()), ..self.clone() }
    }

    fn validate(&self) -> Result<(), ParameterError> {
        let conflict = |message| Err(ParameterError::Conflict(message));
        let Shape { rows, width, units, columns, time_steps, .. } = *self;
        let chunks_per_cycle = self.chunks_per_cycle();
        if width < 2 * rows {
            return conflict(format!("width must be at least 2 x rows: width is {width}, rows is {rows}"));
        }
        if units > columns {
            return conflict(format!(
                "units must be at most columns: units is {units}, columns is {columns}"
            ));
        }
        if chunks_per_cycle > units {
            return conflict(format!(
                "chunks_per_cycle must be at most units: chunks_per_cycle is {chunks_per_cycle}, units is {units}"
            ));
        }
        if chunks_per_cycle > time_steps.next_power_of_two() {
            return conflict(format!(
                "chunks_per_cycle must be at most time_steps, rounded up to a power of two: chunks_per_cycle is {chunks_per_cycle}, \
                 time_steps is {time_steps}"
            ));
        }
        match self.needs().into_iter().find(|need| need.size < need.least) {
            Some(Need { memory, size, least, limit, most }) => conflict(format!(
                "{memory} must be at least {least}, or no job reaches {limit}: {memory} is {size}, {limit} is {most}"
            )),
            None => Ok(()),
        }
    }
}

/// The least size of a memory for some job that reaches a limit.
struct Need {
    memory: &'static str,
    size: u32,
    least: u32,
    limit: &'static str,
    most: u32,
}

impl Shape {
    /// What jobs need that reach a limit, and are small in all else.
    fn needs(&self) -> [Need; 8] {
        let Shape { tokens, tiles, time_steps, chunk_rows, column_words, pieces, query_words, .. } = *self;
        // As many steps in a chunk as can be.
        let most_steps = self.lanes().min(chunk_rows).min(time_steps);
        let steps = (1..=most_steps).rev().find(|steps| time_steps % steps == 0).unwrap_or(1);
        let chunks = time_steps / steps;
        let words = self.beats().div_ceil(self.lanes());
        let need = |memory, size, least, limit, most| Need { memory, size, least, limit, most };
        [
            need("chunk_rows", chunk_rows, tokens, "tokens", tokens),
            need("column_words", column_words, words, "tokens", tokens),
            need("query_words", query_words, self.beats(), "tokens", tokens),
            need("column_words", column_words, tiles, "tiles", tiles),
            need("pieces", pieces, tiles, "tiles", tiles),
            need("query_words", query_words, tiles, "tiles", tiles),
            need("column_words", column_words, chunks, "time_steps", time_steps),
            need("pieces", pieces, chunks, "time_steps", time_steps),
        ]
    }

    /// Chunks of a beat of K or V that are loaded in a cycle.
    pub fn chunks_per_cycle(&self) -> u32 {
        let most = self.units.min(self.time_steps.next_power_of_two());
        self.chunks_per_cycle.unwrap_or(CHUNKS_PER_CYCLE.min(most))
    }

    /// Steps of a beat of tokens that a word has room for.
    pub fn lanes(&self) -> u32 {
        self.width / self.rows
    }

    /// The most channels of a head.
    pub fn channels(&self) -> u32 {
        self.columns * self.tiles
    }

    /// Groups of columns that units work at.
    pub fn groups(&self) -> u32 {
        self.channels() / self.units
    }

    /// The most beats of tokens.
    pub fn beats(&self) -> u32 {
        self.tokens.div_ceil(self.rows)
    }

    /// Width of a value of K^T V.
    pub fn value_bits(&self) -> u32 {
        bit_length(self.chunk_rows.into())
    }

    /// Width of a sum of values, two's complement.
    pub fn sum_bits(&self) -> u32 {
        (bit_length(u128::from(self.channels()) * u128::from(self.chunk_rows)) + 1).max(4)
    }

    /// The streams of a block: jobs and operands to answers and results.
    pub fn interface(&self, operands: Vec<Channel>, result: Channel) -> Interface {
        let jobs = Channel::new("job", &self.job());
        Interface {
            inputs: std::iter::once(jobs).chain(operands).collect(),
            outputs: vec![Channel::new("answer", &self.answer()), result],
            timing: Timing::Elastic,
        }
    }

    /// A stream of columns of spikes.
    pub fn operand(&self, name: &'static str) -> Channel {
        Channel::new(name, &self.spikes())
    }

    /// A job.
    pub fn job(&self) -> Job<u32> {
        Job {
            tokens: bit_length(self.tokens.into()),
            steps: bit_length(self.time_steps.into()),
            chunks: bit_length(self.time_steps.into()),
            tiles: bit_length(self.tiles.into()),
            heads: HEADS_BITS,
            denominator: self.sum_bits(),
            masks: 1,
        }
    }

    /// What became of it.
    pub fn answer(&self) -> Answer<u32> {
        Answer { error: Fault::WIDTH }
    }

    /// A column of spikes.
    pub fn spikes(&self) -> Spikes<u32> {
        Spikes { spikes: self.rows * self.time_steps }
    }

    /// Values of K^T V.
    pub fn values(&self) -> Values<u32> {
        Values {
            values: self.units * self.value_bits(),
            row: index_width(self.columns.into()),
            piece: self.piece_bits(),
            group: index_width(self.groups().into()),
            clear: 1,
            last: 1,
        }
    }

    /// Spikes of a token.
    pub fn token_spikes(&self) -> TokenSpikes<u32> {
        TokenSpikes { spikes: self.columns * self.time_steps, last: 1, job_last: 1 }
    }

    /// Width of a tile x chunks + a chunk.
    pub fn piece_bits(&self) -> u32 {
        index_width(self.pieces.into())
    }

    /// Width of the place of a word of a column.
    pub fn word_bits(&self) -> u32 {
        index_width(self.column_words.into())
    }

    /// Width of the place of a word of Q.
    pub fn query_bits(&self) -> u32 {
        index_width(self.query_words.into())
    }

    /// A legal job.
    pub fn plan(&self) -> Plan<u32> {
        let step = bit_length(self.time_steps.into());
        Plan {
            last_row: index_width(self.rows.into()),
            last_beat: index_width(self.beats().into()),
            steps: step,
            lanes: bit_length(self.lanes().into()),
            last_chunk: index_width(self.time_steps.into()),
            last_tile: index_width(self.tiles.into()),
            last_head: HEADS_BITS,
            last_word: self.word_bits(),
            tile_words: bit_length(self.column_words.into()),
            denominator: self.sum_bits(),
            masks: 1,
        }
    }
}
