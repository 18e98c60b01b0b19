//! What several commands take.

mod product;
mod synthesis;
mod tools;

pub use product::Matrices;
pub use synthesis::SynthOptions;
pub use tools::check_tools;
