//! Many beats of one channel, one after the other, in limbs.

/// Beats of a fixed number of 64-bit limbs: the fields of a beat follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beats {
    limbs: Vec<u64>,
    of_beat: usize,
}

impl Beats {
    /// `count` beats of zeros. Panics if a beat has no limb.
    pub fn zeros(count: usize, of_beat: usize) -> Beats {
        assert!(of_beat > 0, "a beat has a limb");
        Beats { limbs: vec![0; count * of_beat], of_beat }
    }

    /// Number of beats.
    pub fn count(&self) -> usize {
        self.limbs.len() / self.of_beat
    }

    /// The beats in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u64]> {
        self.limbs.chunks_exact(self.of_beat)
    }

    /// The beats in order.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut [u64]> {
        self.limbs.chunks_exact_mut(self.of_beat)
    }

    /// One limb of several beats, from the `first` on. Panics if there are fewer.
    pub fn limb(&self, limb: usize, first: usize, count: usize) -> impl Iterator<Item = u64> + Clone + '_ {
        let beats =
            self.limbs[first * self.of_beat..(first + count) * self.of_beat].chunks_exact(self.of_beat);
        beats.map(move |beat| beat[limb])
    }

    /// Sets all limbs of all beats to one value.
    pub fn fill(&mut self, value: u64) {
        self.limbs.fill(value);
    }

    /// Truncates the beats to `count`, or appends zeros.
    pub fn resize(&mut self, count: usize) {
        self.limbs.resize(count * self.of_beat, 0);
    }

    /// Repeats the last beat until there are `count`. Panics if there are none.
    pub fn repeat_last(&mut self, count: usize) {
        let last = self.limbs[self.limbs.len() - self.of_beat..].to_vec();
        let missing = count.saturating_sub(self.count());
        self.limbs.extend(last.iter().cycle().take(missing * self.of_beat));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limbs_are_found_beat_by_beat() {
        let mut beats = Beats::zeros(4, 2);
        beats.iter_mut().zip(0..).for_each(|(beat, number)| beat.copy_from_slice(&[number, 10 * number]));
        assert_eq!(beats.count(), 4);
        assert!(beats.limb(1, 1, 3).eq([10, 20, 30]));
        beats.resize(2);
        beats.repeat_last(4);
        assert!(beats.iter().map(<[u64]>::to_vec).eq([vec![0, 0], vec![1, 10], vec![1, 10], vec![1, 10]]));
    }
}
