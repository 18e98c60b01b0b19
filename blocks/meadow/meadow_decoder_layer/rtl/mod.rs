//! The hardware.
//!
//! ```text
//!                          steps
//!              +------------------------------+
//!              v                              |
//! run --> [sequencer] --> transfers --> +-----------+ <---------------------------- [memories]
//!              |                        |   loads   |
//!              |                        +-----------+
//!              |      tokens, weights      |     |     |  keys, values
//!              |             +-------------+     |     +------------------+
//!              |             +--> [unpack] --+   | rows                   |
//!              |             v               |   |                        |
//!              +<-- rows -- [gather] -+      |   |                        |
//!              |             v        | x    v   |                        v
//!              +-- jobs --> [tokens] -+> [projection] --- queries --> [attention]
//!              |                              |      |   <-- lends --     |
//!              |                         results     |                    |
//!              |                              v      v                    |
//!              +-- jobs -----------------> [results] <--------------------+
//!              |                              |
//!              +-- jobs --> [vector] --+      |
//!              |                       v      v
//!              +-- transfers ------> [  stores  ] ---------------------------------> [memories]
//! ```

pub mod attention;
mod check;
mod counted;
mod gather;
mod group;
mod host;
mod lent;
mod loads;
mod memories;
mod pass;
mod projection;
mod results;
mod sequencer;
mod split;
mod stores;
mod tokens;
mod transfer;
mod unpack;
mod weights;
mod writes;

use super::BLOCK;
use super::params::{Host, Params};
use crate::block::Hardware;
use crate::meadow::meadow_attention_head::params::STATUS;
use crate::meadow::meadow_vector::params::Word;
use crate::top::block;
use gather::{GATHER_JOB, GATHERED_ROW};
use hdl::{Child, Design, Module, ModuleRef, Payload};
use parts::axi::Data;
use results::RESULT_JOB;
use sequencer::{ENDED, RUN};

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let engine = engine(design, self);
        let what = "Runs the steps of a transformer layer from a list in memory.";
        let timing = format!(
            "Throughput: {} products of tokens and weights a cycle; in attention {}, and {} for each of scores and values.",
            self.unit_groups() * self.tokens * self.d_head,
            self.groups * self.tokens * self.d_head,
            self.tokens * self.d_head
        );
        block(design, &BLOCK, self, &[what, &timing], |m| {
            let engine = m.instance("u_engine", engine);
            match self.host {
                Host::Axi => host::registers(m, self, engine),
                Host::Stream => host::commands(m, self, engine),
            }
        })
    }
}

/// The engine: lists in, memory on AXI4.
fn engine(design: &Design, params: &Params) -> ModuleRef {
    let modules = [
        ("u_sequencer", sequencer::sequencer(design, params)),
        ("u_loads", loads::loads(design, params)),
        ("u_stores", stores::stores(design, params)),
        ("u_tokens", tokens::tokens(design, params)),
        ("u_projection", projection::projection(design, params)),
        ("u_attention", attention::attention(design, params)),
        ("u_results", results::results(design, params)),
        ("u_vector", params.vector().build(design)),
    ];
    let gather = params.sparse.then(|| gather::gather(design, params));
    let unpack = params.weight_unpacker().map(|unpacker| unpack::unpack(design, params, &unpacker));
    let parts = params.layer_parts();
    design.module("meadow_engine", &parts.iter().map(String::as_str).collect::<Vec<_>>(), |m| {
        m.describe("Runs lists of steps.");
        let [sequencer, loads, stores, tokens, projection, attention, results, vector] =
            modules.map(|(name, module)| m.instance(name, module));
        let gather = gather.map(|gather| m.instance("u_gather", gather));
        let units =
            Units { sequencer, loads, stores, tokens, gather, projection, attention, results, vector };
        memories::connect(m, params, loads, stores);
        sequencer.input_stream("run", &RUN).connect(&m.input_stream("run", &RUN));
        m.output_stream("ended", &ENDED).connect(&sequencer.output_stream("ended", &ENDED));
        units.jobs(params);
        units.operands(params);
        units.weights(m, params, unpack);
        units.results(m, params);
        units.news();
    })
}

/// The units of the engine.
struct Units<'m> {
    sequencer: Child<'m>,
    loads: Child<'m>,
    stores: Child<'m>,
    tokens: Child<'m>,
    gather: Option<Child<'m>>,
    projection: Child<'m>,
    attention: Child<'m>,
    results: Child<'m>,
    vector: Child<'m>,
}

/// Connects a stream out of a unit to one into another.
fn join<'m, P: Payload + ?Sized>(from: (Child<'m>, &str), into: (Child<'m>, &str), payload: &P) {
    into.0.input_stream(into.1, payload).connect(&from.0.output_stream(from.1, payload));
}

