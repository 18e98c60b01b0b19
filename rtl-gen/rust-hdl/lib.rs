#![doc = include_str!("README.md")]

mod simulation;
mod value;

pub use blocks;
pub use rust_hdl_core;
pub use simulation::{Origin, Running, Simulation};
pub use value::Value;

use blocks::block::Block;

/// A block of the library. Panics where it has none of this name: then structs were written by another version of it.
pub fn library(name: &str) -> &'static Block {
    blocks::registry::find(name).unwrap_or_else(|| {
        panic!("the library has no block `{name}`: gen-rtl-rust-hdl-build is of another version")
    })
}
