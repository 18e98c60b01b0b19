//! A UART that sends back what it receives, with a FIFO between.
//!
//! ```text
//!         ┌─────────┐       ┌──────┐       ┌─────────┐
//!   rx ──▶│ uart_rx │──────▶│ fifo │──────▶│ uart_tx │──▶ tx
//!         └─────────┘ bytes └──────┘ bytes └────▲────┘
//!                                              cts
//! ```
//!
//! Bytes have 8 data bits, the least significant first, no parity and one stop bit. While `cts` (clear to send) is 0,
//! no byte is begun, and the FIFO fills.

mod drive;

pub use drive::exercise;

use hdl::{
    Bundle, Clocking, Design, Diagnostics, Encoded, Module, ModuleRef, Netlist, Signal, bit_length,
    index_width,
};

/// Clock cycles of a bit: the clock's frequency divided by the baud rate.
const CYCLES_PER_BIT: u64 = 16;

/// Bytes that the FIFO holds; a power of two.
const DEPTH: u64 = 8;

/// What the streams carry.
#[derive(Clone, Copy, Bundle)]
struct Byte<T> {
    /// A byte.
    data: T,
}

const BYTE: Byte<u32> = Byte { data: 8 };

/// Where the receiver is in a byte.
#[derive(Clone, Copy, PartialEq, Encoded)]
enum State {
    Idle,
    Start,
    Data,
    Stop,
}

/// The whole: receiver, FIFO and transmitter in a row.
pub fn netlist() -> Result<Netlist, Diagnostics> {
    let design = Design::new(Clocking::default());
    let top = design.module("uart_echo", &[], |m| {
        m.describe("Sends back every byte that it receives.");
        let receiver = m.instance("u_rx", receiver(&design, CYCLES_PER_BIT));
        let fifo = m.instance("u_fifo", fifo(&design, DEPTH));
        let transmitter = m.instance("u_tx", transmitter(&design, CYCLES_PER_BIT));

        receiver.set("rx", m.input("rx", 1, "serial line in, 1 when idle"));
        receiver.output_stream("out", &BYTE).connect(&fifo.input_stream("in", &BYTE));
        fifo.output_stream("out", &BYTE).connect(&transmitter.input_stream("in", &BYTE));
        transmitter.set("cts", m.input("cts", 1, "clear to send"));
        m.output("tx", transmitter.get("tx"), "serial line out, 1 when idle");
        m.output("overrun", receiver.get("overrun"), "a byte is lost: the FIFO is full");
        m.output("framing_error", receiver.get("framing_error"), "a byte is lost: it has no stop bit");
    });
    design.elaborate(top)
}

/// From the line to bytes: waits for the start bit, and samples in the middle of each bit that follows.
fn receiver(design: &Design, cycles_per_bit: u64) -> ModuleRef {
    design.module("uart_rx", &[&format!("c{cycles_per_bit}")], |m| {
        let line = synchronised(m, m.input("rx", 1, "serial line, 1 when idle"));
        let bytes = m.output_stream("out", &BYTE);

        let state = m.state_machine("state");
        let in_start = state.is(State::Start);
        let timer = m.reg("timer", index_width(cycles_per_bit)).reset_to(0);
        let half_bit = timer.value().eq(cycles_per_bit / 2 - 1);
        let whole_bit = timer.value().eq(cycles_per_bit - 1);
        let sample = in_start.mux(half_bit, whole_bit).named("sample");
        timer.set((sample | state.is(State::Idle)).mux(0, timer.value() + 1));

        let data_bit = (state.is(State::Data) & sample).named("data_bit");
        let last_bit = counter(m, "bit_count", 8, data_bit).all();
        let shift = m.reg("shift", 8).enable(data_bit);
        shift.set(m.concat(&[line, shift.value().high(7)]));

        state.go(State::Idle, !line, State::Start);
        state.go(State::Start, sample & line, State::Idle); // no start bit, but a glitch
        state.go(State::Start, sample, State::Data);
        state.go(State::Data, data_bit & last_bit, State::Stop);
        state.go(State::Stop, sample, State::Idle);

        // A byte waits in a register of its own while the next one comes in.
        let byte_ends = state.is(State::Stop) & sample;
        let received = (byte_ends & line).named("received");
        let waits = m.reg("waits", 1).reset_to(0);
        let is_free = !waits.value() | bytes.ready();
        waits.set(received | !is_free);
        let data = m.reg("data", 8).enable(received & is_free);
        data.set(shift.value());
        bytes.set_valid(waits.value());
        bytes.set_payload(Byte { data: data.value() });
        m.output("overrun", received & !is_free, "a byte is lost: the one before still waits");
        m.output("framing_error", byte_ends & !line, "a byte is lost: it has no stop bit");
        state.finish();
    })
}

