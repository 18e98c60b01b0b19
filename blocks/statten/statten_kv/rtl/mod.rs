//! The hardware.
//!
//! ```text
//! job --> legal? --> answer
//!           |
//! k --> words of columns --> one column ---------+
//! v --> words of columns --> a column a unit --> AND, count, add up --> kv
//! ```

mod passes;
mod units;

use super::{BLOCK, Params};
use crate::block::Hardware;
use crate::parameters::Parameters;
use crate::statten::Shape;
use crate::statten::jobs::{fit, jobs};
use crate::statten::load::{Asked, Operand, load, turn};
use crate::top::{block, module};
use hdl::{Bundle, Child, Design, ModuleRef, Payload};
use parts::stream::fork::fork;
use passes::{Column, Passes};

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let shape = &self.shape;
        let (jobs, core) = (jobs(design, shape), core(design, shape));
        let what =
            "K^T V of spikes, chunk by chunk: counts of rows in which a column of K and one of V fire.";
        let timing = format!(
            "Throughput: {} values in as many cycles as a chunk of a column has words of {} bits, without silent columns.",
            shape.units, shape.width
        );
        block(design, &BLOCK, self, &[what, &timing], |m| {
            let (jobs, core) = (m.instance("u_jobs", jobs), m.instance("u_core", core));
            m.input_stream("job", &shape.job()).connect(&jobs.input_stream("job", &shape.job()));
            let plans = core.input_stream("plan", &shape.plan());
            jobs.output_stream("plan", &shape.plan()).connect(&plans);
            for operand in ["k", "v"] {
                let own = core.input_stream(operand, &shape.spikes());
                m.input_stream(operand, &shape.spikes()).connect(&own);
            }
            let answer = m.output_stream("answer", &shape.answer());
            jobs.output_stream("answer", &shape.answer()).connect(&answer);
            core.output_stream("kv", &shape.values()).connect(&m.output_stream("kv", &shape.values()));
        })
    }
}

/// The block for jobs that are legal.
pub fn core(design: &Design, shape: &Shape) -> ModuleRef {
    let loads = [Operand::Keys, Operand::Values].map(|operand| load(design, shape, operand));
    module(design, "statten_kv_core", &shape.name_parts(), |m| {
        m.describe("K^T V of spikes, chunk by chunk, of jobs that are legal.");
        let (keys, values) = (m.instance("u_keys", loads[0]), m.instance("u_values", loads[1]));
        let plans = m.input_stream("plan", &shape.plan());
        let own = [&keys, &values].map(|load| load.input_stream("plan", &shape.plan()));
        fork(m, &plans, &own);
        own.iter().for_each(|own| own.set_payload(plans.payload));
        m.input_stream("k", &shape.spikes()).connect(&keys.input_stream("in", &shape.spikes()));
        m.input_stream("v", &shape.spikes()).connect(&values.input_stream("in", &shape.spikes()));

        let found = [
            Operand::Keys.found(shape).signals(&mut |name| keys.get(name)),
            Operand::Values.found(shape).signals(&mut |name| values.get(name)),
        ];
        let turn = turn(shape).signals(&mut |name| keys.get(name));
        let advance = m.wire("advance", 1);
        let passes = Passes::new(m, shape, &turn, &found, advance.value());
        ask(&keys, shape, Operand::Keys, &passes, passes.key);
        ask(&values, shape, Operand::Values, &passes, passes.value);
        units::units(m, shape, &passes, [found[0].words, found[1].words], advance);
    })
}

/// Reads columns of an operand.
fn ask<'m>(
    load: &Child<'m>,
    shape: &Shape,
    operand: Operand,
    passes: &Passes<'m>,
    Column { word, column, tile, piece }: Column<'m>,
) {
    let widths = operand.asked(shape);
    let asked = Asked {
        word,
        column: widths.column.map(|_| column),
        chunk: widths.chunk.map(|width| fit(passes.chunk, width)),
        tile,
        piece,
        reads: passes.advance,
        releases: passes.ends_head,
    };
    for (place, signal) in asked.members() {
        load.set(place.name(), signal);
    }
}
