//! What runs the lists: registers, or a stream of commands.

use super::sequencer::{ENDED, RUN, Run};
use crate::meadow::meadow_decoder_layer::params::{COUNTER_BITS, HostAnswer, Params};
use crate::meadow::meadow_decoder_layer::registers::Registers;
use hdl::{Child, Encoded, Module, Signal};
use parts::axi::PortOf;
use parts::axi::axi_ram::{HostAccess, axi_ram};
use parts::registers::AxiLite;

/// Registers, an interrupt, and the memory port of the engine.
pub fn registers<'m>(m: &'m Module, params: &Params, engine: Child<'m>) {
    params.port().connect_reads(m, "m_axi", PortOf(engine, "m_axi"));
    params.port().connect_writes(m, "m_axi", PortOf(engine, "m_axi"));
    let registers = Registers::new(params);
    let (run, ended) = (engine.input_stream("run", &RUN), engine.output_stream("ended", &ENDED));
    let mut port = AxiLite::new(m, &registers.map);
    let is_busy = m.reg("is_busy", 1).reset_to(0);
    port.refuse(port.asks(registers.start) & is_busy.value());
    let starts = port.sets(registers.start).named("starts");
    is_busy.enable(starts | ended.fires()).set(starts);
    let waits = m.reg("waits", 1).reset_to(0).enable(starts | run.fires());
    waits.set(starts);
    run.set_valid(waits.value());
    run.set_payload(Run { address: port.value(registers.list) });

    ended.set_ready(m.ones(1));
    let [error, steps] =
        [("error", ended.payload.error), ("steps", ended.payload.steps)].map(|(name, value)| {
            let last = m.reg(name, value.width()).reset_to(0).enable(ended.fires());
            last.set(value);
            last.value()
        });
    port.show(registers.busy, is_busy.value());
    for (place, field) in (0..).zip(registers.errors) {
        port.show(field, error.bit(place));
    }
    port.show(registers.steps, steps);
    port.note(registers.done, ended.fires());
    let interrupts = port.value(registers.done) & port.value(registers.enable);
    m.output("irq", interrupts, "interrupt: a list has ended, until software clears INTERRUPT");
    port.finish();
}

#[derive(Clone, Copy, PartialEq, Encoded)]
enum State {
    Idle,
    Access,
    Look,
    Start,
    Run,
    Answer,
}

/// A stream of commands, with the memory behind the engine.
pub fn commands<'m>(m: &'m Module, params: &Params, engine: Child<'m>) {
    let memory = params.ram();
    let ram = m.instance("u_memory", axi_ram(m.design(), &params.port(), &memory));
    let (master, slave) = (PortOf(engine, "m_axi"), PortOf(ram, "s_axi"));
    params.port().join_reads(master, slave);
    params.port().join_writes(master, slave);
    let state = m.state_machine::<State>("state");
    let input = m.input_stream("command", &params.command());
    input.set_ready(state.is(State::Idle));
    let command = m.hold("command", &input.payload, input.fires());

    let access = ram.input_stream("host", &memory.host_access(&params.port()));
    access.set_valid(state.is(State::Access));
    let word = command.address.high(command.address.width() - params.bytes().ilog2());
    access.set_payload(HostAccess {
        write: command.write,
        address: word.low(access.payload.address.width()),
        data: command.data,
    });
    let looked = ram.output_stream("host_out", &memory.host_answer(&params.port()));
    looked.set_ready(state.is(State::Look));
    let runs = engine.input_stream("run", &RUN);
    runs.set_valid(state.is(State::Start));
    runs.set_payload(Run { address: command.address });
    let ended = engine.output_stream("ended", &ENDED);
    ended.set_ready(state.is(State::Run));

    // What has been counted before a run, and what is added in it.
    let time = m.reg("time", COUNTER_BITS).reset_to(0);
    time.set(time.value() + 1);
    let counted =
        [("cycles", time.value()), ("read", ram.get("read_beats")), ("written", ram.get("written_beats"))];
    let [cycles, read, written] = counted.map(|(name, now)| {
        let before = m.reg(&format!("{name}_before"), COUNTER_BITS).enable(runs.fires());
        before.set(now);
        let added = m.reg(name, COUNTER_BITS).enable(input.fires() | ended.fires());
        added.set((now - before.value()).gated(!input.fires()));
        added.value()
    });
    let answer = |name: &str, value: Signal<'m>, comes: Signal<'m>| {
        let answer = m.reg(name, value.width()).enable(input.fires() | comes);
        answer.set(value.gated(!input.fires()));
        answer.value()
    };
    let output = m.output_stream("answer", &params.answer());
    output.set_valid(state.is(State::Answer));
    output.set_payload(HostAnswer {
        data: answer("word", looked.payload.data, looked.fires()),
        error: answer("error", ended.payload.error, ended.fires()),
        steps: answer("steps", ended.payload.steps, ended.fires()),
        cycles,
        read,
        written,
    });
    let go = |condition: Signal<'m>, to: State| {
        m.when(condition, || state.enter(to));
    };
    state
        .switch()
        .case(State::Idle, || {
            go(input.valid() & input.payload.run, State::Start);
            go(input.valid() & !input.payload.run, State::Access);
        })
        .case(State::Access, || {
            go(access.ready() & command.write, State::Idle);
            go(access.ready() & !command.write, State::Look);
        })
        .case(State::Look, || go(looked.valid(), State::Answer))
        .case(State::Start, || go(runs.ready(), State::Run))
        .case(State::Run, || go(ended.valid(), State::Answer))
        .case(State::Answer, || go(output.ready(), State::Idle));
    state.finish();
}
