//! The configurations that the tests run.

use blocks::block::{Block, Configured};
use blocks::configurations::configurations;
use blocks::parameters::Settings;
use blocks::registry::blocks;

/// A configured block with what it is called in messages.
pub struct Mode {
    pub name: String,
    pub block: Box<dyn Configured>,
}

/// Every configuration of every block that is without registers and handshake: all that a block computes, apart
/// from when.
pub fn plain() -> Vec<Mode> {
    let is =
        |settings: &Settings, name: &str, value: &str| settings.get(name).is_none_or(|given| given == value);
    picked(|_, settings| is(settings, "stages", "0") && is(settings, "flow", "none"))
}

/// Of the configurations of every block each `stride`-th.
pub fn sampled(stride: usize) -> Vec<Mode> {
    picked(|place, _| place % stride == 0)
}

/// The configuration of a block that `text` describes: `weight_bits=2 stages=1`.
pub fn described(block: &str, text: &str) -> Mode {
    let pairs = text.split_whitespace().map(|pair| pair.split_once('=').expect("name=value"));
    let settings = pairs.map(|(name, value)| (name.into(), value.into())).collect();
    mode(&*blocks::registry::find(block).expect("it is registered"), &settings)
}

fn picked(wanted: impl Fn(usize, &Settings) -> bool) -> Vec<Mode> {
    let picked_of = |block: &dyn Block| {
        let settings = configurations(block).into_iter().enumerate();
        let settings = settings.filter(|(place, settings)| wanted(*place, settings));
        settings.map(|(_, settings)| mode(block, &settings)).collect::<Vec<_>>()
    };
    blocks().iter().flat_map(|block| picked_of(&**block)).collect()
}

fn mode(block: &dyn Block, settings: &Settings) -> Mode {
    let values: Vec<_> = settings.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let configured = block.configure(settings).expect("the configuration is legal");
    Mode { name: format!("{} {}", block.name(), values.join(" ")), block: configured }
}
