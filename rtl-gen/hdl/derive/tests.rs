//! What the macros reject, and with which message. What they accept is tested with the language.

use crate::{bundle, encoded};
use syn::DeriveInput;

/// The message for a rejected item.
fn refused(expand: fn(DeriveInput) -> syn::Result<proc_macro2::TokenStream>, item: &str) -> String {
    let item = syn::parse_str(item).expect("it is an item");
    expand(item).expect_err("it is a mistake").to_string()
}

#[test]
fn a_bundle_has_one_parameter_and_names() {
    let refused = |item| refused(bundle::expand, item);
    let parameter =
        "a bundle has one parameter, the type that stands for each of its members, without bounds: `Beat<T>`";
    for item in [
        "struct Beat { data: u32 }",
        "struct Beat<A, B> { a: A, b: B }",
        "struct Beat<'m> { data: Signal<'m> }",
        "struct Beat<const N: usize> { data: [u32; N] }",
        "struct Beat<T: Copy> { data: T }",
        "struct Beat<T> where T: Copy { data: T }",
    ] {
        assert_eq!(refused(item), parameter, "{item}");
    }
    let attribute = "the attribute of a field is `#[bundle(flatten)]`";
    assert_eq!(refused("struct Beat<T> { #[bundle(flat)] a: Pair<T> }"), attribute);
    let attribute = "the attribute of a bundle is `#[bundle(crate = \"path::of::hdl\")]`";
    assert_eq!(refused("#[bundle(flatten)] struct Beat<T> { a: T }"), attribute);
    assert_eq!(refused("#[bundle(crate = hdl)] struct Beat<T> { a: T }"), "expected string literal");
    let names = "the members of a bundle need names: `{ data: T }`";
    assert_eq!(refused("struct Beat<T>(T);"), names);
    assert_eq!(refused("enum Beat<T> { Empty, Word(T) }"), names);
    assert_eq!(refused("union Beat<T> { a: T }"), "a bundle is a struct or an enum");
}

#[test]
fn an_enumeration_has_values_and_nothing_else() {
    let refused = |item| refused(encoded::expand, item);
    assert_eq!(refused("enum State {}"), "an enumeration needs a value");
    assert_eq!(refused("enum State { Idle, Busy(u32) }"), "a value with a code holds nothing else");
    let kind = "values with codes are an enum without parameters";
    assert_eq!(refused("struct State;"), kind);
    assert_eq!(refused("enum State<T> { Idle }"), kind);
    let attribute = "the attributes of an enumeration are `#[encoded(width = 7)]` and \
                     `#[encoded(crate = \"path::of::hdl\")]`";
    assert_eq!(refused("#[encoded(bits = 7)] enum State { Idle }"), attribute);
}
