//! Blocks of results for tile engines, and the coverage points they reach.

use super::{DEPTH, ROWS, Shape, WORDS};
use crate::common::float_stimulus::{corner_weighted, normal, truncated};
use crate::common::lanes::{flag, joined};
use crate::pacq::pacq_dp::stimulus::typical_word;
use crate::stimulus::{Observe, Space, case_rng};
use hdl::Bits;
use parts::float::{FloatClass, FloatFormat};

const FP16: FloatFormat = FloatFormat::FP16;

const POINTS: [&str; 8] = [
    "results of one tile",
    "results of several tiles",
    "group of several tiles",
    "several groups",
    "activation infinite",
    "scale zero",
    "scale negative",
    "group of more tiles than it may have",
];

/// Names of the coverage points; `overlong` as in [`random`].
pub fn points(overlong: Option<u32>) -> Vec<&'static str> {
    POINTS[..POINTS.len() - usize::from(overlong.is_none())].to_vec()
}

/// Tiles of a group with one too many, if the limit is low enough for tests to reach it.
pub fn overlong(max_tiles: u32) -> Option<u32> {
    Some(max_tiles + 1).filter(|tiles| *tiles <= 9)
}

/// Results of one to four tiles in groups of one or two; or of groups of as many as given.
pub fn random(shape: Shape, overlong: Option<u32>, seed: u64) -> Space {
    blocks(shape, "random", move |index| {
        let mut rng = case_rng(seed, index);
        let overlong = overlong.filter(|_| rng.u8(..16) == 0);
        let tiles = overlong.unwrap_or(0) + rng.u32(1..=4);
        let kind = rng.u8(..4);
        let activation = move |rng: &mut fastrand::Rng| match kind {
            0 if rng.u8(..8) == 0 => corner_weighted(FP16, rng) as u16,
            1 => rng.u16(..0x800) | (rng.u16(..) & 0x8000),
            _ => truncated(FP16, normal(rng) as f32) as u16,
        };
        let scale = |rng: &mut fastrand::Rng| match rng.u8(..8) {
            0 => corner_weighted(FP16, rng) as u16,
            1 => 0,
            _ => truncated(FP16, normal(rng) as f32 * 0.02) as u16,
        };
        let group = overlong.unwrap_or_else(|| rng.u32(1..=2));
        Block { tiles, group, activation: Box::new(activation), scale: Box::new(scale), rng }
    })
}

/// Typical results of 16 tiles in groups of 8, or of as many as allowed.
pub fn typical(shape: Shape, max_group: u32, seed: u64) -> Space {
    blocks(shape, "typical", move |index| Block {
        tiles: 16,
        group: 8.min(max_group / DEPTH),
        activation: Box::new(|rng| truncated(FP16, normal(rng) as f32) as u16),
        scale: Box::new(|rng| truncated(FP16, 0.01 + 0.002 * normal(rng) as f32) as u16),
        rng: case_rng(seed, index),
    })
}

/// Draws a float.
type Draw = Box<dyn Fn(&mut fastrand::Rng) -> u16>;

/// A block of results.
struct Block {
    tiles: u32,
    /// Tiles of a group.
    group: u32,
    activation: Draw,
    scale: Draw,
    rng: fastrand::Rng,
}

fn blocks(shape: Shape, name: &str, block: impl Fn(u64) -> Block + Send + Sync + 'static) -> Space {
    let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
        let Block { tiles, group, activation, scale, mut rng } = block(index);
        let rng = &mut rng;
        for tile in 0..tiles {
            let ends_k = tile == tiles - 1;
            let ends_group = ends_k || tile % group == group - 1;
            emit(3, &[flag(ends_group && (!ends_k || rng.bool())), flag(ends_k)]);
            if ends_group {
                for _ in 0..WORDS {
                    let scales: Vec<u16> = (0..shape.scales()).map(|_| scale(rng)).collect();
                    let zeros = Bits::truncated(rng.u32(..).into(), shape.scales() * shape.weight_bits);
                    emit(2, &[joined(16, &scales), zeros]);
                }
            }
            for _ in 0..WORDS * DEPTH / shape.terms {
                let words: Vec<u16> =
                    (0..shape.terms).map(|_| typical_word(shape.weight_bits, rng)).collect();
                emit(1, &[joined(16, &words)]);
            }
            for _ in 0..ROWS * DEPTH / shape.terms {
                let row: Vec<u16> = (0..shape.terms).map(|_| activation(rng)).collect();
                emit(0, &[joined(16, &row)]);
            }
        }
    };
    Space { name: name.into(), cases: u64::MAX, make: Box::new(make), make_many: None }
}

/// Finds the coverage points of blocks of results.
pub struct Observer {
    /// Tiles of a group that has too many.
    overlong: Option<u32>,
    tiles: u32,
    groups: u32,
    of_group: u32,
}

impl Observe for Observer {
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let floats = crate::pacq::pacq_dp::model::activations(&beat[0]);
        let has = |class| floats.iter().any(|float| FP16.classify((*float).into()) == class);
        match channel {
            0 if has(FloatClass::Infinite) => hit(4),
            2 => {
                if has(FloatClass::Zero) {
                    hit(5);
                }
                if floats.iter().any(|float| float >> 15 == 1) {
                    hit(6);
                }
            }
            3 => self.tile(!beat[0].is_zero(), !beat[1].is_zero(), hit),
            _ => {}
        }
    }
}

impl Observer {
    /// At the start of a run; `overlong` as in [`random`].
    pub fn new(overlong: Option<u32>) -> Observer {
        Observer { overlong, tiles: 0, groups: 0, of_group: 0 }
    }

    fn tile(&mut self, ends_group: bool, ends_k: bool, hit: &mut dyn FnMut(usize)) {
        self.tiles += 1;
        self.of_group += 1;
        if ends_group || ends_k {
            self.groups += 1;
            if self.of_group > 1 {
                hit(2);
            }
            if self.overlong.is_some_and(|tiles| self.of_group >= tiles) {
                hit(7);
            }
            self.of_group = 0;
        }
        if ends_k {
            hit(usize::from(self.tiles > 1));
            if self.groups > 1 {
                hit(3);
            }
            *self = Observer::new(self.overlong);
        }
    }
}
