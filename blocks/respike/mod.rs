//! ReSpike: hybrid networks for video, in which a network of neurons sees key frames and a spiking one what has changed since (S. Xiao,
//! Y. Li, Y. Kim, D. Lee, P. Panda, "ReSpike: Residual Frames-based Hybrid Spiking Neural Networks for Efficient Action
//! Recognition", arXiv 2409.01564).

/// The paper, as headers and descriptions cite it.
const SOURCE: &str = "S. Xiao, Y. Li, Y. Kim, D. Lee, P. Panda, \"ReSpike: Residual Frames-based Hybrid Spiking Neural Networks \
                      for Efficient Action Recognition\", arXiv 2409.01564";

pub mod residual_frame_encoder;
