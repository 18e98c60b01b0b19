//! Names that Rust or rust-hdl do not take, wide ports, and a user's own block.

use crate::odd;
use crate::wrapped::{NarrowOdd, Odd};
use gen_rtl_rust_hdl::Value;
use hdl::Bits as Word;
use rust_hdl::prelude::*;
use rust_hdl_tests::{Vectors, hex, icarus, lint, yosys};

#[derive(LogicBlock, Default)]
struct Awkward {
    word: Signal<In, Bits<200>>,
    inverts: Signal<In, Bit>,
    other: Signal<In, Bits<200>>,
    summand: Signal<In, Bits<8>>,
    result: Signal<Out, Bits<200>>,
    sum: Signal<Out, Bits<8>>,
    is_odd: Signal<Out, Bit>,
    narrow_result: Signal<Out, Bits<9>>,
    unused_sum: Signal<Out, Bits<8>>,
    unused_odd: Signal<Out, Bit>,
    wide: Odd,
    narrow: NarrowOdd,
}

impl Logic for Awkward {
    #[hdl_gen]
    fn update(&mut self) {
        self.wide.port_in_.next = self.word.val();
        self.wide.port_next_.next = self.inverts.val();
        self.wide.port_itself_.next = self.other.val();
        self.wide.odd.next = self.summand.val();
        self.result.next = self.wide.port_match_.val();
        self.sum.next = self.wide.core.val();
        self.is_odd.next = self.wide.odd_.val();
        self.narrow.port_in_.next = self.word.val().get_bits::<9>(0);
        self.narrow.port_next_.next = true;
        self.narrow.port_itself_.next = self.other.val().get_bits::<9>(0);
        self.narrow.odd.next = self.summand.val();
        self.narrow_result.next = self.narrow.port_match_.val();
        self.unused_sum.next = self.narrow.core.val();
        self.unused_odd.next = self.narrow.odd_.val();
    }
}

fn design() -> Awkward {
    let mut design = Awkward::default();
    design.connect_all();
    design
}

fn vectors() -> Vectors {
    Vectors::of(&odd::BLOCK, "", 50)
}

/// The narrow block's answer to a beat of the wide one.
fn narrow_answer(beat: &[Word]) -> Word {
    Word::truncated((!beat[0].limbs()[0]).into(), 9)
}

#[test]
fn its_verilog_has_every_port() {
    let text = generate_verilog(&design());
    assert_eq!(lint(&text), "");
    yosys("awkward", &text);
    let vectors = vectors();
    let testbench = format!("`define WORDS {}\n", vectors.beats.len()) + include_str!("awkward.v");
    let Some(printed) = icarus(&text, &testbench, &[("words.hex", vectors.memory())]) else { return };
    let narrow = vectors.beats.iter().map(|beat| hex(&[narrow_answer(beat)]));
    let expected: Vec<String> = vectors
        .displayed()
        .into_iter()
        .zip(narrow)
        .map(|(wide, narrow)| format!("{wide} {narrow}"))
        .collect();
    assert_eq!(printed, expected);
}

#[test]
fn it_is_simulated() {
    let (vectors, mut design) = (vectors(), design());
    for (beat, expected) in vectors.beats.iter().zip(vectors.displayed()) {
        design.word.next = Bits::from_port(&beat[0]);
        design.inverts.next = Bit::from_port(&beat[1]);
        design.other.next = Bits::from_port(&beat[2]);
        design.summand.next = Bits::from_port(&beat[3]);
        design.update_all();
        while design.has_changed() {
            design.update_all();
        }
        let answer =
            [design.result.val().to_port(), design.sum.val().to_port(), design.is_odd.val().to_port()];
        assert_eq!(hex(&answer), expected);
        assert_eq!(design.narrow_result.val().to_port(), narrow_answer(beat));
    }
}
