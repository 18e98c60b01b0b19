//! What `residual_frame_encoder` sends of frames.

use super::frames::{Frames, GROUP, LANES};
use crate::ReportError;
use crate::streams::Streams;
use blocks::common::lanes::{apart, joined};
use blocks::respike::residual_frame_encoder::{Against, Params};
use hdl::Bits;
use serde::Serialize;
use testbenches::Progress;

/// Thresholds of differences that are left out.
pub const THRESHOLDS: [u8; 4] = [0, 2, 4, 8];

/// Bits of a sample.
const VALUE_BITS: u32 = 8;

/// What is sent of the residual frames.
#[derive(Clone, Debug, Serialize)]
pub struct Encoding {
    /// What they are the difference to.
    pub against: Against,
    /// Differences up to that are left out.
    pub threshold: u8,
    /// Samples of all residual frames, each a byte.
    pub samples: u64,
    /// Those that are sent.
    pub sent: u64,
    /// Bytes of bitmasks and differences.
    pub bytes: u64,
    /// The greatest error of a receiver that adds up what it gets.
    pub greatest_error: u8,
    /// Clocks of a frame, key frames too.
    pub clocks: f64,
}

impl Encoding {
    /// Share of the samples that is sent.
    pub fn density(&self) -> f64 {
        self.sent as f64 / self.samples as f64
    }

    /// Bytes that are sent for each one of a sample.
    pub fn size(&self) -> f64 {
        self.bytes as f64 / self.samples as f64
    }
}

/// Runs frames through the RTL in both ways, with each threshold.
pub fn encodings(frames: &Frames, progress: &dyn Progress) -> Result<Vec<Encoding>, ReportError> {
    let cases: Vec<(Against, u8)> = [Against::Key, Against::Previous]
        .into_iter()
        .flat_map(|to| THRESHOLDS.map(|most| (to, most)))
        .collect();
    progress.start("encodings", cases.len() as u64);
    let encode = |(against, threshold)| {
        let encoding = encode(frames, against, threshold, progress)?;
        progress.advance(1);
        Ok(encoding)
    };
    cases.into_iter().map(encode).collect()
}

/// Frames as a receiver has them.
struct Receiver {
    against: Against,
    key: Vec<i64>,
    frame: Vec<i64>,
}

impl Receiver {
    /// Adds a frame's differences.
    fn add(&mut self, differences: &[i64], is_key: bool) {
        let zeros = vec![0; differences.len()];
        let from = match (is_key, self.against) {
            (true, _) => &zeros,
            (false, Against::Key) => &self.key,
            (false, Against::Previous) => &self.frame,
        };
        self.frame = from.iter().zip(differences).map(|(from, difference)| from + difference).collect();
        if is_key {
            self.key = self.frame.clone();
        }
    }
}

fn encode(
    frames: &Frames,
    against: Against,
    threshold: u8,
    progress: &dyn Progress,
) -> Result<Encoding, ReportError> {
    let params = Params { samples: frames.samples as u32, against, ..Params::default() };
    let (mask_bits, difference_bits) = (params.mask_bits, params.difference_bits());
    let mut streams = Streams::of(&params)?;
    let mut sum =
        Encoding { against, threshold, samples: 0, sent: 0, bytes: 0, greatest_error: 0, clocks: 0.0 };
    let mut receiver = Receiver { against, key: vec![], frame: vec![] };
    for (number, frame) in frames.frames.iter().enumerate() {
        if progress.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        let is_key = number % GROUP == 0;
        for (place, samples) in frame.chunks(LANES).enumerate() {
            let values: Vec<u64> = samples.iter().map(|sample| u64::from(*sample)).collect();
            let is_last = (place + 1) * LANES == frame.len();
            streams.push(
                0,
                &[
                    joined(VALUE_BITS, &values),
                    Bits::truncated(is_key.into(), 1),
                    Bits::truncated(threshold.into(), VALUE_BITS),
                    Bits::truncated(is_last.into(), 1),
                ],
            );
        }
        let (mut differences, mut bits, mut sent) = (vec![], 0, 0);
        let (mut has_ended, mut is_wrong) = (false, false);
        while !has_ended {
            streams.cycle(&mut |_, chunk| {
                let [mask, words, count, _, last, error] = chunk else {
                    unreachable!("a chunk has six fields")
                };
                is_wrong |= error.bit(0);
                let mut words = apart(difference_bits, words).into_iter();
                let difference = |place| if mask.bit(place) { words.next().unwrap_or(0) } else { 0 };
                let there = mask_bits.min((frame.len() - differences.len()) as u32);
                differences.extend((0..there).map(difference));
                sent += count.to_u64();
                bits += u64::from(mask_bits) + count.to_u64() * u64::from(difference_bits);
                has_ended = last.bit(0);
            })?;
        }
        receiver.add(&differences, is_key);
        let errors = receiver.frame.iter().zip(frame).map(|(found, sample)| found.abs_diff((*sample).into()));
        let greatest = errors.max().unwrap_or(0);
        let most = if is_key { 0 } else { threshold.into() };
        if is_wrong || greatest > most {
            let wrong = format!(
                "residual_frame_encoder: frame {number} is off by {greatest}, at most {most} are allowed"
            );
            return Err(ReportError::Wrong(wrong));
        }
        if !is_key {
            sum.samples += frame.len() as u64;
            sum.sent += sent;
            sum.bytes += bits.div_ceil(8);
            sum.greatest_error = sum.greatest_error.max(greatest as u8);
        }
    }
    Ok(Encoding { clocks: streams.cycles() as f64 / frames.frames.len() as f64, ..sum })
}
