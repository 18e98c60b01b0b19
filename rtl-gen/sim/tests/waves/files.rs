//! VCD and FST files, read back with another implementation.

use crate::support::{accumulator, drive};
use hdl::{Bits, Port};
use sim::{Interpreter, Simulator, Traced, WaveError, WaveFile, WaveOptions, WaveSink};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The changes of every variable by its full name: time and binary digits.
type Changes = BTreeMap<String, Vec<(u64, String)>>;

fn read(path: &Path) -> Changes {
    let mut file = wellen::simple::read(path).expect("another reader accepts the file");
    let timescale = file.hierarchy().timescale().expect("there is a time scale");
    assert_eq!((timescale.factor, timescale.unit), (1, wellen::TimescaleUnit::NanoSeconds));
    let variables: Vec<_> =
        file.hierarchy().all_vars().map(|variable| file.hierarchy()[variable].clone()).collect();
    file.load_signals(&variables.iter().map(|variable| variable.signal_ref()).collect::<Vec<_>>());
    let changes = variables.iter().map(|variable| {
        let signal = file.get_signal(variable.signal_ref()).expect("the signal is loaded");
        let changes = signal.iter_changes();
        let changes = changes.map(|(time, value)| (file.time_table()[time as usize], value.to_string()));
        (variable.full_name(file.hierarchy()), changes.collect())
    });
    changes.collect()
}

/// What a file should hold: the changes of the values in each cycle, and the clock.
#[derive(Default)]
struct Expected {
    changes: Changes,
    cycle: u64,
}

impl Expected {
    fn note(&mut self, name: &str, value: &Bits) {
        let changes = self.changes.entry(format!("top.{name}")).or_default();
        let digits = format!("{value:b}");
        if changes.last().is_none_or(|(_, last)| *last != digits) {
            changes.push((10 * self.cycle, digits));
        }
    }

    fn with_clock(mut self, name: &str) -> Changes {
        let edges =
            (0..self.cycle).flat_map(|cycle| [(10 * cycle, "1".into()), (10 * cycle + 5, "0".into())]);
        self.changes.insert(name.into(), edges.collect());
        self.changes
    }
}

impl WaveSink for Expected {
    fn sample(&mut self, simulator: &mut dyn Simulator) -> Result<(), WaveError> {
        for (index, port) in simulator.ports().to_vec().iter().enumerate() {
            self.note(&port.name, &simulator.peek(index));
        }
        for signal in simulator.signals().to_vec() {
            self.note(&signal.path, &simulator.signal(signal.id));
        }
        self.cycle += 1;
        Ok(())
    }
}

/// Runs the accumulator on random inputs.
fn run(simulator: &mut dyn Simulator, cycles: u32) {
    let mut random = fastrand::Rng::with_seed(11);
    for cycle in 0..cycles {
        drive(simulator, cycle >= 2, random.u64(..256), random.u32(..3) == 0);
        simulator.tick();
    }
}

/// Writes a file of the accumulator.
fn write(path: &Path, cycles: u32) {
    let simulator = accumulator();
    let wave = WaveFile::create(path, &simulator, &WaveOptions::of(&simulator)).unwrap();
    let mut traced = Traced::new(simulator, wave);
    run(&mut traced, cycles);
    let (_, wave) = traced.finish().unwrap();
    assert!(!path.exists(), "the file has its name only when it is finished");
    wave.finish().unwrap();
}

#[test]
fn every_change_is_in_the_file_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    for (name, cycles) in [("wave.vcd", 500), ("wave.FST", 500), ("long.fst", 60_000)] {
        let path = folder.path().join(name);
        write(&path, cycles);
        let mut traced = Traced::new(accumulator(), Expected::default());
        run(&mut traced, cycles);
        let expected = traced.finish().unwrap().1.with_clock("top.clk");
        let found = read(&path);
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        for (name, changes) in &expected {
            assert!(found[name] == *changes, "{name} differs");
        }
        assert!(found["top.add.total"].len() > 200);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "nothing else is left behind");
}

/// The blocks of an FST file that hold changes: a long run does not stay in memory until its end.
#[test]
fn a_long_run_is_written_in_parts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.fst");
    write(&path, 60_000);
    let bytes = fs::read(&path).unwrap();
    let (mut at, mut blocks) = (0, 0);
    while at < bytes.len() {
        let length = u64::from_be_bytes(bytes[at + 1..at + 9].try_into().unwrap());
        blocks += matches!(bytes[at], 1 | 5 | 8) as u32;
        at += 1 + length as usize;
    }
    assert!(blocks > 1, "{blocks} blocks");
}

/// A waveform of a few cycles, as a whole.
#[test]
fn a_file_in_full() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wave.vcd");
    let mut simulator = PortsOnly(accumulator());
    let options = WaveOptions { top: "dut".into(), clock: Some("clk".into()), first_cycle: 0 };
    let mut wave = WaveFile::create(&path, &simulator, &options).unwrap();
    for step in [2, 2, 3] {
        drive(&mut simulator, true, step, false);
        wave.sample(&mut simulator).unwrap();
        simulator.tick();
    }
    wave.finish().unwrap();
    let text = fs::read_to_string(&path).unwrap();
    insta::assert_snapshot!(text, @r#"
    $version
        rtl-gen
    $end
    $timescale 1 ns $end
    $scope module dut $end
    $var wire 1 ' clk $end
    $var wire 1 ! rst_n $end
    $var wire 8 " step $end
    $var wire 1 # hold $end
    $var wire 70 $ value $end
    $var wire 1 % odd $end
    $var wire 1 & many $end
    $upscope $end
    $enddefinitions $end
    #0
    1!
    b00000010 "
    0#
    b0000000000000000000000000000000000000000000000000000000000000000000000 $
    0%
    0&
    1'
    #5
    0'
    #10
    b0000000000000000000000000000000000000000000000000000000000000000000010 $
    1'
    #15
    0'
    #20
    b00000011 "
    b0000000000000000000000000000000000000000000000000000000000000000000100 $
    1%
    1'
    #25
    0'
    #30
    "#);
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    for extension in ["vcd", "fst"] {
        let [first, second] = ["a", "b"].map(|name| {
            let path = folder.path().join(format!("{name}.{extension}"));
            write(&path, 50);
            fs::read(path).unwrap()
        });
        assert_eq!(first, second);
    }
}

