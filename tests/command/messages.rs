//! What the command says beside its results: progress, the programs that run, colours, the line after Ctrl-C.

use crate::support::{Workplace, end_by, tool};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

const CHECK: [&str; 4] = ["verify", "pacq_mul", "--vectors", "100"];

#[test]
fn usual_work_that_is_short_says_nothing_and_verbose_work_its_stages() {
    let workplace = Workplace::new();
    let stderr = |options: &[&str]| {
        let mut command = workplace.command(&[options, &CHECK[..]].concat());
        String::from_utf8(command.env_remove("GEN_RTL_QUIET").output().unwrap().stderr).unwrap()
    };
    assert_eq!([stderr(&["--quiet"]), stderr(&["-q"])], ["", ""]);
    let stages = stderr(&["--verbose"]);
    assert!(!stages.is_empty() && stages.lines().all(|line| !line.contains("  (")), "{stages}");
}

#[test]
fn verbose_work_names_the_programs_that_it_runs() {
    if tool("iverilog", "GEN_RTL_IVERILOG").is_none() {
        return;
    }
    let workplace = Workplace::new();
    let finished = workplace.run(&[&CHECK[..], &["--simulator=icarus", "-v"]].concat());
    assert_eq!(finished.status, Some(0), "{finished:?}");
    let compiled = finished.stderr.lines().find(|line| line.contains("iverilog -g2005")).unwrap_or_default();
    assert!(compiled.ends_with(" s)"), "{finished:?}");
}

#[test]
fn options_of_all_commands_go_before_and_behind_the_command() {
    let workplace = Workplace::new();
    let listed = workplace.run(&["list"]).succeeded();
    for arguments in [["--quiet", "list"], ["list", "--quiet"], ["list", "-v"]] {
        assert_eq!(workplace.run(&arguments).stdout, listed, "{arguments:?}");
    }
    let both = workplace.run(&["list", "-q", "-v"]).refused();
    assert!(both.starts_with("error: the argument '--quiet' cannot be used with '--verbose'\n"), "{both}");
    let mixed = workplace.run(&["--block", "pacq_mul", "list"]).refused();
    assert!(
        mixed.starts_with("error: the subcommand 'list' cannot be used with '--block <BLOCK>'\n"),
        "{mixed}"
    );
}

#[test]
fn colours_are_for_terminals_or_where_they_are_asked_for() {
    let workplace = Workplace::new();
    let stderr = |variables: &[(&str, &str)]| {
        let mut command = workplace.command(&["describe", "pacq"]);
        command.env_remove("NO_COLOR").envs(variables.iter().copied());
        String::from_utf8(command.output().unwrap().stderr).unwrap()
    };
    let [plain, forced] = [&[][..], &[("CLICOLOR_FORCE", "1")]].map(stderr);
    assert!(plain.starts_with("error: invalid value 'pacq'"), "{plain:?}");
    assert!(forced.starts_with("\x1b[1m\x1b[31merror:\x1b[0m invalid value 'pacq'"), "{forced:?}");
    assert!(!stderr(&[("NO_COLOR", "1")]).contains('\x1b'));
}

#[test]
fn an_interrupted_command_says_what_is_kept() {
    let workplace = Workplace::new();
    let mut command: Command = workplace.command(&["verify", "pacq_mul", "--vectors=1000000000000"]);
    command.env_remove("GEN_RTL_QUIET").stdin(Stdio::null());
    let child = workplace.start(&mut command);
    thread::sleep(Duration::from_millis(500));
    let ended = end_by("INT", child);
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(130), "interrupted: no file was written\n"));
}

#[test]
fn there_is_a_manual_page_for_each_command() {
    let workplace = Workplace::new();
    workplace.run(&["man", "--out=man1"]).succeeded();
    let pages = workplace.names("man1");
    for page in ["gen-rtl.1", "gen-rtl-verify.1", "gen-rtl-report-loas.1", "gen-rtl-man.1"] {
        assert!(pages.iter().any(|name| name == page), "{page} is not among {pages:?}");
    }
    let page = workplace.read("man1/gen-rtl-verify.1");
    assert!(page.contains(".TH gen-rtl-verify 1") && page.contains(".SH OPTIONS"), "{page}");
    assert_eq!(workplace.run(&["man"]).succeeded(), workplace.read("man1/gen-rtl.1"));
}
