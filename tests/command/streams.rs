//! Closed and full streams, and signals.

use crate::support::{Finished, Workplace, end_by};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

#[test]
fn a_reader_that_leaves_early_is_no_error_to_report() {
    let workplace = Workplace::new();
    let mut child = workplace.start(workplace.command(&["model", "pacq_mul"]).stdin(Stdio::piped()));
    let mut input = child.stdin.take().unwrap();
    let line = "{\"activation\": \"3c00\", \"weights\": \"f980\"}\n";
    input.write_all(line.as_bytes()).unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut String::new()).unwrap();
    drop(output);
    // The command may end before it has read all of this.
    let _ = input.write_all(line.repeat(100_000).as_bytes());
    drop(input);
    let finished = Finished::from(child.wait_with_output().unwrap());
    assert_eq!((finished.status, finished.stderr.as_str()), (Some(141), ""));
}

#[test]
fn help_and_completions_survive_a_closed_pipe() {
    for arguments in ["--help", "completions bash", "describe pacq_mul --json"] {
        let line = format!("'{}' {arguments} | head -c 1", env!("CARGO_BIN_EXE_gen-rtl"));
        let output = Command::new("sh").args(["-c", &line]).output().unwrap();
        assert_eq!((output.stdout.len(), String::from_utf8(output.stderr).unwrap()), (1, String::new()));
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let finished: Finished = Workplace::new().command(&["list"]).stdout(full).output().unwrap().into();
    assert_eq!(finished.status, Some(2));
    assert_eq!(
        finished.stderr,
        "error: cannot write to standard output: No space left on device (os error 28)\n"
    );
}

#[test]
fn a_signal_ends_a_filter_that_waits() {
    for (name, status) in [("INT", 130), ("TERM", 143)] {
        let workplace = Workplace::new();
        let mut child = workplace.start(workplace.command(&["model", "pacq_mul"]).stdin(Stdio::piped()));
        let mut input = child.stdin.take().unwrap();
        // An answer shows that the command already handles signals.
        input.write_all(b"{\"activation\": \"3c00\", \"weights\": \"f980\"}\n").unwrap();
        child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
        let finished = end_by(name, child);
        assert_eq!((finished.status, finished.stderr.as_str()), (Some(status), ""));
    }
}

#[test]
fn a_signal_before_the_end_leaves_no_folder() {
    let workplace = Workplace::new();
    let pipe = workplace.path().join("pipe.toml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let child = workplace.start(&mut workplace.command(&["--block", "pacq_mul", "--config", "pipe.toml"]));
    // Opening the pipe waits until the command reads it.
    let _writer = File::options().write(true).open(&pipe).unwrap();
    let finished = end_by("INT", child);
    assert_eq!((finished.status, finished.stderr.as_str()), (Some(130), ""));
    assert_eq!(workplace.names(""), ["pipe.toml"]);
}
