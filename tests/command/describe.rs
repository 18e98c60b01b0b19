//! `list` and `describe`.

use crate::support::Workplace;
use serde_json::Value;

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&Workplace::new().run(arguments).succeeded()).expect("JSON")
}

#[test]
fn the_list_has_a_line_for_each_block() {
    let text = Workplace::new().run(&["list"]).succeeded();
    let blocks = json(&["list", "--json"]);
    let blocks = blocks.as_array().expect("a list");
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("  ")).skip(1).collect();
    for (line, block) in lines.iter().zip(blocks) {
        let words = ["name", "summary"].map(|key| block[key].as_str().expect("a text"));
        assert!(words.iter().all(|word| line.contains(word)), "{line}: {words:?}");
    }
    assert_eq!(lines.len(), blocks.len(), "{text}");
    let keys: Vec<&String> = blocks[0].as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["name", "summary", "source"]);
}

#[test]
fn a_description_shows_parameters_ports_and_timing() {
    insta::assert_snapshot!(Workplace::new().run(&["describe", "pacq_mul"]).succeeded());
    insta::assert_snapshot!(Workplace::new().run(&["describe", "pacq_mul", "--json"]).succeeded());
}

#[test]
fn ports_and_latency_follow_the_parameters() {
    let arguments =
        ["describe", "pacq_mul", "--set", "weight_bits=2", "--set", "stages=2", "--set", "flow=ready_valid"];
    insta::assert_snapshot!(Workplace::new().run(&arguments).succeeded());
}

#[test]
fn values_that_are_refused_together_are_listed_with_an_example_of_each_rule() {
    let printed = Workplace::new().run(&["describe", "pacq_mul"]).succeeded();
    let (_, rules) = printed.split_once("\nrefused combinations, one example per rule\n").expect("rules");
    let rules: Vec<&str> = rules.lines().take_while(|line| line.starts_with("  ")).collect();
    assert!(
        rules.iter().any(|rule| rule.contains("product=literal") && rule.contains("activation=bf16")),
        "{rules:?}"
    );
    // The listed combinations are refused, for the listed reason, in every block.
    for block in json(&["list", "--json"]).as_array().expect("a list") {
        let name = block["name"].as_str().expect("a name");
        for example in json(&["describe", name, "--json"])["refused"].as_array().expect("a list") {
            let values = example["parameters"].as_object().expect("an object").iter();
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), String::from);
            let settings = values.map(|(name, value)| format!("--set={name}={}", text(value)));
            let arguments: Vec<String> =
                ["--block".into(), name.to_string()].into_iter().chain(settings).collect();
            let stderr = Workplace::new().run(&arguments).refused();
            let reason = example["reason"].as_str().expect("a reason");
            assert!(stderr.contains(reason), "{arguments:?}: {stderr}");
        }
    }
}

#[test]
fn the_documentation_is_the_block_s_page() {
    let page = Workplace::new().run(&["describe", "pacq_mul", "--documentation"]).succeeded();
    assert_eq!(page, include_str!("../../blocks/pacq/pacq_mul/README.md"));
}

#[test]
fn every_listed_block_can_be_described() {
    let list = json(&["list", "--json"]);
    for block in list.as_array().expect("a list") {
        let name = block["name"].as_str().expect("a name");
        assert_eq!(json(&["describe", name, "--json"])["block"], name);
    }
}

/// Editors check parameter files with the schema, so it must have every parameter, its legal values and its default.
#[test]
fn the_schema_has_what_the_description_has() {
    for block in json(&["list", "--json"]).as_array().expect("a list") {
        let name = block["name"].as_str().expect("a name");
        let (schema, described) =
            (json(&["describe", name, "--schema"]), json(&["describe", name, "--json"]));
        let properties = schema["properties"].as_object().expect("an object");
        let parameters = described["parameters"].as_array().expect("a list");
        assert_eq!(properties.len(), parameters.len(), "{name}");
        for (parameter, (of_schema, property)) in parameters.iter().zip(properties) {
            assert_eq!(parameter["name"], **of_schema, "{name}");
            match &parameter["legal"]["integer"] {
                Value::Null => {
                    let values = property["enum"].as_array().expect("values").iter();
                    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), String::from);
                    assert_eq!(
                        parameter["legal"]["one_of"],
                        Value::from(values.map(text).collect::<Vec<String>>()),
                        "{name}"
                    );
                }
                range => {
                    assert_eq!((&range["min"], &range["max"]), (&property["minimum"], &property["maximum"]));
                }
            }
        }
        assert_eq!(schema["additionalProperties"], false);
    }
    insta::assert_snapshot!(Workplace::new().run(&["describe", "fp_mul", "--schema"]).succeeded());
}
