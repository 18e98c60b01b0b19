//! Refuses jobs that are illegal, and works out what counters go up to for the others.

use super::shape::{Answer, Fault, Job, Plan, Shape};
use crate::parameters::Parameters;
use crate::top::module;
use hdl::{Design, Module, ModuleRef, Signal};
use parts::storage::held::held_flag;
use parts::stream::slot::Slot;

/// Stages of registers from a job to its fault: beats, words, words of a tile, fault.
const STAGES: u32 = 4;

/// The module: `job` to `answer`, and to `plan` if it is legal.
pub fn jobs(design: &Design, shape: &Shape) -> ModuleRef {
    module(design, "statten_jobs", &shape.name_parts(), |m| {
        m.describe("Refuses jobs that are illegal, and works out what counters go up to for the others.");
        let job = m.input_stream("job", &shape.job());
        let answer = m.output_stream("answer", &shape.answer());
        let plan = m.output_stream("plan", &shape.plan());
        let uses = m.wire("uses", 1);
        let slot = Slot::new(m, "job", &job, &job.payload, uses.value());
        let numbers = Numbers::of(m, shape, slot.beat);
        let fault = numbers.fault(m, shape).delayed("fault");
        // The job stays while its numbers follow from each other, one stage of registers after the other.
        let is_known = (0..STAGES).fold(m.ones(1), |known, stage| {
            held_flag(m, &format!("is_known{stage}"), known & slot.is_full, m.ones(1))
        });
        let is_known = is_known & slot.is_full;
        let is_legal = fault.eq(m.code(Fault::None)).named("is_legal");
        let is_answered = m.reg("is_answered", 1).reset_to(0);
        answer.set_valid(is_known & !is_answered.value());
        answer.set_payload(Answer { error: fault });
        plan.set_valid(is_known & is_answered.value());
        plan.set_payload(numbers.plan(shape));
        is_answered.enable(answer.fires() | plan.fires()).set(answer.fires() & is_legal);
        uses.drive(plan.fires() | (answer.fires() & !is_legal));
    })
}

/// What follows from a job.
struct Numbers<'m> {
    job: Job<Signal<'m>>,
    /// Beats of tokens.
    beats: Signal<'m>,
    /// Steps, rounded up to a power of two.
    lanes: Signal<'m>,
    /// Words of a chunk of a column.
    words: Signal<'m>,
    /// Words of all chunks of a column.
    tile_words: Signal<'m>,
}

impl<'m> Numbers<'m> {
    fn of(m: &'m Module, shape: &Shape, job: Job<Signal<'m>>) -> Numbers<'m> {
        let beats = quotient(m, job.tokens, shape.rows).delayed("beats");
        let below = (job.steps - 1).zext(job.steps.width() + 1);
        // A 1 in every bit below the highest one.
        let smeared = (0..).map(|bit| 1 << bit).take_while(|by| *by < below.width());
        let lanes = (smeared.fold(below, |bits, by| bits | (bits >> by)) + 1).delayed("lanes");
        let words = quotient(m, lanes * beats, shape.lanes()).delayed("words");
        Numbers { job, beats, lanes, words, tile_words: (words * job.chunks).delayed("tile_words") }
    }

    fn fault(&self, m: &'m Module, shape: &Shape) -> Signal<'m> {
        let Job { tokens, steps, chunks, tiles, heads, denominator, masks } = self.job;
        let is_wrong = |count: Signal<'m>, most: u32| !count.any() | exceeds(count, most);
        let most_steps = shape.lanes().min(shape.time_steps);
        let wrong_steps = is_wrong(steps, most_steps)
            | is_wrong(chunks, shape.time_steps)
            | exceeds(steps * chunks, shape.time_steps)
            | (masks & steps.ne(1));
        let cases = [
            (is_wrong(tokens, shape.tokens), Fault::Tokens),
            (wrong_steps, Fault::Steps),
            (is_wrong(tiles, shape.tiles), Fault::Tiles),
            (!heads.any(), Fault::Heads),
            (!denominator.any(), Fault::Denominator),
            (exceeds(steps * tokens, shape.chunk_rows), Fault::Rows),
            (exceeds(self.tile_words * tiles, shape.column_words), Fault::ColumnWords),
            (exceeds(chunks * tiles, shape.pieces), Fault::Pieces),
            (exceeds(self.beats * tiles, shape.query_words), Fault::QueryWords),
        ];
        m.priority(&cases.map(|(is_wrong, fault)| (is_wrong, m.code(fault))), m.code(Fault::None))
    }

    fn plan(&self, shape: &Shape) -> Plan<Signal<'m>> {
        let widths = shape.plan();
        let last = |count: Signal<'m>, width| fit(count - 1, width);
        Plan {
            last_row: last(self.job.tokens, widths.last_row),
            last_beat: last(self.beats, widths.last_beat),
            steps: self.job.steps,
            lanes: fit(self.lanes, widths.lanes),
            last_chunk: last(self.job.chunks, widths.last_chunk),
            last_tile: last(self.job.tiles, widths.last_tile),
            last_head: last(self.job.heads, widths.last_head),
            last_word: last(self.words, widths.last_word),
            tile_words: fit(self.tile_words, widths.tile_words),
            denominator: self.job.denominator,
            masks: self.job.masks,
        }
    }
}

/// A count divided by a power of two, rounded up.
fn quotient<'m>(m: &'m Module, count: Signal<'m>, by: u32) -> Signal<'m> {
    let low = by.ilog2();
    let sum = count.add_wide(m.lit(u128::from(by) - 1, low));
    sum.high(sum.width() - low)
}

/// Whether a number is greater than a limit, which may be wider.
fn exceeds(number: Signal<'_>, most: u32) -> Signal<'_> {
    match u64::from(most) >> number.width().min(63) {
        0 => number.gt(u64::from(most)),
        _ => number.module().lit(0, 1),
    }
}

/// A number that is known to fit a width.
pub fn fit(number: Signal<'_>, width: u32) -> Signal<'_> {
    if number.width() >= width { number.low(width) } else { number.zext(width) }
}
