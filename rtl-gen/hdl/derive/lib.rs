//! The derive macros of the construction language; `hdl` re-exports them next to the traits of the same names.

mod bundle;
mod encoded;
mod language;
#[cfg(test)]
mod tests;
mod text;

use proc_macro::TokenStream;
use syn::{DeriveInput, Error, Result};

/// Makes a struct of signals a `hdl::Bundle`.
///
/// The struct has one type parameter, `T` below, the type of each member: a width in a declaration, a signal in
/// hardware. A field is
/// - `T`: a member;
/// - `Vec<..>`, `[..; N]`: an array of its elements, whose names are numbered: `lanes_0`;
/// - `Option<..>`: present or absent, depending on the design's parameters;
/// - another bundle of `T`: its members, with the field's name in front: `sum_exponent`;
/// - another bundle of `T` with `#[bundle(flatten)]`: its members under their own names;
/// - a type without `T`: no hardware; it is cloned along.
///
/// The documentation of a field is the meaning of its members in the Verilog header. An enum is a bundle too: one of
/// several shapes.
///
/// The generated code refers to the crate `hdl`. A crate that reaches the language by another path states it:
/// `#[bundle(crate = "gen_rtl::hdl")]` on the struct.
#[proc_macro_derive(Bundle, attributes(bundle))]
pub fn bundle(input: TokenStream) -> TokenStream {
    expand(input, bundle::expand)
}

/// Makes an enum of unit variants a `hdl::Encoded`: values with the codes of their discriminants.
///
/// Codes are as wide as the greatest one needs, or `#[encoded(width = 7)]`. The names are Rust's in `snake_case`.
/// `#[encoded(crate = "gen_rtl::hdl")]` gives the path of the language, as it does for bundles.
#[proc_macro_derive(Encoded, attributes(encoded))]
pub fn encoded(input: TokenStream) -> TokenStream {
    expand(input, encoded::expand)
}

fn expand(input: TokenStream, expand: fn(DeriveInput) -> Result<proc_macro2::TokenStream>) -> TokenStream {
    syn::parse(input).and_then(expand).unwrap_or_else(Error::into_compile_error).into()
}