impl<'m> Units<'m> {
    /// What the sequencer asks for.
    fn jobs(&self, params: &Params) {
        let from = self.sequencer;
        join((from, "load"), (self.loads, "transfer"), &params.load());
        join((from, "store"), (self.stores, "transfer"), &params.store());
        join((from, "tokens"), (self.tokens, "job"), &params.token_job());
        join((from, "projection"), (self.projection, "job"), &params.projection_job());
        join((from, "attention"), (self.attention, "job"), &params.attention_job());
        join((from, "results"), (self.results, "job"), &RESULT_JOB);
        join((from, "vector"), (self.vector, "job"), &params.vector().job());
        self.projection.set("drops", from.get("drops"));
        if let Some(gather) = self.gather {
            join((from, "gather"), (gather, "job"), &GATHER_JOB);
            join((gather, "list"), (from, "list"), &params.listed());
            join((gather, "row"), (from, "row"), &GATHERED_ROW);
        }
    }

    /// Weights from memory to the projection, through the unit that unpacks them if there is one.
    fn weights(&self, m: &'m Module, params: &Params, unpack: Option<ModuleRef>) {
        let loaded = params.loaded();
        let Some(unpack) = unpack else {
            join((self.sequencer, "fill"), (self.projection, "fill"), &params.fill_job());
            join((self.loads, "weights"), (self.projection, "weights"), &loaded);
            return;
        };
        let unpack = m.instance("u_unpack", unpack);
        join((self.sequencer, "unpack"), (unpack, "job"), &params.unpack_job());
        join((self.loads, "weights"), (unpack, "loaded"), &loaded);
        join((unpack, "fill"), (self.projection, "fill"), &params.fill_job());
        join((unpack, "weights"), (self.projection, "weights"), &loaded);
        unpack.set("drops", self.sequencer.get("drops"));
        for news in ["unpack_idle", "unpack_failed"] {
            self.sequencer.set(news, unpack.get(news));
        }
    }

    /// What comes from memory.
    fn operands(&self, params: &Params) {
        let loaded = params.loaded();
        join((self.loads, "step"), (self.sequencer, "step"), &loaded);
        self.join_past_gather((self.loads, "tokens"), ["loaded", "rows"], (self.tokens, "rows"), &loaded);
        join((self.loads, "keys"), (self.attention, "keys"), &loaded);
        join((self.loads, "values"), (self.attention, "values"), &loaded);
        for name in ["affine", "a", "b"] {
            let from = self.loads.output_stream(name, &loaded);
            let into = self.vector.input_stream(name, &params.vector().operand());
            into.set_valid(from.valid());
            from.set_ready(into.ready());
            into.set_payload(Word { data: from.payload.data });
        }
    }

    /// Connects a stream out of a unit to one into another, past the unit of sparse products if there is one.
    fn join_past_gather<P: Payload + ?Sized>(
        &self,
        from: (Child<'m>, &str),
        past: [&str; 2],
        into: (Child<'m>, &str),
        payload: &P,
    ) {
        match self.gather {
            None => join(from, into, payload),
            Some(gather) => {
                join(from, (gather, past[0]), payload);
                join((gather, past[1]), into, payload);
            }
        }
    }

    /// What goes from unit to unit, and to memory.
    fn results(&self, m: &'m Module, params: &Params) {
        let head = params.head();
        let elements = params.elements();
        self.join_past_gather((self.tokens, "x"), ["elements", "x"], (self.projection, "x"), &elements);
        join((self.projection, "query"), (self.attention, "query"), &head.queries());
        join((self.projection, "results"), (self.results, "results"), &params.result());
        let context = self.attention.output_stream("out", &head.out());
        self.results.input_stream("context", &head.out()).connect(&context);
        if params.lends {
            join((self.projection, "lent"), (self.attention, "lent"), &params.lent());
            join((self.attention, "lent_sums"), (self.projection, "lent_sums"), &params.lent_sums());
            self.projection.set("attention_ends", context.fires() & context.payload.last);
        }
        join((self.results, "rows"), (self.stores, "results"), &params.port().data());
        for name in ["first", "second"] {
            let from = self.vector.output_stream(name, &params.vector().result());
            let into = self.stores.input_stream(name, &params.port().data());
            into.set_valid(from.valid());
            from.set_ready(into.ready());
            into.set_payload(Data { data: from.payload.data });
        }
        // A step ends when its results are in memory. What the unit of rows would refuse, the sequencer has refused.
        let status = self.vector.output_stream("status", &STATUS);
        status.set_ready(m.ones(1));
        m.assert("job_of_rows_is_legal", !(status.valid() & status.payload.error));
    }

    /// What the sequencer hears.
    fn news(&self) {
        let news = [
            ("loads_idle", self.loads, "is_idle"),
            ("load_failed", self.loads, "failed"),
            ("reader", self.loads, "reader"),
            ("stored", self.stores, "done"),
            ("store_failed", self.stores, "failed"),
        ];
        for (into, unit, from) in news {
            self.sequencer.set(into, unit.get(from));
        }
    }
}