/// From bytes to the line.
fn transmitter(design: &Design, cycles_per_bit: u64) -> ModuleRef {
    design.module("uart_tx", &[&format!("c{cycles_per_bit}")], |m| {
        let bytes = m.input_stream("in", &BYTE);
        let cts = m.input("cts", 1, "clear to send");

        let busy = m.reg("busy", 1).reset_to(0);
        let bit_ends = counter(m, "timer", cycles_per_bit, busy.value()).eq(cycles_per_bit - 1);
        let bit_sent = (busy.value() & bit_ends).named("bit_sent");
        let last_bit = counter(m, "bit_count", 10, bit_sent).eq(9);
        busy.set(bytes.fires() | busy.value() & !(bit_sent & last_bit));
        bytes.set_ready(!busy.value() & cts);

        // Start bit, data and stop bit; what follows them is the idle line.
        let frame = m.reg("frame", 10).reset_to(0x3ff).enable(bytes.fires() | bit_sent);
        let loaded = m.concat(&[m.ones(1), bytes.payload.data, m.zero(1)]);
        let shifted = m.concat(&[m.ones(1), frame.value().high(9)]);
        frame.set(bytes.fires().mux(loaded, shifted));
        m.output("tx", frame.value().bit(0), "serial line, 1 when idle");
    })
}

/// Holds up to `depth` bytes, in the order in which they came.
fn fifo(design: &Design, depth: u64) -> ModuleRef {
    design.module("byte_fifo", &[&format!("d{depth}")], |m| {
        let (input, output) = (m.input_stream("in", &BYTE), m.output_stream("out", &BYTE));
        let (push, pop) = (input.fires(), output.fires());
        let write_address = counter(m, "write_address", depth, push);
        let read_address = counter(m, "read_address", depth, pop);

        let level = m.reg("level", bit_length(depth.into())).reset_to(0).enable(push ^ pop);
        level.set(push.mux(level.value() + 1, level.value() - 1));
        input.set_ready(level.value().ne(depth));
        output.set_valid(level.value().any());

        let memory = m.memory("bytes", 8, depth);
        memory.write(push, write_address, input.payload.data);
        output.set_payload(Byte { data: memory.read(read_address) });
    })
}

/// Counts from 0 to `period - 1` and begins again; moves on while `advance` is 1.
fn counter<'m>(m: &'m Module, name: &str, period: u64, advance: Signal<'m>) -> Signal<'m> {
    let count = m.reg(name, index_width(period)).reset_to(0).enable(advance);
    let is_last = count.value().eq(period - 1);
    count.set(is_last.mux(0, count.value() + 1));
    count.value()
}

/// Two registers between an input of another clock and whatever reads it.
fn synchronised<'m>(m: &'m Module, line: Signal<'m>) -> Signal<'m> {
    let stage = |name: &str, line: Signal<'m>| {
        let stage = m.reg(name, 1).reset_to(1);
        stage.set(line);
        stage.value()
    };
    stage("rx_synced", stage("rx_metastable", line))
}
