//! The quantisation parameters in the configuration files beside a checkpoint.

use crate::terminal::error::Error;
use serde_json::{Map, Value};
use std::fs;
use std::path::Path;

/// The files with such parameters, and the keys they are under: AutoGPTQ's, AutoAWQ's, and those of transformers and
/// MLX.
const PLACES: [(&str, &[&str]); 3] = [
    ("quantize_config.json", &[]),
    ("quant_config.json", &[]),
    ("config.json", &["quantization_config", "quantization"]),
];

/// The contents of a file.
pub struct Config {
    /// The name of the file, for messages.
    pub origin: String,
    values: Map<String, Value>,
}

impl Config {
    /// Reads the first of these files beside `path`, or in the folder `path`, that has quantisation parameters.
    pub fn beside(path: &Path) -> Result<Option<Config>, Error> {
        for (name, keys) in PLACES {
            let file = if path.is_dir() { path.join(name) } else { path.with_file_name(name) };
            if !file.is_file() {
                continue;
            }
            let origin = file.display().to_string();
            let text = fs::read(&file).map_err(|error| Error::io(format!("read {origin}"), error))?;
            let wrong = |what: String| Error::new(format!("{origin}: {what}"));
            let mut values: Value =
                serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
            if !keys.is_empty() {
                values = keys.iter().find_map(|key| values.get(*key)).cloned().unwrap_or_default();
            }
            match values {
                Value::Object(values) => return Ok(Some(Config { origin, values })),
                Value::Null => {}
                other => {
                    return Err(wrong(format!("expected a description of a quantisation, found {other}")));
                }
            }
        }
        Ok(None)
    }

    /// An error in this file.
    pub fn wrong(&self, what: &str) -> Error {
        Error::new(format!("{}: {what}", self.origin))
    }

    fn value(&self, names: &[&str]) -> Option<(&Value, String)> {
        let found = |name: &&str| self.values.get(*name).map(|value| (value, name.to_string()));
        names.iter().find_map(found).filter(|(value, _)| !value.is_null())
    }

    /// An integer, under the first key that is present.
    pub fn integer(&self, names: &[&str]) -> Result<Option<i64>, Error> {
        let Some((value, name)) = self.value(names) else { return Ok(None) };
        match value.as_i64() {
            Some(value) => Ok(Some(value)),
            None => Err(self.wrong(&format!("`{name}` is {value}: expected an integer"))),
        }
    }

    /// A string in lower case, under the first key that is present.
    pub fn text(&self, names: &[&str]) -> Result<Option<String>, Error> {
        let Some((value, name)) = self.value(names) else { return Ok(None) };
        match value.as_str() {
            Some(text) => Ok(Some(text.to_lowercase())),
            None => Err(self.wrong(&format!("`{name}` is {value}: expected a string"))),
        }
    }

    /// A boolean.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Error> {
        let Some((value, name)) = self.value(&[name]) else { return Ok(None) };
        match value.as_bool() {
            Some(flag) => Ok(Some(flag)),
            None => Err(self.wrong(&format!("`{name}` is {value}: expected true or false"))),
        }
    }

    /// Bits per code: 2, 3, 4 or 8.
    pub fn bits(&self) -> Result<Option<u32>, Error> {
        match self.integer(&["bits", "w_bit"])? {
            None => Ok(None),
            Some(bits @ (2 | 3 | 4 | 8)) => Ok(Some(bits as u32)),
            Some(bits) => {
                Err(self.wrong(&format!("weights of {bits} bits are not supported: expected 2, 3, 4 or 8")))
            }
        }
    }

    /// The values for one layer: an object under the layer's name, as MLX writes it, or the values for all layers.
    pub fn of_layer(&self, name: &str) -> Config {
        let mut values = self.values.clone();
        if let Some(Value::Object(own)) = self.values.get(name) {
            values.extend(own.clone());
        }
        Config { origin: self.origin.clone(), values }
    }

    /// The values for weights in compressed-tensors' format: the objects `weights` in `config_groups`.
    pub fn of_weights(&self) -> Vec<Config> {
        let groups = self.values.get("config_groups").and_then(Value::as_object);
        let weights = groups.into_iter().flatten().filter_map(|(_, group)| group.get("weights")?.as_object());
        weights.map(|values| Config { origin: self.origin.clone(), values: values.clone() }).collect()
    }
}
