//! What can be switched off in what is built, by a parameter of the block or a field of its steps, so that it can be priced.

/// A switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// The parameter `lends`: products use the elements of attention.
    LentElements,
    /// The parameter `local_words`: activations stay on the chip.
    OnChipMemory,
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
    pub const ALL: [Switch; 6] = [
        Switch::LentElements,
        Switch::OnChipMemory,
        Switch::CausalSkipping,
        Switch::Overlap,
        Switch::PackedWeights,
        Switch::SparseRows,
    ];

    /// Name.
    pub fn name(self) -> &'static str {
        match self {
            Switch::LentElements => "lent elements",
            Switch::OnChipMemory => "on-chip memory",
            Switch::CausalSkipping => "causal skipping",
            Switch::Overlap => "overlapping steps",
            Switch::PackedWeights => "packed weights",
            Switch::SparseRows => "sparse rows",
        }
    }
}
