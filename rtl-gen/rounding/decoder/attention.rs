//! Causal attention with several heads of queries for each head of keys.

use ndarray::{Array2, ArrayView2, Axis, concatenate, s};
use rayon::prelude::*;

/// The sizes of attention.
#[derive(Clone, Copy, Debug)]
pub struct Heads {
    /// Heads of queries.
    pub queries: usize,
    /// Heads of keys and of values.
    pub keys: usize,
    /// Elements of a head.
    pub d_head: usize,
}

/// Queries, keys and values, or their gradients: a row for each token.
pub struct Projections {
    pub query: Array2<f32>,
    pub key: Array2<f32>,
    pub value: Array2<f32>,
}

impl Heads {
    /// What each token attends to, and the probabilities of each head of queries.
    pub fn forward(&self, read: &Projections) -> (Array2<f32>, Vec<Array2<f32>>) {
        let heads: Vec<(Array2<f32>, Array2<f32>)> = (0..self.queries)
            .into_par_iter()
            .map(|head| {
                let shared = head / self.shared();
                let mut scores = self.head(&read.query, head).dot(&self.head(&read.key, shared).t());
                softmax(&mut scores, self.scale());
                (scores.dot(&self.head(&read.value, shared)), scores)
            })
            .collect();
        let (contexts, probabilities): (Vec<_>, Vec<_>) = heads.into_iter().unzip();
        (joined(&contexts), probabilities)
    }

    /// The gradients of what was read, from that of the result.
    pub fn backward(
        &self,
        read: &Projections,
        probabilities: &[Array2<f32>],
        gradient: &Array2<f32>,
    ) -> Projections {
        let heads: Vec<Projections> = (0..self.keys)
            .into_par_iter()
            .map(|head| self.backward_of_keys(read, probabilities, gradient, head))
            .collect();
        let all = |part: fn(&Projections) -> &Array2<f32>| {
            joined(&heads.iter().map(|head| part(head).clone()).collect::<Vec<_>>())
        };
        Projections {
            query: all(|head| &head.query),
            key: all(|head| &head.key),
            value: all(|head| &head.value),
        }
    }

    /// The same for one head of keys and the queries that read it.
    fn backward_of_keys(
        &self,
        read: &Projections,
        probabilities: &[Array2<f32>],
        gradient: &Array2<f32>,
        head: usize,
    ) -> Projections {
        let (keys, values) = (self.head(&read.key, head), self.head(&read.value, head));
        let (mut key, mut value) = (Array2::zeros(keys.dim()), Array2::zeros(values.dim()));
        let mut queries = vec![];
        for reader in head * self.shared()..(head + 1) * self.shared() {
            let (probabilities, gradient) = (&probabilities[reader], self.head(gradient, reader));
            value += &probabilities.t().dot(&gradient);
            let mut scores = gradient.dot(&values.t());
            backward_of_softmax(&mut scores, probabilities, self.scale());
            queries.push(scores.dot(&keys));
            key += &scores.t().dot(&self.head(&read.query, reader));
        }
        Projections { query: joined(&queries), key, value }
    }

    /// Heads of queries for a head of keys.
    fn shared(&self) -> usize {
        self.queries / self.keys
    }

    fn scale(&self) -> f32 {
        1.0 / (self.d_head as f32).sqrt()
    }

    fn head<'r>(&self, rows: &'r Array2<f32>, head: usize) -> ArrayView2<'r, f32> {
        rows.slice(s![.., head * self.d_head..(head + 1) * self.d_head])
    }
}

fn joined(heads: &[Array2<f32>]) -> Array2<f32> {
    let heads: Vec<ArrayView2<f32>> = heads.iter().map(|head| head.view()).collect();
    concatenate(Axis(1), &heads).expect("heads have a row for each token")
}

/// Softmax of scaled scores, each row up to its own token.
fn softmax(scores: &mut Array2<f32>, scale: f32) {
    for (token, mut row) in scores.rows_mut().into_iter().enumerate() {
        let greatest = row.slice(s![..=token]).fold(f32::NEG_INFINITY, |most, score| most.max(*score));
        row.slice_mut(s![..=token]).mapv_inplace(|score| ((score - greatest) * scale).exp());
        row.slice_mut(s![token + 1..]).fill(0.0);
        let sum = row.sum();
        row /= sum;
    }
}

/// The gradient of scores before their scale, in place of that of probabilities.
fn backward_of_softmax(gradient: &mut Array2<f32>, probabilities: &Array2<f32>, scale: f32) {
    for (mut row, probabilities) in gradient.rows_mut().into_iter().zip(probabilities.rows()) {
        let mean = row.dot(&probabilities);
        row.zip_mut_with(&probabilities, |value, probability| *value = scale * probability * (*value - mean));
    }
}
