//! Wraps the blocks that the design has.

use gen_rtl_rust_hdl_build::{Error, Wrappers};

fn main() -> Result<(), Error> {
    println!("cargo::rerun-if-changed=build.rs");
    Wrappers::new()
        .block("Multiplier", "pacq_mul", "product=rounded")
        .block("Softmax", "softmax", "lanes=4 length=16")
        .write("blocks.rs")
}
