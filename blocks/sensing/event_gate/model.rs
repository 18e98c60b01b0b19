//! The golden model: absolute differences of integers.

use super::Params;
use crate::common::frames::{FramesOfBeats, Place};
use crate::common::lanes::{flag, integer};
use crate::golden::{GoldenModel, Model, Reference};
use hdl::Bits;

/// What is known of a channel.
#[derive(Clone, Copy, Debug)]
struct Channel {
    /// The sample that was sent last.
    sent: i64,
    is_active: bool,
}

/// A sample that was taken.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// Its channel.
    pub channel: usize,
    /// Its difference from the one sent last, the threshold of it, and whether its channel was active; none in the first frame.
    pub change: Option<(u64, u64, bool)>,
    /// All samples of the frame are sent.
    pub refreshes: bool,
    /// It is sent.
    pub is_sent: bool,
    /// It is the last one of its frame.
    pub ends: bool,
    /// It ends its frame too early or too late.
    pub error: bool,
}

/// The golden model of the block.
pub struct Golden {
    params: Params,
    frames: FramesOfBeats,
    channels: Vec<Option<Channel>>,
    refreshes: bool,
}

impl Golden {
    /// After a reset.
    pub fn new(params: &Params) -> Golden {
        Golden {
            params: params.clone(),
            frames: FramesOfBeats::new(params.channels),
            channels: vec![None; params.channels as usize],
            refreshes: false,
        }
    }

    /// Takes a sample; gives what becomes of it if it is not dropped.
    pub fn take(&mut self, beat: &[Bits]) -> Option<Done> {
        let value = integer(self.params.signed, &beat[0]);
        let (enter, leave) = (beat[1].to_u64(), beat[2].to_u64());
        let Place { place: channel, ends, is_wrong, is_first } = self.frames.next(beat[4].bit(0))?;
        if channel == 0 {
            self.refreshes = beat[3].bit(0);
        }
        let before = self.channels[channel].filter(|_| !is_first);
        let change = before.map(|Channel { sent, is_active }| {
            (value.abs_diff(sent), if is_active { leave } else { enter }, is_active)
        });
        let is_active = change.is_some_and(|(change, threshold, _)| change > threshold);
        let is_sent = is_active || self.refreshes || before.is_none();
        let sent = before.filter(|_| !is_sent).map_or(value, |before| before.sent);
        self.channels[channel] = Some(Channel { sent, is_active });
        Some(Done { channel, change, refreshes: self.refreshes, is_sent, ends, error: ends && is_wrong })
    }
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let width = self.params.output().channel;
        let Some(done) = self.take(beat) else { return };
        if done.is_sent || done.ends {
            let channel = Bits::truncated(done.channel as u128, width);
            let flags = [flag(done.is_sent), flag(done.ends), flag(done.error)];
            let fields: Vec<Option<Bits>> =
                [channel, beat[0].clone()].into_iter().chain(flags).map(Some).collect();
            emit(0, &fields);
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}

#[cfg(test)]
mod tests {
    use super::{Golden, Params};
    use crate::common::lanes::{flag, joined};
    use hdl::Bits;

    /// Which samples of a channel are sent, with thresholds of 4 and 1; `None` is a sample of a frame that refreshes.
    fn sent(samples: &[(i64, bool)]) -> Vec<bool> {
        let params = Params { channels: 1, value_bits: 8, signed: true };
        let mut golden = Golden::new(&params);
        let threshold = |threshold: u128| Bits::truncated(threshold, 8);
        let take = |(value, refresh): &(i64, bool)| {
            let fields = [joined(8, &[*value]), threshold(4), threshold(1), flag(*refresh), flag(true)];
            golden.take(&fields).expect("frames are right").is_sent
        };
        samples.iter().map(take).collect()
    }

    #[test]
    fn small_steps_add_up_until_they_are_sent_and_an_active_channel_follows_smaller_ones() {
        let samples = [10, 12, 14, 15, 17, 18, 20, 21, 20].map(|value| (value, false));
        let expected = [true, false, false, true, true, false, false, false, false];
        assert_eq!(sent(&samples), expected);
        // The greatest difference of all does not wrap around.
        assert_eq!(sent(&[(-128, false), (127, false), (-128, false)]), [true; 3]);
    }

    #[test]
    fn a_refresh_sends_and_is_what_later_samples_are_compared_with() {
        assert_eq!(sent(&[(0, false), (4, true), (8, false), (9, false)]), [true, true, false, true]);
    }
}
