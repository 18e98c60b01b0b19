//! The plain definition: nested sums over spikes, and neurons in exact fractions.

use super::shape::{Fault, Shape};
use hdl::Bits;
use std::ops::Range;

/// Heads of one shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// Tokens.
    pub tokens: usize,
    /// Time steps of a chunk.
    pub steps: usize,
    /// Chunks.
    pub chunks: usize,
    /// Column tiles of a head.
    pub tiles: usize,
    /// Heads.
    pub heads: usize,
    /// What sums are divided by.
    pub denominator: u64,
    /// Masks in place of attention.
    pub masks: bool,
}

/// Spikes of one head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Train {
    tokens: usize,
    channels: usize,
    /// By step, token and channel.
    spikes: Vec<bool>,
}

impl Train {
    /// Silence.
    pub fn silent(steps: usize, tokens: usize, channels: usize) -> Train {
        Train { tokens, channels, spikes: vec![false; steps * tokens * channels] }
    }

    /// Whether a channel of a token fires at a step.
    pub fn at(&self, step: usize, token: usize, channel: usize) -> bool {
        self.spikes[(step * self.tokens + token) * self.channels + channel]
    }

    /// Sets that.
    pub fn set(&mut self, step: usize, token: usize, channel: usize, fires: bool) {
        self.spikes[(step * self.tokens + token) * self.channels + channel] = fires;
    }
}

impl Task {
    /// The job in a beat.
    pub fn of_beat(beat: &[Bits]) -> Task {
        let number = |field: usize| beat[field].to_u64() as usize;
        Task {
            tokens: number(0),
            steps: number(1),
            chunks: number(2),
            tiles: number(3),
            heads: number(4),
            denominator: beat[5].to_u64(),
            masks: beat[6].bit(0),
        }
    }

    /// Its beat.
    pub fn beat(&self, shape: &Shape) -> Vec<Bits> {
        let widths = shape.job();
        let field = |value: u64, width: u32| Bits::truncated(value.into(), width);
        vec![
            field(self.tokens as u64, widths.tokens),
            field(self.steps as u64, widths.steps),
            field(self.chunks as u64, widths.chunks),
            field(self.tiles as u64, widths.tiles),
            field(self.heads as u64, widths.heads),
            field(self.denominator, widths.denominator),
            field(self.masks.into(), 1),
        ]
    }

    /// Time steps.
    pub fn time_steps(&self) -> usize {
        self.steps * self.chunks
    }

    /// Channels of a head.
    pub fn channels(&self, shape: &Shape) -> usize {
        self.tiles * shape.columns as usize
    }

    /// Beats of tokens.
    pub fn beats(&self, shape: &Shape) -> usize {
        self.tokens.div_ceil(shape.rows as usize)
    }

    /// Beats of spikes of a head.
    pub fn columns(&self, shape: &Shape) -> usize {
        self.channels(shape) * self.beats(shape)
    }

    /// Words of a column in a chunk.
    pub fn words(&self, shape: &Shape) -> usize {
        let lanes = self.steps.next_power_of_two() * self.beats(shape);
        lanes.div_ceil(shape.lanes() as usize)
    }

    /// Why it is refused.
    pub fn fault(&self, shape: &Shape) -> Fault {
        let within = |number: usize, most: u32| (1..=most as usize).contains(&number);
        let most_steps = shape.lanes().min(shape.time_steps);
        if !within(self.tokens, shape.tokens) {
            Fault::Tokens
        } else if !within(self.steps, most_steps)
            || !within(self.time_steps(), shape.time_steps)
            || (self.masks && self.steps > 1)
        {
            Fault::Steps
        } else if !within(self.tiles, shape.tiles) {
            Fault::Tiles
        } else if self.heads == 0 {
            Fault::Heads
        } else if self.denominator == 0 {
            Fault::Denominator
        } else if self.tokens * self.steps > shape.chunk_rows as usize {
            Fault::Rows
        } else if self.words(shape) * self.chunks * self.tiles > shape.column_words as usize {
            Fault::ColumnWords
        } else if self.chunks * self.tiles > shape.pieces as usize {
            Fault::Pieces
        } else if self.beats(shape) * self.tiles > shape.query_words as usize {
            Fault::QueryWords
        } else {
            Fault::None
        }
    }

    /// The spikes of a head from its beats: columns of a tile, beats of tokens, tiles.
    pub fn train(&self, shape: &Shape, beats: &[Bits]) -> Train {
        let (rows, columns) = (shape.rows as usize, shape.columns as usize);
        let mut train = Train::silent(self.time_steps(), self.tokens, self.channels(shape));
        for (number, beat) in beats.iter().enumerate() {
            let (column, number) = (number % columns, number / columns);
            let (first, tile) = (number % self.beats(shape) * rows, number / self.beats(shape));
            for token in first..(first + rows).min(self.tokens) {
                for step in 0..self.time_steps() {
                    let word = (token - first) as u32 * shape.time_steps;
                    let fires = beat.bit(word + shape.time_steps - 1 - step as u32);
                    train.set(step, token, tile * columns + column, fires);
                }
            }
        }
        train
    }

