//! Random numbers by hashing.

/// The random number of a kind, a cell and an index under a seed.
pub fn random(seed: u32, kind: u32, cell: u32, index: u32) -> u32 {
    [kind, cell, index].into_iter().fold(seed, after)
}

/// What a word makes of what the words before it have made.
pub fn after(state: u32, word: u32) -> u32 {
    mixed(state.wrapping_add(0x9e37_79b9) ^ word)
}

/// A bijection after which every bit depends on every bit before (`lowbias32` by C. Wellons).
pub fn mixed(state: u32) -> u32 {
    let state = (state ^ (state >> 16)).wrapping_mul(0x7feb_352d);
    let state = (state ^ (state >> 15)).wrapping_mul(0x846c_a68b);
    state ^ (state >> 16)
}
