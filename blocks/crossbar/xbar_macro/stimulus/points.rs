//! The coverage points.

use crate::crossbar::pins::ArrayPlace;
use crate::crossbar::xbar_macro::model::{Events, Macro, taken};
use crate::crossbar::xbar_macro::params::{Output, Params, lane};
use crate::stimulus::{Coverage, Observe, report_reached};
use hdl::Bits;
use parts::registers::Response;

/// A point: its name, whether these parameters have it, and whether a cycle reaches it.
type Point = (&'static str, fn(&Params) -> bool, fn(&Events) -> bool);

const POINTS: [Point; 26] = [
    ("vector that is too short", |params| params.mvm.driver().beats() > 1, |events| events.vector.is_early),
    ("vector that is too long", |_| true, |events| events.vector.is_late),
    (
        "input out of range",
        |params| lane(params.mvm.input_bits) > params.mvm.input_bits,
        |events| events.odd_input,
    ),
    ("more than four vectors inside", |params| params.mvm.input_bits == 1, |events| events.inside > 4),
    ("vector that waits for a word", |_| true, |events| events.vector_waits),
    ("word that waits for vectors", |_| true, |events| events.word_waits),
    (
        "sums that are too few",
        |params| params.chained && params.mvm.outputs > 1,
        |events| events.partial.is_early,
    ),
    ("sums that are too many", |params| params.chained, |events| events.partial.is_late),
    ("sums that say that they are wrong", |params| params.chained, |events| events.partial.is_marked),
    ("sum with a code that was the greatest one", saturates, |events| events.saturates),
    ("sum that leaves its range", |params| params.chained, |events| events.sum_error),
    ("table that is too short", has_long_tables, |events| events.table.is_early),
    ("table that is too long", has_tables, |events| events.table.is_late),
    ("entry out of range", has_tables, |events| events.odd_entry),
    ("word that is too short", |_| true, |events| events.word.is_early),
    ("word that is too long", |_| true, |events| events.word.is_late),
    ("word that is refused", |_| true, |events| events.word.ends && events.word.is_wrong),
    ("word that is programmed", |_| true, |events| events.done),
    ("write that is refused", |_| true, |events| is_refused(events)),
    (
        "write that is refused while a word is programmed",
        |_| true,
        |events| is_refused(events) && events.is_programming,
    ),
    ("register of xbar_program that is read", |_| true, |events| events.reads_program),
    ("read that waits for a write", |_| true, |events| events.read_waits),
    ("right results", |_| true, |events| events.results == Some(false)),
    ("wrong results", |_| true, |events| events.results == Some(true)),
    ("results that are not taken at once", |_| true, |events| events.results_wait),
    ("neurons that rest", |params| params.output == Output::Lif, |events| events.rests),
];

/// Arrays outside say anything; the model's codes may stay below the greatest.
fn saturates(params: &Params) -> bool {
    match params.mvm.array {
        ArrayPlace::External => true,
        ArrayPlace::Model => params.mvm.array_model(0).saturates(params.mvm.rows_at_once()),
    }
}

fn has_tables(params: &Params) -> bool {
    params.stage().is_some()
}

fn has_long_tables(params: &Params) -> bool {
    has_tables(params) && params.mvm.outputs * params.mvm.adcs > 1
}

fn is_refused(events: &Events) -> bool {
    events.written == Some(Response::SlaveError)
}

/// The points of these parameters.
pub fn coverage(params: &Params) -> Coverage<'_> {
    let points: Vec<Point> = POINTS.into_iter().filter(|(_, is_there, _)| is_there(params)).collect();
    let names: Vec<&'static str> = points.iter().map(|(name, ..)| *name).collect();
    Coverage::new(names, Observer { params, points, whole: Macro::new(params) })
}

/// Finds the points of cycles.
struct Observer<'p> {
    params: &'p Params,
    points: Vec<Point>,
    whole: Macro,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let (_, events) = self.whole.clock(&taken(self.params, beat));
        let is_reached: Vec<bool> = self.points.iter().map(|(_, _, is)| is(&events)).collect();
        report_reached(&is_reached, hit);
    }
}
