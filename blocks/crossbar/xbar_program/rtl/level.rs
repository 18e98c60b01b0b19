//! Level by level, by sense amplifiers with one reference.

use super::registers::Bounds;
use super::{Judged, Next, Parts};
use hdl::{Module, Signal};
use parts::storage::held::held;

/// Judges the cells of a level.
pub fn judge<'m>(m: &'m Module, parts: &Parts<'m>) -> Judged<'m> {
    let Parts { word, sweep, takes, .. } = parts;
    let scans = m.reg("scans", 1).reset_to(0);
    let level = m.reg("level", parts.params.level_bits);
    let failed = m.reg("failed", parts.params.cells);
    let at_level = at_level(m, parts, level.value()) & !failed.value();
    let at_level = at_level.named("at_level");
    let bounds = bounds(m, parts, level.value());
    let is_empty = bounds.is_empty();
    let begins = (scans.value() & at_level.any() & !is_empty).named("level_begins");

    let own = m.reg("own", parts.params.cells);
    let outside = parts.sensed ^ sweep.set.repeat(parts.params.cells);
    let is_bounded = sweep.set | bounds.has_upper();
    let wants = (own.value() & outside & is_bounded.repeat(parts.params.cells)).named("wants");
    let gives_up = sweep.is_swept | !parts.may_pulse;
    let pulses = *takes & wants.any() & !gives_up;
    let pulses = pulses.named("wants_pulse");
    let is_refused = scans.value() & is_empty;
    let fails = m.one_hot(&[(is_refused, at_level), (*takes & gives_up, wants)]).named("fails");
    let left = at_level & !fails;

    // A phase was before, and no pulse since: the cells are within both bounds.
    let is_verified = m.reg("is_later_phase_without_pulse", 1).enable(begins | *takes);
    is_verified.set(!begins & !pulses);
    let is_done = *takes & !pulses & (is_verified.value() | !left.any());
    let flips = (*takes & !pulses & !is_done).named("flips");
    own.enable(begins | *takes).set(pulses.mux(wants, left));
    failed.enable(word.fires() | fails.any()).set((failed.value() | fails).gated(!word.fires()));

    let leaves = (scans.value() & !begins) | is_done;
    let is_last = level.value().all();
    level.enable(word.fires() | leaves).set((level.value() + 1).gated(!word.fires()));
    scans.set(word.fires() | (leaves & !is_last));
    let next = Next { pulses, reads: begins | flips, ends: leaves & is_last, begins, flips };
    let has_empty_bounds = m.reg("has_empty_bounds", 1).enable(word.fires() | (is_refused & at_level.any()));
    has_empty_bounds.set(!word.fires());
    let reference = sweep.next_set.mux(bounds.lower, bounds.upper_code());
    Judged {
        next,
        decides: *takes,
        cells: own.value(),
        failed: failed.value(),
        has_empty_bounds: has_empty_bounds.value(),
        is_outside: wants.any(),
        reference: Some(held(m, "reference_now", reference, begins | flips)),
    }
}

/// The cells of the word at a level.
fn at_level<'m>(m: &'m Module, parts: &Parts<'m>, level: Signal<'m>) -> Signal<'m> {
    let word = m.hold("word", &parts.word.payload, parts.word.fires());
    let cells = word.levels.split_lsb(parts.params.level_bits).into_iter().map(|own| own.eq(level));
    m.concat_lsb(&cells.collect::<Vec<_>>()) & word.mask
}

/// The bounds of a level.
fn bounds<'m>(m: &'m Module, parts: &Parts<'m>, level: Signal<'m>) -> Bounds<'m> {
    let all = &parts.registers.bounds;
    let of = |bound: &dyn Fn(&Bounds<'m>) -> Signal<'m>| {
        m.select(level, &all.iter().map(bound).collect::<Vec<_>>())
    };
    Bounds { lower: of(&|bounds| bounds.lower), upper: of(&|bounds| bounds.upper) }
}
