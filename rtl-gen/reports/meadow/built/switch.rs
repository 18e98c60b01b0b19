//! What can be switched off in what is built, by a parameter of the block or a field of its steps, so that it can be priced.

/// A switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// The parameter `lends`: products use the elements of attention.
    LentElements,
    /// The parameter `split_k`: the elements of a token are split over two groups of multipliers.
    SplitTokens,
    /// The parameter `local_words`: activations stay on the chip.
    OnChipMemory,
    /// `second` of steps of products: keys and values go to the on-chip memory and to the cache, which is not read back.
    NearKeys,
    /// `skip` of steps of attention: keys that no token of a group sees are left out.
    CausalSkipping,
    /// `overlaps` of steps: operands are loaded while steps before are at work.
    Overlap,
    /// `packed` of steps: weights in containers.
    PackedWeights,
    /// `sparse` of a step: rows of weights are left out.
    SparseRows,
}

impl Switch {
    /// Every switch.
    pub const ALL: [Switch; 8] = [
        Switch::LentElements,
        Switch::SplitTokens,
        Switch::OnChipMemory,
        Switch::NearKeys,
        Switch::CausalSkipping,
        Switch::Overlap,
        Switch::PackedWeights,
        Switch::SparseRows,
    ];

    /// Name.
    pub fn name(self) -> &'static str {
        match self {
            Switch::LentElements => "lent elements",
            Switch::SplitTokens => "split tokens",
            Switch::OnChipMemory => "on-chip memory",
            Switch::NearKeys => "keys and values on chip",
            Switch::CausalSkipping => "causal skipping",
            Switch::Overlap => "overlapping steps",
            Switch::PackedWeights => "packed weights",
            Switch::SparseRows => "sparse rows",
        }
    }
}
