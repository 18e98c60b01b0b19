//! The other end of the line.

use super::{CYCLES_PER_BIT, DEPTH};
use crate::reset;
use sim::{Simulator, UnknownName};

/// A host that sends on `rx` and listens on `tx`.
struct Host<'s> {
    simulator: &'s mut dyn Simulator,
    rx: usize,
    tx: usize,
    /// The ports that report lost bytes.
    errors: [usize; 2],
    /// What the line was in each cycle.
    heard: Vec<bool>,
    /// Bytes lost by an overrun, and for lack of a stop bit.
    lost: [usize; 2],
}

/// Fills the FIFO with one byte more than it and the receiver hold, lets the transmitter go, and reads the answer.
pub fn exercise(simulator: &mut dyn Simulator) -> Result<String, UnknownName> {
    let [rx, cts, tx] = simulator.ports_named(["rx", "cts", "tx"])?;
    let errors = simulator.ports_named(["overrun", "framing_error"])?;
    simulator.poke_u64(rx, 1);
    reset(simulator)?;
    let mut host = Host { simulator, rx, tx, errors, heard: vec![], lost: [0; 2] };

    let text = b"gate-level";
    let held = DEPTH as usize + 1;
    text.iter().for_each(|byte| host.send(*byte));
    assert_eq!(host.heard(), b"", "the transmitter is held back");
    assert_eq!(host.lost, [text.len() - held, 0], "each byte too many is reported");

    host.simulator.poke_u64(cts, 1);
    (0..(held as u64 + 1) * 10 * CYCLES_PER_BIT).for_each(|_| host.cycle(true));
    assert_eq!(host.heard(), &text[..held]);

    text.iter().for_each(|byte| host.send(*byte));
    host.send_bits(&[false; 10]);
    (0..20 * CYCLES_PER_BIT).for_each(|_| host.cycle(true));
    let answer = host.heard();
    assert_eq!(answer, [&text[..held], text].concat(), "what is sent on at once is never lost");
    assert_eq!(host.lost, [text.len() - held, 1], "a byte without a stop bit is reported");
    Ok(format!("sent {0:?} twice, first without clear to send; got {1:?}", shown(text), shown(&answer)))
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into()
}

impl Host<'_> {
    fn cycle(&mut self, level: bool) {
        self.simulator.poke_u64(self.rx, level.into());
        self.heard.push(self.simulator.peek_u64(self.tx) == 1);
        for (lost, port) in self.lost.iter_mut().zip(self.errors) {
            *lost += self.simulator.peek_u64(port) as usize;
        }
        self.simulator.tick();
    }

    fn send(&mut self, byte: u8) {
        let data = (0..8).map(|bit| byte >> bit & 1 == 1);
        self.send_bits(&[false].into_iter().chain(data).chain([true]).collect::<Vec<bool>>());
    }

    fn send_bits(&mut self, bits: &[bool]) {
        for bit in bits {
            (0..CYCLES_PER_BIT).for_each(|_| self.cycle(*bit));
        }
    }

    /// The bytes on the line so far.
    fn heard(&self) -> Vec<u8> {
        let bit_time = CYCLES_PER_BIT as usize;
        let (mut bytes, mut at) = (vec![], 0);
        while let Some(start) = self.heard[at..].iter().position(|level| !level) {
            let middle_of = |bit: usize| at + start + bit * bit_time + bit_time / 2;
            if middle_of(9) >= self.heard.len() {
                break;
            }
            bytes.push((0..8).fold(0, |byte, bit| byte | u8::from(self.heard[middle_of(bit + 1)]) << bit));
            assert!(self.heard[middle_of(9)], "a byte ends in a stop bit");
            at = middle_of(9);
        }
        bytes
    }
}
