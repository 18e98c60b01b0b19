//! The beats that an output channel owes, and their comparison with those it gives.

use super::wiring::{ChannelPorts, FieldPort};
use super::{Compared, Fault, Moment, Observer};
use hdl::{Bits, limbs_for};
use sim::Simulator;

/// A beat that the golden model announced.
#[derive(Default)]
pub(super) struct Owed {
    /// The case that it answers.
    pub(super) case: u64,
    /// The cycle in which it must be offered, if that is known and the beats before it have been transferred.
    pub(super) due: Option<u64>,
    /// The fields' values.
    values: Vec<u64>,
    /// All ones where a limb is compared, 0 if it is unspecified.
    mask: Vec<u64>,
}

/// The beats that one output channel owes, oldest first: a ring whose slots are reused.
pub(super) struct Scoreboard {
    pub(super) ports: ChannelPorts,
    slots: Vec<Owed>,
    oldest: usize,
    count: usize,
    has_settled: bool,
    /// For each field, whether any value of it was compared.
    is_compared: Vec<bool>,
}

impl Scoreboard {
    pub(super) fn new(ports: &ChannelPorts) -> Scoreboard {
        let is_compared = vec![false; ports.fields.len()];
        Scoreboard {
            ports: ports.clone(),
            slots: vec![],
            oldest: 0,
            count: 0,
            has_settled: false,
            is_compared,
        }
    }

    /// Adds an expected beat. Panics if it does not have the channel's fields: then the golden model is wrong.
    pub(super) fn owe(&mut self, case: u64, due: Option<u64>, fields: &[Option<Bits>]) {
        assert_eq!(fields.len(), self.ports.fields.len(), "fields in a beat of the golden model");
        let slot = self.next_slot();
        let owed = &mut self.slots[slot];
        (owed.case, owed.due) = (case, due);
        owed.values.clear();
        owed.mask.clear();
        for (field, value) in self.ports.fields.iter().zip(fields) {
            match value {
                Some(value) => {
                    assert_eq!(value.width(), field.width, "width of a field of the golden model");
                    owed.values.extend_from_slice(value.limbs());
                    owed.mask.resize(owed.values.len(), u64::MAX);
                }
                None => {
                    owed.values.resize(owed.values.len() + limbs_for(field.width), 0);
                    owed.mask.resize(owed.values.len(), 0);
                }
            }
        }
    }

    /// Takes the slot after the newest beat.
    fn next_slot(&mut self) -> usize {
        if self.count == self.slots.len() {
            self.slots.rotate_left(self.oldest);
            self.oldest = 0;
            self.slots.push(Owed::default());
        }
        self.count += 1;
        self.slot(self.count - 1)
    }

    fn slot(&self, age: usize) -> usize {
        let slot = self.oldest + age;
        if slot < self.slots.len() { slot } else { slot - self.slots.len() }
    }

    /// Number of beats owed.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The next expected beat.
    pub(super) fn next(&self) -> Option<&Owed> {
        (self.count > 0).then(|| &self.slots[self.oldest])
    }

    /// Removes the next beat after it arrived and was compared.
    pub(super) fn settle(&mut self) {
        let owed = &self.slots[self.oldest];
        for (is_compared, field) in self.is_compared.iter_mut().zip(&self.ports.fields) {
            *is_compared |= owed.mask[field.first_limb] != 0;
        }
        self.has_settled = true;
        self.oldest = self.slot(1);
        self.count -= 1;
    }

    /// Adds what was compared.
    pub(super) fn report(&self, compared: &mut Compared) {
        if self.has_settled {
            compared.add(&self.ports, |field| self.is_compared[field]);
        }
    }

    /// From now on, beats may come at any time.
    pub(super) fn forget_due(&mut self) {
        self.slots.iter_mut().for_each(|owed| owed.due = None);
    }

    /// Reads the channel's present beat into `beat`.
    pub(super) fn read<S: Simulator + ?Sized>(&self, simulator: &mut S, beat: &mut [u64]) {
        for field in &self.ports.fields {
            match field.width {
                0..=64 => beat[field.first_limb] = simulator.peek_u64(field.port),
                _ => {
                    let value = simulator.peek(field.port);
                    beat[field.first_limb..][..value.limbs().len()].copy_from_slice(value.limbs());
                }
            }
        }
    }

    /// Tells the observer what the fields of the next beat must be in this cycle.
    pub(super) fn announce<S: ?Sized, O: Observer<S>>(&self, simulator: &mut S, observer: &mut O) {
        let Some(owed) = self.next() else { return };
        for field in &self.ports.fields {
            if owed.mask[field.first_limb] != 0 {
                observer.expected(simulator, owed.case, field.port, field.of(&owed.values));
            }
        }
    }

    /// Compares `beat` with the next one owed.
    pub(super) fn compare(&self, beat: &[u64], now: Moment) -> Result<(), Fault> {
        let Some(owed) = self.next() else { return Ok(()) };
        let limbs = owed.values.iter().zip(&owed.mask).zip(beat);
        let differs = |((value, mask), found): ((&u64, &u64), &u64)| (value ^ found) & mask != 0;
        if limbs.into_iter().any(differs) { Err(self.difference(owed, beat, now)) } else { Ok(()) }
    }

    fn difference(&self, owed: &Owed, beat: &[u64], now: Moment) -> Fault {
        let is_checked = |field: &FieldPort| owed.mask[field.first_limb] != 0;
        let field = self.differing(&owed.values, beat, is_checked);
        now.fault(owed.case, field.port, field.value(&owed.values).to_string(), field.value(beat).to_string())
    }

    /// The first checked field in which two beats differ. Panics if there is none.
    pub(super) fn differing(
        &self,
        a: &[u64],
        b: &[u64],
        is_checked: impl Fn(&FieldPort) -> bool,
    ) -> &FieldPort {
        let differs = |field: &&FieldPort| is_checked(field) && field.of(a) != field.of(b);
        self.ports.fields.iter().find(differs).expect("a field differs")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_come_out_in_the_order_in_which_they_went_in() {
        let field = FieldPort { port: 0, width: 8, first_limb: 0 };
        let mut board = Scoreboard::new(&ChannelPorts { handshake: None, fields: vec![field], limbs: 1 });
        let (mut next_in, mut next_out) = (0, 0);
        // Longer and longer bursts, each emptied down to one beat, so that the ring grows from different positions.
        for burst in 1..20 {
            for _ in 0..burst {
                board.owe(next_in, None, &[Some(Bits::truncated(next_in.into(), 8))]);
                next_in += 1;
            }
            while board.count() > 1 {
                assert_eq!(
                    board.next().map(|owed| (owed.case, owed.values[0])),
                    Some((next_out, next_out & 0xff))
                );
                board.settle();
                next_out += 1;
            }
        }
        assert_eq!((next_in, next_out), (190, 189));
    }
}
