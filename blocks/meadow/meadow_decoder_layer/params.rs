//! The parameters of `meadow_decoder_layer`.

pub use crate::common::memory::ADDRESS_BITS;
use crate::meadow::meadow_attention_head;
use crate::meadow::meadow_requantize::Rounding;
use crate::meadow::meadow_vector;
use crate::meadow::weight_unpacker;
use crate::nonlinear::{gelu, silu};
use crate::parameters::{ParameterError, Parameters};
use hdl::Bundle;
use parts::axi::Axi4;
use parts::axi::axi_ram::Memory;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Tokens of a group.
    #[default = 12]
    #[schemars(range(min = 1, max = 16), extend("x-name" = "p"))]
    pub tokens: u32,
    /// Groups of `tokens` tokens whose products with weights are made at once, if `split_k` is 1.
    #[default = 1]
    #[schemars(range(min = 1, max = 16), extend("x-tag" = "g"))]
    pub groups: u32,
    /// Steps of products use the elements of scores and of weighted values too, as those of two more groups.
    #[default = false]
    #[schemars(extend("x-tag" = "lends"))]
    pub lends: bool,
    /// Rows of weights that are multiplied at once: each token takes the multipliers of so many groups. It divides `groups`, and is 1 or 2 with `lends`.
    #[default = 1]
    #[schemars(extend("enum" = [1, 2, 4], "x-tag" = "split"))]
    pub split_k: u32,
    /// Elements of a query, a key and a value, and columns of a tile of weights.
    #[default = 64]
    #[schemars(extend("enum" = [8, 16, 32, 64, 128], "x-name" = "h"))]
    pub d_head: u32,
    /// Most elements of a token, and rows of a matrix of weights.
    #[default = 3072]
    #[schemars(range(min = 2, max = 8192), extend("x-name" = "d"))]
    pub inner: u32,
    /// Most keys.
    #[default = 512]
    #[schemars(range(min = 2, max = 4096), extend("x-name" = "k"))]
    pub keys: u32,
    /// Longest row of a step of rows, in elements: a multiple of the bytes of a beat.
    #[default = 1024]
    #[schemars(range(min = 8, max = 4096), extend("x-name" = "r"))]
    pub row_length: u32,
    /// Words of memory for each token of a product group: a step of n product groups with m elements a token takes n times m / (bus_bits / 8), rounded up to a multiple of split_k.
    #[default = 4608]
    #[schemars(range(min = 2, max = 65536), extend("x-name" = "w"))]
    pub token_words: u32,
    /// Width of a beat of memory.
    #[default = 64]
    #[schemars(extend("enum" = [64, 128, 256, 512], "x-name" = "b"))]
    pub bus_bits: u32,
    /// Width of a probability.
    #[default = 16]
    #[schemars(extend("enum" = [8, 16], "x-tag" = "o"))]
    pub probability_bits: u32,
    /// Rounding of ties: away from zero (`half_away`) or to the even number (`half_even`).
    #[default(Rounding::HalfAway)]
    #[schemars(extend("x-tag" = ""))]
    pub rounding: Rounding,
    /// What unpacks weights: nothing (`none`), a decoder of Huffman codes (`huffman`), or one of IDs of unique chunks too (`all`).
    #[default(Unpacker::Huffman)]
    #[schemars(extend("x-tag" = ""))]
    pub unpacker: Unpacker,
    /// A product of one token can leave out the rows of weights whose element is 0.
    #[default = true]
    #[schemars(extend("x-tag" = "sparse"))]
    pub sparse: bool,
    /// AXI4 memory with AXI4-Lite registers and an interrupt (`axi`), or a memory inside, with a stream of commands (`stream`).
    #[default(Host::Axi)]
    #[schemars(extend("x-tag" = ""))]
    pub host: Host,
    /// Words of on-chip memory for matrices, each of `bus_bits`: 0 for none, else 2 or more.
    #[default = 0]
    #[schemars(range(min = 0, max = 1_048_576), extend("x-tag" = "s"))]
    pub local_words: u32,
    /// With host=stream: words of the memory.
    #[default(None)]
    #[schemars(range(min = 64, max = 16_777_216), extend("x-tag" = "m", "x-default" = "65536 with host=stream"))]
    pub memory_words: Option<u32>,
    /// With host=stream: cycles from an address to its data.
    #[default(None)]
    #[schemars(range(min = 6, max = 1024), extend("x-tag" = "l", "x-default" = "20 with host=stream"))]
    pub memory_latency: Option<u32>,
    /// With host=stream: beats in 256 cycles, reads and writes together.
    #[default(None)]
    #[schemars(range(min = 1, max = 512), extend("x-tag" = "t", "x-default" = "512 with host=stream"))]
    pub memory_rate: Option<u32>,
}

