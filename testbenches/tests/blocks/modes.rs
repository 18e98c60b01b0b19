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

/// Of the blocks whose combinations are all run, every configuration that is without registers and handshake: all that
/// a block computes, apart from when.
pub fn plain() -> Vec<Mode> {
    let is =
        |settings: &Settings, name: &str, value: &str| settings.get(name).is_none_or(|given| given == value);
    combinations(|_, settings| is(settings, "stages", "0") && is(settings, "flow", "none"))
}

/// Of all combinations of those blocks each `stride`-th.
pub fn sampled(stride: usize) -> Vec<Mode> {
    combinations(|place, _| place % stride == 0)
}

/// Of the variants that stand for the combinations of the other blocks each `stride`-th.
pub fn variants(stride: usize) -> Vec<Mode> {
    let of_block = |block: &Block| {
        let variants = block.variants().iter().step_by(stride);
        variants.map(|text| described(block.name(), text)).collect::<Vec<_>>()
    };
    blocks().iter().flat_map(of_block).collect()
}

/// The configuration of a block that `text` describes: `weight_bits=2 stages=1`.
pub fn described(block: &str, text: &str) -> Mode {
    let pairs = text.split_whitespace().map(|pair| pair.split_once('=').expect("name=value"));
    let settings = pairs.map(|(name, value)| (name.into(), value.into())).collect();
    mode(blocks::registry::find(block).expect("it is registered"), &settings)
}

fn combinations(wanted: impl Fn(usize, &Settings) -> bool) -> Vec<Mode> {
    let of_block = |block: &Block| {
        let settings = configurations(block).into_iter().enumerate();
        let settings = settings.filter(|(place, settings)| wanted(*place, settings));
        settings.map(|(_, settings)| mode(block, &settings)).collect::<Vec<_>>()
    };
    blocks().iter().filter(|block| block.variants().is_empty()).flat_map(of_block).collect()
}

fn mode(block: &Block, settings: &Settings) -> Mode {
    let values: Vec<_> = settings.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let configured = block.configure(settings).expect("the configuration is legal");
    Mode { name: format!("{} {}", block.name(), values.join(" ")), block: configured }
}
