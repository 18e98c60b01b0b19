//! Golden models of blocks without state: fast ones, on integers instead of bit vectors.

use crate::beats::Beats;
use crate::channel::Channel;
use crate::golden::Model;
use hdl::{Bits, limbs_for};

/// What a block with one input and one output channel answers to a beat, whatever came before it.
///
/// A beat is the 64-bit limbs of its fields, one field after the other.
pub trait PureModel: Send + Sync {
    /// Writes the answer to a beat into `answer`, which is all zeros before. `specified`, all ones before, is cleared
    /// where the answer may be anything.
    fn answer(&self, beat: &[u64], answer: &mut [u64], specified: &mut [u64]);

    /// The answers to as many beats as there is room for.
    fn answer_all(&self, beats: &Beats, answers: &mut Beats, specified: &mut Beats) {
        answers.fill(0);
        specified.fill(u64::MAX);
        for ((beat, answer), specified) in beats.iter().zip(answers.iter_mut()).zip(specified.iter_mut()) {
            self.answer(beat, answer, specified);
        }
    }
}

/// A pure model as a [`Model`] of beats.
pub struct OfBeats<M> {
    model: M,
    output_widths: Vec<u32>,
}

impl<M: PureModel> OfBeats<M> {
    /// The model of a block whose output channel this is.
    pub fn new(model: M, output: &Channel) -> OfBeats<M> {
        OfBeats { model, output_widths: output.fields.iter().map(|field| field.width).collect() }
    }
}

impl<M: PureModel> Model for OfBeats<M> {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let limbs: Vec<u64> = beat.iter().flat_map(|field| field.limbs()).copied().collect();
        let count = self.output_widths.iter().map(|width| limbs_for(*width)).sum();
        let (mut answer, mut specified) = (vec![0; count], vec![u64::MAX; count]);
        self.model.answer(&limbs, &mut answer, &mut specified);
        let mut first = 0;
        let field = |width: &u32| {
            let limbs = first..first + limbs_for(*width);
            first = limbs.end;
            (specified[limbs.start] != 0).then(|| Bits::from_limbs(*width, &answer[limbs]))
        };
        let fields: Vec<Option<Bits>> = self.output_widths.iter().map(field).collect();
        emit(0, &fields);
    }
}

/// Writes the low `width` bits of `value`, at most 64, at a bit of limbs that are zero there.
#[inline]
pub fn insert(limbs: &mut [u64], low: u32, width: u32, value: u64) {
    let value = value & hdl::top_limb_mask(width);
    let (limb, shift) = (low as usize / 64, low % 64);
    limbs[limb] |= value << shift;
    if shift + width > 64 {
        limbs[limb + 1] |= value >> (64 - shift);
    }
}

/// Reads `width` bits, at most 64, from a bit of limbs up.
#[inline]
pub fn extract(limbs: &[u64], low: u32, width: u32) -> u64 {
    let (limb, shift) = (low as usize / 64, low % 64);
    let mut value = limbs[limb] >> shift;
    if shift + width > 64 {
        value |= limbs[limb + 1] << (64 - shift);
    }
    value & hdl::top_limb_mask(width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_straddle_limbs() {
        let mut limbs = [0; 3];
        insert(&mut limbs, 62, 5, 0b10110);
        insert(&mut limbs, 67, 61, u64::MAX);
        insert(&mut limbs, 128, 64, 7);
        assert_eq!(limbs, [0b10 << 62, u64::MAX << 3 | 0b101, 7]);
        assert_eq!([extract(&limbs, 62, 5), extract(&limbs, 67, 61)], [0b10110, u64::MAX >> 3]);
        assert_eq!(extract(&limbs, 128, 64), 7);
    }
}