#[test]
fn names_of_one_value_share_a_code() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wave.vcd");
    write(&path, 2);
    let text = fs::read_to_string(&path).unwrap();
    let codes = |name: &str| {
        let declared = text.lines().find(|line| line.ends_with(&format!(" {name} $end"))).unwrap();
        declared.split(' ').nth(3).unwrap().to_string()
    };
    assert_eq!(codes("total"), codes("sum"));
    assert_ne!(codes("total"), codes("value"));
}

/// A simulator that shows its ports and nothing else.
struct PortsOnly(Interpreter);

impl Simulator for PortsOnly {
    fn ports(&self) -> &[Port] {
        self.0.ports()
    }

    fn poke(&mut self, port: usize, value: &Bits) {
        self.0.poke(port, value);
    }

    fn peek(&mut self, port: usize) -> Bits {
        self.0.peek(port)
    }

    fn tick(&mut self) {
        self.0.tick();
    }

    fn poke_u64(&mut self, port: usize, value: u64) {
        self.0.poke_u64(port, value);
    }

    fn peek_u64(&mut self, port: usize) -> u64 {
        self.0.peek_u64(port)
    }

    sim::ports_only!();
}

/// From cycle 7 on, and without a clock.
#[test]
fn any_simulator_shows_its_ports() {
    let folder = tempfile::tempdir().unwrap();
    for extension in ["vcd", "fst"] {
        let path = folder.path().join("wave").with_extension(extension);
        let mut simulator = PortsOnly(accumulator());
        let options = WaveOptions { top: "dut".into(), clock: None, first_cycle: 7 };
        let mut wave = WaveFile::create(&path, &simulator, &options).unwrap();
        for (step, hold) in [(3, false), (3, true), (4, false)] {
            drive(&mut simulator, true, step, hold);
            wave.sample(&mut simulator).unwrap();
            simulator.tick();
        }
        wave.finish().unwrap();
        let found = read(&path);
        let names: Vec<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(names, ["dut.hold", "dut.many", "dut.odd", "dut.rst_n", "dut.step", "dut.value"]);
        assert_eq!(known(&found["dut.step"]), [(70, 3), (90, 4)]);
        assert_eq!(known(&found["dut.hold"]), [(70, 0), (80, 1), (90, 0)]);
        assert_eq!(known(&found["dut.value"]), [(70, 0), (80, 3)]);
        assert_eq!(known(&found["dut.rst_n"]), [(70, 1)]);
    }
}

/// Changes to known values.
fn known(changes: &[(u64, String)]) -> Vec<(u64, u128)> {
    let value = |digits: &str| u128::from_str_radix(digits, 2).ok();
    changes.iter().filter_map(|(time, digits)| Some((*time, value(digits)?))).collect()
}

#[test]
fn a_dropped_waveform_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wave.vcd");
    let simulator = accumulator();
    let mut traced = Traced::new(
        simulator.clone(),
        WaveFile::create(&path, &simulator, &WaveOptions::of(&simulator)).unwrap(),
    );
    run(&mut traced, 10);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the temporary file");
    drop(traced);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn a_waveform_has_the_permissions_of_any_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("wave.vcd"), folder.path().join("other"));
    write(&path, 2);
    fs::write(&other, "").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&path), mode(&other));
}

#[test]
fn errors_name_the_file() {
    let simulator = accumulator();
    let error = |path: &str| {
        WaveFile::create(path, &simulator, &WaveOptions::of(&simulator)).map(drop).unwrap_err().to_string()
    };
    assert_eq!(error("wave.txt"), "the name of waveform `wave.txt` must end in .vcd or .fst");
    assert_eq!(error("vcd"), "the name of waveform `vcd` must end in .vcd or .fst");
    let missing = error("no/such/folder/wave.vcd");
    assert!(missing.starts_with("waveform `no/such/folder/wave.vcd` cannot be written: "), "{missing}");
}

/// A sink that fails at its third sample.
struct Failing(u32);

impl WaveSink for Failing {
    fn sample(&mut self, _: &mut dyn Simulator) -> Result<(), WaveError> {
        self.0 += 1;
        assert!(self.0 <= 3, "no sample after an error");
        if self.0 == 3 { Err(WaveError::Extension { path: "broken".into() }) } else { Ok(()) }
    }
}

#[test]
fn an_error_while_running_is_reported_at_the_end() {
    let mut traced = Traced::new(accumulator(), Failing(0));
    run(&mut traced, 10);
    assert_eq!(traced.simulator().cycle(), 10);
    assert!(matches!(traced.finish().map(drop), Err(WaveError::Extension { .. })));
}
