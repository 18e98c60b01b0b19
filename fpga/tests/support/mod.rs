//! What the tests share.
#![allow(dead_code, reason = "each test program uses a part of it")]

use blocks::block::Configured;
use blocks::parameters::Settings;
use blocks::registry;
use std::env;
use testbenches::tools::Tool;

/// A block with settings as `name=value ...`.
pub fn configure(name: &str, settings: &str) -> Box<dyn Configured> {
    let pairs = settings.split_whitespace().filter_map(|setting| setting.split_once('='));
    let settings: Settings = pairs.map(|(name, value)| (name.into(), value.into())).collect();
    registry::find(name).expect("it is a block").configure(&settings).expect("the settings are legal")
}

/// True where a tool is missing: the test then ends with a note. With `GEN_RTL_TOOLS=required` it fails instead.
pub fn missing(tools: &[Tool]) -> bool {
    let missing: Vec<&str> = tools.iter().filter(|tool| tool.find().is_err()).map(|tool| tool.what).collect();
    let required = env::var("GEN_RTL_TOOLS").is_ok_and(|value| value == "required");
    assert!(missing.is_empty() || !required, "not installed: {missing:?}");
    if !missing.is_empty() {
        println!("skipped, for want of {missing:?}");
    }
    !missing.is_empty()
}
