//! A block that tests itself on a board: vectors from memories, a signature of its outputs, the verdict on LEDs and on
//! a serial line.
//!
//! ```text
//! ROM -> channel --+           +--> channel -> signature --+
//! ROM -> channel --+--> block -+--> channel -> signature --+--> compare -> lamps
//!                                                          +--> text ----> UART
//! ```

mod signature;
mod uart;
mod vectors;

pub use signature::combined;
pub use uart::{BAUD, decode};
pub use vectors::Vectors;

use blocks::block::Configured;
use blocks::channel::{Channel, Interface, Timing};
use hdl::{Child, Clocking, Design, Diagnostics, Module, Netlist, ResetStyle, Signal, index_width};

/// Cycles before the first beat: block RAMs of iCE40 cannot be read in the first microseconds.
const WARM_UP_BITS: u32 = 9;

/// Cycles, as a power of two, within which all outputs must have arrived.
const TIME_BITS: u32 = 17;

/// Cycles, as a power of two, after the last output, in which no more may arrive.
const SETTLE_BITS: u32 = 8;

/// How the LEDs and the serial line are driven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pins {
    /// True if an LED lights at 0.
    pub lamps_active_low: bool,
    /// Clock cycles per bit on the serial line.
    pub cycles_per_bit: u32,
    /// Whether the signature is also an output, `signature`.
    pub shows_signature: bool,
}

/// The length of the text on the line: `PASS 0123abcd` and the end of a line.
const TEXT_LENGTH: u32 = 15;

/// Cycles after which the text has been sent once.
pub fn cycles(pins: Pins) -> u64 {
    (1 << WARM_UP_BITS) + (1 << TIME_BITS) + u64::from(pins.cycles_per_bit * 10 * (TEXT_LENGTH + 1))
}

/// The top module, whose registers start with their power-up values, since boards have no reset. Outputs: `led_pass`,
/// `led_fail`, `uart_tx`.
pub fn netlist(
    block: &dyn Configured,
    vectors: &Vectors,
    pins: Pins,
    name: &str,
) -> Result<Netlist, Diagnostics> {
    let design = Design::new(Clocking { style: ResetStyle::None, ..Clocking::default() });
    let inner = block.build(&design);
    let top = design.module(name, &[], |m| {
        m.describe("Self-test: vectors from memories, a signature of the answers, a verdict on lamps and a serial line.");
        let dut = m.instance("dut", inner);
        let interface = block.interface();
        let start = after(m, "warm_up", WARM_UP_BITS, m.ones(1));
        let sources = interface.inputs.iter().zip(&vectors.inputs);
        let valid: Vec<Signal> =
            sources.map(|(channel, words)| m.scope(channel.name, || source(m, dut, &interface, channel, words, start))).collect();
        let answers = interface.outputs.iter().zip(&vectors.beats).map(|(channel, beats)| {
            m.scope(channel.name, || sink(m, dut, &interface, channel, *beats, valid[0]))
        });
        let (signatures, complete): (Vec<Signal>, Vec<Signal>) = answers.unzip();
        let found = signature::combine(m, &signatures).named("found");
        let expected = m.lit(combined(&vectors.signatures).into(), 32);
        let is_complete = m.concat_lsb(&complete).all().named("is_complete");
        let is_late = after(m, "time", TIME_BITS, start);
        let is_over = (after(m, "settle", SETTLE_BITS, is_complete) | is_late).named("is_over");
        let is_right = m.reg("is_right", 1).reset_to(0).enable(!is_over);
        is_right.set(is_complete & found.eq(expected));
        let is_right = is_right.value();
        let polarity = m.lit(u128::from(pins.lamps_active_low), 1);
        let line = uart::transmitter(m, &text(m, is_right, found), is_over, pins.cycles_per_bit);
        m.output("led_pass", (is_over & is_right) ^ polarity, "lit when all answers were right");
        m.output("led_fail", (is_over & !is_right) ^ polarity, "lit when an answer was wrong or missing");
        if pins.shows_signature {
            m.output("signature", found, "what the answers came to");
        }
        m.output("uart_tx", line, "PASS or FAIL and the signature, again and again");
    });
    design.elaborate(top)
}

