//! A serial transmitter: 8 data bits, no parity, one stop bit.

use hdl::{Module, Signal, index_width};

/// Bits per second.
pub const BAUD: u32 = 115_200;

/// Sends the bytes of `text` repeatedly, from the cycle in which `start` is 1. Gives the serial line.
pub fn transmitter<'m>(
    m: &'m Module,
    text: &[Signal<'m>],
    start: Signal<'m>,
    cycles_per_bit: u32,
) -> Signal<'m> {
    m.scope("uart", || {
        let count = |name: &str, end: u64, advance: Signal<'m>| {
            let counter = m.reg(name, index_width(end)).reset_to(0).enable(advance);
            let is_last = counter.value().eq(m.lit(u128::from(end - 1), counter.value().width()));
            counter.set(is_last.mux(m.lit(0, counter.value().width()), counter.value() + 1));
            (counter.value(), advance & is_last)
        };
        let (_, bit_ends) = count("cycle", cycles_per_bit.into(), start);
        let (bit, byte_ends) = count("bit", 10, bit_ends);
        let (byte, _) = count("byte", text.len() as u64, byte_ends);
        let data = choose(m, byte, text);
        // From the lowest bit: start bit, data, stop bit.
        let frame = m.concat(&[m.ones(1), data, m.lit(0, 1)]);
        let level = choose(m, bit, &frame.split_lsb(1));
        let line = m.reg("line", 1).reset_to(1);
        line.set(!start | level);
        line.value()
    })
}

/// The value at an index; the last one for any index beyond.
fn choose<'m>(m: &'m Module, number: Signal<'m>, values: &[Signal<'m>]) -> Signal<'m> {
    let mut values = values.to_vec();
    values.resize(1 << number.width(), values[values.len() - 1]);
    m.select(number, &values)
}

/// Decodes a line, given its level in each cycle.
pub fn decode(line: &[bool], cycles_per_bit: u32) -> String {
    let step = cycles_per_bit as usize;
    let mut text = String::new();
    let mut at = 0;
    while let Some(start) = line[at.min(line.len())..].iter().position(|level| !level) {
        let middle = |bit: usize| at + start + bit * step + step / 2;
        if middle(9) >= line.len() {
            break;
        }
        let byte = (0..8).fold(0, |byte, bit| byte | u8::from(line[middle(bit + 1)]) << bit);
        text.push(char::from(byte));
        at = middle(9);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use hdl::{Clocking, Design};
    use sim::{Interpreter, Options, Simulator};

    #[test]
    fn a_text_arrives() {
        let design = Design::new(Clocking::default());
        let top = design.module("top", &[], |m| {
            let text: Vec<_> = b"Hi!".iter().map(|byte| m.lit((*byte).into(), 8)).collect();
            m.output("line", transmitter(m, &text, m.input("start", 1, ""), 7), "");
        });
        let mut simulator = Interpreter::new(&design.elaborate(top).unwrap(), Options::default()).unwrap();
        let [reset, start, line] = simulator.ports_named(["rst_n", "start", "line"]).unwrap();
        simulator.poke_u64(reset, 0);
        simulator.tick();
        simulator.poke_u64(reset, 1);
        let mut levels = vec![];
        for cycle in 0..400 {
            simulator.poke_u64(start, u64::from(cycle > 20));
            levels.push(simulator.peek_u64(line) == 1);
            simulator.tick();
        }
        assert!(decode(&levels, 7).starts_with("Hi!Hi"));
    }
}
