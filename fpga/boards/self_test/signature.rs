//! A signature of a sequence of words: a shift register with feedback (the polynomial of CRC-32), into which each
//! word is XORed in parts of 32 bits.

use hdl::{Bits, Module, Signal};

const POLYNOMIAL: u32 = 0x04c1_1db7;

/// The signature of the golden model's answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// The signature so far.
    pub value: u32,
    /// Number of words.
    pub beats: u64,
}

impl Signature {
    /// Adds a word.
    pub fn add(&mut self, word: &Bits) {
        let folded = (0..word.width()).fold(0, |sum, bit| sum ^ u32::from(word.bit(bit)) << (bit % 32));
        let feedback = if self.value >> 31 == 1 { POLYNOMIAL } else { 0 };
        self.value = self.value << 1 ^ feedback ^ folded;
        self.beats += 1;
    }
}

/// The signatures of all channels combined into one.
pub fn combined(signatures: &[u32]) -> u32 {
    signatures.iter().zip(0..).fold(0, |sum, (signature, channel)| sum ^ signature.rotate_left(channel))
}

/// The same signature in hardware, of the words that pass while `enable` is 1.
pub fn register<'m>(m: &'m Module, word: Signal<'m>, enable: Signal<'m>) -> Signal<'m> {
    let folded = fold(m, word);
    let value = m.reg("signature", 32).reset_to(0).enable(enable);
    let feedback = m.lit(POLYNOMIAL.into(), 32).gated(value.value().msb());
    value.set((value.value() << 1) ^ feedback ^ folded);
    value.value()
}

/// The XOR of the 32-bit parts of a word.
fn fold<'m>(m: &'m Module, word: Signal<'m>) -> Signal<'m> {
    let padded = word.zext(word.width().next_multiple_of(32));
    padded.split_lsb(32).into_iter().fold(m.lit(0, 32), |sum, part| sum ^ part)
}

/// [`combined`] in hardware.
pub fn combine<'m>(m: &'m Module, signatures: &[Signal<'m>]) -> Signal<'m> {
    let rotated = signatures.iter().zip(0..32).map(|(signature, places): (_, u32)| match places {
        0 => *signature,
        _ => m.concat(&[signature.low(32 - places), signature.high(places)]),
    });
    rotated.fold(m.lit(0, 32), |sum, signature| sum ^ signature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hdl::{Clocking, Design};
    use sim::{Interpreter, Options, Simulator};

    #[test]
    fn hardware_and_software_agree() {
        let design = Design::new(Clocking::default());
        let top = design.module("top", &[], |m| {
            let signature = register(m, m.input("word", 45, ""), m.input("enable", 1, ""));
            m.output("signature", signature, "");
            m.output("combined", combine(m, &[signature, signature, signature]), "");
        });
        let mut simulator = Interpreter::new(&design.elaborate(top).unwrap(), Options::default()).unwrap();
        let [reset, word, enable, signature, all] =
            simulator.ports_named(["rst_n", "word", "enable", "signature", "combined"]).unwrap();
        simulator.poke_u64(reset, 0);
        simulator.tick();
        simulator.poke_u64(reset, 1);
        let mut expected = Signature::default();
        for index in 0..40u64 {
            let value = index.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 19;
            simulator.poke_u64(word, value);
            simulator.poke_u64(enable, u64::from(index % 3 != 0));
            simulator.tick();
            if index % 3 != 0 {
                expected.add(&Bits::truncated(value.into(), 45));
            }
        }
        assert_eq!(simulator.peek_u64(signature), u64::from(expected.value));
        assert_eq!(simulator.peek_u64(all), u64::from(combined(&[expected.value; 3])));
    }
}
