//! Wiring: which bits of which terms make up a slice or a concatenation.
//!
//! Nested slices and concatenations are resolved, so that bits move once.

use super::terms::{Piece, Term, TermOp};
use hdl::Bits;

/// A gathered operand of at most this many pieces is resolved wherever it is used.
const FEW: usize = 2;

/// The pieces of `width` bits of a term from `low` up, or the term itself if resolving it does not pay.
///
/// `is_single_use`: nothing else reads the term, so it can be left out.
pub(super) fn resolve(terms: &[Term], piece: Piece, is_single_use: bool) -> Vec<Piece> {
    let TermOp::Gather(pieces) = &terms[piece.of.index()].op else { return vec![piece] };
    let mut inside = vec![];
    let mut position = 0;
    for part in pieces {
        let (start, end) = (position.max(piece.low), (position + part.width).min(piece.low + piece.width));
        if start < end {
            inside.push(Piece { of: part.of, low: part.low + start - position, width: end - start });
        }
        position += part.width;
    }
    if inside.len() <= FEW || is_single_use { inside } else { vec![piece] }
}

/// Merges pieces that are adjacent in one term.
pub(super) fn merged(pieces: impl IntoIterator<Item = Piece>) -> Vec<Piece> {
    let mut merged: Vec<Piece> = vec![];
    for piece in pieces {
        match merged.last_mut() {
            Some(last) if last.of == piece.of && last.low + last.width == piece.low => {
                last.width += piece.width;
            }
            _ => merged.push(piece),
        }
    }
    merged
}

/// The value of the pieces if all are constants.
pub(super) fn constant(terms: &[Term], pieces: &[Piece]) -> Option<Bits> {
    let value = |piece: &Piece| {
        let value = terms[piece.of.index()].constant()?;
        Some(value.slice(piece.low + piece.width - 1, piece.low))
    };
    let values: Option<Vec<Bits>> = pieces.iter().rev().map(value).collect();
    values.map(|values| Bits::concat(&values))
}