/// What unpacks weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unpacker {
    /// Nothing: a step with packed weights is illegal.
    None,
    /// Containers of the schemes `raw` and `huffman`.
    Huffman,
    /// Those of `meadow` too.
    All,
}

/// What runs the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Host {
    /// A processor: registers, interrupt, and memory on AXI4.
    Axi,
    /// A stream of commands, with the memory inside.
    Stream,
}

/// Bits of a number of tokens, rows, columns or bytes.
pub const COUNT_BITS: u32 = 16;

/// Bits of the numbers of cycles and of beats.
pub const COUNTER_BITS: u32 = 48;

/// Bits of an element in a step of rows, and of a wide result.
pub const WIDE_BITS: u32 = 16;

/// Bits of an element of a token and of a weight.
pub const ELEMENT_BITS: u32 = 8;

/// Rows of a matrix of weights that hold biases and scales.
pub const TABLE_ROWS: u32 = 8;

/// Unit groups that the attention stages lend: the elements of scores, and those of weighted values.
const LENT_GROUPS: u32 = 2;

/// Bits of the size of a container.
pub const CONTAINER_BITS: u32 = 24;

/// Beats of a container that are read as one row of a matrix: so many that no container has more rows than a matrix can.
pub const BLOCK_BEATS: u32 = 32;

/// Bits of an activation function's number.
pub const FUNCTION_BITS: u32 = 12;

/// Fraction bits of it.
pub const FUNCTION_FRACTION: u32 = 7;

impl Parameters for Params {
    fn resolved(&self) -> Params {
        let Memory { words, latency, rate, .. } = self.ram();
        let of_stream = |value: u32| (self.host == Host::Stream).then_some(value);
        Params {
            memory_words: of_stream(words as u32),
            memory_latency: of_stream(latency),
            memory_rate: of_stream(rate),
            ..self.clone()
        }
    }

    fn validate(&self) -> Result<(), ParameterError> {
        let conflict = |message| Err(ParameterError::Conflict(message));
        if !self.row_length.is_multiple_of(self.bytes()) {
            return conflict(format!(
                "row_length must be a multiple of the bytes of a beat: row_length is {}, bus_bits is {}",
                self.row_length, self.bus_bits
            ));
        }
        if self.d_head < self.bytes() {
            return conflict(format!(
                "d_head must not be less than the bytes of a beat: d_head is {}, bus_bits is {}",
                self.d_head, self.bus_bits
            ));
        }
        self.validate_split()?;
        if self.local_words == 1 {
            return conflict("local_words must be 0, or 2 to 1048576, and is 1".into());
        }
        let memory = [self.memory_words, self.memory_latency, self.memory_rate];
        let names = ["memory_words", "memory_latency", "memory_rate"];
        for (name, value) in names.into_iter().zip(memory) {
            if let (Host::Axi, Some(value)) = (self.host, value) {
                return conflict(format!("{name} needs host=stream: {name} is {value}, host is axi"));
            }
        }
        Ok(())
    }
}

