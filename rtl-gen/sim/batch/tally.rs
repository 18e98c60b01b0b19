//! How often the events of a property occurred in each lane, and when first.

use std::ops::Range;

/// The tallies of one property. The counters are rows too, the least significant first: counting adds a row.
#[derive(Clone)]
pub struct Tally {
    counters: Vec<Vec<u64>>,
    seen: Vec<u64>,
    /// For each lane that has seen the event, the first cycle.
    first_cycles: Vec<u64>,
}

impl Tally {
    /// Nothing seen yet.
    pub fn new(words: usize) -> Tally {
        Tally { counters: vec![], seen: vec![0; words], first_cycles: vec![0; 64 * words] }
    }

    /// Counts the event in the lanes whose bit is set.
    pub fn add(&mut self, event: &[u64], cycle: u64) {
        if is_zero(event) {
            return;
        }
        for (word, (seen, &event)) in self.seen.iter_mut().zip(event).enumerate() {
            for lane in ones(event & !*seen) {
                self.first_cycles[64 * word + lane] = cycle;
            }
            *seen |= event;
        }
        let mut carry = event.to_vec();
        for counter in &mut self.counters {
            for (counter, carry) in counter.iter_mut().zip(&mut carry) {
                (*counter, *carry) = (*counter ^ *carry, *counter & *carry);
            }
            if is_zero(&carry) {
                return;
            }
        }
        self.counters.push(carry);
    }

    /// How often some lanes have seen the event.
    pub fn count(&self, lanes: Range<usize>) -> u64 {
        let of_lane = |lane: usize| {
            let counters = self.counters.iter().enumerate();
            counters.map(|(weight, row)| (row[lane / 64] >> (lane % 64) & 1) << weight).sum::<u64>()
        };
        lanes.map(of_lane).sum()
    }

    /// The first of some lanes to see the event, and the cycle.
    pub fn first(&self, lanes: Range<usize>) -> Option<(usize, u64)> {
        let seen = lanes.filter(|lane| self.seen[lane / 64] >> (lane % 64) & 1 == 1);
        seen.map(|lane| (lane, self.first_cycles[lane])).min_by_key(|(_, cycle)| *cycle)
    }
}

/// The places of the ones in a word.
pub fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = (word != 0).then(|| word.trailing_zeros() as usize)?;
        word &= word - 1;
        Some(place)
    })
}

fn is_zero(row: &[u64]) -> bool {
    row.iter().all(|&word| word == 0)
}
