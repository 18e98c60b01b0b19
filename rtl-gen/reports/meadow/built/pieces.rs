//! Steps for a part of the tokens.

use blocks::meadow::meadow_decoder_layer::Params;

/// Tokens of a step.
pub struct Piece {
    /// The first one.
    pub first: u64,
    /// How many.
    pub count: u64,
}

/// The fewest pieces of tokens with so many elements that fit into the block.
pub fn pieces(params: &Params, tokens: u64, inner: u64) -> Vec<Piece> {
    let most =
        u64::from(params.token_words) / params.words_of_tokens(1, inner) * u64::from(params.product_tokens());
    let piece = |first: u64| Piece { first, count: most.min(tokens - first) };
    (0..tokens).step_by(most as usize).map(piece).collect()
}
