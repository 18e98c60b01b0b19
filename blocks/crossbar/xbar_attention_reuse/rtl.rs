//! The hardware: the table and its plan, the steps, and the buffers.
//!
//! ```text
//! entry --> table --> plan: who is kept, and where --> steps --> step
//!                                                      |
//!                             write --> buffers --> read
//! ```

use super::BLOCK;
use super::params::{Entry, Fault, Kind, Params, Status, Step, Word};
use crate::block::Hardware;
use crate::top::block;
use hdl::{Collision, Design, Encoded, Module, ModuleRef, Ram, Signal, StateMachine};
use parts::arithmetic::lowest_one::lowest_one;
use parts::storage::held::{held, held_flag};

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what = "Steps of encoders that compute their attention or reuse that of an earlier one, which is kept here.";
        let timing = "A step takes its own clocks and 1; a table of n encoders, n clocks and n.";
        block(design, &BLOCK, self, &[what, timing], |m| attention_reuse(m, self))
    }
}

/// What the block does.
#[derive(Clone, Copy, PartialEq, Encoded)]
enum State {
    /// Takes a table, or a run.
    Idle,
    /// Gives buffers to the encoders of the table, one a clock.
    Plan,
    /// Offers a step.
    Offer,
    /// Waits for its end.
    Work,
    /// It ended too early: waits until the word that is offered is read.
    Stop,
}

fn attention_reuse(m: &Module, params: &Params) {
    let state = m.state_machine("state");
    let start = m.input_stream("start", &params.start());
    let number = m.wire("encoder_now", params.encoder_bits());
    let table = Table::new(m, params, state.is(State::Idle));
    let plan = Plan::new(m, params, &table, number.value(), state.is(State::Plan));
    start.set_ready(state.is(State::Idle) & plan.stands & !table.is_offered);
    let starts = start.fires().named("starts");
    let words = start.payload.words;
    let begins = (starts & words.any() & words.le(u64::from(params.buffer_words))).named("begins");
    let words = held(m, "words", words, starts);
    let run = Run::new(m, params, &state, &plan, words);

    state.go(State::Idle, table.is_complete, State::Plan);
    state.go(State::Idle, begins, State::Offer);
    state.go(State::Plan, plan.fails | plan.is_last, State::Idle);
    state.go(State::Offer, run.begins, State::Work);
    state.go(State::Work, run.is_incomplete, State::Stop);
    state.go(State::Work, run.is_over, State::Idle);
    state.go(State::Work, run.ends, State::Offer);
    state.go(State::Stop, run.stops, State::Idle);
    state.finish();

    let advances = (plan.works | run.ends_encoder).named("advances");
    let stops = (plan.fails | run.stops).named("stops");
    let encoder = m.reg("encoder", params.encoder_bits()).reset_to(0).enable(advances | stops);
    encoder.set((encoder.value() + 1).gated(advances & !plan.is_last & !stops));
    number.drive(encoder.value());

    let events = Events { starts, begins, table: &table, plan: &plan, run: &run };
    let status = events.status(m, params);
    m.outputs(&params.status(), status);
}

/// The table as it comes in.
struct Table<'m> {
    /// An entry is offered.
    is_offered: Signal<'m>,
    /// An entry is taken.
    takes: Signal<'m>,
    /// The encoder of the entry that is taken.
    place: Signal<'m>,
    /// The entry is the first error of its table, or the first entry: decides the error.
    decides: Signal<'m>,
    /// The error of the entry.
    fault: Signal<'m>,
    /// The last entry of a table without an error is taken.
    is_complete: Signal<'m>,
    /// The last encoder.
    last: Signal<'m>,
    /// Whether an encoder's attention is reused: a bit for each.
    wanted: Signal<'m>,
    distances: Ram<'m>,
    last_uses: Ram<'m>,
}

