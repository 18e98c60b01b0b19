//! The hardware.
//!
//! ```text
//! a -------> [rows: two tiles] --+--> sum of activations --> [groups] ------+
//!                                v                                          v
//! b -------> [words: two tiles] --> 4 x pacq_dp --+--> 4 x pacq_scale_unit ----+--> rows in turn --> out
//!                                     ^           |        ^        ^          |
//!                                     +-- [sums] <+        |        +-- [results]
//! scale ---> [columns: two groups] ------------------------+
//! tile ----> loops: columns of words, rows, along k
//! ```
//!
//! The four units work in step: they take and give together.

use super::BLOCK;
use super::params::Params;
use crate::block::Hardware;
use crate::pacq::dot_product::Step;
use crate::pacq::overlong::is_overlong;
use crate::pacq::pacq_group_scale::{ScaledSums, UnitInput};
use crate::pacq::results::Results;
use crate::pacq::sum::{ActivationSum, FixedSum, Form};
use crate::pacq::tile::rtl::{
    Activations, DoubleBuffer, InFlight, Loops, Memories, Scales, Tile, rows_in_turn,
};
use crate::pacq::tile::{ROWS, UNITS, WORDS};
use crate::top::block;
use hdl::{Child, Design, Module, ModuleRef, Ram, Signal, Stream};
use parts::float::FloatFormat;
use parts::float::scaled::converted;
use parts::storage::held::held;
use parts::stream::together::{all_ready, all_valid};

/// Sums, or results, that each unit keeps.
const PLACES: u32 = WORDS * ROWS / UNITS;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let parts = (self.dot_product().build(design), self.group_scale().unit(design));
        let columns = WORDS * self.shape().lanes();
        let what =
            format!("PacQ tile engine: m16 n{columns} k16, the results stay while tiles along k come in.");
        let timing = format!("Throughput: a tile in {} cycles, while the next one comes in.", self.cycles());
        block(design, &BLOCK, self, &[&what, &timing], |m| {
            tile(m, self, parts);
        })
    }
}

fn tile(m: &Module, params: &Params, (dot_product, scale_unit): (ModuleRef, ModuleRef)) {
    let dots: Vec<Child> = (0..UNITS).map(|unit| m.instance(&format!("u_dp{unit}"), dot_product)).collect();
    let units: Vec<Child> =
        (0..UNITS).map(|unit| m.instance(&format!("u_scale{unit}"), scale_unit)).collect();
    let sums = Memories::new(m, "sums", params.shape().lanes() * params.dot_product().kept().width(), PLACES);
    let issued = issue(m, params, &dots, &sums);
    let scaled = scale(m, params, &dots, &units, &sums, &issued);
    give(m, params, &units, &scaled);
}

/// Outputs of the first half of the engine.
struct Issued<'m> {
    in_flight: InFlight<'m>,
    /// The sums at the units' outputs are taken.
    taken: hdl::Wire<'m>,
    /// Sums of activations, for two groups in each row of the unit.
    of_activations: Vec<Ram<'m>>,
}