impl Params {
    /// The memory inside.
    pub fn ram(&self) -> Memory {
        Memory {
            words: self.memory_words.unwrap_or(65536).into(),
            latency: self.memory_latency.unwrap_or(20),
            rate: self.memory_rate.unwrap_or(512),
            is_unordered: true,
            fails_from: None,
        }
    }

    /// Whether the elements of a token can be split so.
    fn validate_split(&self) -> Result<(), ParameterError> {
        let Params { groups, lends, split_k, token_words, .. } = *self;
        let message = if !groups.is_multiple_of(split_k) {
            format!("groups must be a multiple of split_k: groups is {groups}, split_k is {split_k}")
        } else if lends && !LENT_GROUPS.is_multiple_of(split_k) {
            format!("split_k must be 1 or 2 with lends=true, and is {split_k}")
        } else if !token_words.is_multiple_of(split_k) || token_words < 2 * split_k {
            format!(
                "token_words must be a multiple of split_k, and twice it or more: token_words is {token_words}, split_k is {split_k}"
            )
        } else {
            return Ok(());
        };
        Err(ParameterError::Conflict(message))
    }

    /// Groups of multipliers that work in a step of a product: `tokens` x `d_head` each.
    pub fn unit_groups(&self) -> u32 {
        self.groups + if self.lends { LENT_GROUPS } else { 0 }
    }

    /// Groups of tokens in a product group. Each takes `split_k` unit groups.
    pub fn product_groups(&self) -> u32 {
        self.unit_groups() / self.split_k
    }

    /// Tokens of a product group, whose products are made at once in a step of a product.
    pub fn product_tokens(&self) -> u32 {
        self.product_groups() * self.tokens
    }

    /// Groups of tokens whose queries are made at once, without lent elements.
    pub fn query_groups(&self) -> u32 {
        self.groups / self.split_k
    }

    /// Their tokens.
    pub fn query_tokens(&self) -> u32 {
        self.query_groups() * self.tokens
    }

    /// Passes in which the queries of a product group are made.
    pub fn query_passes(&self) -> u32 {
        self.product_groups().div_ceil(self.query_groups())
    }

    /// Words that the tokens of a step take of `token_words`.
    pub fn words_of_tokens(&self, rows: u64, inner: u64) -> u64 {
        let of_token = inner.div_ceil(self.bytes().into()).next_multiple_of(self.split_k.into());
        rows.div_ceil(self.product_tokens().into()) * of_token
    }

    /// Cycles in which a product group, or a pass of queries, is multiplied with a tile: the elements of the part that has most.
    pub fn turns(&self, inner: u32) -> u32 {
        let (bytes, of_round) = (self.bytes(), self.bytes() * self.split_k);
        inner / of_round * bytes + bytes.min(inner % of_round)
    }

    /// The on-chip memory, if there is one: as fast as can be.
    pub fn local(&self) -> Option<Memory> {
        (self.local_words > 0).then(|| Memory::fastest(self.local_words.into()))
    }

    /// Bytes of a beat.
    pub fn bytes(&self) -> u32 {
        self.bus_bits / 8
    }

    /// Numbers of 16 bits in a beat.
    pub fn lanes(&self) -> u32 {
        self.bus_bits / WIDE_BITS
    }

    /// The port of the DMAs, which have an address bit more where there is on-chip memory: 1 selects that.
    pub fn dma(&self) -> Axi4 {
        let select_bits = u32::from(self.local_words > 0);
        Axi4 { address_bits: ADDRESS_BITS + select_bits, select_bits, ..self.port() }
    }

    /// The port to the memory outside.
    pub fn port(&self) -> Axi4 {
        Axi4 {
            address_bits: ADDRESS_BITS,
            select_bits: 0,
            data_bits: self.bus_bits,
            burst: 16,
            // Rows of a tile are short bursts where they have few beats: more of them hide the latency of memory.
            outstanding: (32 / self.row_beats()).clamp(8, 32),
            count_bits: COUNT_BITS,
        }
    }

    /// Beats of a row of a tile of weights.
    pub fn row_beats(&self) -> u32 {
        self.d_head / self.bytes()
    }

