//! Random lists of steps, and the coverage points they reach.

mod chip;
mod image;
mod points;
mod steps;

use super::params::{Host, Params};
use super::registers::Registers;
use crate::common::lanes::{flag, joined};
use crate::common::registers::{self, accesses};
use crate::stimulus::{Coverage, Space, Stimulus, case_rng};
use fastrand::Rng;
use hdl::Bits;
use image::Image;
use points::{Observer, points};
use std::ops::Range;

impl Stimulus for Params {
    /// Memories with lists of up to eight steps, of which some are illegal or reach beyond the memory.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let name = match self.host {
            Host::Stream => "random lists",
            Host::Axi => "random accesses to registers",
        };
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            match params.host {
                Host::Stream => list(&params, &mut rng, &mut |beat| emit(0, beat)),
                Host::Axi => {
                    let registers = Registers::new(&params);
                    accesses(&registers.map, registers.start, &mut rng, emit);
                }
            }
        };
        Space { name: name.into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        match self.host {
            Host::Stream if self.local_words > 0 => cycles_of_a_list(self).max(4500),
            Host::Stream => cycles_of_a_list(self).max(6000),
            Host::Axi => 10,
        }
    }

    fn coverage(&self) -> Coverage<'_> {
        match self.host {
            Host::Stream => Coverage::new(points(self), Observer::new(self)),
            Host::Axi => Coverage::of_beats(registers::POINTS, |_, hit| hit(0)),
        }
    }
}

/// Cycles that hardly any list exceeds: its matrices fill the memory, and some steps are the longest products.
fn cycles_of_a_list(params: &Params) -> u64 {
    let memory = params.ram();
    let moves = (memory.words + 2 * u64::from(params.local_words)) * 256 / u64::from(memory.rate.min(256));
    let sums = params.product_groups() * (params.d_head + 1);
    let product = steps::MOST_TILES * u64::from(steps::MOST_PRODUCT_GROUPS * sums.max(params.inner));
    moves + 2 * product + 20 * u64::from(memory.latency)
}

/// Fills the memory, runs a list, and looks at what has become of it.
fn list(params: &Params, rng: &mut Rng, send: &mut dyn FnMut(&[Bits])) {
    let mut image = Image::new(params);
    steps::steps(params, &mut image, rng);
    let mut host = Commands { params, send };
    host.write(0, &image.bytes);
    // A matrix that is out of place may have its first row in the last word.
    let last = host.word() * (params.ram().words as usize - 1);
    host.write(last, &vec![255; host.word()]);
    let Some(chip) = &image.chip else {
        host.run(0);
        image.results.iter().for_each(|result| host.read(result));
        return;
    };
    host.write(chip.outside, &chip.image(rng));
    let [before, after] = chip.lists();
    [before, 0, after].into_iter().for_each(|list| host.run(list));
    image.results.iter().chain([&chip.after()]).for_each(|result| host.read(result));
}

/// What sends commands.
struct Commands<'a> {
    params: &'a Params,
    send: &'a mut dyn FnMut(&[Bits]),
}

impl Commands<'_> {
    /// Bytes of a word.
    fn word(&self) -> usize {
        self.params.bytes() as usize
    }

    fn command(&mut self, run: bool, write: bool, address: usize, data: Bits) {
        let address = Bits::truncated(address as u128, self.params.command().address);
        (self.send)(&[flag(run), flag(write), address, data]);
    }

    /// Writes whole words.
    fn write(&mut self, address: usize, bytes: &[u8]) {
        let word_bytes = self.word();
        for (place, word) in bytes.chunks(word_bytes).enumerate() {
            let lanes: Vec<i64> = word.iter().map(|byte| (*byte).into()).collect();
            self.command(false, true, address + place * word_bytes, joined(8, &lanes));
        }
    }

    /// Reads the words of some bytes.
    fn read(&mut self, bytes: &Range<usize>) {
        let word = self.word();
        let words = bytes.start / word..bytes.end.div_ceil(word);
        words.for_each(|place| self.command(false, false, place * word, Bits::zero(self.params.bus_bits)));
    }

    /// Runs the list at an address.
    fn run(&mut self, address: usize) {
        self.command(true, false, address, Bits::zero(self.params.bus_bits));
    }
}
