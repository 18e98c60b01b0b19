//! The hardware.
//!
//! ```text
//! in --> [samples] --> - --> > threshold --> loas_spike_packer --> out
//!   |                  ^          |
//!   +--> frame memory -+          |
//!             ^-------------------+
//! ```

use super::BLOCK;
use super::params::{Against, Encoded, Params, Samples};
use crate::block::Hardware;
use crate::common::frames::Frames;
use crate::loas::loas_spike_packer::Neurons;
use crate::top::block;
use hdl::{Bundle, Design, Module, ModuleRef, Signal};
use parts::arithmetic::negate::negated;
use parts::storage::held::held;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what = "Frames to the packed differences from a frame that is kept.";
        let timing = format!(
            "Latency: 2 cycles from a chunk's last beat. Throughput: {} samples a cycle.",
            self.lanes
        );
        block(design, &BLOCK, self, &[what, &timing], |m| encoder(m, self))
    }
}

/// A beat of a frame beside the same samples of the frame that is kept.
#[derive(Clone, Copy, Bundle)]
struct Beat<T> {
    values: T,
    threshold: T,
    /// Its number in the frame.
    place: T,
    /// The frame is a key frame.
    key: T,
    /// It ends with the beat, at its last one or not.
    ends: T,
    error: T,
}

fn encoder(m: &Module, params: &Params) {
    let (input, output) = (m.input_stream("in", &params.input()), m.output_stream("out", &params.output()));
    let packer = m.instance("u_packer", params.packer().build(m.design()));
    let differences = packer.input_stream("in", &params.packer().inputs());
    let chunks = packer.output_stream("out", &params.packer().outputs());

    let is_there = m.reg("is_there", 1).reset_to(0);
    let advance = (!is_there.value() | differences.ready()).named("advance");
    let frames = Frames::new(m, params.beats(), &input, input.payload.last, advance);
    is_there.enable(advance).set(frames.takes);
    let beat = m.hold("beat", &taken(m, &input.payload, &frames), frames.takes);

    // The frame that is kept: what a beat writes is not read before the next frame, or a key frame, which does not use it.
    let memory = m.memory("kept", params.lanes * params.value_bits, params.beats().into());
    let kept = held(m, "kept_values", memory.read(frames.place), frames.takes);
    let words = words(params, &beat, kept);
    let has_word = m.concat_lsb(&words.iter().map(|word| word.any()).collect::<Vec<_>>()).named("has_word");
    let writes = (is_there.value() & advance).named("writes");
    match params.against {
        Against::Key => memory.write(writes & beat.key, beat.place, beat.values),
        Against::Previous => {
            let mask = has_word | beat.key.repeat(params.lanes);
            memory.write_masked(writes, mask, beat.place, beat.values);
        }
    }

    differences.set_valid(is_there.value());
    differences.set_payload(Neurons { spikes: m.concat_lsb(&words), last: beat.ends });
    let fires = differences.fires();
    output.set_valid(chunks.valid());
    chunks.set_ready(output.ready());
    let chunk = &chunks.payload;
    output.set_payload(Encoded {
        mask: chunk.mask,
        words: chunk.words,
        count: chunk.count,
        // A beat of the next chunk is taken when the chunk leaves, at the earliest.
        key: held(m, "chunk_is_key", beat.key, fires),
        last: chunk.last,
        error: held(m, "chunk_is_wrong", beat.error, fires),
    });
}

/// The beat that is taken, with its place.
fn taken<'m>(m: &'m Module, samples: &Samples<Signal<'m>>, frames: &Frames<'m>) -> Beat<Signal<'m>> {
    let is_key = m.reg("frame_is_key", 1).enable(frames.takes);
    let key = (frames.begins.mux(samples.key, is_key.value()) | frames.is_first).named("key");
    is_key.set(key);
    Beat {
        values: samples.values,
        threshold: samples.threshold,
        place: frames.place,
        key,
        ends: frames.ends,
        error: frames.ends & frames.is_wrong,
    }
}

/// The differences, those that are left out as 0.
fn words<'m>(params: &Params, beat: &Beat<Signal<'m>>, kept: Signal<'m>) -> Vec<Signal<'m>> {
    let bits = params.difference_bits();
    let threshold = beat.threshold.gated(!beat.key).named("threshold").zext(bits);
    let before = kept.gated(!beat.key).named("before");
    let lanes = beat.values.split_lsb(params.value_bits).into_iter().zip(before.split_lsb(params.value_bits));
    let word = |(lane, (value, before)): (usize, (Signal<'m>, Signal<'m>))| {
        let difference = (value.zext(bits) - before.zext(bits)).named(&format!("difference{lane}"));
        difference.gated(negated(difference, difference.msb()).gt(threshold))
    };
    lanes.enumerate().map(word).collect()
}
