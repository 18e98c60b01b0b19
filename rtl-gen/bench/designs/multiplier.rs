//! `pacq_mul` as in the registry.

use blocks::block::{Configured, elaborate};
use hdl::Netlist;

/// With these parameters, the others at their defaults.
pub fn configured(settings: &[(&str, &str)]) -> Box<dyn Configured> {
    let block = blocks::registry::find("pacq_mul").expect("the registry has it");
    let settings = settings.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    block.configure(&settings).expect("the parameters are legal")
}

pub fn netlist(settings: &[(&str, &str)]) -> Netlist {
    elaborate(&*configured(settings)).unwrap_or_else(|errors| panic!("{errors}"))
}
