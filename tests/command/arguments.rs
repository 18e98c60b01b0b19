//! Arguments, good and bad.

use crate::support::{Finished, Workplace};

#[track_caller]
fn refused(arguments: &[&str], expected: &[&str]) {
    let workplace = Workplace::new();
    let stderr = workplace.run(arguments).refused();
    assert!(stderr.starts_with("error: "), "{stderr}");
    for part in expected {
        assert!(stderr.contains(part), "{arguments:?} should say {part:?}:\n{stderr}");
    }
    assert_eq!(workplace.names(""), [""; 0], "{arguments:?} left files");
}

#[test]
fn an_unknown_name_is_answered_with_the_nearest() {
    refused(
        &["--block", "pacq_mull"],
        &["'pacq_mull' for '--block", "help: a similar value exists: 'pacq_mul'"],
    );
    refused(
        &["describe", "pacqmul"],
        &["'pacqmul' for '<BLOCK>'", "help: a similar value exists: 'pacq_mul'"],
    );
    refused(&["describ"], &["subcommand 'describ'", "help: a similar subcommand exists: 'describe'"]);
    refused(&["completions", "bsh"], &["'bsh' for '<SHELL>'", "help: a similar value exists: 'bash'"]);
    refused(
        &["--block", "pacq_mul", "--stdot"],
        &["argument '--stdot'", "help: a similar argument exists: '--stdout'"],
    );
    refused(
        &["verify", "pacq_mul", "--simulator", "verilater"],
        &[
            "'verilater' for '--simulator",
            "[possible values: builtin, verilator, icarus, all]",
            "'verilator'",
        ],
    );
    refused(
        &["--block", "pacq_mul", "--set", "activaton=fp16"],
        &["there is no parameter `activaton`: did you mean `activation`?", "gen-rtl describe pacq_mul"],
    );
    refused(
        &["--block", "pacq_mul", "--set", "product=roundd"],
        &[
            "parameter `product` cannot be `roundd`",
            "legal values are exact, rounded, biased, literal",
            "did you mean `rounded`?",
        ],
    );
}

#[test]
fn a_wrong_block_is_answered_with_all() {
    refused(&["verify", "fifo"], &["invalid value 'fifo'", "[possible values: pacq_mul, pacq_dp, "]);
}

#[test]
fn a_wrong_value_is_answered_with_the_legal_range() {
    refused(
        &["--block", "pacq_mul", "--set", "stages=4"],
        &["error: parameter `stages` cannot be `4`: legal values are 0 to 3\n"],
    );
    refused(
        &["--block", "pacq_mul", "--set", "stages=-1"],
        &["parameter `stages` cannot be `-1`: legal values are 0 to 3"],
    );
    refused(
        &["--block", "pacq_mul", "--set", "weight_bits=5"],
        &["`weight_bits` cannot be `5`: legal values are 2, 3, 4, 8"],
    );
}

#[test]
fn a_wrong_number_of_vectors_is_answered_with_the_legal_ones() {
    for wrong in ["0", "-1", "1e6", "al"] {
        let vectors = format!("--vectors={wrong}");
        refused(
            &["verify", "pacq_mul", &vectors],
            &["--vectors", wrong, "a number of cases, at least 1, or `all`"],
        );
    }
    refused(
        &["verify", "pacq_mul", "--vectors", "-1"],
        &["'-1' for '--vectors", "a number of cases, at least 1, or `all`"],
    );
}

#[test]
fn a_wrong_number_is_answered_with_the_legal_ones() {
    let any = "expected a number from 0 to 18446744073709551615\n";
    for (arguments, legal) in [
        (&["verify", "pacq_mul", "--seed"][..], any),
        (&["testbench", "pacq_mul", "--seed"], any),
        (&["package", "pacq_mul", "--seed"], any),
        (&["board", "hx8k", "pacq_mul", "--seed"], any),
        (&["report", "loas", "--seed"], any),
        (&["report", "meadow", "--seed"], any),
        (&["report", "meadow", "--tokens"], "expected a number from 1 to 2048\n"),
        (&["report", "meadow", "--keys"], "expected a number from 1 to 2048\n"),
        (&["report", "meadow", "--bandwidth"], "expected a number from 1 to 1000\n"),
        (&["report", "meadow", "--unpacker"], "expected a number from 1 to 1024\n"),
        (&["report", "pacq", "--seed"], any),
        (&["report", "respike", "--seed"], any),
        (&["report", "sensing", "--seed"], any),
        (&["mutate", "pacq_mul", "--seed"], any),
        (&["synth", "pacq_mul", "--target=asic", "--seed"], any),
        (&["testbench", "pacq_mul", "--vectors"], "expected a number from 1 to 1000000\n"),
        (&["package", "pacq_mul", "--vectors"], "expected a number from 1 to 1000000\n"),
        (&["mutate", "pacq_mul", "--mutants"], "expected a number from 1 to 1000000\n"),
        (&["synth", "pacq_mul", "--target=asic", "--gate-level"], "expected a number from 0 to 1000000\n"),
        (&["sweep", "pacq_mul", "--target=asic", "--jobs"], "expected a number from 1 to 1024\n"),
    ] {
        for wrong in ["-1", "x", "1.5", "18446744073709551616"] {
            let (option, value) = (arguments[arguments.len() - 1], format!("invalid value '{wrong}' for '"));
            refused(&[arguments, &[wrong]].concat(), &[&value, option, legal]);
        }
    }
    // An unknown option is still taken for an option, not for a value.
    refused(&["verify", "pacq_mul", "--seed", "-x"], &["unexpected argument '-x' found"]);
}

