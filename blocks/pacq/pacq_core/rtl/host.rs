//! A core with its own memory, run by a stream of commands that go to the memory and to the registers.

use crate::pacq::pacq_core::host::{HostAnswer, HostKind};
use crate::pacq::pacq_core::params::Params;
use crate::pacq::pacq_core::registers::Registers;
use hdl::{Child, Encoded, Module, ModuleRef, Signal};
use parts::axi::PortOf;
use parts::axi::axi_ram::{HostAccess, axi_ram};
use parts::registers::WIDTH;

#[derive(Clone, Copy, PartialEq, Encoded)]
enum State {
    Idle,
    Look,
    Write,
    Read,
    Wait,
    Answer,
}

/// The core, its memory, and what commands do.
pub fn commands(m: &Module, params: &Params, core: ModuleRef) {
    let (shape, memory) = (params.port(), params.ram());
    let core = m.instance("u_core", core);
    let ram = m.instance("u_memory", axi_ram(m.design(), &shape, &memory));
    let (master, slave) = (PortOf(core, "m_axi"), PortOf(ram, "s_axi"));
    shape.join_reads(master, slave);
    shape.join_writes(master, slave);

    let state = m.state_machine::<State>("state");
    let input = m.input_stream("command", &params.command());
    let is_idle = state.is(State::Idle);
    let is = |kind: HostKind| input.payload.kind.eq(m.code(kind));
    let (writes_memory, reads_memory) = (is(HostKind::WriteMemory), is(HostKind::ReadMemory));
    let access = ram.input_stream("host", &memory.host_access(&shape));
    let goes_to_memory = (writes_memory | reads_memory).named("goes_to_memory");
    access.set_valid(is_idle & input.valid() & goes_to_memory);
    input.set_ready(is_idle & (access.ready() | !goes_to_memory));
    let word = input.payload.address.high(input.payload.address.width() - params.bytes().ilog2());
    access.set_payload(HostAccess {
        write: writes_memory,
        address: word.low(access.payload.address.width()),
        data: input.payload.data,
    });
    let looked = ram.output_stream("host_out", &memory.host_answer(&shape));
    looked.set_ready(state.is(State::Look));

    let held = m.hold("command", &input.payload, input.fires());
    let writes = write_register(m, params, core, state.is(State::Write), held.address, held.data);
    let reads = read_register(m, params, core, state.is(State::Read), held.address);
    let waits = m.reg("cycles_left", WIDTH).enable(input.fires() | state.is(State::Wait));
    waits.set(is_idle.mux(input.payload.data.low(WIDTH), waits.value() - 1));
    let has_waited = core.get("irq") | !waits.value().any();

    let output = m.output_stream("answer", &params.answer());
    output.set_valid(state.is(State::Answer));
    let comes = input.fires() | looked.fires() | writes.comes | reads.comes;
    let bus = params.bus_bits();
    let data = m.priority(
        &[(state.is(State::Look), looked.payload.data), (state.is(State::Read), reads.data.zext(bus))],
        m.zero(bus),
    );
    let resp = m.priority(
        &[(state.is(State::Write), writes.resp), (state.is(State::Read), reads.resp)],
        m.zero(params.answer().resp),
    );
    output.set_payload(m.hold("answered", &HostAnswer { data, resp }, comes));

    let takes = input.fires();
    state.go(State::Idle, takes & reads_memory, State::Look);
    state.go(State::Idle, takes & is(HostKind::WriteRegister), State::Write);
    state.go(State::Idle, takes & is(HostKind::ReadRegister), State::Read);
    state.go(State::Idle, takes & is(HostKind::Wait), State::Wait);
    state.go(State::Look, looked.valid(), State::Answer);
    state.go(State::Write, writes.comes, State::Answer);
    state.go(State::Read, reads.comes, State::Answer);
    state.go(State::Wait, has_waited, State::Idle);
    state.go(State::Answer, output.ready(), State::Idle);
    state.finish();
}

/// The answer of a register.
struct Answered<'m> {
    comes: Signal<'m>,
    data: Signal<'m>,
    resp: Signal<'m>,
}

/// Offers a beat of a channel once while `is_open`.
fn offer<'m>(m: &'m Module, core: Child<'m>, channel: &str, is_open: Signal<'m>) {
    let was_taken = m.reg(&format!("{channel}_was_taken"), 1).reset_to(0);
    let valid = is_open & !was_taken.value();
    let fires = valid & core.get(&format!("s_axi_{channel}ready"));
    was_taken.enable(fires | !is_open).set(is_open);
    core.set(&format!("s_axi_{channel}valid"), valid);
}

fn write_register<'m>(
    m: &'m Module,
    params: &Params,
    core: Child<'m>,
    is_open: Signal<'m>,
    address: Signal<'m>,
    data: Signal<'m>,
) -> Answered<'m> {
    let bits = Registers::new(params).map.address_bits();
    ["aw", "w"].iter().for_each(|channel| offer(m, core, channel, is_open));
    core.set("s_axi_awaddr", address.low(bits)).set("s_axi_awprot", m.zero(3));
    core.set("s_axi_wdata", data.low(WIDTH)).set("s_axi_wstrb", m.ones(WIDTH / 8));
    core.set("s_axi_bready", is_open);
    Answered { comes: is_open & core.get("s_axi_bvalid"), data: m.zero(WIDTH), resp: core.get("s_axi_bresp") }
}

fn read_register<'m>(
    m: &'m Module,
    params: &Params,
    core: Child<'m>,
    is_open: Signal<'m>,
    address: Signal<'m>,
) -> Answered<'m> {
    let bits = Registers::new(params).map.address_bits();
    offer(m, core, "ar", is_open);
    core.set("s_axi_araddr", address.low(bits)).set("s_axi_arprot", m.zero(3));
    core.set("s_axi_rready", is_open);
    Answered {
        comes: is_open & core.get("s_axi_rvalid"),
        data: core.get("s_axi_rdata"),
        resp: core.get("s_axi_rresp"),
    }
}
