//! The hardware.
//!
//! ```text
//! a -------> [rows: two tiles] -------------------------------+
//!                                                             v
//! b -------> dequantise --> [columns of weights: two tiles] --> 4 x fp16_dp --+--> rows in turn --> out
//!              ^                                                 ^            |
//! scale --> [columns: two groups]                                +-- [sums] <-+
//! tile ----> loops: columns of weights, rows, along k
//! ```

use super::BLOCK;
use super::params::Params;
use crate::block::Hardware;
use crate::pacq::dot_product::Step;
use crate::pacq::held_beat::HeldBeat;
use crate::pacq::tile::rtl::{
    Activations, DoubleBuffer, InFlight, Loops, Memories, Scales, Tile, rows_in_turn,
};
use crate::pacq::tile::{ROWS, UNITS, WORDS};
use crate::top::block;
use hdl::{Child, Design, Module, ModuleRef, Ram, Signal, index_width};
use parts::arithmetic::negate::negated;
use parts::float::FloatFormat;
use parts::float::fields::unpack;
use parts::float::scaled::{Scaled, converted};
use parts::storage::shift_queue::ShiftQueue;
use parts::stream::together::{all_ready, all_valid};

const FP16: FloatFormat = FloatFormat::FP16;

/// Tiles whose weights are buffered before they are used.
const TILES: u32 = 2;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let dot_product = self.dot_product().build(design);
        let what = format!(
            "Tile engine on dequantised weights: m16 n{} k16, the results stay while tiles along k come in.",
            self.columns()
        );
        let timing = format!("Throughput: a tile in {} cycles, while the next one comes in.", self.cycles());
        block(design, &BLOCK, self, &[&what, &timing], |m| {
            tile(m, self, dot_product);
        })
    }
}

fn tile(m: &Module, params: &Params, dot_product: ModuleRef) {
    let shape = params.shape();
    let (done, taken) = (m.wire("tile_done", 1), m.wire("sums_taken", 1));
    let a = Activations::new(m, shape, done.value());
    let weights = weights(m, params, done.value());
    let dots: Vec<Child> = (0..UNITS).map(|unit| m.instance(&format!("u_dp{unit}"), dot_product)).collect();
    let into: Vec<_> =
        dots.iter().map(|dot| dot.input_stream("in", &params.dot_product().input()).in_step()).collect();
    let from: Vec<_> =
        dots.iter().map(|dot| dot.output_stream("out", &params.dot_product().output())).collect();

    let has_room = m.wire("has_room", 1);
    let present = a.has_tile & weights.tiles.has_word & has_room.value();
    let issue = (present & all_ready(m, &into)).named("issue");
    let loops = Loops::new(m, shape, params.columns(), issue);
    done.drive(issue & loops.is_last);
    let ends_k = weights.tiles.front;
    let is_first = m.reg("is_first_tile", 1).reset_to(1).enable(done.value());
    is_first.set(ends_k);
    let places = params.columns() * ROWS / UNITS;
    let sums = Memories::new(m, "sums", params.kept().width(), places);
    let rows = a.read(m, &loops);
    let column = weights.memory.read(loops.address(m, &[weights.half, loops.column]));
    for (unit, (stream, row)) in into.iter().zip(&rows).enumerate() {
        stream.set_valid(issue);
        stream.set_payload(Step {
            activations: *row,
            weights: column,
            last: loops.is_last_step,
            addends: Some(sums.read(unit, loops.place(m)).gated(!is_first.value())),
        });
    }
    let enters = issue & loops.is_last_step;
    let in_flight = InFlight::new(m, "in_dp", &[ends_k], loops.place(m), enters, taken.value());
    has_room.drive(in_flight.has_room());

    let has_sums = all_valid(m, &from).named("has_sums");
    let given = from.iter().map(|stream| stream.payload.sums).enumerate();
    let rows: Vec<Signal> = given.map(|(unit, row)| row.named(&format!("row{unit}"))).collect();
    let is_result = in_flight.flag(0);
    sums.write(has_sums & !is_result, in_flight.place(), rows.iter().copied());
    let output = m.output_stream("out", &params.out());
    let finish = |row| converted(m, params.kept(), params.result.float(), row);
    let are_out = rows_in_turn(m, &output, has_sums & is_result, None, &rows, finish);
    let takes = (has_sums & !is_result) | are_out;
    taken.drive(takes);
    from.iter().for_each(|stream| stream.set_ready(takes));
}