/// 1 once `start` has been 1 in 2^bits cycles.
fn after<'m>(m: &'m Module, name: &str, bits: u32, start: Signal<'m>) -> Signal<'m> {
    let counter = m.reg(name, bits + 1).reset_to(0);
    let is_over = counter.value().msb();
    counter.enable(start & !is_over).set(counter.value() + 1);
    is_over
}

/// Feeds an input channel from a memory. Gives its `valid`.
fn source<'m>(
    m: &'m Module,
    dut: Child<'m>,
    interface: &Interface,
    channel: &Channel,
    words: &[hdl::Bits],
    start: Signal<'m>,
) -> Signal<'m> {
    let rom = m.rom("vectors", words);
    let count = words.len() as u64;
    let index = m.reg("index", index_width(count + 1)).reset_to(0);
    let valid = start & index.value().lt(m.lit(count.into(), index.value().width()));
    let is_taken = match interface.timing {
        Timing::Fixed { .. } => valid,
        _ => {
            dut.set(&channel.port("valid"), valid);
            valid & dut.get(&channel.port("ready"))
        }
    };
    let next = is_taken.mux(index.value() + 1, index.value()).named("next_index");
    index.set(next);
    // A read followed by a register maps to block RAM.
    let word = m.reg("word", words[0].width());
    word.set(rom.read(next.low(rom.address_width())));
    let mut low = 0;
    for field in &channel.fields {
        dut.set(&interface.port_name(channel, field), word.value().slice(low + field.width - 1, low));
        low += field.width;
    }
    valid
}

/// Takes the beats of an output channel. Gives its signature, and whether the expected number of beats arrived.
fn sink<'m>(
    m: &'m Module,
    dut: Child<'m>,
    interface: &Interface,
    channel: &Channel,
    beats: u64,
    first_valid: Signal<'m>,
) -> (Signal<'m>, Signal<'m>) {
    let is_there = match interface.timing {
        Timing::Fixed { latency } => delayed(m, first_valid, latency),
        _ => {
            dut.set(&channel.port("ready"), m.ones(1));
            dut.get(&channel.port("valid"))
        }
    };
    let fields: Vec<Signal> =
        channel.fields.iter().map(|field| dut.get(&interface.port_name(channel, field))).collect();
    // A register between the block and the signature keeps their delays apart.
    let valid = m.reg("taken", 1).reset_to(0);
    valid.set(is_there);
    let word = m.reg("answer", fields.iter().map(|field| field.width()).sum());
    word.set(m.concat_lsb(&fields));
    let count = m.reg("beats", index_width(beats + 2)).reset_to(0);
    let is_too_many = count.value().eq(m.lit(u128::from(beats + 1), count.value().width()));
    count.enable(valid.value() & !is_too_many).set(count.value() + 1);
    let is_complete = count.value().eq(m.lit(beats.into(), count.value().width()));
    (signature::register(m, word.value(), valid.value()), is_complete)
}

fn delayed<'m>(m: &'m Module, mut signal: Signal<'m>, cycles: u32) -> Signal<'m> {
    for cycle in 0..cycles {
        let register = m.reg(&format!("in_flight{cycle}"), 1).reset_to(0);
        register.set(signal);
        signal = register.value();
    }
    signal
}

/// The bytes of the verdict.
fn text<'m>(m: &'m Module, is_right: Signal<'m>, signature: Signal<'m>) -> Vec<Signal<'m>> {
    let byte = |byte: u8| m.lit(byte.into(), 8);
    let word = b"PASS".iter().zip(b"FAIL").map(|(pass, fail)| is_right.mux(byte(*pass), byte(*fail)));
    let digits = signature.split_lsb(4).into_iter().rev().map(|digit| {
        let letter = digit.zext(8) + u64::from(b'a' - 10);
        digit.lt(m.lit(10, 4)).mux(digit.zext(8) + u64::from(b'0'), letter)
    });
    word.chain([byte(b' ')]).chain(digits).chain([byte(b'\r'), byte(b'\n')]).collect()
}
