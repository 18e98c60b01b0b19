//! Wraps what the tests' designs have.

use gen_rtl_rust_hdl_build::{Error, Wrappers};

#[path = "odd.rs"]
mod odd;

fn main() -> Result<(), Error> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=odd.rs");
    Wrappers::new()
        .own_block("Odd", &odd::BLOCK, "crate::odd::BLOCK", "")
        .own_block("NarrowOdd", &odd::BLOCK, "crate::odd::BLOCK", "width=9")
        .block("Floats", "pacq_dp", "")
        .block("Fixed", "pacq_dp", "sum=fixed")
        .block("Gelu", "gelu", "")
        .write("wrapped.rs")
}
