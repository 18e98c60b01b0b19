//! 32 memories of 1k x 32, each read, modified and written in every cycle.

use super::elaborate;
use hdl::{Design, ModuleRef, Netlist};

const BANKS: usize = 32;
const DEPTH: u64 = 1024;
const WORD: u32 = 32;

pub fn netlist() -> Netlist {
    elaborate(|design| {
        let bank = bank(design);
        design.module("memories", &[], |m| {
            m.describe("Memories that are each read, modified and written in every cycle.");
            let word = m.input("word", WORD, "changes what is written");
            let banks = (0..BANKS).map(|index| {
                let step = m.lit((0x9e37_79b9 * (2 * index as u128 + 1)) & 0xffff_ffff, WORD);
                let child = m.instance(&format!("u_bank{index}"), bank);
                child.set("word", word).set("step", step).get("digest")
            });
            m.output("digest", banks.reduce(|a, b| a ^ b).expect("there is a bank"), "");
        })
    })
}

/// A memory that is cleared after reset, and then updated at scattered addresses.
fn bank(design: &Design) -> ModuleRef {
    design.module("bank", &[], |m| {
        let (word, step) = (m.input("word", WORD, ""), m.input("step", WORD, "tells banks apart"));
        let memory = m.memory("words", WORD, DEPTH);
        let address_width = memory.address_width();

        let cleared = m.reg("cleared", address_width + 1).reset_to(0);
        let ready = cleared.value().msb().named("ready");
        cleared.enable(!ready).set(cleared.value() + 1);

        let cursor = m.reg("cursor", WORD).reset_to(0);
        let address = ready.mux(cursor.value().high(address_width), cleared.value().low(address_width));
        let old = memory.read(address).gated(ready).named("old");
        let new = ((old + step) ^ word).gated(ready).named("new");
        memory.write(m.ones(1), address, new);
        cursor.set(cursor.value() + (old ^ step));

        let digest = m.reg("digest_q", WORD).reset_to(0);
        digest.set(m.concat(&[digest.value().low(WORD - 1), digest.value().msb()]) ^ old);
        m.output("digest", digest.value(), "of all that was read");
    })
}
