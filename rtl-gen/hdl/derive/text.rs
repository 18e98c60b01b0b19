//! Names and descriptions, from identifiers and doc comments.

use syn::ext::IdentExt;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, Meta};

/// The name of a field: Rust's, without the `r#` of a keyword.
pub fn name(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// `SpikeCount` as `spike_count`.
pub fn snake_case(ident: &Ident) -> String {
    let mut name = String::new();
    for letter in ident.unraw().to_string().chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

/// The first paragraph of a doc comment as a meaning in a table: without its full stop, and in lower case unless it
/// begins with a name.
pub fn meaning(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(documentation);
    let paragraph: Vec<String> =
        lines.map(|line| line.trim().into()).take_while(|line: &String| !line.is_empty()).collect();
    let text = paragraph.join(" ");
    let text = text.trim_end_matches('.');
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain([second]).chain(letters).collect()
        }
        _ => text.into(),
    }
}

fn documentation(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        Meta::NameValue(_) | Meta::Path(_) | Meta::List(_) => None,
    }
}