/// Sends the steps of tiles to the dot-product units.
fn issue<'m>(m: &'m Module, params: &Params, dots: &[Child<'m>], sums: &Memories<'m>) -> Issued<'m> {
    let shape = params.shape();
    let (done, taken) = (m.wire("tile_done", 1), m.wire("sums_taken", 1));
    let tile = Tile::new(m, shape, done.value(), params.skid);
    let a = Activations::new(m, shape, done.value());
    let (has_weights, words) = weights(m, params, done.value());
    let has_room = m.wire("has_room", 1);
    let streams: Vec<_> =
        dots.iter().map(|dot| dot.input_stream("in", &params.dot_product().input()).in_step()).collect();
    let present = a.has_tile & has_weights & tile.is_there & has_room.value();
    let issue = (present & all_ready(m, &streams)).named("issue");
    let loops = Loops::new(m, shape, WORDS, issue);
    done.drive(issue & loops.is_last);
    let is_first = m.reg("is_first_of_group", 1).reset_to(1).enable(done.value());
    is_first.set(tile.ends_group);

    let rows = a.read(m, &loops);
    let column = words.memory.read(loops.address(m, &[words.half, loops.column]));
    for (unit, (stream, row)) in streams.iter().zip(&rows).enumerate() {
        stream.set_valid(issue);
        stream.set_payload(Step {
            activations: *row,
            weights: column,
            last: loops.is_last_step,
            addends: Some(sums.read(unit, loops.place(m)).gated(!is_first.value())),
        });
    }
    let is_overlong = is_overlong(m, params.max_tiles(), done.value(), tile.ends_group);
    let flags = [tile.ends_group, tile.ends_k, is_overlong];
    let enters = issue & loops.is_last_step;
    let in_flight = InFlight::new(m, "in_dp", &flags, loops.place(m), enters, taken.value());
    has_room.drive(in_flight.has_room());
    let group = m.reg("group_in", 1).reset_to(0).enable(done.value() & tile.ends_group);
    group.set(!group.value());
    let adds = Adds {
        row: m.concat(&[group.value(), loops.row]),
        is_first: is_first.value() & loops.is_first_step,
        // The activations are the same for all columns of words, so they are added with the first one only.
        enable: issue & !loops.column.any(),
    };
    Issued { in_flight, taken, of_activations: add_activations(m, params, &rows, adds) }
}

/// The words of a tile: two halves of a memory.
struct Words<'m> {
    half: Signal<'m>,
    memory: Ram<'m>,
}

fn weights<'m>(m: &'m Module, params: &Params, release: Signal<'m>) -> (Signal<'m>, Words<'m>) {
    let shape = params.shape();
    let input = m.input_stream("b", &shape.b());
    m.scope("b", || {
        let buffer = DoubleBuffer::new(m, WORDS * shape.steps(), input.fires(), release);
        input.set_ready(buffer.has_room);
        let memory = m.memory("words", shape.terms * 16, u64::from(2 * WORDS * shape.steps()));
        let address = m.concat(&[buffer.write_half, buffer.write_index]);
        memory.write(input.fires(), address, input.payload.weights);
        (buffer.has_half, Words { half: buffer.read_half, memory })
    })
}

/// Activations that are added to the sum of their row.
struct Adds<'m> {
    row: Signal<'m>,
    is_first: Signal<'m>,
    enable: Signal<'m>,
}

/// Adds up the activations of a step, and one cycle later adds this to the sums of their rows.
fn add_activations<'m>(m: &'m Module, params: &Params, rows: &[Signal<'m>], adds: Adds<'m>) -> Vec<Ram<'m>> {
    let form = params.group_scale().activation_form();
    let Form::Fixed { bits } = form else { unreachable!("sums of activations are in fixed point") };
    let is_there = m.reg("activations_added", 1).reset_to(0);
    is_there.set(adds.enable);
    let row = held(m, "activations_row", adds.row, adds.enable);
    let is_first = held(m, "activations_first", adds.is_first, adds.enable);
    let memory = |(unit, activations): (usize, &Signal<'m>)| {
        m.scope(&format!("activations{unit}"), || {
            let of_step = ActivationSum::of(m, &activations.split_lsb(16));
            let of_step = FixedSum { steps: of_step.steps.sext(bits), ..of_step }.packed(m);
            let of_step = FixedSum::unpacked(m, form, held(m, "of_step", of_step, adds.enable), bits);
            let memory = m.memory("of_row", form.width(), u64::from(2 * ROWS / UNITS));
            let before = FixedSum::unpacked(m, form, memory.read(row), bits).gated(!is_first);
            memory.write(is_there.value(), row, before.plus(of_step).packed(m));
            memory
        })
    };
    rows.iter().enumerate().map(memory).collect()
}

/// Outputs of the second half of the engine.
struct Scaled<'m> {
    in_flight: InFlight<'m>,
    /// The results at the units' outputs are taken.
    taken: hdl::Wire<'m>,
    results: Memories<'m>,
}

