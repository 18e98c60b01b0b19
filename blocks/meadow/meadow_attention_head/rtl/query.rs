//! The queries of a group: an element of each token times a row of weights, in broadcasting elements.

use super::buffer::Buffer;
use super::lent::LentBeat;
use super::loader::{Loader, RowsOfJob};
use super::rounds::{Round, Rounds};
use super::serial::Serial;
use super::split::Split;
use super::units::{IN_FLIGHT, Results, Units, requantised};
use crate::block::Hardware;
use crate::common::flow::Flow;
use crate::meadow::meadow_attention_head::params::{
    COUNT_BITS, ELEMENT_BITS, LendingJob, Params, ScaleFields, TABLE, TableBeat,
};
use crate::meadow::meadow_mac_pe::Kind;
use crate::meadow::meadow_requantize::MAGNITUDE_BITS;
use crate::meadow::meadow_requantize::scaling::Magnitude;
use crate::parameters::Parameters;
use crate::top::module;
use hdl::{Bundle, Collision, Design, Module, ModuleRef, Signal, index_width};
use parts::storage::fifo::Fifo;
use parts::storage::held::held;

/// What the stage knows of a job.
#[derive(Clone, Copy, Bundle)]
pub struct QueryJob<T> {
    /// Number of the last element of a token.
    pub last_element: T,
    /// Number of tokens.
    pub tokens: T,
    /// Lent elements, if there are some.
    #[bundle(flatten)]
    pub lending: Option<LendingJob<T>>,
}

/// The queries of a group.
#[derive(Clone, Copy, Bundle)]
pub struct Queries<T> {
    /// All elements of each token.
    pub queries: T,
    /// Last group of the job.
    pub last: T,
}

impl Params {
    /// Width of the number of an element of a token.
    fn element_bits(&self) -> u32 {
        index_width(self.d_model.into())
    }

    /// The widths.
    pub fn query_job(&self) -> QueryJob<u32> {
        QueryJob { last_element: self.element_bits(), tokens: COUNT_BITS, lending: self.lending() }
    }

    /// The queries of a group.
    pub fn queries(&self) -> Queries<u32> {
        Queries { queries: self.tokens * self.row_bits(), last: 1 }
    }

    /// Adds the stage to a design.
    pub fn query_stage(&self, design: &Design) -> ModuleRef {
        let element = self.element(Kind::Broadcast, ELEMENT_BITS);
        let unit = element.build(design);
        module(design, "meadow_query", &self.name_parts(), |m| {
            m.describe("The queries of a group of tokens.");
            m.describe("A group takes as many cycles as a token has elements.");
            query(m, self, &Units::new(m, self, element, unit));
        })
    }
}

fn query<'m>(m: &'m Module, params: &Params, units: &Units<'m>) {
    let table = m.input_stream("table", &TABLE);
    let entries = m.pack(&table.payload);
    let (last_entry, table_ends) = (m.ones(params.place_bits()), m.wire("table_ends", 1));
    let table = m.scope("table", || {
        Buffer::new(m, &table, entries, params.d_head, m.ones(1), last_entry, table_ends.value())
    });
    let split = params.lends.then(|| Split::new(m, params));
    let fed = multiply(m, params, units, split.as_ref());

    let results = units.results();
    let output = m.output_stream("query", &params.queries());
    let leaves = output.fires();
    let is_busy = m.reg("is_busy", 1).reset_to(0);
    let rounds = Fifo::new(m, "groups", fed.round.packed_width(), IN_FLIGHT);
    let round = m.unpack(&fed.round, rounds.front);
    let has_table = table.has_half();
    let group = match &split {
        None => of_own(&round, &results, has_table, is_busy.value()),
        Some(split) => {
            split.may_begin(!rounds.has_word() & !is_busy.value());
            split.group(&round, &results, has_table, is_busy.value())
        }
    };
    let Group { choice, takes, begins, .. } = group;
    is_busy.enable(begins | leaves).set(begins);
    let is_last_group = held(m, "is_last_group", group.is_last, begins);
    rounds.finish(fed.ends_round, m.pack(&fed.round), group.ends_round);
    let serial = m.scope("serial", || {
        Serial::of_choices(m, &group.sums, 1, params.place_bits(), [choice, takes, begins], m.ones(1))
    });
    if let Some(split) = &split {
        split.shifts(serial.is_busy);
    }
    table_ends.drive(serial.is_busy & serial.is_last & is_last_group);

    // There is room for the queries: nothing waits.
    let flow = Flow { m, advance: m.ones(1) };
    let stages = ["biased", "magnitude", "product", "result"];
    let TableBeat { bias, scale } = m.unpack(&TABLE, table.memory.read(table.address(serial.place)));
    let scale = ScaleFields {
        multiplier: flow.through(&stages[..2], "multiplier", scale.multiplier),
        shift: flow.through(&stages[..2], "shift", scale.shift),
    };
    let biased: Vec<Signal> =
        serial.sums.iter().map(|sum| sum.sext(MAGNITUDE_BITS) + bias.sext(MAGNITUDE_BITS)).collect();
    let magnitudes = Magnitude::of_lanes(flow, &flow.keep_all("biased", &biased));
    let has_result = flow.valid_through(&stages, serial.is_busy);
    let is_last = flow.through(&stages, "last", serial.is_last);
    let queries = requantised(params, flow, magnitudes, &scale, |_, element| {
        let query = m.reg("query", params.row_bits()).enable(has_result);
        query.set(m.concat(&[element, query.value().high(params.row_bits() - ELEMENT_BITS)]));
        query.value()
    });
    let is_there = m.reg("query_is_there", 1).reset_to(0).enable(has_result | output.fires());
    is_there.set(has_result & is_last);
    output.set_valid(is_there.value());
    output.set_payload(Queries { queries, last: is_last_group });
}

