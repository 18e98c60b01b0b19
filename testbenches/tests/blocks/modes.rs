//! The configurations that the tests run.

use blocks::block::{Block, Configured};
use blocks::configurations::configurations;
use blocks::parameters::{Settings, parse_settings};
use blocks::registry::blocks;
use test_support::depth::in_turn;

/// A configured block with what it is called in messages.
pub struct Mode {
    pub name: String,
    pub block: Box<dyn Configured>,
}

/// Every configuration without registers and handshake, of the blocks whose combinations are all run: everything that
/// a block computes, apart from its timing.
pub fn plain() -> Vec<Mode> {
    let is =
        |settings: &Settings, name: &str, value: &str| settings.get(name).is_none_or(|given| given == value);
    let is_plain = |settings: &Settings| is(settings, "stages", "0") && is(settings, "flow", "none");
    of_blocks_without_variants(|all| all.into_iter().filter(is_plain).collect())
}

/// At most this many combinations of each of those blocks, [in turn](in_turn).
pub fn combinations(most: usize) -> Vec<Mode> {
    of_blocks_without_variants(|all| in_turn(all, most).collect())
}

/// At most this many variants, [in turn](in_turn), which stand for the combinations of the other blocks.
pub fn variants(most: usize) -> Vec<Mode> {
    let of_block = |block: &'static Block| block.variants.iter().map(move |text| (block.name, text));
    let all = blocks().iter().flat_map(of_block).collect();
    in_turn(all, most).map(|(block, text)| described(block, text)).collect()
}

/// The configuration of a block that `text` describes: `weight_bits=2 stages=1`.
pub fn described(block: &str, text: &str) -> Mode {
    let settings = parse_settings(text).expect("name=value ...");
    mode(blocks::registry::find(block).expect("it is registered"), &settings)
}

fn of_blocks_without_variants(choose: impl Fn(Vec<Settings>) -> Vec<Settings>) -> Vec<Mode> {
    let of_block = |block: &Block| {
        let chosen = choose(configurations(block)).into_iter();
        chosen.map(|settings| mode(block, &settings)).collect::<Vec<_>>()
    };
    blocks().iter().filter(|block| block.variants.is_empty()).flat_map(of_block).collect()
}

fn mode(block: &Block, settings: &Settings) -> Mode {
    let values: Vec<_> = settings.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let configured = block.configure(settings).expect("the configuration is legal");
    Mode { name: format!("{} {}", block.name, values.join(" ")), block: configured }
}
