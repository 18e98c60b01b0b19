//! The stimulus: every engine generates it in its own language, with exactly the same bits.

/// What an input port is given in each cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drive {
    /// New random bits.
    Random,
    /// One of the bits, or, where there are fewer bits than `choices`, often none: each choice equally likely.
    OneHot {
        /// Number of choices, of which the first ones are the bits.
        choices: u64,
    },
    /// The same value.
    Constant(u64),
}

/// A source of the values of one port: a shift register with linear feedback.
#[derive(Clone, Debug)]
pub struct Source {
    state: u64,
    drive: Drive,
    width: u32,
}

impl Source {
    /// For the port of this index.
    pub fn new(port: usize, width: u32, drive: Drive) -> Source {
        Source { state: seed(port), drive, width }
    }

    /// The value in the next cycle.
    #[inline]
    pub fn draw(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        match self.drive {
            Drive::Random => self.state >> (64 - self.width),
            Drive::OneHot { choices } => one_hot(((self.state >> 32) * choices) >> 32, self.width),
            Drive::Constant(value) => value,
        }
    }
}

fn one_hot(choice: u64, width: u32) -> u64 {
    if choice < width.into() { 1 << choice } else { 0 }
}

/// Where the register of a port starts: never 0, and different for each port.
pub fn seed(port: usize) -> u64 {
    0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(port as u64 + 1)
}
