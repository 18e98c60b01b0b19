//! Medians and their spread.

use serde::Serialize;
use std::fmt;

/// The median of some measurements, and the quartiles around it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// Half of the measurements are not above it.
    pub median: f64,
    /// A quarter is not above it.
    pub low: f64,
    /// Three quarters are not above it.
    pub high: f64,
}

impl Spread {
    /// Of measurements. Panics if there are none.
    pub fn of(mut values: Vec<f64>) -> Spread {
        values.sort_by(f64::total_cmp);
        let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
        Spread { median: at(0.5), low: at(0.25), high: at(0.75) }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Spread { median, low, high } = self;
        let digits = if *median < 10.0 { 2 } else { 0 };
        write!(f, "{median:.digits$} ({low:.digits$} to {high:.digits$})")
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn quartiles_lie_around_the_median() {
        let spread = Spread::of(vec![5.0, 1.0, 3.0, 2.0, 4.0]);
        assert_eq!((spread.low, spread.median, spread.high), (2.0, 3.0, 4.0));
        assert_eq!(Spread::of(vec![7.0]).median, 7.0);
    }
}
