//! Parts and extensions of a signal.

use crate::diagnostic::Source;
use crate::netlist::Op;
use crate::signal::Signal;
use std::fmt;
use std::panic::Location;

impl<'m> Signal<'m> {
    /// Bits `high` down to `low`, both included, like Verilog's `[high:low]`.
    #[track_caller]
    pub fn slice(self, high: u32, low: u32) -> Signal<'m> {
        self.part(high, low, format_args!("the slice [{high}:{low}]"), Location::caller())
    }

    /// One bit, 0 the least significant.
    #[track_caller]
    pub fn bit(self, index: u32) -> Signal<'m> {
        self.part(index, index, format_args!("bit {index}"), Location::caller())
    }

    /// The most significant bit.
    #[track_caller]
    pub fn msb(self) -> Signal<'m> {
        self.bit(self.width - 1)
    }

    /// The `count` least significant bits.
    #[track_caller]
    pub fn low(self, count: u32) -> Signal<'m> {
        let source = Location::caller();
        match self.has_bits("low", count, source) {
            true => self.slice(count - 1, 0),
            false => self.module.stand_in(count, source),
        }
    }

    /// The `count` most significant bits.
    #[track_caller]
    pub fn high(self, count: u32) -> Signal<'m> {
        let source = Location::caller();
        match self.has_bits("high", count, source) {
            true => self.slice(self.width - 1, self.width - count),
            false => self.module.stand_in(count, source),
        }
    }

    /// Parts of `part_width` bits each, the least significant first; `part_width` must divide the width.
    #[track_caller]
    pub fn split_lsb(self, part_width: u32) -> Vec<Signal<'m>> {
        let source = Location::caller();
        if part_width == 0 || !self.width.is_multiple_of(part_width) {
            let stand_in = self.module.stand_in(part_width, source);
            if !self.is_faulty() {
                let message = format!("{self} does not split into parts of {part_width} bits");
                self.module.error(
                    source,
                    message,
                    vec!["the width of the parts must divide that of the signal".into()],
                );
            }
            return vec![stand_in; self.width.div_ceil(part_width.max(1)) as usize];
        }
        let mut parts = vec![];
        for low in (0..self.width).step_by(part_width as usize) {
            parts.push(self.slice(low + part_width - 1, low));
        }
        parts
    }

    /// Widened to `width` with zeros above.
    #[track_caller]
    pub fn zext(self, width: u32) -> Signal<'m> {
        match self.missing_bits("zext", width, Location::caller()) {
            None => self.module.stand_in(width, Location::caller()),
            Some(0) => self,
            Some(count) => self.module.concat(&[self.module.lit(0, count), self]),
        }
    }

    /// Widened to `width` with copies of the most significant bit.
    #[track_caller]
    pub fn sext(self, width: u32) -> Signal<'m> {
        match self.missing_bits("sext", width, Location::caller()) {
            None => self.module.stand_in(width, Location::caller()),
            Some(0) => self,
            Some(count) => self.module.concat(&[self.msb().repeat(count), self]),
        }
    }

    /// `count` copies side by side.
    #[track_caller]
    pub fn repeat(self, count: u32) -> Signal<'m> {
        let source = Location::caller();
        let width = u64::from(self.width) * u64::from(count);
        match self.module.check_width(width, format_args!("a repetition of {self}"), source) {
            true => self.module.concat(&vec![self; count as usize]),
            false => self.module.stand_in(count, source),
        }
    }

    fn part(self, high: u32, low: u32, what: fmt::Arguments, source: Source) -> Signal<'m> {
        let width = high.abs_diff(low).saturating_add(1);
        if !self.module.check_operand(what, self, source) {
            return self.module.stand_in(width, source);
        }
        if low <= high && high < self.width {
            return self.node(Op::Slice { of: self.id, high, low }, width, source);
        }
        if self.is_faulty() {
            return self.module.stand_in(width, source);
        }
        let note = format!("legal bits are {} down to 0", self.width - 1);
        self.module.reject(source, width, format!("{what} is not within {self}"), vec![note])
    }

    fn has_bits(self, method: &str, count: u32, source: Source) -> bool {
        let is_within = (1..=self.width).contains(&count);
        if !is_within && !self.is_faulty() {
            let message = format!("`{method}({count})` is not a part of {self}");
            self.module.error(source, message, vec![format!("legal counts are 1 to {}", self.width)]);
        }
        is_within
    }

    /// The number of bits missing up to `width`; `None` after an error.
    fn missing_bits(self, method: &str, width: u32, source: Source) -> Option<u32> {
        let missing = width.checked_sub(self.width);
        if missing.is_none() && !self.is_faulty() {
            let message = format!("`{method}({width})` would cut {self}: it only widens");
            self.module.error(source, message, vec![format!("cut with `.low({width})`")]);
        }
        missing.filter(|_| self.module.check_width(width, format_args!("`{method}` of {self}"), source))
    }
}
