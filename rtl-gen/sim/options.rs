//! How a simulation starts.

/// How a simulation starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What registers and memories hold at power-up.
    pub initial: Initial,
}

/// The contents of registers and memories at power-up, if the design does not define them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Initial {
    /// Zero, as Verilator does with `--x-initial 0`.
    #[default]
    Zero,
    /// Random bits that follow from the seed, which expose a missing reset.
    Random(u64),
}

/// A source of initial bits: SplitMix64, or zeros.
pub(crate) struct InitialBits(Option<u64>);

impl InitialBits {
    /// `stream` distinguishes sources with the same seed.
    pub fn new(initial: Initial, stream: u64) -> InitialBits {
        InitialBits(match initial {
            Initial::Zero => None,
            Initial::Random(seed) => Some(mix(seed) ^ mix(!stream)),
        })
    }

    /// 64 bits.
    pub fn limb(&mut self) -> u64 {
        let Some(state) = &mut self.0 else { return 0 };
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(*state)
    }
}

/// The output function of SplitMix64: each bit depends on every bit of `z`.
fn mix(mut z: u64) -> u64 {
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}