/// A group whose sums are there.
pub struct Group<'m> {
    /// They are taken.
    pub takes: Signal<'m>,
    /// Its query begins: of the sums that are taken, or were taken last.
    pub begins: Signal<'m>,
    /// Those of each token, of all elements.
    pub sums: Vec<Vec<Signal<'m>>>,
    /// The number of the elements whose sums are taken, from 1 up; else 0.
    pub choice: Signal<'m>,
    /// The group that begins is the last of the job.
    pub is_last: Signal<'m>,
    /// The group that is taken is the last of its round, which ends.
    pub ends_round: Signal<'m>,
}

/// A group in the stage's own elements.
fn of_own<'m>(
    round: &Round<Signal<'m>>,
    results: &Results<'m, '_>,
    has_table: Signal<'m>,
    is_busy: Signal<'m>,
) -> Group<'m> {
    let takes = (results.valid() & has_table & !is_busy).named("takes_sums");
    results.set_ready(takes);
    Group {
        takes,
        begins: takes,
        choice: takes,
        sums: vec![results.sums()],
        is_last: round.is_last,
        ends_round: takes,
    }
}

/// The rounds that the units get.
struct Fed<'m> {
    /// One ends.
    ends_round: Signal<'m>,
    /// It.
    round: Round<Signal<'m>>,
}

/// Feeds the units with elements and rows of weights.
fn multiply<'m>(m: &'m Module, params: &Params, units: &Units<'m>, split: Option<&Split<'m>>) -> Fed<'m> {
    let (jobs, rows) = (m.input_stream("job", &params.query_job()), m.input_stream("weights", &params.row()));
    let x = m.input_stream("x", &params.x());
    let job_ends = m.wire("job_ends", 1);
    let rows_of = |job: &QueryJob<Signal<'m>>| RowsOfJob { last: job.last_element, keeps: None };
    let weights =
        m.scope("weights", || Loader::new(m, &jobs, &rows, params.d_model, rows_of, job_ends.value()));
    let Loader { starts, next, .. } = weights;
    let rounds = Rounds::new(m, params, &next, starts);
    let round = rounds.round;

    let feed = units.feed();
    let is_there = m.wire("element_is_there", 1);
    let takes = feed.ready();
    let flow = Flow { m, advance: (!is_there.value() | takes).named("advance") };
    let is_open = weights.is_busy & flow.advance;
    x.set_ready(split.map_or(is_open, |split| is_open & split.opens(&round)));
    is_there.drive(flow.flag("element_valid", x.fires()));

    let place = m.reg("element", params.element_bits()).reset_to(0).enable(x.fires());
    let last_element = held(m, "last_element", next.last_element, starts);
    let is_last = place.value().eq(last_element).named("is_last_element");
    place.set((place.value() + 1).gated(!is_last));
    let address = weights.rows.address(place.value());
    let row = weights.rows.memory.read_at_clock("weight_row", address, Collision::Undefined);
    let row = row.enable(flow.advance).value();
    let last = flow.keep("element_is_last", is_last);
    let elements = flow.keep("elements", x.payload.elements);
    let elements = match split {
        None => elements,
        Some(split) => {
            let beat = LentBeat { elements, row, last };
            split.feed(flow, &round, is_there.value(), takes, beat)
        }
    };
    feed.send(is_there.value() & takes, elements.split_lsb(ELEMENT_BITS), row, last);

    let ends_round = x.fires() & is_last;
    job_ends.drive(ends_round & round.is_last);
    rounds.finish(ends_round);
    Fed { ends_round, round }
}
