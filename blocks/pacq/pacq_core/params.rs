//! The parameters of `pacq_core`.

use crate::common::memory::ADDRESS_BITS;
use crate::pacq::pacq_gemm;
use crate::pacq::pacq_tile;
use crate::pacq::tile::{DEPTH, ROWS, WORDS};
use crate::parameters::{ParameterError, Parameters};
use parts::axi::Axi4;
use parts::axi::axi_ram::Memory;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// The tile engine.
    #[serde(flatten)]
    pub tile: pacq_tile::Params,
    /// Rows of A that are kept on the chip. B is read once for each of these panels of rows.
    #[default = 64]
    #[schemars(extend("enum" = [32, 64, 128, 256], "x-tag" = "r"))]
    pub rows: u32,
    /// Most columns of A.
    #[default = 1024]
    #[schemars(extend("enum" = [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384], "x-tag" = "k"))]
    pub max_k: u32,
    /// Words of a row of B that are read at once, and kept with their scales until each row of A has met them.
    #[default = 16]
    #[schemars(extend("enum" = [8, 16, 32, 64], "x-tag" = "c"))]
    pub columns: u32,
    /// AXI4 memory with AXI4-Lite registers and an interrupt (`axi`), or a memory inside, with a stream of commands (`stream`).
    #[default(Host::Axi)]
    #[schemars(extend("x-tag" = ""))]
    pub host: Host,
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

/// What runs the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Host {
    /// A processor: registers, interrupt, and memory on AXI4.
    Axi,
    /// A stream of commands, with the memory inside.
    Stream,
}

/// Bits of a count of a DMA: rows, and bytes of a row.
pub const COUNT_BITS: u32 = 16;

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
        self.tile.validate()?;
        let memory = [
            ("memory_words", self.memory_words),
            ("memory_latency", self.memory_latency),
            ("memory_rate", self.memory_rate),
        ];
        for (name, value) in memory {
            if let (Host::Axi, Some(value)) = (self.host, value) {
                let message = format!("{name} needs host=stream: {name} is {value}, host is axi");
                return Err(ParameterError::Conflict(message));
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

    /// The same sizes are legal as for `pacq_gemm`, as far as `max_k` allows.
    pub fn gemm(&self) -> pacq_gemm::Params {
        pacq_gemm::Params { tile: self.tile.clone() }
    }

    /// Bits of a beat of memory: one of A.
    pub fn bus_bits(&self) -> u32 {
        16 * self.tile.terms
    }

    /// Bytes of a beat.
    pub fn bytes(&self) -> u32 {
        self.bus_bits() / 8
    }

    /// The memory port.
    pub fn port(&self) -> Axi4 {
        // The rows of B are short bursts: more of them hide the latency of memory.
        let beats = self.columns.div_ceil(self.tile.terms);
        Axi4 {
            address_bits: ADDRESS_BITS,
            select_bits: 0,
            data_bits: self.bus_bits(),
            burst: 16,
            outstanding: (64 / beats).clamp(8, 32),
            count_bits: COUNT_BITS,
        }
    }

    /// Columns of C in a strip: those of `columns` words of B.
    pub fn strip(&self) -> u32 {
        self.columns * self.tile.shape().lanes()
    }

    /// Columns of C in a block.
    pub fn block_columns(&self) -> u32 {
        WORDS * self.tile.shape().lanes()
    }

    /// Bits of a result.
    pub fn result_bits(&self) -> u32 {
        self.tile.result.float().width()
    }

    /// Most groups along k.
    pub fn max_groups(&self) -> u32 {
        self.max_k / DEPTH
    }

    /// Blocks of rows in a panel.
    pub fn row_blocks(&self) -> u32 {
        self.rows / ROWS
    }

    /// What distinguishes the core inside from others.
    pub fn core_parts(&self) -> Vec<String> {
        let core = Params {
            host: Host::Axi,
            memory_words: None,
            memory_latency: None,
            memory_rate: None,
            ..self.clone()
        };
        core.name_parts()
    }
}
