//! Seeds of a shift register of random bits.

/// Bits of the register. Its new bits depend only on ones that are at least 28 bits old, so that many of them are found in a cycle.
pub const LFSR_BITS: u32 = 31;

/// Its first state: the seed, mixed one to one, since states with few ones begin long sequences with few ones.
pub fn first_state(seed: u32) -> u32 {
    const MASK: u32 = u32::MAX >> 1;
    let times = |state: u32, factor: u32| state.wrapping_mul(factor) & MASK;
    let state = seed ^ seed >> 16;
    let state = times(state, 0x045d_9f3b);
    let state = times(state ^ state >> 15, 0x2c1b_3c6d);
    state ^ state >> 16
}
