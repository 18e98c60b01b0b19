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
use crate::common::counter::counter;
use crate::loas::loas_spike_packer::Neurons;
use crate::top::block;
use hdl::{Bundle, Design, Module, ModuleRef, Signal, index_width};
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
    index: T,
    /// The frame is a key frame.
    key: T,
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
    input.set_ready(advance);
    is_there.enable(advance).set(input.valid());
    let takes = input.fires().named("takes");
    let taken = taken(m, params, takes, &input.payload);
    let beat = m.hold("beat", &taken, takes);

    // The frame that is kept: what a beat writes is not read before the next frame.
    let memory = m.memory("kept", params.lanes * params.value_bits, params.beats().into());
    let kept = held(m, "kept_values", memory.read(taken.index), takes);
    let words = words(params, &beat, kept);
    let has_word = m.concat_lsb(&words.iter().map(|word| word.any()).collect::<Vec<_>>()).named("has_word");
    let writes = (is_there.value() & advance).named("writes");
    match params.against {
        Against::Key => memory.write(writes & beat.key, beat.index, beat.values),
        Against::Previous => {
            let mask = has_word | beat.key.repeat(params.lanes);
            memory.write_masked(writes, mask, beat.index, beat.values);
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
fn taken<'m>(
    m: &'m Module,
    params: &Params,
    takes: Signal<'m>,
    samples: &Samples<Signal<'m>>,
) -> Beat<Signal<'m>> {
    let index =
        counter(m, "index", params.beats(), takes).unwrap_or(m.zero(index_width(params.beats().into())));
    let ends = index.eq(u64::from(params.beats() - 1)).named("ends");
    let has_frame = m.reg("has_frame", 1).reset_to(0).enable(takes & ends);
    has_frame.set(m.ones(1));
    let is_key = m.reg("frame_is_key", 1).enable(takes);
    let key = (index.eq(0).mux(samples.key, is_key.value()) | !has_frame.value()).named("key");
    is_key.set(key);
    let has_error = m.reg("has_error", 1).reset_to(0).enable(takes);
    let error = (has_error.value() | (samples.last ^ ends)).named("error");
    has_error.set(error);
    Beat { values: samples.values, threshold: samples.threshold, index, key, ends, error }
}

/// The differences, those that are left out as 0.
fn words<'m>(params: &Params, beat: &Beat<Signal<'m>>, kept: Signal<'m>) -> Vec<Signal<'m>> {
    let bits = params.difference_bits();
    let threshold = beat.threshold.gated(!beat.key).named("least_but_one").zext(bits);
    let before = kept.gated(!beat.key).named("before");
    let lanes = beat.values.split_lsb(params.value_bits).into_iter().zip(before.split_lsb(params.value_bits));
    let word = |(lane, (value, before)): (usize, (Signal<'m>, Signal<'m>))| {
        let difference = (value.zext(bits) - before.zext(bits)).named(&format!("difference{lane}"));
        difference.gated(negated(difference, difference.msb()).gt(threshold))
    };
    lanes.enumerate().map(word).collect()
}
