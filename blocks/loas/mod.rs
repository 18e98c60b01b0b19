//! LoAS: spiking neural networks with sparse spikes and sparse weights, all time steps at once (R. Yin, Y. Kim, D. Wu,
//! P. Panda, "LoAS: Fully Temporal-Parallel Dataflow for Dual-Sparse Spiking Neural Networks", MICRO 2024, arXiv
//! 2407.14073).

/// The paper, as headers and descriptions cite it.
const SOURCE: &str = "R. Yin, Y. Kim, D. Wu, P. Panda, \"LoAS: Fully Temporal-Parallel Dataflow for Dual-Sparse Spiking \
                      Neural Networks\", MICRO 2024, arXiv 2407.14073";

mod drain;
mod events;
pub mod loas_array;
pub mod loas_broadcast_array;
pub mod loas_inner_join;
pub mod loas_laggy_prefix_sum;
pub mod loas_plif;
pub mod loas_prefix_sum;
pub mod loas_spike_packer;
pub mod loas_tppe;
pub mod loas_unpacker;
mod masks;
mod rows;
pub mod sparten_inner_join;
mod sums;

/// Whether the design adds its own cover points. On its own, it reaches all of them; as part of a system, that
/// depends on the rest of the system.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Covers {
    All,
    None,
}