    /// Beats of the biases and scales of a tile.
    pub fn table_beats(&self) -> u32 {
        TABLE_ROWS * self.row_beats()
    }

    /// The attention stages.
    pub fn head(&self) -> meadow_attention_head::Params {
        meadow_attention_head::Params {
            tokens: self.tokens,
            d_head: self.d_head,
            // There is no stage of queries.
            d_model: 2,
            keys: self.keys,
            probability_bits: self.probability_bits,
            rounding: self.rounding,
            packed: false,
            lends: false,
            keeps: false,
        }
    }

    /// The unit of rows.
    pub fn vector(&self) -> meadow_vector::Params {
        meadow_vector::Params {
            lanes: self.lanes(),
            length: self.row_length,
            rounding: self.rounding,
            ..Default::default()
        }
    }

    /// The unit that unpacks weights, if there is one.
    pub fn weight_unpacker(&self) -> Option<weight_unpacker::Params> {
        let huffman = weight_unpacker::Params {
            lanes: self.bytes(),
            huffman: true,
            classes: 1,
            meadow: false,
            ..Default::default()
        };
        match self.unpacker {
            Unpacker::None => None,
            Unpacker::Huffman => Some(huffman),
            Unpacker::All => Some(weight_unpacker::Params { meadow: true, ..huffman }),
        }
    }

    /// Bytes of a container that are read as one row of a matrix.
    pub fn block_bytes(&self) -> u32 {
        BLOCK_BEATS * self.bytes()
    }

    /// The GELU of a product's results.
    pub fn gelu(&self) -> gelu::Params {
        gelu::Params::new(self.tokens, FUNCTION_BITS, FUNCTION_FRACTION)
    }

    /// Their SiLU.
    pub fn silu(&self) -> silu::Params {
        silu::Params::new(self.tokens, FUNCTION_BITS, FUNCTION_FRACTION)
    }

    /// What distinguishes the modules of other layers.
    pub fn layer_parts(&self) -> Vec<String> {
        let inside = Params {
            host: Host::Axi,
            memory_words: None,
            memory_latency: None,
            memory_rate: None,
            ..self.clone()
        };
        inside.name_parts()
    }

    /// What distinguishes the modules of memory ports.
    pub fn memory_parts(&self) -> Vec<String> {
        let local = (self.local_words > 0).then(|| "local".to_string());
        [format!("b{}", self.bus_bits)].into_iter().chain(local).collect()
    }

    /// A command of the host.
    pub fn command(&self) -> HostCommand<u32> {
        HostCommand { run: 1, write: 1, address: ADDRESS_BITS, data: self.bus_bits }
    }

    /// An answer to the host.
    pub fn answer(&self) -> HostAnswer<u32> {
        HostAnswer {
            data: self.bus_bits,
            error: 3,
            steps: COUNT_BITS,
            cycles: COUNTER_BITS,
            read: COUNTER_BITS,
            written: COUNTER_BITS,
        }
    }
}

/// What the host of a block with a memory asks for.
#[derive(Clone, Copy, Bundle)]
pub struct HostCommand<T> {
    /// 1: a list is run.
    pub run: T,
    /// Without `run`, 1: a word of memory is written; 0: one is read.
    pub write: T,
    /// Byte address of the word or the list.
    pub address: T,
    /// The word to write.
    pub data: T,
}

/// The answer to a read and to a run.
#[derive(Clone, Copy, Bundle)]
pub struct HostAnswer<T> {
    /// The word that was read; 0 after a run.
    pub data: T,
    /// After a run, why it stopped early: bit 0: a step is illegal; bit 1: a read failed, or a container was wrong; bit 2: a write failed.
    pub error: T,
    /// Steps that were done.
    pub steps: T,
    /// Cycles of the run.
    pub cycles: T,
    /// Beats read from memory in the run.
    pub read: T,
    /// Beats written.
    pub written: T,
}