    /// The beats of a head's spikes.
    pub fn beats_of(&self, shape: &Shape, train: &Train) -> Vec<Bits> {
        let (rows, columns) = (shape.rows as usize, shape.columns as usize);
        let beat = |number: usize| {
            let (column, number) = (number % columns, number / columns);
            let (first, tile) = (number % self.beats(shape) * rows, number / self.beats(shape));
            let mut beat = Bits::zero(shape.rows * shape.time_steps);
            for token in first..(first + rows).min(self.tokens) {
                for step in 0..self.time_steps() {
                    let place =
                        (token - first) as u32 * shape.time_steps + shape.time_steps - 1 - step as u32;
                    beat.set_bit(place, train.at(step, token, tile * columns + column));
                }
            }
            beat
        };
        (0..self.columns(shape)).map(beat).collect()
    }

    /// K^T V of a chunk, by row and column.
    pub fn key_values(&self, chunk: usize, k: &Train, v: &Train) -> Vec<Vec<u64>> {
        let rows = || {
            let steps = chunk * self.steps..(chunk + 1) * self.steps;
            steps.flat_map(|step| (0..self.tokens).map(move |token| (step, token)))
        };
        let both = |i: usize, j: usize| {
            rows().filter(|&(step, token)| k.at(step, token, i) && v.at(step, token, j)).count() as u64
        };
        (0..k.channels).map(|i| (0..v.channels).map(|j| both(i, j)).collect()).collect()
    }

    /// Spikes of a head.
    pub fn attention(&self, q: &Train, k: &Train, v: &Train) -> Train {
        self.head(q, &self.all_key_values(k, v), 0..self.tokens)
    }

    /// K^T V of each chunk.
    pub fn all_key_values(&self, k: &Train, v: &Train) -> Vec<Vec<Vec<u64>>> {
        (0..self.chunks).map(|chunk| self.key_values(chunk, k, v)).collect()
    }

    /// Spikes of some tokens of a head, from these.
    pub fn head(&self, q: &Train, key_values: &[Vec<Vec<u64>>], tokens: Range<usize>) -> Train {
        let mut spikes = Train::silent(self.time_steps(), self.tokens, q.channels);
        for channel in 0..q.channels {
            let mask = self.masks.then(|| {
                let sums: Vec<u64> = key_values.iter().map(|values| values[channel][channel]).collect();
                fires(self.denominator, &sums)
            });
            for token in tokens.clone() {
                let sum = |step: usize| -> u64 {
                    let values = &key_values[step / self.steps];
                    (0..q.channels).filter(|i| q.at(step, token, *i)).map(|i| values[i][channel]).sum()
                };
                let own = match &mask {
                    Some(mask) => {
                        (0..mask.len()).map(|step| mask[step] && q.at(step, token, channel)).collect()
                    }
                    None => fires(self.denominator, &(0..self.time_steps()).map(sum).collect::<Vec<_>>()),
                };
                own.into_iter().enumerate().for_each(|(step, fires)| spikes.set(step, token, channel, fires));
            }
        }
        spikes
    }
}

/// Spikes of a neuron, `v += (x - v) / 2`, that fires at 1/2, of sums divided by a denominator. Its potential is a fraction of
/// denominator x 2^step.
pub fn fires(denominator: u64, sums: &[u64]) -> Vec<bool> {
    let mut numerator = 0u128;
    let step = |(step, sum): (usize, &u64)| {
        numerator += u128::from(*sum) << step;
        let fires = 2 * numerator >= u128::from(denominator) << (step + 1);
        if fires {
            numerator = 0;
        }
        fires
    };
    sums.iter().enumerate().map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::fires;

    /// The published recurrence in floats.
    fn fires_in_floats(denominator: u64, sums: &[u64]) -> Vec<bool> {
        let mut potential = 0.0;
        let step = |sum: &u64| {
            potential += (*sum as f64 / denominator as f64 - potential) / 2.0;
            let fires = potential >= 0.5;
            if fires {
                potential = 0.0;
            }
            fires
        };
        sums.iter().map(step).collect()
    }

    #[test]
    fn neurons_are_those_of_the_published_recurrence() {
        let mut rng = fastrand::Rng::with_seed(1);
        for denominator in [8, 1024, 1280] {
            for _ in 0..20_000 {
                // About the threshold, and any.
                let greatest = if rng.bool() { 2 * denominator } else { 40_960 };
                let sums: Vec<u64> = (0..16).map(|_| rng.u64(..=greatest)).collect();
                assert_eq!(fires(denominator, &sums), fires_in_floats(denominator, &sums), "{sums:?}");
            }
        }
    }

    /// A denominator that is no power of two: floats miss ties, fractions do not.
    #[test]
    fn ties_fire() {
        assert_eq!(fires(14, &[14, 0, 13, 15]), [true, false, false, true]);
        // 7/14, then 1/2 (7/14 / 2 + 7/14)...: never above 1/2 before the tie.
        assert_eq!(fires(14, &[7, 7, 14]), [false, false, true]);
    }
}
