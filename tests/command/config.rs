//! Parameters from a TOML file.

use crate::support::Workplace;

fn describe_with(config: &str, more: &[&str]) -> crate::support::Finished {
    let workplace = Workplace::new();
    workplace.write("p.toml", config);
    workplace.run(&[&["describe", "pacq_mul", "--json", "--config", "p.toml"], more].concat())
}

fn values(config: &str, more: &[&str]) -> Vec<String> {
    let description: serde_json::Value =
        serde_json::from_str(&describe_with(config, more).succeeded()).unwrap();
    let parameters = description["parameters"].as_array().unwrap().iter();
    parameters
        .map(|parameter| format!("{}={}", parameter["name"].as_str().unwrap(), parameter["value"]))
        .collect()
}

#[track_caller]
fn refused(config: &str, expected: &str) {
    let stderr = describe_with(config, &[]).refused();
    assert!(stderr.starts_with(expected), "{stderr}");
}

#[test]
fn a_file_sets_what_the_command_line_does_not() {
    let config = "# a comment\nweight_bits = 2\nproduct = \"rounded\"\ndual_mode = true\nstages = 3\n";
    let values = values(config, &["--set", "stages=1"]);
    for expected in [
        "weight_bits=2",
        "lanes=8",
        "product=\"rounded\"",
        "dual_mode=true",
        "stages=1",
        "activation=\"fp16\"",
    ] {
        assert!(values.contains(&expected.to_string()), "{expected} is not in {values:?}");
    }
}

#[test]
fn errors_name_the_file_and_the_line() {
    refused(
        "stages = 1\n\nlane = 4\n",
        "error: p.toml:3: there is no parameter `lane`: did you mean `lanes`?",
    );
    refused(
        "# first\nstages = 9\n",
        "error: p.toml:2: parameter `stages` cannot be `9`: legal values are 0 to 3",
    );
    refused("stages = 1\nstages = 2\n", "error: p.toml:2: duplicate key");
    refused("stages = 1\nproduct = exact\n", "error: p.toml:2: ");
    refused("[pacq_mul]\nstages = 1\n", "error: p.toml:1: `pacq_mul` is of type table: a parameter is");
    refused("stages = 1.0\n", "error: p.toml:1: `stages` is of type float: a parameter is");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let stderr = Workplace::new().run(&["--block", "pacq_mul", "--config", "none.toml"]).refused();
    assert_eq!(stderr, "error: cannot read none.toml: No such file or directory (os error 2)\n");
}

#[test]
fn every_table_of_a_published_array_sets_up_its_block() {
    for (folder, block, count) in [("devices", "xbar_mvm", 6), ("pulses", "xbar_program", 3)] {
        let folder = format!("{}/blocks/crossbar/{folder}", env!("CARGO_MANIFEST_DIR"));
        let tables: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(tables.len(), count, "{tables:?}");
        for table in tables {
            let table = table.to_str().unwrap();
            let description =
                Workplace::new().run(&["describe", block, "--json", "--config", table]).succeeded();
            assert!(description.contains("\"model\""), "{table}: {description}");
        }
    }
}
