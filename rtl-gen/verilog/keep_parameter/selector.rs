//! Expressions of kept parameters.

use super::KeptParameter;
use std::iter;

/// The combinations of values of parameters, the values of the last parameter changing fastest.
pub(super) struct Selector<'a> {
    kept: &'a [KeptParameter],
    /// A value for each parameter, by combination.
    combinations: Vec<Vec<u32>>,
}

/// A product of a number and parameters.
struct Term {
    factor: i64,
    names: Vec<String>,
}

/// A sum of more terms than this is harder to read than a choice.
const MAX_TERMS: usize = 4;

impl<'a> Selector<'a> {
    pub fn new(kept: &'a [KeptParameter]) -> Selector<'a> {
        let mut combinations = vec![vec![]];
        for parameter in kept {
            let with = |values: &Vec<u32>, value: &u32| [values.as_slice(), &[*value]].concat();
            let extended = combinations
                .iter()
                .flat_map(|values| parameter.values.iter().map(move |value| with(values, value)));
            combinations = extended.collect();
        }
        Selector { kept, combinations }
    }

    /// True for one combination: `LANES == 4 && WEIGHT_BITS == 2`.
    pub fn condition(&self, index: usize) -> String {
        let terms = self.kept.iter().zip(&self.combinations[index]);
        terms
            .map(|(kept, value)| format!("{} == {value}", kept.verilog_name()))
            .collect::<Vec<_>>()
            .join(" && ")
    }

    /// A name for one combination: `lanes_4_weight_bits_2`.
    pub fn label(&self, index: usize) -> String {
        let terms = self.kept.iter().zip(&self.combinations[index]);
        terms
            .map(|(kept, value)| format!("{}_{value}", kept.name.to_lowercase()))
            .collect::<Vec<_>>()
            .join("_")
    }

    /// An expression with the given value in each combination: `LANES * WEIGHT_BITS - 1`, or a choice.
    pub fn value(&self, values: &[i64]) -> String {
        expression(self.kept, values)
    }
}

fn expression(kept: &[KeptParameter], values: &[i64]) -> String {
    if let Some(terms) = polynomial(kept, values).filter(|terms| is_readable(terms)) {
        return sum(terms);
    }
    // Without a parameter there is one value, which the polynomial has given already.
    let [first, rest @ ..] = kept else { return String::new() };
    let rows = values.chunks(values.len() / first.values.len());
    let mut cases: Vec<_> = first.values.iter().zip(rows.map(|row| expression(rest, row))).collect();
    let Some((_, otherwise)) = cases.pop() else { return String::new() };
    let case = |(value, text): (&u32, String)| format!("{} == {value} ? {text} : ", first.verilog_name());
    format!("({}{otherwise})", cases.into_iter().map(case).collect::<String>())
}

/// False for widths that fall as a parameter grows: if they lie on a line, it is by chance, and no reader would
/// recognise the formula.
fn is_readable(terms: &[Term]) -> bool {
    let is_rising = |term: &Term| term.names.is_empty() || term.factor > 0;
    terms.len() <= MAX_TERMS && terms.iter().all(is_rising)
}

/// The sum of products of parameters that gives these values, if there is one with integer factors: as a function of
/// each parameter, the values lie on a line whose slope and offset are such sums in the other parameters. A falling
/// line through only two points is not accepted: the values are more likely a quotient.
fn polynomial(kept: &[KeptParameter], values: &[i64]) -> Option<Vec<Term>> {
    let Some((first, rest)) = kept.split_first() else {
        let constant = Term { factor: values[0], names: vec![] };
        return Some(iter::once(constant).filter(|term| term.factor != 0).collect());
    };
    let rows: Vec<&[i64]> = values.chunks(values.len() / first.values.len()).collect();
    let at = |row: usize| first.values[row] as i64;
    let slope = |column: usize| match rows.get(1) {
        None => Some(0),
        Some(row) => {
            let (rise, run) = (row[column] - rows[0][column], at(1) - at(0));
            let slope = (rise % run == 0).then_some(rise / run);
            slope.filter(|slope| *slope >= 0 || rows.len() > 2)
        }
    };
    let slopes: Vec<i64> = (0..rows[0].len()).map(slope).collect::<Option<_>>()?;
    let offsets: Vec<i64> = rows[0].iter().zip(&slopes).map(|(value, slope)| value - slope * at(0)).collect();
    let is_on_line = |row: usize| {
        let points = rows[row].iter().zip(slopes.iter().zip(&offsets));
        points.into_iter().all(|(value, (slope, offset))| *value == slope * at(row) + offset)
    };
    if !(0..rows.len()).all(is_on_line) {
        return None;
    }
    let mut terms = polynomial(rest, &slopes)?;
    terms.iter_mut().for_each(|term| term.names.insert(0, first.verilog_name()));
    terms.extend(polynomial(rest, &offsets)?);
    Some(terms)
}

/// `LANES * 8 + WEIGHT_BITS - 1`, additions before subtractions.
fn sum(terms: Vec<Term>) -> String {
    let (added, subtracted): (Vec<_>, Vec<_>) = terms.into_iter().partition(|term| term.factor > 0);
    let added: Vec<String> = added.iter().map(product).collect();
    let first = if added.is_empty() { "0".into() } else { added.join(" + ") };
    iter::once(first).chain(subtracted.iter().map(|term| format!(" - {}", product(term)))).collect()
}

/// The term without its sign.
fn product(term: &Term) -> String {
    let size = term.factor.unsigned_abs();
    let number = (size != 1 || term.names.is_empty()).then(|| size.to_string());
    term.names.iter().cloned().chain(number).collect::<Vec<_>>().join(" * ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(parameters: &[(&str, &[u32])], of: impl Fn(&[u32]) -> i64) -> String {
        let kept = parameters
            .iter()
            .map(|(name, values)| KeptParameter { name: (*name).into(), values: values.to_vec() });
        let kept: Vec<_> = kept.collect();
        let selector = Selector::new(&kept);
        let values: Vec<i64> = selector.combinations.iter().map(|values| of(values)).collect();
        selector.value(&values)
    }

    #[test]
    fn widths_become_sums_of_products() {
        let (a, b) = (("a", [1, 2, 4].as_slice()), ("b", [2, 3].as_slice()));
        assert_eq!(value(&[a], |_| 7), "7");
        assert_eq!(value(&[a], |v| v[0] as i64 - 1), "A - 1");
        assert_eq!(value(&[a, b], |v| (v[0] * v[1]) as i64 - 1), "A * B - 1");
        assert_eq!(value(&[a, b], |v| (v[0] * (v[1] + 8)) as i64 + 2), "A * B + A * 8 + 2");
        assert_eq!(value(&[b, a], |v| v[1] as i64), "A");
        assert_eq!(value(&[("a", &[5])], |_| 0), "0");
    }

    #[test]
    fn other_widths_become_choices() {
        let (a, b) = (("a", [1, 2, 4].as_slice()), ("b", [2, 3].as_slice()));
        assert_eq!(value(&[a], |v| 20 - 3 * v[0] as i64), "(A == 1 ? 17 : A == 2 ? 14 : 8)");
        assert_eq!(value(&[b], |v| 6 / v[0] as i64), "(B == 2 ? 3 : 2)");
        assert_eq!(value(&[a], |v| 1 << v[0]), "(A == 1 ? 2 : A == 2 ? 4 : 16)");
        assert_eq!(value(&[a, b], |v| (v[1] << v[0]) as i64), "(A == 1 ? B * 2 : A == 2 ? B * 4 : B * 16)");
    }
}
