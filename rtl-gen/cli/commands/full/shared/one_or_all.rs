//! An argument that names one of several things, or `all`.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// The word for all.
const ALL: &str = "all";

/// Parses a name of the list, or `all`; `about_all` is the help of `all`.
pub fn one_or_all<T: Clone + Send + Sync + 'static>(
    list: &'static [T],
    name: fn(&T) -> &'static str,
    about: fn(&T) -> &'static str,
    about_all: &'static str,
) -> impl TypedValueParser<Value = Named<T>> {
    let values = list.iter().map(move |item| PossibleValue::new(name(item)).help(about(item)));
    let values = values.chain([PossibleValue::new(ALL).help(about_all)]);
    PossibleValuesParser::new(values).map(move |given| {
        let named = list.iter().filter(|item| given == ALL || given == name(item));
        Named(named.cloned().collect())
    })
}

/// The thing that the argument names, or all.
#[derive(Clone)]
pub struct Named<T>(pub Vec<T>);
