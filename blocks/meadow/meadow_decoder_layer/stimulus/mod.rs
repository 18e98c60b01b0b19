//! Random lists of steps, and the coverage points they reach.

mod image;
mod points;
mod registers;
mod steps;

use super::params::{Host, Params};
use crate::common::lanes::{flag, joined};
use crate::stimulus::{Coverage, Space, Stimulus, case_rng};
use fastrand::Rng;
use hdl::Bits;
use image::Image;
use points::{Observer, points};
use registers::{REGISTER_POINTS, accesses};

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
                Host::Axi => accesses(&params, &mut rng, emit),
            }
        };
        Space { name: name.into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        match self.host {
            Host::Stream => 6000,
            Host::Axi => 10,
        }
    }

    fn coverage(&self) -> Coverage<'_> {
        match self.host {
            Host::Stream => Coverage::new(points(self), Observer::new(self)),
            Host::Axi => Coverage::of_beats(REGISTER_POINTS, |_, hit| hit(0)),
        }
    }
}

/// Fills the memory, runs a list, and looks at what has become of it.
fn list(params: &Params, rng: &mut Rng, send: &mut dyn FnMut(&[Bits])) {
    let mut image = Image::new(params);
    steps::steps(params, &mut image, rng);
    let address = |byte: usize| Bits::truncated(byte as u128, params.command().address);
    let none = Bits::zero(params.bus_bits);
    let bytes = params.bytes() as usize;
    let words: Vec<&[u8]> = image.bytes.chunks(bytes).collect();
    for (place, word) in words.iter().enumerate() {
        let lanes: Vec<i64> = word.iter().map(|byte| (*byte).into()).collect();
        send(&[flag(false), flag(true), address(place * bytes), joined(8, &lanes)]);
    }
    // A matrix that is out of place may have its first row in the last word.
    let last = bytes * (params.ram().words as usize - 1);
    send(&[flag(false), flag(true), address(last), Bits::ones(params.bus_bits)]);
    send(&[flag(true), flag(false), address(0), none.clone()]);
    for result in &image.results {
        let words = result.start / bytes..result.end.div_ceil(bytes);
        words.for_each(|word| send(&[flag(false), flag(false), address(word * bytes), none.clone()]));
    }
}
