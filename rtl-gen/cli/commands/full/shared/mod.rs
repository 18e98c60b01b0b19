//! Arguments and code that several commands share.

mod container;
mod many;
mod one_or_all;
mod product;
mod synthesis;
mod tools;

pub use container::print_sizes;
pub use many::write_many;
pub use one_or_all::{Named, one_or_all};
pub use product::Matrices;
pub use synthesis::{SynthOptions, targets_help};
pub use tools::check_tools;
