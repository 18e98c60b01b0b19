//! Weights on their way from memory to the projection: as they are, or out of a container.
//!
//! ```text
//! loaded --+-----------------------------+--> weights
//!          +--> [weight_unpacker] -------+
//! ```

use super::counted::counted;
use super::loads::Loaded;
use super::weights::FillJob;
use crate::block::Hardware;
use crate::meadow::meadow_decoder_layer::params::{CONTAINER_BITS, COUNT_BITS, Params, TABLE_ROWS};
use crate::meadow::weight_unpacker::{self, Container};
use hdl::{Bundle, Design, Module, ModuleRef, Signal, Stream, bit_length};

/// What comes for a step.
#[derive(Clone, Copy, Bundle)]
pub struct UnpackJob<T> {
    /// The tiles that the projection gets.
    pub fill: FillJob<T>,
    /// They come in a container.
    pub packed: T,
    /// Beats of the container, less one.
    pub last_beat: T,
}

/// What the sequencer hears of containers.
#[derive(Clone, Copy, Bundle)]
pub struct UnpackNews<T> {
    /// No container is under way.
    pub unpack_idle: T,
    /// A container has ended that was wrong, or had another number of weights.
    pub unpack_failed: T,
}

/// The widths.
pub const UNPACK_NEWS: UnpackNews<u32> = UnpackNews { unpack_idle: 1, unpack_failed: 1 };

impl Params {
    /// The widths of a job.
    pub fn unpack_job(&self) -> UnpackJob<u32> {
        UnpackJob { fill: self.fill_job(), packed: 1, last_beat: self.container_beat_bits() }
    }

    /// Bits of the number of a beat of a container.
    pub fn container_beat_bits(&self) -> u32 {
        CONTAINER_BITS - self.bytes().ilog2()
    }
}

/// The module. Each job gives all its tiles, whatever is wrong with its container. `drops` ends a job whose first tile was loaded for
/// a step that is not done.
pub fn unpack(design: &Design, params: &Params, unpacker: &weight_unpacker::Params) -> ModuleRef {
    let child = unpacker.build(design);
    let parts = params.layer_parts();
    design.module("meadow_unpack", &parts.iter().map(String::as_str).collect::<Vec<_>>(), |m| {
        m.describe("Hands tiles of weights to the projection: as they are in memory, or out of a container.");
        let child = m.instance("u_unpacker", child);
        let jobs = m.input_stream("job", &params.unpack_job());
        let fills = m.output_stream("fill", &params.fill_job());
        let input = m.input_stream("loaded", &params.loaded());
        let output = m.output_stream("weights", &params.loaded());
        let container = child.input_stream("in", &unpacker.input());
        let unpacked = child.output_stream("out", &unpacker.output());

        // Tiles are to be given; the last beat of the weights of a container is to come.
        let [gives, unpacks] = ["gives", "unpacks"].map(|name| m.reg(name, 1).reset_to(0));
        let is_free = (!gives.value() & !unpacks.value()).named("is_free");
        fills.set_valid(jobs.valid() & is_free);
        fills.set_payload(jobs.payload.fill);
        jobs.set_ready(fills.ready() & is_free);
        let job = m.hold("job", &jobs.payload, jobs.fires());

        let feeds = feed(m, params, &jobs, &input, &container);
        let passes = (gives.value() & !job.packed & output.ready()).named("passes");
        input.set_ready(passes | (feeds & container.ready()));
        unpacked.set_ready(!gives.value() | output.ready());
        // Behind a container that has ended early comes anything.
        let is_there = job.packed.mux(unpacked.valid() | !unpacks.value(), input.valid());
        output.set_valid(gives.value() & is_there);
        // The rows of a container are counted, and those of a matrix with them.
        input.payload.row_last.unused();
        let row_last = last_of_row(m, params, output.fires());
        let data = job.packed.mux(unpacked.payload.weights, input.payload.data);
        output.set_payload(Loaded { data, row_last });

        let ends = last_of_job(m, params, &jobs, job.fill.last_row, output.fires() & row_last);
        let drops = m.input("drops", 1, "ends a job of which the first tile was loaded");
        gives.enable(jobs.fires() | ends | drops).set(jobs.fires());
        let ends_container = (unpacked.fires() & unpacked.payload.last).named("ends_container");
        unpacks.enable(jobs.fires() | ends_container).set(jobs.fires() & jobs.payload.packed);
        m.output("unpack_idle", !unpacks.value(), "no container is under way");
        // The last beat of a wrong container has no weights.
        let is_right = unpacked.payload.keep.all() & ends;
        let what = "a container has ended that was wrong, or had another number of weights";
        m.output("unpack_failed", ends_container & !is_right, what);
    })
}

/// A stream of jobs.
type Jobs<'m> = Stream<'m, UnpackJob<Signal<'m>>>;

/// Sends the beats of a container to the unpacker; returns whether there are any left.
fn feed<'m>(
    m: &'m Module,
    params: &Params,
    jobs: &Jobs<'m>,
    input: &Stream<'m, Loaded<Signal<'m>>>,
    container: &Stream<'m, Container<Signal<'m>>>,
) -> Signal<'m> {
    let left = m.reg("beats_left", params.container_beat_bits()).enable(jobs.fires() | container.fires());
    left.set(jobs.fires().mux(jobs.payload.last_beat, left.value() - 1));
    let last = !left.value().any();
    let feeds = m.reg("feeds", 1).reset_to(0);
    container.set_valid(input.valid() & feeds.value());
    container.set_payload(Container { data: input.payload.data, last });
    feeds.enable(jobs.fires() | (container.fires() & last)).set(jobs.fires() & jobs.payload.packed);
    feeds.value()
}

/// Whether a beat is the last one of a row; `advance` goes on to the next one.
fn last_of_row<'m>(m: &'m Module, params: &Params, advance: Signal<'m>) -> Signal<'m> {
    match params.row_beats() {
        1 => m.ones(1),
        beats => {
            let beat = m.reg("beat", beats.ilog2()).reset_to(0).enable(advance);
            beat.set(beat.value() + 1);
            beat.value().all()
        }
    }
}

/// Whether the last row of a job ends, where `ends_row`.
fn last_of_job<'m>(
    m: &'m Module,
    params: &Params,
    jobs: &Jobs<'m>,
    last_row: Signal<'m>,
    ends_row: Signal<'m>,
) -> Signal<'m> {
    let width = bit_length((params.inner + TABLE_ROWS - 1).into());
    let ends_tile = counted(m, "row", ends_row, last_row.zext(width) + u64::from(TABLE_ROWS));
    let left = m.reg("tiles_left", COUNT_BITS).enable(jobs.fires() | ends_tile);
    left.set(jobs.fires().mux(jobs.payload.fill.last_tile, left.value() - 1));
    (ends_tile & !left.value().any()).named("ends_job")
}
