//! The name that was most likely meant.

/// The least Jaro-Winkler similarity at which one name is suggested for another.
const ALIKE: f64 = 0.75;

/// The name most like `given`, where one is like it at all: what an error offers in its place.
pub fn nearest<'a>(given: &str, names: &[&'a str]) -> Option<&'a str> {
    let likeness = |name: &&str| strsim::jaro_winkler(given, name);
    let best = names.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    best.filter(|name| likeness(name) > ALIKE)
}
