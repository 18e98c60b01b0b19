//! The golden model: differences of integers, chunk by chunk.

use super::params::{Against, Params};
use crate::common::frames::{FramesOfBeats, Place};
use crate::common::lanes::{apart_unsigned, flag, joined};
use crate::golden::{GoldenModel, Model, Reference};
use hdl::{Bits, bit_length};

/// A sample that was looked at.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// Its difference from the one that is kept.
    pub difference: i64,
    /// It is sent.
    pub is_sent: bool,
}

/// A beat that was looked at.
#[derive(Clone, Debug)]
pub struct DoneBeat {
    /// Its number in the frame.
    pub place: usize,
    /// Its samples.
    pub samples: Vec<Done>,
    /// The frame is a key frame.
    pub key: bool,
    /// It ends its frame.
    pub ends: bool,
    /// It ends its frame too early or too late.
    pub error: bool,
}

/// The golden model of the block.
pub struct Golden {
    params: Params,
    frames: FramesOfBeats,
    /// The frame that differences are taken from; none if the one before was not right.
    kept: Option<Vec<i64>>,
    /// The frame under way, as it is kept if it is.
    next: Vec<i64>,
    key: bool,
    chunk: Vec<Done>,
}

impl Golden {
    /// After a reset.
    pub fn new(params: &Params) -> Golden {
        let frames = FramesOfBeats::new(params.beats());
        Golden { params: params.clone(), frames, kept: None, next: vec![], key: true, chunk: vec![] }
    }

    /// Takes a beat; gives what becomes of it if it is not dropped.
    pub fn take(&mut self, beat: &[Bits]) -> Option<DoneBeat> {
        let Place { place, ends, is_wrong, .. } = self.frames.next(beat[3].bit(0))?;
        let values = apart_unsigned(self.params.value_bits, &beat[0]);
        let threshold = beat[2].to_u64() as i64;
        if self.next.is_empty() {
            self.key = beat[1].bit(0) || self.kept.is_none();
        }
        let mut samples = vec![];
        for value in values {
            let value = value as i64;
            let before = self.kept.as_ref().filter(|_| !self.key).map_or(0, |kept| kept[self.next.len()]);
            let difference = value - before;
            let is_sent = difference.abs() > if self.key { 0 } else { threshold };
            samples.push(Done { difference, is_sent });
            self.next.push(if is_sent || self.key { value } else { before });
        }
        if ends {
            let frame = std::mem::take(&mut self.next);
            if is_wrong {
                self.kept = None;
            } else if self.key || self.params.against == Against::Previous {
                self.kept = Some(frame);
            }
        }
        Some(DoneBeat { place, samples, key: self.key, ends, error: ends && is_wrong })
    }
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let Some(done) = self.take(beat) else { return };
        self.chunk.extend(done.samples);
        let chunk_samples = self.params.mask_bits as usize;
        if self.chunk.len() < chunk_samples && !done.ends {
            return;
        }
        let mut mask = Bits::zero(self.params.mask_bits);
        let mut words = vec![0; chunk_samples];
        let mut count = 0;
        for (place, sample) in self.chunk.drain(..).enumerate().filter(|(_, sample)| sample.is_sent) {
            mask.set_bit(place as u32, true);
            words[count] = sample.difference;
            count += 1;
        }
        let count = Bits::truncated(count as u128, bit_length(self.params.mask_bits.into()));
        let words = joined(self.params.value_bits + 1, &words);
        let flags = [flag(done.key), flag(done.ends), flag(done.error)];
        let fields: Vec<Option<Bits>> = [mask, words, count].into_iter().chain(flags).map(Some).collect();
        emit(0, &fields);
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}

#[cfg(test)]
mod tests {
    use super::{Against, Golden, Params};
    use crate::common::lanes::{flag, joined};
    use hdl::Bits;

    /// What a receiver adds up of frames with a threshold of 10; a key frame is one of 4.
    fn received(against: Against, frames: &[[i64; 2]]) -> Vec<[i64; 2]> {
        let params = Params { samples: 2, value_bits: 8, lanes: 1, mask_bits: 8, against };
        let mut golden = Golden::new(&params);
        let (mut base, mut received) = ([0; 2], vec![]);
        for (number, frame) in frames.iter().enumerate() {
            let mut shown = [0; 2];
            for (place, value) in frame.iter().enumerate() {
                let key = flag(number % 4 == 0);
                let fields = [joined(8, &[*value]), key, Bits::truncated(10, 8), flag(place == 1)];
                let done = golden.take(&fields).expect("frames are right");
                let before = if done.key { 0 } else { base[place] };
                let sample = done.samples[0];
                shown[place] = before + if sample.is_sent { sample.difference } else { 0 };
                if done.key || against == Against::Previous {
                    base[place] = shown[place];
                }
            }
            received.push(shown);
        }
        received
    }

    #[test]
    fn a_receiver_is_never_further_off_than_the_threshold() {
        let mut rng = fastrand::Rng::with_seed(1);
        let frames: Vec<[i64; 2]> = (0..400).map(|_| [rng.i64(0..256), rng.i64(100..130)]).collect();
        for against in [Against::Key, Against::Previous] {
            let received = received(against, &frames);
            for (number, (frame, shown)) in frames.iter().zip(&received).enumerate() {
                let off = frame.iter().zip(shown).map(|(sent, shown)| (sent - shown).abs()).max();
                assert!(
                    off <= Some(if number % 4 == 0 { 0 } else { 10 }),
                    "{against:?}: {frame:?} {shown:?}"
                );
            }
        }
    }
}
