//! Code shared by tests of several crates.

pub mod depth;
pub mod fuzz;
pub mod needed;

use blocks::block::Configured;
use blocks::registry;

/// A block with settings as `name=value ...`.
pub fn configure(name: &str, settings: &str) -> Box<dyn Configured> {
    registry::find(name).expect("it is a block").variant(settings).expect("the settings are legal")
}
