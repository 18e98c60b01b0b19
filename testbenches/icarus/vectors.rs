//! The memory file of a testbench: one line per cycle, one hexadecimal field per port.

use crate::{Trace, VerilogDesign};
use hdl::Port;
use std::fmt::Write;

/// The place of each port, and of the flags, in a line. Every field is padded to whole hexadecimal digits, to keep
/// lines readable.
pub(super) struct Layout {
    /// Lowest bit of each port's field.
    pub(super) low: Vec<u32>,
    /// Bits of a line.
    pub(super) width: u32,
    /// The ports in the order of a line: inputs, then outputs.
    order: Vec<usize>,
    /// The outputs, in the order of the flags, which are the lowest field.
    outputs: Vec<usize>,
}

impl Layout {
    pub(super) fn new(design: &VerilogDesign) -> Layout {
        let outputs: Vec<usize> = design.outputs().map(|(index, _)| index).collect();
        let order: Vec<usize> =
            design.inputs().map(|(index, _)| index).chain(outputs.iter().copied()).collect();
        let mut low = vec![0; design.ports.len()];
        let mut width = padded(outputs.len() as u32);
        for &index in order.iter().rev() {
            low[index] = width;
            width += padded(design.ports[index].width);
        }
        Layout { low, width, order, outputs }
    }

    /// The memory file, with a first line that names the fields.
    pub(super) fn memory(&self, trace: &Trace) -> String {
        let names = self.order.iter().map(|&index| trace.ports()[index].name.as_str());
        let mut text = format!("// Fields: {}\n", names.chain(["strict"]).collect::<Vec<_>>().join(" "));
        for cycle in 0..trace.cycles() {
            for &index in &self.order {
                let Port { width, .. } = trace.ports()[index];
                let value = trace.value(cycle, index).zero_extend(padded(width));
                write!(text, "{value:x}_").expect("a string takes any text");
            }
            text.push_str(&self.flags(trace, cycle));
            text.push('\n');
        }
        text
    }

    /// One bit for each output, the first the least significant.
    fn flags(&self, trace: &Trace, cycle: usize) -> String {
        let digit = |outputs: &[usize]| {
            let bits = outputs
                .iter()
                .enumerate()
                .map(|(bit, &port)| u32::from(trace.is_checked(cycle, port)) << bit);
            char::from_digit(bits.sum(), 16).expect("four bits are one digit")
        };
        self.outputs.chunks(4).rev().map(digit).collect()
    }
}

fn padded(width: u32) -> u32 {
    width.next_multiple_of(4)
}
