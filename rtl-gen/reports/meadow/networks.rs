//! The networks of the paper, and what a layer of them has to do.

/// A decoder-only transformer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// Name.
    pub name: &'static str,
    /// Decoder layers.
    pub layers: u64,
    /// Width of the residual stream.
    pub d_model: u64,
    /// Attention heads, each of [`D_HEAD`] elements.
    pub heads: u64,
    /// Neurons of the feed-forward network.
    pub d_ffn: u64,
    /// Columns of the LM head.
    pub vocabulary: u64,
}

/// Elements of a head.
pub const D_HEAD: u64 = 64;

/// Positions of the networks: the longest prompt, and the longest cache.
pub const POSITIONS: u64 = 2048;

/// Shapes from S. Zhang et al., "OPT: Open Pre-trained Transformer Language Models", arXiv 2205.01068, table 1.
pub const NETWORKS: [Network; 2] = [
    Network { name: "opt-125m", layers: 12, d_model: 768, heads: 12, d_ffn: 3072, vocabulary: 50_272 },
    Network { name: "opt-1.3b", layers: 24, d_model: 2048, heads: 32, d_ffn: 8192, vocabulary: 50_272 },
];

/// What a layer computes: new tokens, each with attention to the keys.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// The network.
    pub network: Network,
    /// New tokens.
    pub tokens: u64,
    /// Keys, those of the new tokens included.
    pub keys: u64,
}

impl Work {
    /// A prompt of so many tokens.
    pub fn prefill(network: Network, tokens: u64) -> Work {
        Work { network, tokens, keys: tokens }
    }

    /// One token, with so many keys.
    pub fn decode(network: Network, keys: u64) -> Work {
        Work { network, tokens: 1, keys }
    }

    /// The new tokens in so many chunks, equal but for the last. Each sees the keys of those before it.
    pub fn chunks(&self, count: u64) -> Vec<Work> {
        let size = self.tokens.div_ceil(count);
        let chunk = |first: u64| {
            let tokens = size.min(self.tokens - first);
            Work { tokens, keys: self.keys - self.tokens + first + tokens, ..*self }
        };
        (0..self.tokens).step_by(size as usize).map(chunk).collect()
    }

    /// Elements of a matrix with a row for each new token.
    pub fn activations(&self) -> f64 {
        (self.tokens * self.network.d_model) as f64
    }

    /// Weights of a square matrix: of the queries, keys, values, or the projection.
    pub fn square(&self) -> f64 {
        (self.network.d_model * self.network.d_model) as f64
    }

    /// Weights of a matrix of the feed-forward network.
    pub fn ffn(&self) -> f64 {
        (self.network.d_model * self.network.d_ffn) as f64
    }

    /// Elements of the keys of all heads, or of the values, of so many tokens.
    pub fn cached(&self, tokens: u64) -> f64 {
        (tokens * self.network.d_model) as f64
    }

    /// Elements of the hidden activations of the feed-forward network.
    pub fn hidden(&self) -> f64 {
        (self.tokens * self.network.d_ffn) as f64
    }

    /// Scores of all heads.
    pub fn scores(&self) -> f64 {
        (self.network.heads * self.tokens * self.keys) as f64
    }
}
