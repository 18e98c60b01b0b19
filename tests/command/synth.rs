//! Synthesis, sweeps and boards, with the real tools.

use crate::reference;
use crate::support::{Finished, Workplace, tool};
use serde_json::Value;
use std::fs;
use std::process::Command;

/// A block that takes a second.
const SMALL: [&str; 4] = ["pacq_mul", "--set=weight_bits=2", "--set=lanes=2", "--cache=cache"];

fn has_tools() -> bool {
    let tools = [
        ("yosys", "GEN_RTL_YOSYS"),
        ("verilator", "GEN_RTL_VERILATOR"),
        ("sta", "GEN_RTL_OPENSTA"),
        ("nextpnr-ice40", "GEN_RTL_NEXTPNR_ICE40"),
    ];
    tools.iter().all(|(program, variable)| tool(program, variable).is_some())
}

#[test]
fn figures_come_as_a_table_and_as_json_and_from_the_cache() {
    if !has_tools() {
        return;
    }
    let workplace = Workplace::new();
    let options = ["--target=ice40", "--target=asic", "--gate-level=100"];
    let table = workplace.run(&[&["synth"][..], &SMALL, &options].concat()).succeeded();
    assert!(table.contains("osu018_stdcells") && table.contains("hx8k ct256"), "{table}");
    assert_eq!(table.matches("agrees, 100 cycles").count(), 2, "{table}");
    assert_eq!(fs::read_dir(workplace.path().join("cache/synthesis")).unwrap().count(), 2);

    let json = workplace.run(&[&["synth"][..], &SMALL, &options, &["--json"]].concat()).succeeded();
    let json: Value = serde_json::from_str(&json).unwrap();
    reference::describes(&json);
    assert_eq!(json["block"], "pacq_mul");
    let [ice40, asic] = [0, 1].map(|index| &json["targets"][index]);
    assert!(ice40["resources"]["luts"].as_u64().unwrap() > 10, "{ice40}");
    assert!(asic["energy"]["per_beat"].as_f64() > asic["energy"]["without_glitches"].as_f64(), "{asic}");
    assert!(!asic["timing"]["path"].as_array().unwrap().is_empty(), "{asic}");
}

#[test]
fn a_missing_tool_says_which_package_has_it() {
    let workplace = Workplace::new();
    for (target, package) in [("asic", "Debian's package `yosys`"), ("ecp5", "Debian's package `yosys`")] {
        let mut command = workplace.command(&["synth", "pacq_mul", "--target", target]);
        let stderr = crate::support::Finished::from(command.env("PATH", "").output().unwrap()).refused();
        assert!(stderr.contains(package), "{stderr}");
    }
}

#[test]
fn arguments_that_make_no_sense_are_refused() {
    let workplace = Workplace::new();
    let refused =
        |arguments: &[&str]| workplace.run(&[&["synth", "pacq_mul"][..], arguments].concat()).refused();
    let stderr = refused(&["--target", "ice40", "--device", "85k"]);
    assert!(stderr.contains("--device 85k belongs to ecp5, which is not among the targets"), "{stderr}");
    let stderr = refused(&["--target", "ice40", "--device", "zx81"]);
    assert!(stderr.contains("hx8k, up5k, 25k, 85k"), "{stderr}");
    let stderr = refused(&["--target", "altera"]);
    assert!(stderr.contains("[possible values: ice40, ecp5, xcup, xc7, asic, all]"), "{stderr}");
    let stderr = refused(&["--target", "asic", "--cell-models", "cells.v"]);
    assert!(stderr.contains("--liberty"), "{stderr}");
    if has_tools() {
        let stderr = refused(&["--target", "asic", "--liberty", "none.lib"]);
        assert!(stderr.contains("none.lib"), "{stderr}");
    }
}