/// Keeps the sums of unfinished groups, and sends those of finished ones to the units that scale them.
fn scale<'m>(
    m: &'m Module,
    params: &Params,
    dots: &[Child<'m>],
    units: &[Child<'m>],
    sums: &Memories<'m>,
    issued: &Issued<'m>,
) -> Scaled<'m> {
    let shape = params.shape();
    let from: Vec<_> =
        dots.iter().map(|dot| dot.output_stream("out", &params.dot_product().output())).collect();
    let into: Vec<_> = units
        .iter()
        .map(|unit| unit.input_stream("in", &params.group_scale().unit_input()).in_step())
        .collect();
    let place = issued.in_flight.place();
    let (ends_group, ends_k) = (issued.in_flight.flag(0), issued.in_flight.flag(1));
    let (released, taken) = (m.wire("group_done", 1), m.wire("results_taken", 1));
    let scales = Scales::new(m, shape, released.value());
    let has_room = m.wire("scale_has_room", 1);
    let can_scale = scales.has_group & all_ready(m, &into) & has_room.value();
    let sums_taken = (all_valid(m, &from) & (!ends_group | can_scale)).named("takes_sums");
    issued.taken.drive(sums_taken);
    from.iter().for_each(|stream| stream.set_ready(sums_taken));
    sums.write(sums_taken & !ends_group, place, from.iter().map(|stream| stream.payload.sums));

    let scales_them = (sums_taken & ends_group).named("scales_sums");
    let group_done = scales_them & place.all();
    released.drive(group_done);
    let group = m.reg("group_out", 1).reset_to(0).enable(group_done);
    group.set(!group.value());
    let is_first = m.reg("is_first_group", 1).reset_to(1).enable(group_done);
    is_first.set(ends_k);
    let had_error = m.reg("had_error", 1).reset_to(0).enable(group_done);
    let error = (had_error.value() | issued.in_flight.flag(2)).named("error_of_groups");
    had_error.set(error & !ends_k);
    let results = Memories::new(m, "results", shape.lanes() * 32, PLACES);
    let (row, column) = (place.low(2), place.high(place.width() - 2));
    let (own_scales, zeros) = scales.read(m, column);
    for (unit, stream) in into.iter().enumerate() {
        let of_activations = issued.of_activations[unit].read(m.concat(&[group.value(), row]));
        stream.set_valid(scales_them);
        stream.set_payload(UnitInput {
            scaled: ScaledSums { sums: from[unit].payload.sums, scales: own_scales, zeros },
            activation_sum: of_activations,
            addends: results.read(unit, place).gated(!is_first.value()),
        });
    }
    let in_flight = InFlight::new(m, "in_scale", &[ends_k, error], place, scales_them, taken.value());
    has_room.drive(in_flight.has_room());
    Scaled { in_flight, taken, results }
}

/// Keeps results to which more groups will be added, and outputs those that are complete.
fn give<'m>(m: &'m Module, params: &Params, units: &[Child<'m>], scaled: &Scaled<'m>) {
    let output = m.output_stream("out", &params.out());
    let from: Vec<_> =
        units.iter().map(|unit| unit.output_stream("out", &params.group_scale().unit_output())).collect();
    let (place, ends_k) = (scaled.in_flight.place(), scaled.in_flight.flag(0));
    let has_results = all_valid(m, &from).named("has_results");
    let results = from.iter().map(|stream| stream.payload.results).enumerate();
    let rows: Vec<Signal> = results.map(|(unit, row)| row.named(&format!("row{unit}"))).collect();
    scaled.results.write(has_results & !ends_k, place, rows.iter().copied());
    let are_out = give_rows(m, params, &output, has_results & ends_k, scaled.in_flight.flag(1), &rows);
    let taken = (has_results & !ends_k) | are_out;
    scaled.taken.drive(taken);
    from.iter().for_each(|stream| stream.set_ready(taken));
}

/// Outputs the rows in turn, in the format of results.
fn give_rows<'m>(
    m: &'m Module,
    params: &Params,
    output: &Stream<'m, Results<Signal<'m>>>,
    has_rows: Signal<'m>,
    error: Signal<'m>,
    rows: &[Signal<'m>],
) -> Signal<'m> {
    rows_in_turn(m, output, has_rows, Some(error), rows, |row| {
        let lane = |(lane, result)| {
            m.scope(&format!("lane{lane}"), || converted(m, FloatFormat::FP32, params.result.float(), result))
        };
        m.concat_lsb(&row.split_lsb(32).into_iter().enumerate().map(lane).collect::<Vec<_>>())
    })
}
