//! What tests of more than one crate share.

pub mod depth;
pub mod fuzz;
pub mod needed;

use blocks::block::Configured;
use blocks::parameters::Settings;
use blocks::registry;

/// A block with settings as `name=value ...`.
pub fn configure(name: &str, settings: &str) -> Box<dyn Configured> {
    let pairs = settings.split_whitespace().filter_map(|setting| setting.split_once('='));
    let settings: Settings = pairs.map(|(name, value)| (name.into(), value.into())).collect();
    registry::find(name).expect("it is a block").configure(&settings).expect("the settings are legal")
}
