//! The arguments that choose a block and its parameters.

use crate::block::config;
use crate::terminal::error::Error;
use blocks::block::{Block, Configured};
use blocks::parameters::{ParameterError, Settings};
use blocks::registry::Registry;
use clap::Args;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A block as a positional argument, with its parameters.
#[derive(Args)]
pub struct Selection {
    /// The block; `gen-rtl list` lists the blocks
    #[arg(value_name = "BLOCK", hide_possible_values = true)]
    pub block: String,
    /// Its parameters.
    #[command(flatten)]
    pub parameters: Parameters,
}

/// Parameters that are set one by one.
#[derive(Args, Default)]
pub struct SetOptions {
    /// Set a parameter; `gen-rtl describe BLOCK` lists them. May be given several times
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = parse_setting)]
    set: Vec<(String, String)>,
}

/// The parameters of a block.
#[derive(Args, Default)]
pub struct Parameters {
    #[command(flatten)]
    set: SetOptions,
    /// Read parameters from a TOML file with lines such as `stages = 1`; --set overrides it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// A block with its parameters chosen.
pub struct Chosen {
    /// The block.
    pub block: &'static Block,
    /// The block with these parameters.
    pub configured: Box<dyn Configured>,
}

impl Chosen {
    /// One line that names the block and its parameters.
    pub fn title(&self) -> String {
        let values = self.configured.values();
        let values: Vec<String> = values.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{}: {}", self.block.name, values.join(" "))
    }
}

impl Selection {
    /// The block.
    pub fn block(&self, registry: &Registry) -> Result<&'static Block, Error> {
        find(registry, &self.block)
    }

    /// The block with these parameters.
    pub fn configure(&self, registry: &Registry) -> Result<Chosen, Error> {
        self.parameters.given()?.configure(self.block(registry)?, &[])
    }
}

impl Parameters {
    /// The parameter files.
    pub fn files(&self) -> Vec<&Path> {
        self.config.as_deref().into_iter().collect()
    }

    /// Collects the given parameters.
    pub fn given(&self) -> Result<Given, Error> {
        self.set.given(self.config.as_deref())
    }
}

impl SetOptions {
    /// The parameters of a file, if there is one, and those that are set, which override them.
    pub fn given(&self, file: Option<&Path>) -> Result<Given, Error> {
        let mut given = BTreeMap::new();
        if let Some(path) = file {
            for (name, setting) in config::read(path)? {
                let place = Some(format!("{}:{}", path.display(), setting.line));
                given.insert(name, Value { text: setting.value, place });
            }
        }
        let mut set = BTreeMap::new();
        for (name, value) in &self.set {
            if let Some(earlier) = set.insert(name, value) {
                return Err(Error::new(format!("`--set {name}` is given twice: `{earlier}` and `{value}`")));
            }
            given.insert(name.clone(), Value { text: value.clone(), place: None });
        }
        Ok(Given(given))
    }
}

/// The largest number of points in a sweep.
const MOST_POINTS: usize = 100_000;

/// The parameters that the user gave, by name.
#[derive(Clone)]
pub struct Given(BTreeMap<String, Value>);

/// A value as the user gave it.
#[derive(Clone)]
struct Value {
    text: String,
    /// File and line, if it comes from a file.
    place: Option<String>,
}

impl Given {
    /// The settings from the command line.
    pub fn of(settings: Vec<(String, String)>) -> Given {
        Given(settings.into_iter().map(|(name, text)| (name, Value { text, place: None })).collect())
    }

    /// Configures a block with these settings and the `kept` ones; a parameter in both is an error.
    pub fn configure(&self, block: &'static Block, kept: &[(String, String)]) -> Result<Chosen, Error> {
        let mut settings: Settings =
            self.0.iter().map(|(name, value)| (name.clone(), value.text.clone())).collect();
        for (name, text) in kept {
            if let Some(set) = self.0.get(name) {
                return Err(set_and_kept(name, set));
            }
            settings.insert(name.clone(), text.clone());
        }
        let configured = block.configure(&settings).map_err(|error| self.refuse(block.name, &error))?;
        Ok(Chosen { block, configured })
    }

