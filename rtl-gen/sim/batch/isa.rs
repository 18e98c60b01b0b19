//! Which instructions a batch runs on.

use std::fmt;

/// An instruction set for batches: the number of lanes, and how a gate is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Isa {
    /// 512 lanes, any function of three bits in one instruction (AVX-512 F and BW).
    Avx512,
    /// 256 lanes, functions of two bits (AVX2).
    Avx2,
    /// 512 lanes, interpreted: runs on every machine.
    Portable,
}

impl Isa {
    /// All of them, the fastest first.
    pub const ALL: [Isa; 3] = [Isa::Avx512, Isa::Avx2, Isa::Portable];

    /// The fastest one that this machine has.
    pub fn detect() -> Isa {
        let available = Isa::ALL.into_iter().find(|isa| isa.is_available());
        available.expect("every machine has the portable one")
    }

    /// True if this machine has it.
    pub fn is_available(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        match self {
            Isa::Avx512 => is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw"),
            Isa::Avx2 => is_x86_feature_detected!("avx2"),
            Isa::Portable => true,
        }
        #[cfg(not(target_arch = "x86_64"))]
        matches!(self, Isa::Portable)
    }

    /// Number of runs that one pass through the code simulates.
    pub fn lanes(self) -> usize {
        64 * self.words()
    }

    /// 64-bit words per row: one bit per lane.
    pub(super) fn words(self) -> usize {
        match self {
            Isa::Avx512 | Isa::Portable => 8,
            Isa::Avx2 => 4,
        }
    }

    /// Vector registers that the code may use.
    pub(super) fn registers(self) -> usize {
        match self {
            Isa::Avx512 => 32,
            Isa::Avx2 => 16,
            Isa::Portable => 256,
        }
    }

    /// True if one instruction computes any function of three bits.
    pub(super) fn is_ternary(self) -> bool {
        self == Isa::Avx512
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Isa::Avx512 => "AVX-512",
            Isa::Avx2 => "AVX2",
            Isa::Portable => "portable",
        })
    }
}
