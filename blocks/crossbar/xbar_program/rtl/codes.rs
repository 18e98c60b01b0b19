//! All levels at once, by a code of each cell. The cells of a beat are at the low end of registers that rotate by a beat, so that
//! they are compared with the bounds of their levels one beat after the other.

use super::registers::Bounds;
use super::{Judged, Next, Parts};
use hdl::{Module, Reg, Signal};

/// Judges the cells of a word.
pub fn judge<'m>(m: &'m Module, parts: &Parts<'m>) -> Judged<'m> {
    let Parts { params, word, sweep, takes, beat, .. } = parts;
    let accepts = word.fires();
    let decides = beat.map_or(*takes, |beat| *takes & beat.eq(u64::from(params.columns() - 1)));
    let decides = decides.named("last_beat");
    let beats =
        |name, width| Rotating { register: m.reg(name, width * params.cells), lanes: width * params.lanes() };
    let (levels, mask, failed) = (beats("levels", params.level_bits), beats("mask", 1), beats("failed", 1));
    let [sets, resets] = ["wants_set", "wants_reset"].map(|name| beats(name, 1));

    let wants = wants(m, parts, levels.beat());
    let usable = mask.beat() & !failed.beat();
    let refused = wants.has_empty_bounds & usable;
    let lanes = |condition: Signal<'m>| condition.repeat(params.lanes());
    let (no_pulse, is_swept) = (lanes(!parts.may_pulse), sweep.is_swept);
    let given_up = |is_own: Signal<'m>| no_pulse | lanes(is_own & is_swept) | wants.has_empty_bounds;
    let set_ends = wants.set & given_up(sweep.set);
    let reset_ends = wants.reset & given_up(!sweep.set);
    let wants_set = (wants.set & usable & !set_ends).named("set_now");
    let wants_reset = (wants.reset & usable & !reset_ends).named("reset_now");
    let fails = (set_ends | reset_ends) & usable;
    let is_outside = (wants.set | wants.reset) & usable & !wants.has_empty_bounds;

    levels.rotate(accepts, word.payload.levels, *takes, levels.beat());
    mask.rotate(accepts, word.payload.mask, *takes, mask.beat());
    failed.rotate(accepts, m.zero(params.cells), *takes, failed.beat() | fails);
    sets.rotate(accepts, m.zero(params.cells), *takes, wants_set);
    resets.rotate(accepts, m.zero(params.cells), *takes, wants_reset);

    let any_set = any_in_read(m, "any_set", wants_set.any(), *takes, decides);
    let any_reset = any_in_read(m, "any_reset", wants_reset.any(), *takes, decides);
    let (own, other) = (sweep.set.mux(any_set, any_reset), sweep.set.mux(any_reset, any_set));
    let is_empty = accepts & !word.payload.mask.any();
    let next = Next {
        pulses: decides & (own | other),
        reads: accepts & !is_empty,
        ends: is_empty | (decides & !own & !other),
        begins: accepts,
        flips: decides & !own & other,
    };
    let has_empty_bounds = m.reg("has_empty_bounds", 1).enable(accepts | (*takes & refused.any()));
    has_empty_bounds.set(!accepts);
    Judged {
        next,
        decides,
        cells: sweep.set.mux(sets.register.value(), resets.register.value()),
        failed: failed.register.value(),
        has_empty_bounds: has_empty_bounds.value(),
        is_outside: is_outside.any(),
        reference: None,
    }
}

/// A register that rotates by a beat.
struct Rotating<'m> {
    register: Reg<'m>,
    /// Bits of a beat.
    lanes: u32,
}

impl<'m> Rotating<'m> {
    /// The next beat.
    fn beat(&self) -> Signal<'m> {
        self.register.value().low(self.lanes)
    }

    /// Loads a word, or takes the beat away at the low end and puts another in at the high one.
    fn rotate(&self, loads: Signal<'m>, word: Signal<'m>, takes: Signal<'m>, beat: Signal<'m>) {
        let m = loads.module();
        let rotated = match word.width() - self.lanes {
            0 => beat,
            rest => m.concat(&[beat, self.register.value().high(rest)]),
        };
        self.register.enable(loads | takes).set(loads.mux(word, rotated));
    }
}

/// What the cells of a beat want, whether they are usable or not.
struct Wants<'m> {
    set: Signal<'m>,
    reset: Signal<'m>,
    has_empty_bounds: Signal<'m>,
}

fn wants<'m>(m: &'m Module, parts: &Parts<'m>, levels: Signal<'m>) -> Wants<'m> {
    let bounds = &parts.registers.bounds;
    let of = |level: Signal<'m>, bound: &dyn Fn(&Bounds<'m>) -> Signal<'m>| {
        m.select(level, &bounds.iter().map(bound).collect::<Vec<_>>())
    };
    let codes = parts.sensed.split_lsb(parts.params.adc_bits);
    let cells = codes.into_iter().zip(levels.split_lsb(parts.params.level_bits)).map(|(code, level)| {
        let own =
            Bounds { lower: of(level, &|bounds| bounds.lower), upper: of(level, &|bounds| bounds.upper) };
        (code.lt(own.lower), own.is_below(code), own.is_empty())
    });
    let cells: Vec<_> = cells.collect();
    let joined = |of: &dyn Fn(&(Signal<'m>, Signal<'m>, Signal<'m>)) -> Signal<'m>| {
        m.concat_lsb(&cells.iter().map(of).collect::<Vec<_>>())
    };
    Wants {
        set: joined(&|cell| cell.0),
        reset: joined(&|cell| cell.1),
        has_empty_bounds: joined(&|cell| cell.2),
    }
}

/// Whether `now` is 1 in a beat of the read up to this one.
fn any_in_read<'m>(
    m: &'m Module,
    name: &str,
    now: Signal<'m>,
    takes: Signal<'m>,
    ends: Signal<'m>,
) -> Signal<'m> {
    let before = m.reg(&format!("{name}_before"), 1).reset_to(0).enable(takes);
    let any = before.value() | now;
    before.set(any & !ends);
    any
}
