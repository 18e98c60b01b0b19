//! What a build script gets wrong.

use gen_rtl_rust_hdl_build::Wrappers;

fn refused(wrappers: Wrappers) -> String {
    format!("{:?}", wrappers.source().expect_err("the list is wrong"))
}

#[test]
fn errors_are_in_words() {
    let one =
        |name: &str, block: &str, parameters: &str| refused(Wrappers::new().block(name, block, parameters));
    let unknown = one("Multiplier", "pacq_mull", "");
    assert!(unknown.starts_with("there is no block `pacq_mull`; the library has pacq_mul, "), "{unknown}");
    assert_eq!(one("fn", "pacq_mul", ""), "`fn` cannot be the name of a struct");
    assert_eq!(one("Two Words", "pacq_mul", ""), "`Two Words` cannot be the name of a struct");
    let twice = Wrappers::new().block("A", "gelu", "").block("A", "fp_mul", "");
    assert_eq!(refused(twice), "two structs have the name `A`");
    let illegal = one("A", "gelu", "bits=99");
    assert!(illegal.starts_with("A, block `gelu`: parameter `bits` cannot be `99`: "), "{illegal}");
    let misspelt = one("A", "gelu", "bit=9");
    assert!(
        misspelt.starts_with("A, block `gelu`: there is no parameter `bit`: did you mean `bits`?"),
        "{misspelt}"
    );
}
