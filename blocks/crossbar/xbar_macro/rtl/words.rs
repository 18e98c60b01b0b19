//! Words on their way to `xbar_program`, and what becomes of them.
//!
//! ```text
//! s_axis_word --> [place, mask, levels] --> xbar_program --> m_axis_outcome
//!                           +--> refused -------------------------^
//! ```

use super::lanes::{apart, is_above};
use super::packet::{Packet, Taken};
use crate::crossbar::xbar_macro::params::{
    BEAT_BITS, Beat, FLAGS_AT, OUTCOME, PLACE_BITS, Params, Place, READS_AT, WORD,
};
use crate::crossbar::xbar_program::{Outcome, Word};
use hdl::{Child, Module, Signal};
use parts::storage::held::held;

/// The word that is inside.
pub struct Words<'m> {
    /// It waits for the array, or is programmed: no vector begins.
    pub wants_array: Signal<'m>,
    /// It is programmed: the array is not read for products.
    pub is_programmed: Signal<'m>,
    /// It or its outcome is there.
    pub is_inside: Signal<'m>,
    /// Where it is.
    pub place: Place<Signal<'m>>,
    /// It is refused, in this cycle.
    pub error: Signal<'m>,
    /// It is done, in this cycle.
    pub is_done: Signal<'m>,
    pub outcome: Outcome<Signal<'m>>,
}

/// Programs words, one after the other, while no vector is inside.
pub fn build<'m>(
    m: &'m Module,
    params: &Params,
    program: Child<'m>,
    vectors_are_inside: Signal<'m>,
) -> Words<'m> {
    // What a word does: one of these, or none while its beats come.
    let [waits, programs, offers] =
        ["waits", "is_programmed", "offers"].map(|name| m.reg(name, 1).reset_to(0));
    let collects = !(waits.value() | programs.value() | offers.value());

    let from = m.input_stream(WORD, &params.word());
    let packet = Packet::new(m, from.valid(), from.payload, params.word_beats());
    let is_begun = !packet.is_first;
    let parts = Parts::new(m, params, &packet);
    let (place, word) = parts.keep(m, packet.valid & collects);
    let Taken { ready, ends, is_wrong, .. } = packet.finish(m, collects, parts.is_odd);
    from.set_ready(ready);
    let is_refused = held(m, "is_refused", is_wrong, ends);

    let to = program.input_stream("in", &params.program().word());
    to.set_valid(waits.value() & !vectors_are_inside);
    to.set_payload(word);
    let done = program.output_stream("out", &params.program().outcome());
    let is_done = (programs.value() & done.valid()).named("is_done");
    let leaves = offer(m, offers.value(), &done.payload, is_refused);
    done.set_ready(leaves & !is_refused);

    let (accepts, refuses) = (ends & !is_wrong, ends & is_wrong);
    waits.enable(accepts | to.fires()).set(accepts);
    programs.enable(to.fires() | is_done).set(to.fires());
    offers.enable(refuses | is_done | leaves).set(!leaves);
    Words {
        wants_array: waits.value() | programs.value(),
        is_programmed: programs.value(),
        is_inside: !collects | is_begun,
        place,
        error: refuses,
        is_done,
        outcome: done.payload,
    }
}

/// What the beats of a word carry.
struct Parts<'m> {
    /// The number of the beat.
    beat: Signal<'m>,
    place: Place<Signal<'m>>,
    mask: Signal<'m>,
    /// By beat.
    levels: Vec<Signal<'m>>,
    /// The beat has a number that is out of range.
    is_odd: Signal<'m>,
}

impl<'m> Parts<'m> {
    fn new(m: &'m Module, params: &Params, packet: &Packet<'m>) -> Parts<'m> {
        let (data, beat) = (packet.data, packet.place.expect("a word has several beats"));
        let (cells, bits, of_beat) =
            (params.word_cells(), params.mvm.device.cell_bits, params.cells_of_beat());
        let (row, word) = (data.low(PLACE_BITS), data.slice(2 * PLACE_BITS - 1, PLACE_BITS));
        let is_elsewhere = row.ge(params.mvm.inputs_of_vector())
            | word.ge(params.row_words())
            | data.high(BEAT_BITS - 2 * PLACE_BITS).any();
        let declared = params.place();
        let place = Place { row: row.low(declared.row), word: declared.word.map(|bits| word.low(bits)) };
        let mut odd = vec![is_elsewhere, is_above(m, data, cells, false)];
        let mut levels = vec![];
        for first in (0..cells).step_by(of_beat as usize) {
            let count = of_beat.min(cells - first);
            let lanes = data.low(count * (BEAT_BITS / of_beat));
            let (own, is_odd) = apart(m, lanes, count, bits, false);
            levels.push(m.concat_lsb(&own));
            odd.push(is_odd | is_above(m, data, lanes.width(), false));
        }
        let odd: Vec<(Signal, Signal)> =
            (0u64..).zip(odd).map(|(number, is_odd)| (beat.eq(number), is_odd)).collect();
        Parts { beat, place, mask: data.low(cells), levels, is_odd: m.one_hot(&odd) }
    }

    /// The parts, from the cycle on behind the one in which each is taken, which `takes` is 1 in.
    fn keep(&self, m: &'m Module, takes: Signal<'m>) -> (Place<Signal<'m>>, Word<Signal<'m>>) {
        let is = |number: u64| takes & self.beat.eq(number);
        let place = m.hold("place", &self.place, is(0));
        let mask = held(m, "mask", self.mask, is(1));
        let levels: Vec<Signal> = (2u64..)
            .zip(&self.levels)
            .map(|(number, levels)| held(m, &format!("levels{number}"), *levels, is(number)))
            .collect();
        (place, Word { levels: m.concat_lsb(&levels), mask, row: None })
    }
}

/// The two beats of an outcome, while `offers` is 1; gives whether the second one leaves.
fn offer<'m>(
    m: &'m Module,
    offers: Signal<'m>,
    done: &Outcome<Signal<'m>>,
    is_refused: Signal<'m>,
) -> Signal<'m> {
    let output = m.output_stream(OUTCOME, &Beat { data: BEAT_BITS, last: 1 });
    let is_second = m.reg("is_second_beat", 1).reset_to(0).enable(output.fires());
    is_second.set(!is_second.value());
    let counts =
        [done.pulses.zext(READS_AT), done.reads.zext(FLAGS_AT - READS_AT), done.error, done.at_limit];
    let counts = m.concat_lsb(&counts).gated(!is_refused);
    let counts = m.concat_lsb(&[counts, is_refused]).zext(BEAT_BITS);
    let failed = done.failed.zext(BEAT_BITS).gated(!is_refused);
    output.set_valid(offers);
    output.set_payload(Beat { data: is_second.value().mux(counts, failed), last: is_second.value() });
    output.fires() & is_second.value()
}