/// The weights of tiles, dequantised.
struct Weights<'m> {
    /// For each tile in the buffer, whether it is the last one along k.
    tiles: ShiftQueue<'m>,
    half: Signal<'m>,
    memory: Ram<'m>,
}

/// Dequantises one lane of a beat's words per cycle.
fn weights<'m>(m: &'m Module, params: &Params, release: Signal<'m>) -> Weights<'m> {
    let shape = params.shape();
    let (loaded, group_done) = (m.wire("tile_loaded", 1), m.wire("group_loaded", 1));
    let tile = Tile::new(m, shape, loaded.value(), false);
    let scales = Scales::new(m, shape, group_done.value());
    let input = m.input_stream("b", &shape.b());
    m.scope("b", || {
        let write = m.wire("write", 1);
        let count = params.columns() * shape.steps();
        let buffer = DoubleBuffer::new(m, count, write.value(), release);
        let word = HeldBeat::gated(
            m,
            "word",
            &input,
            shape.lanes(),
            buffer.has_room,
            scales.has_group & tile.is_there,
        );
        write.drive(word.valid & buffer.has_room);
        // The bits of the index: column of words, step, lane.
        let lane_bits = index_width(shape.lanes().into());
        let index = buffer.write_index;
        let column = index.high(index_width(WORDS.into()));
        let (scale, zero) = scales.read(m, column);
        let shared = |field, width| word.shared(field, width, params.group_n);
        let (scale, zero) = (shared(scale, 16), shared(zero, params.weight_bits));
        let words = word.hold("weights", input.payload.weights).split_lsb(16);
        let weight = |(term, word_of_term): (usize, Signal<'m>)| {
            m.scope(&format!("term{term}"), || dequantise(m, word.group(word_of_term), zero, scale))
        };
        let weights: Vec<Signal> = words.into_iter().enumerate().map(weight).collect();
        let memory = m.memory("weights", shape.terms * 16, u64::from(2 * count));
        let step_bits = index.width() - column.width() - lane_bits;
        let lane = index.low(lane_bits);
        let address = match step_bits {
            0 => m.concat(&[buffer.write_half, column, lane]),
            bits => {
                m.concat(&[buffer.write_half, column, lane, index.slice(lane_bits + bits - 1, lane_bits)])
            }
        };
        memory.write(write.value(), address, m.concat_lsb(&weights));
        let is_loaded = write.value() & index.all();
        loaded.drive(is_loaded);
        group_done.drive(is_loaded & tile.ends_group);
        let tiles = m.scope("tiles", || ShiftQueue::new(m, tile.ends_k, is_loaded, release, TILES));
        Weights { tiles, half: buffer.read_half, memory }
    })
}

/// (q - z) x s in FP16, to nearest even.
fn dequantise<'m>(m: &'m Module, code: Signal<'m>, zero: Signal<'m>, scale: Signal<'m>) -> Signal<'m> {
    let width = code.width() + 1;
    let difference = (code.zext(width) - zero.zext(width)).named("difference");
    let sign = difference.msb();
    let absolute = negated(difference, sign).low(code.width()).named("absolute");
    let float = m.scope("scale", || unpack(m, FP16, scale));
    let more = u64::from(code.width());
    let scaled = Scaled {
        sign: sign ^ float.sign,
        magnitude: float.significand * absolute,
        exponent: (float.exponent.zext(FP16.exponent_bits + 2) + more).named("field"),
        nan: float.nan | (float.infinite & !absolute.any()),
        infinite: float.infinite,
    };
    scaled.round(m, FP16, 1 + more as i64)
}
