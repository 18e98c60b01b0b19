//! The command built without the feature `full`: it writes Verilog, and says how to build the rest.
#![cfg(not(feature = "full"))]

#[path = "command/support.rs"]
#[allow(dead_code, reason = "the full command's tests use all of it")]
mod support;

use support::Workplace;

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_gen-rtl");

#[test]
fn it_writes_verilog() {
    let workplace = Workplace::new();
    let stdout = workplace.run(&["--block", "pacq_mul"]).succeeded();
    assert_eq!(stdout, "build/pacq_mul/pacq_mul_fp16_w4.v\nbuild/pacq_mul/manifest.json\n");
    assert!(workplace.read("build/pacq_mul/pacq_mul_fp16_w4.v").contains("module pacq_mul_fp16_w4"));
}

#[test]
fn the_help_lists_what_is_not_built() {
    let help = Workplace::new().run(&["--help"]).succeeded();
    insta::assert_snapshot!(help);
}

#[test]
fn a_command_that_is_not_built_says_how_it_is() {
    for arguments in [
        &["verify", "pacq_mul", "--vectors", "all"][..],
        &["verify", "--help"],
        &["synth"],
        &["report", "loas", "--json"],
    ] {
        let expected = format!(
            "error: `gen-rtl {}` is not in this build, which only writes Verilog\n  \
             help: `cargo build --release --features full` builds every command into target/release/gen-rtl\n",
            arguments[0]
        );
        assert_eq!(Workplace::new().run(arguments).refused(), expected);
    }
}

#[test]
fn an_unknown_command_is_answered_with_the_nearest() {
    let stderr = Workplace::new().run(&["verfy", "pacq_mul"]).refused();
    assert!(stderr.contains("help: a similar subcommand exists: 'verify'"), "{stderr}");
}
