//! Ctrl-C ends every command within a second: no process is left, and nothing half-written.

use crate::support::{Workplace, tool};
use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// One second, and an allowance for a machine that is busy with other tests.
const AT_ONCE: Duration = Duration::from_secs(2);

/// How long a command has run when it is interrupted.
const LATER: [Duration; 2] = [Duration::from_millis(150), Duration::from_millis(900)];

/// A list that is at its end at once, in a memory that takes long to fill.
const LONG_LIST: [&str; 6] =
    ["simulate", "--memory=../memory", "--list=0", "--set=tokens=1", "--set=d_head=8", "--out=after"];

/// The processes with this value in their environment.
fn processes(value: &str) -> Vec<String> {
    let of = |entry: fs::DirEntry| {
        let environment = fs::read(entry.path().join("environ")).ok()?;
        let has = environment.split(|byte| *byte == 0).any(|variable| variable == value.as_bytes());
        let command = fs::read(entry.path().join("cmdline")).ok()?;
        has.then(|| String::from_utf8_lossy(&command).replace('\0', " "))
    };
    fs::read_dir("/proc").unwrap().flatten().filter_map(of).collect()
}

fn ended(mut child: Child, arguments: &[&str]) {
    assert!(child.try_wait().unwrap().is_none(), "{arguments:?} ended by itself");
    let start = Instant::now();
    assert!(Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status().unwrap().success());
    let status = child.wait().unwrap();
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(status.code(), Some(130), "{arguments:?}");
    assert!(seconds < AT_ONCE.as_secs_f64(), "{arguments:?} took {seconds:.2} s to end");
}

/// Runs a command with a cache and temporary files of its own, and interrupts it.
fn interrupted(arguments: &[&str], after: Duration) {
    let workplace = Workplace::new();
    for name in ["tmp", "cache", "out"] {
        fs::create_dir(workplace.path().join(name)).unwrap();
    }
    write_layer(&workplace);
    let mark = format!("TEST_OF_INTERRUPTS={}", workplace.path().display());
    let (name, value) = mark.split_once('=').unwrap();
    let mut command = workplace.command(arguments);
    command.env("TMPDIR", workplace.path().join("tmp")).env("XDG_CACHE_HOME", workplace.path().join("cache"));
    command
        .env(name, value)
        .current_dir(workplace.path().join("out"))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let child = command.spawn().unwrap();
    thread::sleep(after);
    ended(child, arguments);
    assert_eq!(processes(&mark), [""; 0], "{arguments:?} left processes");
    assert_eq!(workplace.names("out"), [""; 0], "{arguments:?} left files");
    assert_eq!(workplace.names("tmp"), [""; 0], "{arguments:?} left temporary files");
    for folder in ["cache/gen-rtl/verilator", "cache/gen-rtl/synthesis"] {
        let names = fs::read_dir(workplace.path().join(folder)).into_iter().flatten().flatten();
        let names: Vec<String> =
            names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        let is_whole = |name: &String| {
            name.starts_with("model-") || name.starts_with("runtime-") || name.ends_with(".json")
        };
        assert!(names.iter().all(is_whole), "{arguments:?} left {names:?} in {folder}");
    }
}

/// A layer, packed, many activations, and a memory.
fn write_layer(workplace: &Workplace) {
    const SIZE: usize = 256;
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({SIZE}, {SIZE}), }}\n");
    let data = (0..SIZE * SIZE).flat_map(|place| ((place % 61) as f32 / 16.0 - 2.0).to_le_bytes());
    let length = (header.len() as u16).to_le_bytes();
    let bytes = [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes()].concat();
    fs::write(workplace.path().join("a.npy"), bytes.into_iter().chain(data).collect::<Vec<u8>>()).unwrap();
    workplace.run(&["pack", "a.npy", "--out=packed"]).succeeded();
    fs::write(workplace.path().join("memory"), [vec![3], vec![0; 1 << 24]].concat()).unwrap();
}

#[test]
fn what_simulates_in_this_process() {
    for after in LATER {
        interrupted(&["verify", "pacq_mul", "--vectors=1000000000000", "--wave=w.vcd"], after);
        // A single case takes long, and so does a single mutant.
        interrupted(&["verify", "pacq_gemm", "--vectors=1000000000"], after);
        interrupted(&["mutate", "loas_array", "--mutants=1000"], after);
        interrupted(&["report", "loas", "--no-synthesis"], after);
        interrupted(&["report", "pacq", "--no-synthesis"], after);
        interrupted(&["simulate", "--a=../a.npy", "--b=../packed", "--out=r.npy"], after);
        interrupted(&LONG_LIST, after);
        interrupted(&["testbench", "pacq_mul", "--vectors=1000000"], after);
    }
}

#[test]
fn what_runs_other_programs() {
    let programs = ["verilator", "iverilog", "yosys", "sta", "nextpnr-ice40"];
    if programs.iter().any(|program| tool(program, "").is_none()) {
        return;
    }
    for after in LATER {
        interrupted(&["verify", "loas_array", "--simulator=verilator"], after);
        interrupted(&["verify", "pacq_gemm", "--simulator=icarus", "--vectors=1000"], after);
        interrupted(&["simulate", "--a=../a.npy", "--b=../packed", "--simulator=verilator"], after);
        interrupted(&["report", "loas"], after);
        interrupted(&["synth", "pacq_dp", "--target=asic", "--target=ice40"], after);
        interrupted(&["sweep", "pacq_dp", "--set=max_k=1024,2048", "--target=ice40", "--target=asic"], after);
        interrupted(&["board", "hx8k", "pacq_mul", "--set=stages=2"], after);
    }
}

/// A program that ignores signals, and whose child processes outlive it.
#[test]
fn programs_that_do_not_listen_are_ended_too() {
    let workplace = Workplace::new();
    let script = "#!/bin/sh\ntrap '' TERM INT\n(trap '' TERM INT; sleep 1000) &\nsleep 1000\n";
    workplace.write("deaf", script);
    let deaf = workplace.path().join("deaf");
    fs::set_permissions(&deaf, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let arguments = ["verify", "pacq_mul", "--simulator=icarus"];
    let mark = format!("TEST_OF_INTERRUPTS={}", workplace.path().display());
    let (name, value) = mark.split_once('=').unwrap();
    let mut command = workplace.command(&arguments);
    command.env("GEN_RTL_IVERILOG", &deaf).env("GEN_RTL_VVP", &deaf).env(name, value);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while processes(&mark).iter().filter(|command| command.starts_with("sleep")).count() < 2 {
        thread::sleep(Duration::from_millis(5));
    }
    ended(child, &arguments);
    assert_eq!(processes(&mark), [""; 0]);
}
