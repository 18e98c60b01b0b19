//! Parameters of blocks: one description serves the command line, TOML files, errors and documentation.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// Parameter values as written by the user, by name.
pub type Settings = BTreeMap<String, String>;

/// A parameter: its name, its meaning, what is legal, its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Parameter {
    /// Name, as on the command line.
    pub name: &'static str,
    /// What it decides, one line.
    pub meaning: &'static str,
    /// What may be given.
    pub legal: Legal,
    /// What holds where nothing is given; words where it depends on other parameters.
    pub default: String,
}

/// Legal values of a parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Legal {
    /// One of these.
    OneOf(Vec<&'static str>),
    /// An integer from `min` to `max`, both included.
    Integer {
        /// Least.
        min: u64,
        /// Greatest.
        max: u64,
    },
}

impl Legal {
    /// `true` or `false`.
    pub fn flag() -> Legal {
        Legal::OneOf(vec!["false", "true"])
    }

    fn allows(&self, value: &str) -> bool {
        match self {
            Legal::OneOf(values) => values.contains(&value),
            Legal::Integer { min, max } => {
                value.parse::<u64>().is_ok_and(|value| (*min..=*max).contains(&value))
            }
        }
    }
}

impl fmt::Display for Legal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Legal::OneOf(values) => f.write_str(&values.join(", ")),
            Legal::Integer { min, max } => write!(f, "{min} to {max}"),
        }
    }
}

impl Parameter {
    /// A parameter whose default is the value that `P::default()` has under its name.
    pub fn of<P: Default + Serialize>(name: &'static str, meaning: &'static str, legal: Legal) -> Parameter {
        let default = values_of(&P::default()).into_iter().find(|(key, _)| key == name);
        Parameter { name, meaning, legal, default: default.map(|(_, value)| value).unwrap_or_default() }
    }

    /// With a default that depends on other parameters, in words.
    pub fn derived(self, default: &str) -> Parameter {
        Parameter { default: default.into(), ..self }
    }
}

/// Why parameters were refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterError {
    /// There is no such parameter.
    Unknown {
        /// As given.
        name: String,
        /// All that there are.
        known: Vec<&'static str>,
    },
    /// The value is not legal.
    Illegal {
        /// The parameter.
        name: &'static str,
        /// As given.
        value: String,
        /// What is legal.
        legal: Legal,
    },
    /// Each value is legal, but not together.
    Conflict(String),
}

impl fmt::Display for ParameterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParameterError::Unknown { name, known } => {
                write!(f, "there is no parameter `{name}`")?;
                if let Some(near) = nearest(name, known) {
                    write!(f, ": did you mean `{near}`?")?;
                }
                write!(f, " (parameters: {})", known.join(", "))
            }
            ParameterError::Illegal { name, value, legal } => {
                write!(f, "parameter `{name}` cannot be `{value}`: legal is {legal}")?;
                match legal {
                    Legal::OneOf(values) => match nearest(value, values) {
                        Some(near) => write!(f, " (did you mean `{near}`?)"),
                        None => Ok(()),
                    },
                    Legal::Integer { .. } => Ok(()),
                }
            }
            ParameterError::Conflict(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for ParameterError {}

/// The name most like `given`, where one is like it at all.
pub fn nearest<'a>(given: &str, names: &[&'a str]) -> Option<&'a str> {
    let likeness = |name: &&str| strsim::jaro_winkler(given, name);
    let best = names.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    best.filter(|name| likeness(name) > 0.75)
}

/// Reads parameters into their struct; checks names and values, but not their combination.
pub fn read<P>(parameters: &[Parameter], settings: &Settings) -> Result<P, ParameterError>
where
    P: Default + Serialize + DeserializeOwned,
{
    let mut fields = serde_json::to_value(P::default()).expect("parameters serialise");
    for (name, value) in settings {
        let parameter = parameters.iter().find(|parameter| parameter.name == name).ok_or_else(|| {
            let known = parameters.iter().map(|parameter| parameter.name).collect();
            ParameterError::Unknown { name: name.clone(), known }
        })?;
        if !parameter.legal.allows(value) {
            let (value, legal) = (value.clone(), parameter.legal.clone());
            return Err(ParameterError::Illegal { name: parameter.name, value, legal });
        }
        fields[name] = json(value);
    }
    Ok(serde_json::from_value(fields).expect("every legal value is one of the parameter's type"))
}

/// The names and values of a parameter struct, in order of declaration.
pub fn values_of<P: Serialize>(parameters: &P) -> Vec<(String, String)> {
    let Value::Object(fields) = serde_json::to_value(parameters).expect("parameters serialise") else {
        return vec![];
    };
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    fields.into_iter().map(|(name, value)| (name, text(value))).collect()
}

/// What distinguishes a module's name: for each tag with its parameter, in turn, the tag and the value where that is
/// not the default; of a flag that is set, the tag alone.
pub fn name_parts<P: Default + Serialize>(parameters: &P, tags: &[(&str, &str)]) -> Vec<String> {
    let (values, defaults) = (values_of(parameters), values_of(&P::default()));
    let find = |values: &[(String, String)], name: &str| {
        values.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let part = |(tag, name): &(&str, &str)| {
        let value = find(&values, name);
        match value.as_str() {
            _ if value == find(&defaults, name) => None,
            "true" => Some(tag.to_string()),
            "false" => Some(format!("no_{tag}")),
            _ => Some(format!("{tag}{value}")),
        }
    };
    tags.iter().filter_map(part).collect()
}

fn json(text: &str) -> Value {
    if let Ok(integer) = text.parse::<u64>() {
        return Value::from(integer);
    }
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => Value::from(text),
    }
}
