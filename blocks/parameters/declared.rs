//! Parameters as the fields of a struct declare them: `schemars` turns their documentation and attributes into a JSON
//! schema, and everything else comes from that.

use super::{Legal, Parameter, values_of};
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

/// The attribute of a field whose value is always part of the module's name, after this text.
const NAME: &str = "x-name";

/// The attribute of a field whose value is part of the module's name if it is not the default, after this text; for a
/// flag, the text alone.
const TAG: &str = "x-tag";

/// The attribute of a field whose default depends on others: a description of the default.
const DEFAULT: &str = "x-default";

/// How a parameter appears in the module's name.
#[derive(Clone, Copy, Debug)]
pub(super) enum InName {
    /// Not at all, or as the block decides.
    No,
    /// Always, after a text.
    Always(&'static str),
    /// If it is not the default.
    Tag(&'static str),
}

/// The parameters of a struct, in the order of its fields.
pub(super) struct Declared {
    pub(super) parameters: Vec<Parameter>,
    pub(super) in_name: Vec<InName>,
}

/// The declarations of a struct. They are created once for each struct, and kept.
pub(super) fn of<P: Default + Serialize + JsonSchema + 'static>() -> &'static Declared {
    static KNOWN: LazyLock<Mutex<HashMap<TypeId, &'static Declared>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    known.entry(TypeId::of::<P>()).or_insert_with(|| {
        let declared = declare::<P>().unwrap_or_else(|reason| panic!("{reason}"));
        Box::leak(Box::new(declared))
    })
}

/// Reads the declarations of a struct. The error names a field that does not declare a parameter, and says why.
pub(super) fn declare<P: Default + Serialize + JsonSchema>() -> Result<Declared, String> {
    let defaults = values_of(&P::default());
    let schema = plain_schema::<P>();
    let properties = schema["properties"].as_object().cloned().unwrap_or_default();
    if !properties.keys().eq(defaults.iter().map(|(name, _)| name)) {
        let names =
            |names: Vec<&String>| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        return Err(format!(
            "its serialised fields are {}, but those of its schema are {}: they must be the same, in the same order",
            names(defaults.iter().map(|(name, _)| name).collect()),
            names(properties.keys().collect())
        ));
    }
    let mut declared = Declared { parameters: vec![], in_name: vec![] };
    for ((name, property), (_, default)) in properties.into_iter().zip(defaults) {
        declared.in_name.push(in_name(&property));
        declared.parameters.push(
            parameter(&name, &property, default)
                .map_err(|reason| format!("its parameter `{name}` {reason}"))?,
        );
    }
    Ok(declared)
}

fn parameter(name: &str, property: &Value, default: String) -> Result<Parameter, String> {
    let meaning = property["description"].as_str().ok_or("has no documentation, which gives its meaning")?;
    Ok(Parameter {
        name: name.to_string().leak(),
        meaning: meaning_of(meaning).leak(),
        legal: legal(property)?,
        default: property[DEFAULT].as_str().map_or(default, String::from),
    })
}

/// The JSON schema of a struct, all in one piece.
fn plain_schema<P: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<P>().to_value()
}

/// The JSON schema of TOML files that give values to the parameters: for editors.
pub(super) fn schema<P: Default + Serialize + JsonSchema + 'static>(title: &str, meaning: &str) -> Value {
    let properties =
        of::<P>().parameters.iter().map(|parameter| (parameter.name.to_string(), property(parameter)));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": meaning,
        "type": "object",
        "properties": properties.collect::<Map<String, Value>>(),
        "additionalProperties": false,
    })
}

fn property(Parameter { meaning, legal, default, .. }: &Parameter) -> Value {
    let mut property = match legal {
        Legal::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Legal::OneOf(values) => {
            json!({ "enum": values.iter().map(|value| super::json(value)).collect::<Vec<_>>() })
        }
    };
    let is_value = legal.allows(default);
    property["description"] = match is_value {
        true => (*meaning).into(),
        false => format!("{meaning}; default: {default}").into(),
    };
    if is_value {
        property["default"] = super::json(default);
    }
    property
}

/// Documentation as the meaning in a table: without its full stop, and in lower case unless it begins with a name.
fn meaning_of(documentation: &str) -> String {
    let text = documentation.trim().trim_end_matches('.').replace('\n', " ");
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain([second]).chain(letters).collect()
        }
        _ => text,
    }
}

fn in_name(property: &Value) -> InName {
    let text = |attribute| property[attribute].as_str().map(|text: &str| &*text.to_string().leak());
    match (text(NAME), text(TAG)) {
        (Some(before), _) => InName::Always(before),
        (None, Some(tag)) => InName::Tag(tag),
        (None, None) => InName::No,
    }
}