#[test]
fn a_sweep_writes_its_points_and_goes_on_where_it_stopped() {
    if !has_tools() {
        return;
    }
    let workplace = Workplace::new();
    let arguments = [
        "sweep",
        "pacq_mul",
        "--set=lanes=1,2",
        "--set=weight_bits=2",
        "--set=product=exact,biased",
        "--set=structure=shared_multiples",
        "--target=asic",
        "--gate-level=50",
        "--no-energy",
        "--cache=cache",
        "--out=out",
    ];
    let first = workplace.run(&arguments).succeeded();
    assert!(first.contains("Pareto-optimal points in area of one block and delay"), "{first}");
    assert!(
        first.contains("left out: structure = `shared_multiples` needs product = `exact` or `rounded`"),
        "{first}"
    );
    let csv = workplace.read("out/sweep.csv");
    assert_eq!(csv.lines().count(), 5, "{csv}");
    assert!(csv.starts_with("lanes,product,target,device,luts,"), "{csv}");
    // Standard cells have no LUTs, so no number of them is given, not even 0.
    assert!(csv.contains(",asic,osu018_stdcells,,,0,,,,"), "{csv}");
    assert!(workplace.read("out/sweep.svg").starts_with("<svg"));
    // One of the two points is removed from the cache, and computed again.
    let cached = fs::read_dir(workplace.path().join("cache/synthesis")).unwrap().next().unwrap().unwrap();
    fs::remove_file(cached.path()).unwrap();
    assert_eq!(workplace.run(&arguments).succeeded(), first);
    assert_eq!(workplace.read("out/sweep.csv"), csv);
}

/// Liberty is free-form, and users choose the paths: Yosys, ABC and OpenSTA must read any of them.
#[test]
fn a_library_may_be_one_line_in_a_folder_of_any_name() {
    const OSU018: &str = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";
    if !has_tools() {
        return;
    }
    let workplace = Workplace::new();
    let text = fs::read_to_string(OSU018).unwrap();
    workplace.write("usual.lib", &text);
    let without_comments = text.split("/*").map(|part| part.split_once("*/").map_or(part, |(_, rest)| rest));
    let one_line = without_comments.collect::<String>().replace("\\\n", " ").replace('\n', " ");
    assert!(!one_line.contains('\n'));
    workplace.write("it's \"my\" cells; really/one line.lib", &one_line);
    let area = |liberty: &str| {
        let arguments = [
            "synth",
            "loas_plif",
            "--target=asic",
            "--effort=area",
            "--gate-level=50",
            "--no-energy",
            "--json",
        ];
        let paths = ["--cache=my cache", "--liberty", liberty];
        let json = workplace.run(&[&arguments[..], &paths].concat()).succeeded();
        serde_json::from_str::<Value>(&json).unwrap()["targets"][0]["resources"].take()
    };
    let usual = area("usual.lib");
    assert!(usual["gate_equivalents"].as_f64() > Some(50.0), "{usual}");
    assert_eq!(usual["luts"], Value::Null);
    assert_eq!(area("it's \"my\" cells; really/one line.lib"), usual);
    // An error names the library as the user did.
    workplace.write("wrong.lib", &text.replace("area : 16;", "area : big;"));
    let arguments = ["synth", "loas_plif", "--target=asic", "--liberty=wrong.lib", "--cache=my cache"];
    let stderr = workplace.run(&arguments).refused();
    assert!(stderr.contains("wrong.lib: line ") && stderr.contains("` is not a number"), "{stderr}");
    assert!(!stderr.contains(".gen-rtl-"), "{stderr}");
}

#[test]
fn a_sweep_without_delays_has_no_picture_and_what_is_not_counted_is_empty() {
    if !has_tools() {
        return;
    }
    let workplace = Workplace::new();
    workplace.write("out/sweep.svg", "of an earlier sweep");
    let arguments = ["sweep", "fp_mul", "--set=stages=0,1", "--target=ice40", "--no-place", "--gate-level=0"];
    let folders = ["--out=out", "--cache=cache"];
    let printed = workplace.run(&[&arguments[..], &folders].concat()).succeeded();
    assert!(
        printed.contains("no sweep.svg: no point has both an area and a delay or an accuracy\n"),
        "{printed}"
    );
    assert_eq!(workplace.names("out"), ["sweep.csv", "sweep.json"]);
    let csv = workplace.read("out/sweep.csv");
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    let column = |name: &str| rows[0].iter().position(|title| *title == name).unwrap();
    assert!(rows[1..].iter().all(|row| row[column("luts")].parse::<u32>().unwrap() > 100), "{csv}");
    assert!(
        rows[1..].iter().all(|row| row[column("area_um2")].is_empty() && row[column("delay_ns")].is_empty()),
        "{csv}"
    );
    let json: Value = serde_json::from_str(&workplace.read("out/sweep.json")).unwrap();
    assert_eq!(
        (&json[1]["parameters"]["stages"], &json[1]["parameters"]["format"]),
        (&1.into(), &"fp16".into())
    );
    assert!(json[1]["figures"]["resources"]["luts"].is_u64(), "{json}");
}