impl<'m> Table<'m> {
    fn new(m: &'m Module, params: &Params, is_idle: Signal<'m>) -> Table<'m> {
        let entries = m.input_stream("entry", &params.entry());
        entries.set_ready(is_idle);
        let takes = entries.fires().named("takes_entry");
        let Entry { distance, last } = entries.payload;
        let bits = params.encoder_bits();

        let count = m.reg("entries", params.count_bits()).reset_to(0).enable(takes);
        let is_first = !count.value().any();
        let is_too_many = count.value().eq(u64::from(params.encoders)).named("is_too_many");
        count.set((count.value() + (!is_too_many).zext(params.count_bits())).gated(!last));
        let is_too_far = distance.zext(params.count_bits()).gt(count.value()).named("is_too_far");
        let is_wrong = is_too_many | is_too_far;
        let was_wrong = m.wire("was_wrong", 1);
        let has_error = (was_wrong.value() | is_wrong).named("has_error");
        was_wrong.drive(held_flag(m, "table_is_wrong", has_error, takes) & !is_first);

        let place = count.value().low(bits);
        let source = (place - distance).named("reused_by_entry");
        let [distances, last_uses] =
            ["distances", "last_uses"].map(|name| m.memory(name, bits, params.encoders.into()));
        distances.write(takes, place, distance);
        // Entries come in their order, so the last use is the one that stays. One that reuses nothing writes what nobody reads.
        last_uses.write(takes, source, place);
        let wanted = m.reg("wanted", params.encoders).enable(takes);
        let reused = (m.lit(1, params.encoders) << source).gated(distance.any());
        wanted.set(wanted.value().gated(!is_first) | reused);
        let fault = |fault| m.code(fault);
        Table {
            is_offered: entries.valid(),
            takes,
            place,
            decides: takes & (is_first | (is_wrong & !was_wrong.value())),
            fault: m.priority(
                &[(is_too_many, fault(Fault::Length)), (is_too_far, fault(Fault::Distance))],
                fault(Fault::None),
            ),
            is_complete: takes & last & !has_error,
            last: held(m, "last_encoder", place, takes),
            wanted: wanted.value(),
            distances,
            last_uses,
        }
    }
}

/// Who reuses whom, and which buffer keeps it: of the encoder that is planned or runs.
struct Plan<'m> {
    /// A table is planned.
    works: Signal<'m>,
    /// A plan stands.
    stands: Signal<'m>,
    /// There is no buffer for the encoder.
    fails: Signal<'m>,
    /// The encoder.
    encoder: Signal<'m>,
    /// It is the last one.
    is_last: Signal<'m>,
    /// It reuses an attention.
    reuses: Signal<'m>,
    /// Its attention is reused.
    keeps: Signal<'m>,
    /// The buffer that it reads, if it reuses: a bit for each.
    from: Signal<'m>,
    /// The buffer that it writes, if it is kept.
    to: Signal<'m>,
}

impl<'m> Plan<'m> {
    fn new(
        m: &'m Module,
        params: &Params,
        table: &Table<'m>,
        encoder: Signal<'m>,
        works: Signal<'m>,
    ) -> Plan<'m> {
        let distance = table.distances.read(encoder).named("distance");
        let source = (encoder - distance).named("source");
        let reuses = distance.any();
        let ends_use = (reuses & table.last_uses.read(source).eq(encoder)).named("ends_use");
        let keeps = table.wanted.bit_at(encoder).named("keeps");

        let slots = m.memory("slots", params.buffers, params.encoders.into());
        let from = slots.read(source).named("reused_buffer");
        let free = m.reg("free", params.buffers);
        let given = lowest_one(m, free.value()).one_hot;
        slots.write(works, encoder, given);
        // What an encoder reuses is read while its own is written: its buffer is free for the next one only.
        let left = (free.value() & !given.gated(keeps)) | from.gated(ends_use);
        free.set(works.mux(left, m.ones(params.buffers)));

