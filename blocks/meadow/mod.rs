//! MEADOW: language models on small FPGAs. Attention is one pipeline, several tokens at once and head after head, and weights are
//! packed without loss (A. Moitra, A. Bhattacharjee, Y. Kim, P. Panda, "MEADOW: Memory-efficient Dataflow and Data Packing for Low
//! Power Edge LLMs", MLSys 2025, arXiv 2503.11663).

/// The paper, as headers and descriptions cite it.
const SOURCE: &str = "A. Moitra, A. Bhattacharjee, Y. Kim, P. Panda, \"MEADOW: Memory-efficient Dataflow and Data Packing for \
                      Low Power Edge LLMs\", MLSys 2025, arXiv 2503.11663";

pub mod attention;
pub mod meadow_attention_head;
pub mod meadow_decoder_layer;
pub mod meadow_gemm_attention;
pub mod meadow_mac_pe;
pub mod meadow_requantize;
pub mod meadow_vector;
pub mod packing;
pub mod quantise;
pub mod weight_unpacker;
