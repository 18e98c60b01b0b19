//! Words programmed in arrays that answer, or that answer anything, and the coverage points that they reach.

mod observer;
pub mod plan;

use super::array::Array;
use super::model::{Step, Taken, Whole};
use super::params::{ADDRESS_BITS, DATA_BITS, Params, Verify};
use crate::common::lanes::{flag, joined};
use crate::stimulus::{Coverage, Space, Stimulus, case_rng};
use fastrand::Rng;
use hdl::Bits;
use observer::Observer;
use plan::{Plan, Word};

impl Stimulus for Params {
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let plan = Plan::new(&params, &mut rng);
            Play { params: &params, whole: Whole::new(&params), rng, emit }.play(plan);
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        let reads = match self.verify {
            Verify::Level => 25 * self.levels(),
            Verify::Adc => 12 * self.columns(),
        };
        150 + u64::from(reads)
    }

    fn coverage(&self) -> Coverage<'_> {
        let observer = Observer::new(self);
        Coverage::new(observer.points(), observer)
    }
}

/// A case that is played.
struct Play<'p> {
    params: &'p Params,
    whole: Whole,
    rng: Rng,
    emit: &'p mut dyn FnMut(usize, &[Bits]),
}

impl Play<'_> {
    fn play(&mut self, plan: Plan) {
        let Plan { writes, words, mut array, idle, stall } = plan;
        let mut writes = writes.into_iter().peekable();
        let mut words = words.into_iter().peekable();
        let (mut word_is_offered, mut write_is_offered) = (false, false);
        // Cells may have any state from the cases before.
        let noise = self.noise();
        self.cycle(&Taken { renew: true, ..noise });
        // All registers are written before the first word, so that it does not matter what they held.
        while writes.len() > 1 {
            self.write(writes.next());
        }
        // The last write may come with a word, or wait until the word is done.
        while writes.peek().is_some() || words.peek().is_some() || self.whole.controller.step != Step::Idle {
            let is_idle = self.whole.controller.step == Step::Idle;
            word_is_offered |= self.rng.u8(..16) >= idle;
            let mut taken = self.noise();
            if let Some(Word { row, cells }) = words.peek().filter(|_| word_is_offered) {
                (taken.row, taken.word) = (*row, Some(cells.clone()));
            }
            write_is_offered |= self.rng.u8(..4) == 0;
            if let Some(write) = writes.peek()
                && write_is_offered
            {
                taken.config_valid = true;
                (taken.address, taken.data) = *write;
            }
            if let Some(array) = &array
                && self.whole.controller.senses()
            {
                taken.sensed = Some(array.answers(self.params, &self.whole.controller));
            }
            taken.sensed = taken.sensed.filter(|_| self.rng.u8(..16) >= stall);
            taken.out_ready = self.rng.u8(..16) >= stall;
            if let Some(array) = &mut array
                && self.whole.controller.pulse_ends()
            {
                array.pulse(&self.whole.controller);
            }
            if is_idle {
                let word_is_taken = taken.word.is_some() && !taken.config_valid;
                words.next_if(|_| word_is_taken);
                writes.next_if(|_| taken.config_valid);
                word_is_offered &= !word_is_taken;
                write_is_offered &= !taken.config_valid;
            }
            self.cycle(&taken);
        }
    }

    fn write(&mut self, write: Option<(u64, u64)>) {
        let noise = self.noise();
        let (address, data) = write.unwrap_or((noise.address, noise.data));
        self.cycle(&Taken { config_valid: write.is_some(), address, data, ..noise });
    }

    /// Inputs that do not matter, or answers of cells that do.
    fn noise(&mut self) -> Taken {
        let lanes = self.params.lanes();
        let greatest = (1u64 << self.params.sense_bits()) - 1;
        let sensed = (0..lanes).map(|_| self.rng.u64(..=greatest)).collect();
        Taken {
            word: None,
            row: self.rng.usize(..self.params.words as usize),
            config_valid: false,
            address: self.rng.u64(..1 << ADDRESS_BITS),
            data: self.rng.u64(..1 << DATA_BITS),
            sensed: Some(sensed),
            renew: self.rng.u8(..128) == 0,
            out_ready: self.rng.bool(),
        }
    }

    fn cycle(&mut self, taken: &Taken) {
        let beat = self.beat(taken);
        (self.emit)(0, &beat);
        self.whole.clock(taken);
    }

    /// The inputs of a cycle as a beat; without a word, its fields are anything.
    fn beat(&mut self, taken: &Taken) -> Vec<Bits> {
        let params = self.params;
        let noise = plan::word(params, &mut self.rng);
        let (levels, mask) = taken.word.as_ref().unwrap_or(&noise);
        let mask: Vec<u64> = mask.iter().map(|cell| u64::from(*cell)).collect();
        let silence = vec![0; params.lanes() as usize];
        let sensed = taken.sensed.as_ref().unwrap_or(&silence);
        let declared = params.inputs();
        let answer = declared
            .answer
            .sense_valid
            .into_iter()
            .flat_map(|_| [flag(taken.sensed.is_some()), joined(params.sense_bits(), sensed)]);
        [flag(taken.word.is_some()), joined(params.level_bits, levels), joined(1, &mask)]
            .into_iter()
            .chain(declared.in_row.map(|width| Bits::truncated(taken.row as u128, width)))
            .chain([flag(taken.config_valid)])
            .chain([Bits::truncated(taken.address.into(), ADDRESS_BITS)])
            .chain([Bits::truncated(taken.data.into(), DATA_BITS)])
            .chain(answer)
            .chain(declared.renew.map(|_| flag(taken.renew)))
            .chain([flag(taken.out_ready)])
            .collect()
    }
}
