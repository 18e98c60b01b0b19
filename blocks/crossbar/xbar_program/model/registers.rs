//! The registers.

use crate::crossbar::xbar_program::Params;
use crate::crossbar::xbar_program::params::{ADDRESS_BITS, BOUNDS, Config, Limits, LoopOrder, Range};
use hdl::{Bundle, Encoded};

/// The registers, 0 after a reset.
#[derive(Clone, Debug)]
pub struct Registers {
    /// The width of the register at each address, if there is one.
    widths: Vec<Option<u32>>,
    values: Vec<u64>,
    /// The registers but the bounds.
    pub config: Config<u64>,
}

impl Registers {
    /// After a reset.
    pub fn new(params: &Params) -> Registers {
        let mut widths = vec![None; 1 << ADDRESS_BITS];
        params.registers().into_iter().for_each(|(address, width)| widths[address as usize] = Some(width));
        Registers { widths, values: vec![0; 1 << ADDRESS_BITS], config: params.config().map(|_| 0) }
    }

    /// Whether there is a register that can have this value.
    pub fn takes(&self, address: u64, data: u64) -> bool {
        self.widths[address as usize].is_some_and(|width| data >> width == 0)
    }

    /// Writes, unless there is no such register or it cannot have this value.
    pub fn write(&mut self, address: u64, data: u64) {
        if self.takes(address, data) {
            self.values[address as usize] = data;
            let mut values = self.values.iter();
            self.config = self.config.map(|_| *values.next().expect("every register has an address"));
        }
    }

    /// What is at an address: 0 where there is no register.
    pub fn read(&self, address: u64) -> u64 {
        self.values[address as usize]
    }

    /// A cell of a level is within its bounds from the first of these codes on, below the second.
    pub fn bounds(&self, level: u64) -> (u64, u64) {
        let lower = BOUNDS + 2 * level;
        (self.read(lower), self.read(lower + 1))
    }

    /// Some codes are not below the upper bound of a level.
    pub fn has_upper_bound(&self, level: u64) -> bool {
        let code_bits = self.widths[(BOUNDS + 2 * level) as usize].expect("each level has bounds");
        self.bounds(level).1 < 1 << code_bits
    }

    /// No box contradicts itself.
    pub fn has_legal_boxes(&self) -> bool {
        is_legal(&self.config.set) && is_legal(&self.config.reset)
    }
}

/// What is to be written where, for these registers and the bounds of the first levels.
pub fn writes(config: &Config<u64>, bounds: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let config = config.members().into_iter().map(|(_, value)| value);
    let bounds = bounds.iter().flat_map(|(lower, upper)| [*lower, *upper]);
    (0..).zip(config).chain((BOUNDS..).zip(bounds)).collect()
}

fn is_legal(limits: &Limits<u64>) -> bool {
    let has_values = |range: &Range<u64>| match range.step {
        0 => range.start == range.stop,
        _ => range.start <= range.stop,
    };
    let ranges = [&limits.word_line, &limits.line, &limits.width];
    ranges.into_iter().all(has_values) && limits.width.start > 0 && order(limits).is_some()
}

/// The order of the loops, if the register has one.
pub fn order(limits: &Limits<u64>) -> Option<LoopOrder> {
    LoopOrder::from_code(limits.order.into())
}
