//! Products: partial products in columns of equal weight, summed by full adders.

use super::graph::{Graph, Lit};
use std::collections::VecDeque;

impl Graph {
    /// Unsigned product, as wide as both operands together.
    pub fn multiply(&mut self, a: &[Lit], b: &[Lit]) -> Vec<Lit> {
        let columns = self.partial_products(a, b, |_, _| false);
        self.sum_columns(columns)
    }

    /// Two's-complement product, as wide as both operands together.
    ///
    /// The sign bit of each operand weighs negative. Its partial products are taken off by adding their
    /// complements, and the ones that this leaves over are constants (Baugh and Wooley).
    pub fn multiply_signed(&mut self, a: &[Lit], b: &[Lit]) -> Vec<Lit> {
        let (top_a, top_b) = (a.len() - 1, b.len() - 1);
        let mut columns = self.partial_products(a, b, |i, j| (i == top_a) != (j == top_b));
        for weight in [top_a, top_b, top_a + top_b + 1] {
            columns[weight].push_back(Lit::TRUE);
        }
        self.sum_columns(columns)
    }

    fn partial_products(
        &mut self,
        a: &[Lit],
        b: &[Lit],
        is_negative: impl Fn(usize, usize) -> bool,
    ) -> Vec<VecDeque<Lit>> {
        let mut columns = vec![VecDeque::new(); a.len() + b.len()];
        for (i, &x) in a.iter().enumerate() {
            for (j, &y) in b.iter().enumerate() {
                let product = self.and(x, y).invert(is_negative(i, j));
                columns[i + j].push_back(product);
            }
        }
        columns
    }

    /// Adds column by column. The bits that have been in a column longest are added first, which keeps the paths
    /// short.
    fn sum_columns(&mut self, mut columns: Vec<VecDeque<Lit>>) -> Vec<Lit> {
        let mut sum = vec![];
        for weight in 0..columns.len() {
            let mut column = std::mem::take(&mut columns[weight]);
            while column.len() > 1 {
                let mut next = || column.pop_front().unwrap_or(Lit::FALSE);
                let (bit, carry) = self.full_adder(next(), next(), next());
                column.push_back(bit);
                if let Some(above) = columns.get_mut(weight + 1) {
                    above.push_back(carry);
                }
            }
            sum.push(column.pop_front().unwrap_or(Lit::FALSE));
        }
        sum
    }
}