/// Slurm's command, for arrays of two jobs.
const SBATCH: &str = "\
#!/bin/sh
for script; do :; done
for job in 1 2; do SLURM_ARRAY_TASK_ID=$job bash \"$script\" || exit; done
echo Submitted batch job 1
";

#[test]
fn a_sweep_over_files_of_parameters_runs_on_slurm() {
    if !has_tools() {
        return;
    }
    let workplace = Workplace::new();
    workplace.write("tables/two.toml", "time_steps = 2\nleak = 1\nthreshold = 3\n");
    workplace.write("tables/four.toml", "time_steps = 4\nsum_bits = 12\n");
    workplace.write("sbatch", SBATCH);
    let is_executable = Command::new("chmod").args(["+x", "sbatch"]).current_dir(workplace.path()).status();
    assert!(is_executable.unwrap().success());
    let arguments = ["sweep", "loas_plif", "--config", "tables/two.toml", "tables/four.toml", "--set=leak=2"];
    let quick = ["--target=ice40", "--no-place", "--gate-level=0", "--out=out", "--slurm"];
    let mut command = workplace.command(&[&arguments[..], &quick].concat());
    command.env("GEN_RTL_SBATCH", workplace.path().join("sbatch"));
    Finished::from(command.output().unwrap()).succeeded();
    let commands = workplace.read("out/commands.txt");
    assert!(commands.contains("'--set=leak=2' '--set=threshold=3' '--set=time_steps=2' "), "{commands}");
    assert!(commands.contains("'--set=leak=2' '--set=sum_bits=12' '--set=time_steps=4' "), "{commands}");
    let csv = workplace.read("out/sweep.csv");
    let starts = csv.lines().zip(["config,target,device,", "two,ice40,", "four,ice40,"]);
    starts.for_each(|(line, start)| assert!(line.starts_with(start), "{csv}"));
    let json: Value = serde_json::from_str(&workplace.read("out/sweep.json")).unwrap();
    for (place, config, steps) in [(0, "two", 2), (1, "four", 4)] {
        assert_eq!(
            (&json[place]["config"], &json[place]["parameters"]["time_steps"]),
            (&config.into(), &steps.into())
        );
        assert!(json[place]["figures"]["resources"]["luts"].is_u64(), "{json}");
    }
}

#[test]
fn files_of_a_sweep_are_named_in_errors() {
    let workplace = Workplace::new();
    workplace.write("good.toml", "lanes = 2\n");
    workplace.write("bad.toml", "lanes = 2\nstages = 9\n");
    let sweep = |files: &[&str]| {
        workplace.run(&[&["sweep", "pacq_mul", "--target=asic", "--config"], files].concat()).refused()
    };
    for (files, expected) in [
        (["good.toml", "bad.toml"], "error: bad.toml:2: "),
        (["good.toml", "none.toml"], "error: cannot read none.toml: "),
        (["good.toml", "good.toml"], "error: `--config good.toml` is given twice\n"),
    ] {
        let refused = sweep(&files);
        assert!(refused.starts_with(expected), "{refused}");
    }
}

#[test]
fn a_board_gets_its_bitstream() {
    if !has_tools() || tool("icepack", "GEN_RTL_ICEPACK").is_none() {
        return;
    }
    let workplace = Workplace::new();
    let printed = workplace.run(&["board", "hx8k", "fp_mul", "--set=stages=2", "--out=board"]).succeeded();
    assert_eq!(printed.matches(": PASS ").count(), 2, "{printed}");
    let expected =
        ["fp_mul_fp16_s2.v", "hx8k_self_test.bin", "hx8k_self_test.pcf", "hx8k_self_test.v", "manifest.json"];
    assert_eq!(workplace.names("board"), expected);
    let stderr = workplace.run(&["board", "spartan", "fp_mul"]).refused();
    assert!(stderr.contains("icebreaker, ulx3s_25f, ulx3s_85f, zcu102"), "{stderr}");
}

#[test]
fn projects_for_vivado_are_written() {
    let workplace = Workplace::new();
    workplace.run(&["board", "zcu102", "fp_mul", "--out=zcu102"]).succeeded();
    assert!(workplace.read("zcu102/build.tcl").contains("-part xczu9eg-ffvb1156-2-e"));
    if has_tools() {
        let arguments = ["--target=xc7", "--vivado=project", "--gate-level=0"];
        workplace.run(&[&["synth"][..], &SMALL, &arguments].concat()).succeeded();
        assert!(workplace.names("project").contains(&"vivado.tcl".to_string()));
    }
}