/// Legal values: those listed, `true` and `false`, or a range.
fn legal(property: &Value) -> Result<Legal, String> {
    let mut values = vec![];
    collect_values(property, &mut values);
    if property["type"] == "boolean" {
        return Ok(Legal::flag());
    }
    if !values.is_empty() {
        return Ok(Legal::OneOf(values));
    }
    let bound = |name| property[name].as_u64();
    match bound("minimum").zip(bound("maximum")) {
        Some((min, max)) => Ok(Legal::Integer { min, max }),
        None => Err("has no legal values: an integer needs `range(min = ..., max = ...)` or `extend(\"enum\" = [...])`, from 0 up".into()),
    }
}

/// The values that a schema lists, those of the field itself before those of its type.
fn collect_values(schema: &Value, values: &mut Vec<&'static str>) {
    let text = |value: &Value| -> &'static str {
        match value {
            Value::String(text) => text.clone().leak(),
            other => other.to_string().leak(),
        }
    };
    if let Some(listed) = schema["enum"].as_array() {
        values.extend(listed.iter().filter(|value| !value.is_null()).map(text));
        return;
    }
    if let Some(value) = schema.get("const") {
        values.push(text(value));
    }
    for alternatives in ["oneOf", "anyOf"].map(|key| schema[key].as_array()) {
        alternatives.into_iter().flatten().for_each(|schema| collect_values(schema, values));
    }
}

#[cfg(test)]
mod tests {
    use crate::parameters::{Legal, Parameters, declared, read, schema, table::table};
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};
    use serde_json::json;
    use smart_default::SmartDefault;

    /// A field of each kind.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, SmartDefault)]
    struct Example {
        /// Bits of a word.
        #[default = 8]
        #[schemars(range(min = 1, max = 64), extend("x-name" = "w"))]
        bits: u32,
        /// FP16 numbers in a beat.
        #[default = 2]
        #[schemars(extend("enum" = [1, 2, 4], "x-tag" = "x"))]
        lanes: u32,
        /// A word has a parity.
        #[default = false]
        #[schemars(extend("x-tag" = "parity"))]
        parity: bool,
        /// Rounding.
        #[default(Rounding::Nearest)]
        #[schemars(extend("x-tag" = ""))]
        rounding: Rounding,
        /// Words that wait.
        #[default(None)]
        #[schemars(range(min = 1, max = 9), extend("x-tag" = "d", "x-default" = "twice lanes"))]
        depth: Option<u32>,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    enum Rounding {
        /// To nearest even.
        Nearest,
        /// To zero.
        ToZero,
    }

    impl Parameters for Example {}

    #[test]
    fn a_field_declares_all_of_a_parameter() {
        let parameters = declared::<Example>();
        let legal: Vec<Legal> = parameters.iter().map(|parameter| parameter.legal.clone()).collect();
        let expected = [
            Legal::Integer { min: 1, max: 64 },
            Legal::OneOf(vec!["1", "2", "4"]),
            Legal::flag(),
            Legal::OneOf(vec!["nearest", "to_zero"]),
            Legal::Integer { min: 1, max: 9 },
        ];
        assert_eq!(legal, expected);
        assert_eq!(
            table(&parameters).lines().skip(2).collect::<Vec<_>>(),
            [
                "| `bits` | 1 to 64 | 8 | bits of a word |",
                "| `lanes` | 1, 2, 4 | 2 | FP16 numbers in a beat |",
                "| `parity` | `false`, `true` | `false` | a word has a parity |",
                "| `rounding` | `nearest`, `to_zero` | `nearest` | rounding |",
                "| `depth` | 1 to 9 | twice lanes | words that wait |",
            ]
        );
    }

    #[test]
    fn names_have_what_is_always_in_them_and_what_is_not_the_default() {
        let name = |settings: &[(&str, &str)]| {
            let settings = settings.iter().map(|(name, value)| (name.to_string(), value.to_string()));
            read::<Example>(&settings.collect()).expect("the values are legal").name_parts().join("_")
        };
        assert_eq!(name(&[]), "w8");
        assert_eq!(name(&[("bits", "9"), ("parity", "true"), ("rounding", "to_zero")]), "w9_parity_to_zero");
        assert_eq!(name(&[("lanes", "4"), ("depth", "3")]), "w8_x4_d3");
        assert_eq!(name(&[("lanes", "2")]), "w8");
    }

    #[test]
    fn the_schema_has_values_of_their_types() {
        let schema = schema::<Example>("Parameters of example", "an example");
        let properties = &schema["properties"];
        assert_eq!(properties["lanes"]["enum"], json!([1, 2, 4]));
        assert_eq!(
            properties["parity"],
            json!({ "enum": [false, true], "description": "a word has a parity", "default": false })
        );
        assert_eq!(properties["bits"]["maximum"], 64);
        assert_eq!(properties["depth"]["description"], "words that wait; default: twice lanes");
        assert_eq!(properties["depth"].get("default"), None);
    }
}
