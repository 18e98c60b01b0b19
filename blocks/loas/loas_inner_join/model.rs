//! The golden model: joins, one after the other.

use super::params::Params;
use crate::golden::Model;
use crate::golden::{GoldenModel, Reference};
use crate::loas::masks::{matches, ones_below, part};
use hdl::Bits;
use std::collections::VecDeque;

/// Beats of A and B, paired: each beat of B with the chunk of A that it is joined with.
#[derive(Default)]
pub struct Pairing {
    chunks: VecDeque<Vec<Bits>>,
    groups: VecDeque<Vec<Bits>>,
    chunk: u64,
}

impl Pairing {
    /// Takes a beat of channel 0, A, or 1, B; `last` is the field of B that ends a chunk. Calls `join` for each pair:
    /// number of the chunk, beat of A, beat of B.
    pub fn accept(
        &mut self,
        channel: usize,
        beat: &[Bits],
        last: usize,
        mut join: impl FnMut(u64, &[Bits], &[Bits]),
    ) {
        match channel {
            0 => self.chunks.push_back(beat.to_vec()),
            _ => self.groups.push_back(beat.to_vec()),
        }
        while let (Some(a), Some(b)) = (self.chunks.front(), self.groups.front()) {
            join(self.chunk, a, b);
            if b[last].bit(0) {
                self.chunks.pop_front();
                self.chunk += 1;
            }
            self.groups.pop_front();
        }
    }
}

/// The state of the model.
pub struct Golden {
    params: Params,
    pairing: Pairing,
}

impl Golden {
    /// The model for these parameters, at its start.
    pub fn new(params: &Params) -> Golden {
        Golden { params: params.clone(), pairing: Pairing::default() }
    }
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let params = &self.params;
        self.pairing.accept(channel, beat, 2, |chunk, a, b| {
            let slot = Bits::truncated((chunk % 2).into(), 1);
            for place in 0..params.group {
                let mask = part(&b[0], place, params.mask_bits);
                let tag = part(&b[1], place, params.tag_bits);
                let pipe = (place % params.pipes) as usize;
                for position in matches(&a[0], &mask) {
                    let offset = |mask| {
                        Some(Bits::truncated(ones_below(mask, position).into(), params.position_bits()))
                    };
                    emit(pipe, &[Some(tag.clone()), offset(&mask)]);
                    emit(params.pipes as usize + pipe, &[Some(slot.clone()), offset(&a[0])]);
                }
            }
            if b[2].bit(0) {
                emit(2 * params.pipes as usize, &[Some(slot)]);
            }
        });
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}
