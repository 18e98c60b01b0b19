//! All configurations of a block, for tests and sweeps.

use crate::block::Block;
use crate::parameters::{Legal, Parameter, Settings};

/// An integer parameter with more values than this stays at its default.
const MOST_VALUES: u64 = 8;

/// Every legal combination of parameter values, in the order of the parameters.
pub fn configurations(block: &Block) -> Vec<Settings> {
    let mut combinations = vec![Settings::new()];
    for parameter in block.parameters() {
        let values = values(&parameter);
        let extend = |settings: &Settings, value: &String| {
            let mut settings = settings.clone();
            settings.insert(parameter.name.into(), value.clone());
            settings
        };
        if !values.is_empty() {
            combinations =
                combinations.iter().flat_map(|settings| values.iter().map(|v| extend(settings, v))).collect();
        }
    }
    combinations.retain(|settings| block.configure(settings).is_ok());
    combinations
}

fn values(parameter: &Parameter) -> Vec<String> {
    match &parameter.legal {
        Legal::OneOf(values) => values.iter().map(|value| value.to_string()).collect(),
        Legal::Integer { min, max } if max - min < MOST_VALUES => {
            (*min..=*max).map(|v| v.to_string()).collect()
        }
        Legal::Integer { .. } => vec![],
    }
}
