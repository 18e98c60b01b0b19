//! Beats as lines of JSON.

use blocks::channel::{Beat, Channel, Interface};
use hdl::{Bits, Field, nearest};
use serde_json::{Map, Value};

/// Why a line is not a beat.
#[derive(Debug, PartialEq, Eq)]
pub struct LineError {
    /// The error, with the field and its value.
    pub reason: String,
    /// What a line must look like.
    pub help: String,
}

/// Parses a beat of an input channel; also gives the channel's index.
pub fn parse(interface: &Interface, line: &str) -> Result<(usize, Beat), LineError> {
    let parsed = parse_line(&interface.inputs, line);
    parsed.map_err(|reason| LineError {
        reason,
        help: format!("expected a line such as {}", shape(&interface.inputs)),
    })
}

/// Writes a beat of an output channel.
pub fn print(interface: &Interface, channel: usize, beat: &[Option<Bits>]) -> String {
    let hex = |value: &Option<Bits>| value.as_ref().map_or(Value::Null, |bits| format!("{bits:x}").into());
    let fields = &interface.outputs[channel].fields;
    let object =
        Value::from_iter(fields.iter().zip(beat).map(|(field, value)| (field.name.clone(), hex(value))));
    match interface.outputs.len() {
        1 => object.to_string(),
        _ => Value::from_iter([(interface.outputs[channel].name, object)]).to_string(),
    }
}

fn parse_line(channels: &[Channel], line: &str) -> Result<(usize, Beat), String> {
    let value = serde_json::from_str(line).map_err(|error| format!("not JSON: {}", json_reason(&error)))?;
    let Value::Object(object) = value else {
        return Err(format!("expected an object, found {}", kind(&value)));
    };
    if let [channel] = channels {
        return Ok((0, parse_fields(channel, object)?));
    }
    let names: Vec<&str> = channels.iter().map(|channel| channel.name).collect();
    let mut members = object.into_iter();
    let (Some((name, value)), None) = (members.next(), members.next()) else {
        return Err(format!("expected exactly one of the channels {}", names.join(", ")));
    };
    let index = channels.iter().position(|channel| channel.name == name);
    let index = index.ok_or_else(|| unknown("channel", &name, &names))?;
    match value {
        Value::Object(fields) => Ok((index, parse_fields(&channels[index], fields)?)),
        other => Err(format!("channel `{name}` is {}, not an object of fields", kind(&other))),
    }
}

fn parse_fields(channel: &Channel, mut object: Map<String, Value>) -> Result<Beat, String> {
    let beat = channel.fields.iter().map(|field| match object.remove(&field.name) {
        Some(value) => parse_field(field, &value),
        None => Err(format!("field `{}` of {} bits is missing", field.name, field.width)),
    });
    let names: Vec<&str> = channel.fields.iter().map(|field| field.name.as_str()).collect();
    let beat = beat.collect::<Result<Beat, String>>();
    match object.keys().find(|key| !names.contains(&key.as_str())) {
        Some(name) => Err(unknown("field", name, &names)),
        None => beat,
    }
}

fn parse_field(field: &Field, value: &Value) -> Result<Bits, String> {
    let named = |reason: String| format!("field `{}` of {} bits: {reason}", field.name, field.width);
    match value {
        Value::String(text) => Bits::parse_hex(text, field.width).map_err(named),
        other => Err(named(format!("{other} is {}, not a string of hexadecimal digits", kind(other)))),
    }
}

fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    let near = nearest(name, known).map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
    format!("there is no {what} `{name}`{near} ({what}s: {})", known.join(", "))
}

/// serde_json's message without its line number, which counts from the start of this line.
fn json_reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or_default();
    format!("{reason} at column {}", error.column())
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The shape of a line, such as `{"a": "HEX of 16 bits"}`.
fn shape(channels: &[Channel]) -> String {
    let fields = |channel: &Channel| {
        let fields =
            channel.fields.iter().map(|field| format!("\"{}\": \"HEX of {} bits\"", field.name, field.width));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
    };
    match channels {
        [channel] => fields(channel),
        _ => {
            let shapes =
                channels.iter().map(|channel| format!("{{\"{}\": {}}}", channel.name, fields(channel)));
            shapes.collect::<Vec<_>>().join(" or ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use blocks::channel::Timing;

    fn channel(name: &'static str, fields: &[(&str, u32)]) -> Channel {
        Channel { name, fields: fields.iter().map(|(name, width)| Field::new(name, *width, "")).collect() }
    }

    fn two_by_two() -> Interface {
        Interface {
            inputs: vec![channel("load", &[("address", 4), ("word", 70)]), channel("start", &[("count", 3)])],
            outputs: vec![channel("sum", &[("total", 9)]), channel("done", &[("ok", 1)])],
            timing: Timing::ReadyValid { latency: 1 },
        }
    }

    #[test]
    fn several_channels_are_told_apart_by_name() {
        let interface = two_by_two();
        let line = r#"{"load": {"word": "3f_ffffffff_ffffffff", "address": "0xA"}}"#;
        assert_eq!(parse(&interface, line), Ok((0, vec![Bits::truncated(10, 4), Bits::ones(70)])));
        assert_eq!(parse(&interface, r#"{"start": {"count": "7"}}"#), Ok((1, vec![Bits::ones(3)])));
        assert_eq!(print(&interface, 0, &[Some(Bits::truncated(0x1f, 9))]), r#"{"sum":{"total":"01f"}}"#);
        assert_eq!(print(&interface, 1, &[None]), r#"{"done":{"ok":null}}"#);
    }

    #[test]
    fn no_line_panics() {
        let several = two_by_two();
        let one = Interface { inputs: several.inputs[..1].to_vec(), ..two_by_two() };
        let corpus = [
            r#"{"load": {"word": "3f_ffffffff_ffffffff", "address": "0xA"}}"#,
            r#"{"word": "0", "address": "0x"}"#,
            r#"{"start": {"count": "7"}, "load": null}"#,
            r#"[{"a": [1e400, "\ud800", -0.0, {}]}]"#,
        ];
        test_support::fuzz::survives_text(&corpus, |line| {
            let _ = (parse(&several, line), parse(&one, line));
        });
    }

    #[test]
    fn errors_name_the_channel() {
        let interface = two_by_two();
        let refused = |line| parse(&interface, line).unwrap_err();
        assert_eq!(
            refused(r#"{"strt": {"count": "7"}}"#).reason,
            "there is no channel `strt`: did you mean `start`? (channels: load, start)"
        );
        assert_eq!(refused(r#"{"start": 7}"#).reason, "channel `start` is a number, not an object of fields");
        let many = r#"{"start": {"count": "7"}, "load": {}}"#;
        assert_eq!(refused(many).reason, "expected exactly one of the channels load, start");
        assert_eq!(
            refused("{}").help,
            "expected a line such as {\"load\": {\"address\": \"HEX of 4 bits\", \"word\": \"HEX of 70 bits\"}} or \
             {\"start\": {\"count\": \"HEX of 3 bits\"}}"
        );
    }
}