        let is_last = encoder.eq(table.last).named("is_last_encoder");
        let fails = works & keeps & !free.value().any();
        let is_planned = works & is_last & !fails;
        Plan {
            works,
            stands: held_flag(m, "plan_stands", is_planned, table.takes | is_planned),
            fails,
            encoder,
            is_last,
            reuses,
            keeps,
            from,
            to: slots.read(encoder),
        }
    }
}

/// The steps of a run.
struct Run<'m> {
    /// A step is offered, or under way.
    is_busy: Signal<'m>,
    /// It begins.
    begins: Signal<'m>,
    /// It is under way, as a step of each kind.
    works: [Signal<'m>; 3],
    /// It ends.
    ends: Signal<'m>,
    /// It ends, the last one of its encoder.
    ends_encoder: Signal<'m>,
    /// It ends, the last one of the run.
    is_over: Signal<'m>,
    /// It ends too early.
    is_incomplete: Signal<'m>,
    /// The run stops for that.
    stops: Signal<'m>,
    /// An attention is computed from now on.
    begins_attention: Signal<'m>,
}

impl<'m> Run<'m> {
    fn new(
        m: &'m Module,
        params: &Params,
        state: &StateMachine<'m, State>,
        plan: &Plan<'m>,
        words: Signal<'m>,
    ) -> Run<'m> {
        let step = m.output_stream("step", &params.step());
        let is_mlp = m.reg("is_mlp", 1).reset_to(0);
        step.set_valid(state.is(State::Offer));
        step.set_payload(step_of(m, plan, is_mlp.value()));
        let begins = step.fires().named("step_begins");
        let works = state.is(State::Work);
        let ends = (works & m.input("step_done", 1, "1 in the last clock of a step, which is not its first"))
            .named("step_ends");
        let moves = (works & !is_mlp.value()).named("words_move");
        let is_stopping = state.is(State::Stop);
        let Words { is_whole, waits } = buffers(m, params, plan, words, [begins, moves, is_stopping]);
        let is_incomplete = (ends & !is_mlp.value() & !is_whole).named("is_incomplete");
        is_mlp.enable(ends).set(!is_mlp.value() & !is_incomplete);
        let ends_encoder = (ends & is_mlp.value()).named("ends_encoder");
        Run {
            is_busy: works | state.is(State::Offer) | is_stopping,
            begins,
            works: [moves & !plan.reuses, moves & plan.reuses, works & is_mlp.value()],
            ends,
            ends_encoder,
            is_over: ends_encoder & plan.is_last,
            is_incomplete,
            stops: is_stopping & !waits,
            begins_attention: begins & !is_mlp.value() & !plan.reuses,
        }
    }
}

fn step_of<'m>(m: &'m Module, plan: &Plan<'m>, is_mlp: Signal<'m>) -> Step<Signal<'m>> {
    let attention = plan.reuses.mux(m.code(Kind::Transform), m.code(Kind::Attention));
    Step {
        kind: is_mlp.mux(m.code(Kind::Mlp), attention),
        encoder: plan.encoder,
        keep: plan.keeps & !is_mlp,
        last: plan.is_last & is_mlp,
    }
}

/// The words of the step.
struct Words<'m> {
    /// The step is whole if it ends now.
    is_whole: Signal<'m>,
    /// A word is offered, and not read.
    waits: Signal<'m>,
}