    /// These settings, with others that replace or extend them.
    pub fn with(&self, changes: &[&(String, String)]) -> Given {
        let changes = changes.iter().map(|change| (*change).clone()).collect();
        Given(self.0.clone().into_iter().chain(Given::of(changes).0).collect())
    }

    /// These settings but those of some names.
    pub fn without(&self, names: &[String]) -> Given {
        Given(self.0.clone().into_iter().filter(|(name, _)| !names.contains(name)).collect())
    }

    /// The parameters with several values, separated by commas, sorted by name; and every combination of one value for
    /// each.
    pub fn points(&self) -> Result<(Vec<String>, Vec<Given>), Error> {
        let split = |value: &Value| value.text.split(',').map(|text| text.trim().to_string()).collect();
        let choices: Vec<(String, Vec<String>)> =
            self.0.iter().map(|(name, value)| (name.clone(), split(value))).collect();
        let count = choices.iter().fold(1, |count: usize, (_, values)| count.saturating_mul(values.len()));
        check_points(count)?;
        let several = choices.iter().filter(|(_, values)| values.len() > 1);
        let swept = several.map(|(name, _)| name.clone()).collect();
        let points = combinations(&choices).into_iter().map(|combination| {
            let value = |(name, text): (String, String)| {
                let place = self.0[&name].place.clone();
                (name, Value { text, place })
            };
            Given(combination.into_iter().map(value).collect())
        });
        Ok((swept, points.collect()))
    }

    /// The values by name.
    pub fn values(&self) -> Vec<(String, String)> {
        self.0.iter().map(|(name, value)| (name.clone(), value.text.clone())).collect()
    }

    /// The settings as `--set` arguments.
    pub fn arguments(&self) -> impl Iterator<Item = String> + '_ {
        self.0.iter().map(|(name, value)| format!("--set={name}={}", value.text))
    }

    /// The reason why these values, each of them legal, cannot be combined; `None` if they can.
    pub fn conflict(&self, block: &Block) -> Option<String> {
        let settings = self.0.iter().map(|(name, value)| (name.clone(), value.text.clone())).collect();
        match block.configure(&settings) {
            Err(ParameterError::Conflict(reason)) => Some(reason),
            _ => None,
        }
    }

    fn refuse(&self, block: &str, error: &ParameterError) -> Error {
        let at_fault = match error {
            ParameterError::Unknown { name, .. } => self.0.get(name),
            ParameterError::Illegal { name, .. } => self.0.get(*name),
            ParameterError::Conflict(_) => None,
        };
        let message = match at_fault.and_then(|value| value.place.as_deref()) {
            Some(place) => format!("{place}: {error}"),
            None => error.to_string(),
        };
        Error::new(message).help(format!("`gen-rtl describe {block}` lists the parameters"))
    }
}

/// Refuses a space of too many points.
pub fn check_points(count: usize) -> Result<(), Error> {
    match count {
        0..=MOST_POINTS => Ok(()),
        _ => Err(Error::new(format!("the values span {count} points: at most {MOST_POINTS} are allowed"))),
    }
}

fn set_and_kept(name: &str, set: &Value) -> Error {
    let place = set.place.as_deref().unwrap_or("--set");
    Error::new(format!(
        "parameter `{name}` is set to `{}` by {place}, and --keep-parameter keeps it open",
        set.text
    ))
    .help("use one of the two for this parameter")
}

/// Every combination of one value for each parameter; the last parameter changes fastest.
pub fn combinations(choices: &[(String, Vec<String>)]) -> Vec<Vec<(String, String)>> {
    choices.iter().fold(vec![vec![]], |combinations, (name, values)| {
        let extended = combinations.iter().flat_map(|combination| {
            let with =
                |value: &String| combination.iter().cloned().chain([(name.clone(), value.clone())]).collect();
            values.iter().map(with)
        });
        extended.collect()
    })
}

/// Finds a block by name.
pub fn find(registry: &Registry, name: &str) -> Result<&'static Block, Error> {
    registry.find(name).ok_or_else(|| Error::new(format!("there is no block `{name}`")))
}

/// Parses `NAME=VALUE`.
pub fn parse_setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => Ok((name.into(), value.into())),
        _ => Err("expected NAME=VALUE, such as weight_bits=4".into()),
    }
}
