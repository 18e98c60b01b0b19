//! The points of a box, by their number in the order of its loops.

use super::registers::order;
use crate::crossbar::xbar_program::params::{Limits, LoopOrder, Range};

/// A point of the box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The code of the word line.
    pub word_line: u64,
    /// The code of the bit line or source line.
    pub line: u64,
    /// Clocks of the pulse.
    pub width: u64,
}

/// How many values a loop has.
fn count(range: &Range<u64>) -> u64 {
    (range.stop - range.start).checked_div(range.step).unwrap_or(0) + 1
}

/// Points of a legal box.
pub fn points(limits: &Limits<u64>) -> u64 {
    [&limits.width, &limits.word_line, &limits.line].into_iter().map(count).product()
}

/// The point of a number in a legal box: the innermost loop is the lowest digit of the number.
pub fn point(limits: &Limits<u64>, number: u64) -> Point {
    let [p, w, b] = [&limits.width, &limits.word_line, &limits.line].map(count);
    // By the values of width, word line, line.
    let [width, word_line, line] = match order(limits).expect("the box is legal") {
        LoopOrder::Pwb => [number / (b * w), number / b % w, number % b],
        LoopOrder::Pbw => [number / (w * b), number % w, number / w % b],
        LoopOrder::Wbp => [number % p, number / (p * b), number / p % b],
        LoopOrder::Wpb => [number / b % p, number / (b * p), number % b],
        LoopOrder::Bwp => [number % p, number / p % w, number / (p * w)],
        LoopOrder::Bpw => [number / w % p, number % w, number / (w * p)],
    };
    let value = |range: &Range<u64>, digit: u64| range.start + digit * range.step;
    Point {
        word_line: value(&limits.word_line, word_line),
        line: value(&limits.line, line),
        width: value(&limits.width, width),
    }
}