/// The words of the step that are written and read, and where.
fn buffers<'m>(
    m: &'m Module,
    params: &Params,
    plan: &Plan<'m>,
    words: Signal<'m>,
    [begins, moves, is_stopping]: [Signal<'m>; 3],
) -> Words<'m> {
    let write = m.input_stream("write", &params.word());
    let read = m.output_stream("read", &params.word());
    // How many there are at the end of this clock.
    let count = |name: &str, fires: Signal<'m>| {
        let register = m.reg(name, params.words_bits());
        let next = (register.value() + fires.zext(params.words_bits())).gated(!begins);
        register.set(next);
        (register.value(), next.named(&format!("next_{name}")))
    };
    let (write_fires, read_fires) = (write.fires(), read.fires());
    let (written, next_written) = count("written", write_fires);
    let (given, next_given) = count("given", read_fires);
    write.set_ready(moves & written.ne(words));
    let waited = m.reg("word_waited", 1).reset_to(0);
    let is_next = moves & plan.reuses & given.ne(words);
    let is_offered = (is_next | (is_stopping & waited.value())).named("word_is_offered");
    read.set_valid(is_offered);
    let waits = is_offered & !read.ready();
    waited.set(waits);

    let following = (given + 1).gated(!begins);
    let memory = |buffer: u32| {
        let memory = m.memory(&format!("a{buffer}"), params.word_bits, params.buffer_words.into());
        let is_kept = write_fires & plan.keeps & plan.to.bit(buffer);
        memory.write(is_kept, written.low(memory.address_width()), write.payload.data);
        let address = following.low(memory.address_width());
        let word = memory.read_at_clock(&format!("word{buffer}"), address, Collision::Undefined);
        (plan.from.bit(buffer), word.enable(begins | read_fires).value())
    };
    let memories: Vec<_> = (0..params.buffers).map(memory).collect();
    let data = if let [(_, word)] = memories[..] { word } else { m.one_hot(&memories) };
    read.set_payload(Word { data });
    let shares = (plan.from & plan.to).any();
    m.assert("what_is_read_is_not_written", !(moves & plan.reuses & plan.keeps & shares));
    let is_kept = !plan.keeps | next_written.eq(words);
    let is_read = !plan.reuses | next_given.eq(words);
    Words { is_whole: is_kept & is_read, waits }
}

/// What the status follows from.
struct Events<'e, 'm> {
    /// A run is taken.
    starts: Signal<'m>,
    /// It begins.
    begins: Signal<'m>,
    table: &'e Table<'m>,
    plan: &'e Plan<'m>,
    run: &'e Run<'m>,
}

impl<'m> Events<'_, 'm> {
    fn status(&self, m: &'m Module, params: &Params) -> Status<Signal<'m>> {
        let Events { starts, begins, table, plan, run } = *self;
        let fault = |fault| m.code(fault);
        let decided = table.decides | starts | plan.fails | run.is_incomplete;
        let of_start = begins.mux(fault(Fault::None), fault(Fault::Words));
        let next = m.one_hot(&[
            (table.decides, table.fault),
            (starts, of_start),
            (plan.fails, fault(Fault::Buffers)),
            (run.is_incomplete, fault(Fault::Incomplete)),
        ]);
        let error = m.reg("error_code", Fault::WIDTH).reset_to(0).enable(decided);
        error.set(next);
        let done = m.reg("is_done", 1).reset_to(0);
        done.set(run.is_over | run.stops | (starts & !begins));
        let clocks = |name: &str, counts| counter(m, name, params.clock_bits, starts, counts);
        let [attention, transform, mlp] = run.works;
        Status {
            busy: run.is_busy,
            done: done.value(),
            error: error.value(),
            error_encoder: held(m, "wrong_encoder", table.decides.mux(table.place, plan.encoder), decided),
            run_clocks: clocks("clocks", run.is_busy),
            attention_clocks: clocks("clocks_of_attention", attention),
            transform_clocks: clocks("clocks_of_transform", transform),
            mlp_clocks: clocks("clocks_of_mlp", mlp),
            attentions: counter(m, "computed", params.count_bits(), starts, run.begins_attention),
        }
    }
}

/// Counts from 0 at a start, and stays at the greatest value.
fn counter<'m>(m: &'m Module, name: &str, bits: u32, starts: Signal<'m>, counts: Signal<'m>) -> Signal<'m> {
    let count = m.reg(name, bits).reset_to(0);
    let adds = (counts & !count.value().all()).zext(bits);
    count.set((count.value() + adds).gated(!starts));
    count.value()
}
