//! Parameters of blocks. Each is declared once, as a field of its block's struct: the documentation of the field is its
//! meaning; attributes give its range (`range`, `extend("enum" = ...)`), its default (`#[default]`) and its place in
//! the module's name (`extend("x-name" = ...)`, `extend("x-tag" = ...)`). The command line, TOML files, errors, headers
//! and pages use this declaration.

mod declared;
pub mod table;

use declared::InName;
use hdl::nearest;
use schemars::JsonSchema;
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
    /// Its meaning, one line.
    pub meaning: &'static str,
    /// Legal values.
    pub legal: Legal,
    /// The default; words if it depends on other parameters.
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

/// The parameters of a block, as a struct whose fields declare them.
pub trait Parameters: Clone + Default + Serialize + DeserializeOwned + JsonSchema + 'static {
    /// Refuses combinations of values that are legal individually.
    fn validate(&self) -> Result<(), ParameterError> {
        Ok(())
    }

    /// The same, with a value for each default that depends on other parameters.
    fn resolved(&self) -> Self {
        self.clone()
    }

    /// What follows from the values and a user should know, a sentence each.
    fn notes(&self) -> Vec<String> {
        vec![]
    }

    /// The parts of the module's name: as the fields say, unless the block overrides this.
    fn name_parts(&self) -> Vec<String> {
        name_parts(self)
    }
}

/// The values of parameters.
pub trait Values {
    /// Every parameter with its value, in order of declaration.
    fn values(&self) -> Vec<(String, String)>;

    /// What follows from them, a sentence each.
    fn notes(&self) -> Vec<String> {
        vec![]
    }
}

impl<P: Parameters> Values for P {
    fn values(&self) -> Vec<(String, String)> {
        values_of(&self.resolved())
    }

    fn notes(&self) -> Vec<String> {
        Parameters::notes(self)
    }
}

/// The parameters that a struct declares, in the order of its fields.
pub fn declared<P: Parameters>() -> Vec<Parameter> {
    declared::of::<P>().parameters.clone()
}

/// Checks that every field of a struct declares a parameter correctly. If not, all other uses of the struct panic with
/// the same message.
pub fn check<P: Parameters>() -> Result<(), String> {
    declared::declare::<P>().map(drop)
}

/// The JSON schema of TOML files of parameters, for editors.
pub fn schema<P: Parameters>(title: &str, meaning: &str) -> Value {
    declared::schema::<P>(title, meaning)
}

/// Why parameters were refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterError {
    /// There is no such parameter.
    Unknown {
        /// The given name.
        name: String,
        /// All parameters.
        known: Vec<&'static str>,
    },
    /// The value is not legal.
    Illegal {
        /// The parameter.
        name: &'static str,
        /// The given value.
        value: String,
        /// The legal values.
        legal: Legal,
    },
    /// Each value is legal, but the combination is not.
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
                write!(f, "parameter `{name}` cannot be `{value}`: legal values are {legal}")?;
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

/// Reads parameters into their struct, with default values for the others.
pub fn read<P: Parameters>(settings: &Settings) -> Result<P, ParameterError> {
    let parameters = &declared::of::<P>().parameters;
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
    let parameters: P =
        serde_json::from_value(fields).expect("every legal value is one of the parameter's type");
    parameters.validate()?;
    Ok(parameters)
}

/// Parses settings, `name=value ...`. The error names a word that is malformed or given twice.
pub fn parse_settings(text: &str) -> Result<Settings, String> {
    let mut settings = Settings::new();
    for word in text.split_whitespace() {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) if !name.is_empty() && !value.is_empty() => (name, value),
            _ => return Err(format!("`{word}` must be `name=value`")),
        };
        if settings.insert(name.into(), value.into()).is_some() {
            return Err(format!("`{name}` is given twice"));
        }
    }
    Ok(settings)
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

/// The parts of a module's name, from the fields: values that are always included, then those that are not the default.
pub fn name_parts<P: Parameters>(parameters: &P) -> Vec<String> {
    name_parts_of(parameters, |_| true)
}

/// The same for some of the fields.
pub fn name_parts_of<P: Parameters>(parameters: &P, is_one: impl Fn(&str) -> bool) -> Vec<String> {
    let (values, defaults) = (values_of(parameters), values_of(&P::default()));
    let (mut always, mut tagged) = (vec![], vec![]);
    let fields = values.iter().zip(&defaults).zip(&declared::of::<P>().in_name);
    for (((_, value), (_, default)), in_name) in fields.filter(|(((name, _), _), _)| is_one(name)) {
        match (in_name, value.as_str()) {
            (InName::No, _) => {}
            (InName::Always(before), _) => always.push(format!("{before}{value}")),
            (InName::Tag(_), _) if value == default => {}
            (InName::Tag(tag), "true") => tagged.push(tag.to_string()),
            (InName::Tag(tag), "false") => tagged.push(format!("no_{tag}")),
            (InName::Tag(tag), _) => tagged.push(format!("{tag}{value}")),
        }
    }
    always.into_iter().chain(tagged).collect()
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
