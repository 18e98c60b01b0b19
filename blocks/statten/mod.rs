//! STAtten: attention of a spiking transformer over tokens and time steps at once (D. Lee, Y. Li, Y. Kim, S. Xiao, P. Panda,
//! "Spiking Transformer with Spatial-Temporal Attention", CVPR 2025, arXiv 2409.19764).

/// The paper, as headers and descriptions cite it.
const SOURCE: &str = "D. Lee, Y. Li, Y. Kim, S. Xiao, P. Panda, \"Spiking Transformer with Spatial-Temporal Attention\", CVPR \
                      2025, arXiv 2409.19764";

// A module does not have the name of the one around it.
#[path = "statten/mod.rs"]
pub mod attention;
mod cases;
pub mod definition;
mod heads;
mod jobs;
mod load;
mod loops;
mod shape;
pub mod statten_kv;
pub mod statten_qkv;
pub mod vector;

pub use shape::{Answer, Fault, Job, Shape, Spikes, TokenSpikes};
