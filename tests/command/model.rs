//! The golden model as a filter.

use crate::support::Workplace;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

const ROUNDED: [&str; 4] = ["model", "pacq_mul", "--set", "product=rounded"];

/// 1 and 2 times the weights 7, 1, 0, -8, lane 3 first, and the products in FP16.
const INPUT: &str = "{\"activation\": \"3c00\", \"weights\": \"f980\"}\n\
                     \n\
                     {\"weights\": \"0xF9_80\", \"activation\": \"4000\"}\n";
const OUTPUT: &str = "{\"product\":\"47003c000000c800\"}\n{\"product\":\"4b0040000000cc00\"}\n";

#[test]
fn lines_in_give_lines_out() {
    assert_eq!(Workplace::new().run_on(&ROUNDED, INPUT).succeeded(), OUTPUT);
}

#[test]
fn a_file_serves_as_well() {
    let workplace = Workplace::new();
    workplace.write("vectors.jsonl", INPUT);
    assert_eq!(workplace.run(&[&ROUNDED[..], &["vectors.jsonl"]].concat()).succeeded(), OUTPUT);
    let stderr = workplace.run(&[&ROUNDED[..], &["none.jsonl"]].concat()).refused();
    assert!(stderr.starts_with("error: cannot read none.jsonl: No such file"), "{stderr}");
}

#[test]
fn an_answer_comes_before_the_next_question() {
    let workplace = Workplace::new();
    let mut child = workplace.start(workplace.command(&ROUNDED).stdin(Stdio::piped()));
    let mut questions = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for (question, answer) in INPUT.lines().filter(|line| !line.is_empty()).zip(OUTPUT.lines()) {
        writeln!(questions, "{question}").unwrap();
        assert_eq!(answers.next().unwrap().unwrap(), answer);
    }
    drop(questions);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_field_that_the_model_leaves_open_is_null() {
    let arguments = [&ROUNDED[..], &["--set", "dual_mode=true"]].concat();
    let input = r#"{"activation": "3c00", "weights": "f980", "fp_mode": "1", "multiplier": "4000"}"#;
    let stdout = Workplace::new().run_on(&arguments, input).succeeded();
    assert_eq!(stdout, "{\"product\":null,\"fp_product\":\"4000\"}\n");
}

#[track_caller]
fn refused(line: &str, reason: &str) {
    let finished = Workplace::new().run_on(&ROUNDED, &(INPUT.to_string() + line));
    assert_eq!((finished.status, finished.stdout.as_str()), (Some(2), OUTPUT));
    let expected = format!(
        "error: line 4 of standard input: {reason}\n  \
         help: expected a line such as {{\"activation\": \"HEX of 16 bits\", \"weights\": \"HEX of 16 bits\"}}\n"
    );
    assert_eq!(finished.stderr, expected);
}

#[test]
fn errors_name_the_line_and_the_field() {
    refused(r#"{"activation": "3c00"}"#, "field `weights` of 16 bits is missing");
    refused(
        r#"{"activation": "3c00", "weight": "1234"}"#,
        "there is no field `weight`: did you mean `weights`? (fields: activation, weights)",
    );
    refused(
        r#"{"activation": "3c0g", "weights": "1234"}"#,
        "field `activation` of 16 bits: \"g\" in \"3c0g\" is not a hexadecimal digit",
    );
    refused(
        r#"{"activation": "13c00", "weights": "0"}"#,
        "field `activation` of 16 bits: \"13c00\" does not fit 16 bits",
    );
    refused(
        r#"{"activation": "", "weights": "0"}"#,
        "field `activation` of 16 bits: \"\" has no hexadecimal digit",
    );
    refused(
        r#"{"activation": 15360, "weights": "0"}"#,
        "field `activation` of 16 bits: 15360 is a number, not a string of hexadecimal digits",
    );
    refused("[1]", "expected an object, found an array");
    refused(r#"{"activation": "3c00","#, "not JSON: EOF while parsing a value at column 22");
}

/// A chunk of A in which neurons 0 and 1 fire at both steps, and a mask of B with both ones, but one weight.
#[test]
fn a_mask_with_more_ones_than_weights_is_an_error_of_its_row() {
    let workplace = Workplace::new();
    let variant = "mask_bits=8 adders=4 columns=1 group=1 pipes=1 values=1 time_steps=2 max_k=8";
    let settings: Vec<&str> = variant.split(' ').flat_map(|setting| ["--set", setting]).collect();
    let arguments = [&["model", "loas_tppe"], settings.as_slice()].concat();
    let a = r#"{"a": {"mask": "03", "words": "000f", "last": "1"}}"#;
    let b =
        |mask: &str| format!(r#"{{"b": {{"masks": "{mask}", "values": "05", "group": "0", "last": "1"}}}}"#);
    // Before it, in it, and after it: the first weight counts, the second is 0.
    let input = [a, &b("02"), a, &b("03"), a, &b("01")].join("\n");
    let output = ["0", "1", "1"]
        .map(|error| format!("{{\"sums\":\"002805\",\"overflow\":\"0\",\"error\":\"{error}\"}}\n"))
        .concat();
    assert_eq!(workplace.run_on(&arguments, &input).succeeded(), output);
}
