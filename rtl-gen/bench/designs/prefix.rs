//! Prefix sums.

use super::elaborate;
use hdl::{Module, Netlist, Signal};

const LANES: u32 = 128;
const COUNT: u32 = 8;

/// The network between registers: for each bit the number of ones up to it.
pub fn netlist() -> Netlist {
    elaborate(|design| {
        design.module("prefix", &[], |m| {
            m.describe("Counts the ones of a mask up to each of its bits.");
            let [high, low] = ["high", "low"].map(|name| m.input(name, LANES / 2, "half of the mask"));
            let mask = m.concat(&[high, low]).delayed("mask");
            let counts = counts(mask).into_iter().enumerate();
            let counts: Vec<_> = counts.map(|(lane, count)| count.delayed(&format!("count{lane}"))).collect();
            m.output("digest", digest(m, &counts), "all counts, folded to one word");
        })
    })
}

/// For each bit of a mask the number of ones up to it.
pub fn counts(mask: Signal<'_>) -> Vec<Signal<'_>> {
    sklansky(mask.split_lsb(1).into_iter().map(|bit| bit.zext(COUNT)).collect())
}

/// For each value, the sum of it and all before it: log2(n) rows of n / 2 adders.
fn sklansky(mut sums: Vec<Signal>) -> Vec<Signal> {
    let mut reach = 1;
    while reach < sums.len() {
        for lane in (0..sums.len()).filter(|lane| lane & reach != 0) {
            sums[lane] = sums[lane] + sums[lane / reach * reach - 1];
        }
        reach *= 2;
    }
    sums
}

fn digest<'m>(m: &'m Module, counts: &[Signal<'m>]) -> Signal<'m> {
    let words = counts.chunks(64 / COUNT as usize).map(|lanes| m.concat_lsb(lanes));
    words.reduce(|a, b| a ^ b).expect("there is a word")
}