#[test]
fn a_number_of_combinations_that_no_memory_holds_is_refused() {
    let values = |name: &str| format!("{name}={}", vec!["1"; 100].join(","));
    let [lanes, stages, flow] = ["lanes", "stages", "flow"].map(values);
    refused(
        &["sweep", "pacq_mul", "--target=asic", "--set", &lanes, "--set", &stages, "--set", &flow],
        &["the values span 1000000 points: at most 100000 are allowed"],
    );
    refused(
        &["--block", "pacq_mul", "--keep-parameter", &lanes, "--keep-parameter", &stages],
        &["--keep-parameter asks for 10000 modules: at most 1000 are allowed"],
    );
}

#[test]
fn values_that_do_not_go_together_are_named() {
    refused(
        &["--block", "pacq_mul", "--set", "product=literal", "--set", "activation=bf16"],
        &["product = `literal` needs activation = `fp16`", "activation is `bf16`"],
    );
}

#[test]
fn a_setting_has_a_name_and_a_value_once() {
    refused(&["--block", "pacq_mul", "--set", "stages"], &["'stages' for '--set", "NAME=VALUE"]);
    refused(&["--block", "pacq_mul", "--set", "=2"], &["'=2' for '--set", "NAME=VALUE"]);
    refused(&["--block", "pacq_mul", "--set", "stages="], &["'stages=' for '--set", "NAME=VALUE"]);
    refused(
        &["--block", "pacq_mul", "--set", "stages=1", "--set", "stages=2"],
        &["`--set stages` is given twice: `1` and `2`"],
    );
}

#[test]
fn arguments_that_contradict_each_other_are_named() {
    refused(
        &["--block", "pacq_mul", "--stdout", "--out", "x"],
        &["'--stdout' cannot be used with '--out <DIR>'"],
    );
    refused(&["--block", "pacq_mul", "--stdout", "--json"], &["'--stdout' cannot be used with '--json'"]);
    refused(&["--block", "pacq_mul", "list"], &["cannot be used with"]);
}

#[test]
fn the_main_job_needs_a_block() {
    refused(&["--out", "x"], &["no block is chosen", "help: choose one with --block BLOCK"]);
}

#[test]
fn a_block_in_the_place_of_a_command_is_told_how_to_be_written() {
    refused(
        &["pacq_mul"],
        &["`pacq_mul` is a block, not a command", "help: `gen-rtl --block pacq_mul` writes"],
    );
}

#[test]
fn without_arguments_the_help_is_the_error() {
    let finished = Workplace::new().run::<&str>(&[]);
    assert_eq!(finished.status, Some(2));
    assert!(finished.stderr.contains("Usage: gen-rtl --block BLOCK"), "{}", finished.stderr);
}

#[test]
fn the_version_is_the_package_s() {
    let stdout = Workplace::new().run(&["--version"]).succeeded();
    assert_eq!(stdout, concat!("gen-rtl ", env!("CARGO_PKG_VERSION"), "\n"));
}

/// Every command with a help text.
pub const COMMANDS: [&str; 25] = [
    "--help",
    "list",
    "describe",
    "verify",
    "model",
    "testbench",
    "package",
    "mutate",
    "report",
    "report crossbar",
    "report loas",
    "report meadow",
    "report pacq",
    "report respike",
    "report sensing",
    "report statten",
    "synth",
    "sweep",
    "board",
    "quantize",
    "pack",
    "unpack",
    "simulate",
    "completions",
    "man",
];

/// The help of a command on a terminal with this many columns.
fn help(command: &str, columns: &str) -> String {
    let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
    let workplace = Workplace::new();
    Finished::from(workplace.command(&words).env("COLUMNS", columns).output().unwrap()).succeeded()
}

#[test]
fn examples_are_whole_on_every_terminal() {
    for command in COMMANDS {
        let examples = |columns| {
            let help = help(command, columns);
            let (_, examples) = help.split_once("Examples:\n").expect("examples");
            examples.split("\n\n").next().unwrap_or_default().trim_end().to_string()
        };
        let wide = examples("100");
        assert!(wide.lines().all(|line| line.chars().count() <= 80 && line.starts_with("  ")), "{wide}");
        for columns in ["10", "72", "80"] {
            assert_eq!(examples(columns), wide, "{command} on {columns} columns");
        }
    }
    // If the terminal is wide enough, every line fits.
    assert!(help("verify", "80").lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn every_help_teaches_by_examples() {
    for command in COMMANDS {
        let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = Workplace::new().run(&words).succeeded();
        assert!(help.contains("Examples:\n  "), "{help}");
        insta::assert_snapshot!(format!("help_{}", command.trim_start_matches('-').replace(' ', "_")), help);
    }
}

#[test]
fn completions_know_the_blocks_and_the_subcommands() {
    for shell in ["bash", "fish", "zsh"] {
        let script = Workplace::new().run(&["completions", shell]).succeeded();
        assert!(script.contains("pacq_mul") && script.contains("describe"), "{shell}: {script}");
    }
}
