//! Cycles of dot-product units and tile engines.

use crate::ReportError;
use crate::streams::{LEAST_WAITING, Streams};
use blocks::block::Configured;
use blocks::pacq::pacq_gemm::{self, Product, model::inputs};
use blocks::pacq::tile::Shape;
use blocks::pacq::{fp16_dp, fp16_tile, pacq_dp, pacq_tile};
use hdl::Bits;
use std::collections::VecDeque;
use testbenches::Progress;

/// Cycles of a dot-product unit from the first of 8 beats, each a whole sum, to the last result: as the paper counts
/// them, 8 words of activations by 8 or 64 outputs.
pub fn dot_product(block: &dyn Configured) -> Result<u64, ReportError> {
    let mut streams = Streams::of(block)?;
    let space = block.typical(1);
    let mut beats = vec![];
    (space.make)(0, &mut |_, beat| beats.push(beat.to_vec()));
    for beat in &mut beats[..BEATS] {
        // Each beat is a sum of its own.
        beat[2] = Bits::ones(1);
        streams.push(0, beat);
    }
    let mut results = 0;
    while results < BEATS {
        streams.cycle(&mut |_, _| results += 1)?;
    }
    Ok(streams.cycles())
}

/// Number of beats in the paper's count.
const BEATS: usize = 8;

/// The units in the paper's count: FP16, and the parallel one.
pub fn dot_product_units() -> [(String, Box<dyn Configured>, u64); 3] {
    let parallel = |weight_bits| -> Box<dyn Configured> {
        Box::new(pacq_dp::Params { weight_bits, ..pacq_dp::Params::default() })
    };
    [
        ("FP16, 8 outputs".into(), Box::new(fp16_dp::Params::default()), 11),
        ("INT4, 32 outputs".into(), parallel(4), 19),
        ("INT2, 64 outputs".into(), parallel(2), 35),
    ]
}

/// A tile engine.
#[derive(Clone)]
pub enum Engine {
    Pacq(pacq_tile::Params),
    Fp16(fp16_tile::Params),
}

impl Engine {
    fn block(&self) -> &dyn Configured {
        match self {
            Engine::Pacq(params) => params,
            Engine::Fp16(params) => params,
        }
    }
}

/// A product on a tile engine without a controller: its sizes are multiples of the tile's. Gives the cycles from the
/// first beat to the last result, and the results in order.
pub fn on_tiles(
    engine: &Engine,
    product: &Product,
    params: &pacq_gemm::Params,
    progress: &dyn Progress,
) -> Result<(u64, Vec<Bits>), ReportError> {
    let mut streams = Streams::of(engine.block())?;
    let shape = params.tile.shape();
    let sizes = product.sizes();
    let tiles = sizes.k / blocks::pacq::tile::DEPTH;
    let group = sizes.group_length() / blocks::pacq::tile::DEPTH;
    let lanes = shape.lanes() as usize;
    let of_block = match engine {
        Engine::Pacq(_) => 64,
        Engine::Fp16(_) => 64 * lanes,
    };
    let mut waiting: VecDeque<(usize, usize)> = product.blocks().collect();
    let wanted = waiting.len() * of_block;
    let mut results: Vec<Bits> = Vec::with_capacity(wanted);
    while results.len() < wanted {
        while streams.waiting(B) < LEAST_WAITING {
            let Some(block) = waiting.pop_front() else { break };
            product.beats(block, &mut |channel, beat| match channel {
                // A tile takes a fixed number of beats, so there is no `tlast`.
                inputs::A => streams.push(A, &beat[..1]),
                inputs::B => streams.push(B, &beat[..1]),
                _ => streams.push(SCALE, &scales(shape, &beat[0])),
            });
            for tile in 1..=tiles {
                let flag = |flag: bool| Bits::truncated(flag.into(), 1);
                streams.push(TILE, &[flag(tile % group == 0), flag(tile == tiles)]);
            }
            progress.advance(1);
        }
        if progress.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        streams.cycle(&mut |_, beat| results.push(beat[0].clone()))?;
    }
    Ok((streams.cycles(), results))
}

/// Channels of tile engines.
const A: usize = 0;
const B: usize = 1;
const SCALE: usize = 2;
const TILE: usize = 3;

fn scales(shape: Shape, data: &Bits) -> [Bits; 2] {
    let (scales, zeros) = (16 * shape.scales(), shape.scales() * shape.weight_bits);
    [data.slice(scales - 1, 0), data.slice(scales + zeros - 1, scales)]
}
