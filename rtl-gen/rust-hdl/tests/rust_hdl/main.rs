//! Designs of rust-hdl with blocks of the library, in Verilog and in rust-hdl's simulator, against the golden models.

// As the blocks of a user's crate.
#[path = "../odd.rs"]
mod odd;

#[allow(dead_code, reason = "each design takes some of the ports")]
mod wrapped {
    include!(concat!(env!("OUT_DIR"), "/wrapped.rs"));
}

mod accelerator;
mod awkward;
mod misuse;
mod shared;
