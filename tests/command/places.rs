//! Output to something that exists already: a link, a pipe, another name, an input.

use crate::support::{Finished, Workplace};
use std::fs::{self, File, Permissions};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::PathBuf;
use std::process::Command;
use std::thread;

/// A waveform: the shortest way to a file.
fn wave(workplace: &Workplace, name: &str) -> Finished {
    workplace.run(&["verify", "pacq_mul", "--vectors=5", "--set=stages=1", "--wave", name])
}

fn at(workplace: &Workplace, name: &str) -> PathBuf {
    workplace.path().join(name)
}

fn pipe(workplace: &Workplace, name: &str) -> PathBuf {
    let path = at(workplace, name);
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}

#[test]
fn a_link_stays_and_what_it_points_to_is_written() {
    for (target, before) in [("store/old.vcd", Some("old")), ("store/new.vcd", None)] {
        let workplace = Workplace::new();
        fs::create_dir(at(&workplace, "store")).unwrap();
        before.iter().for_each(|text| workplace.write(target, text));
        symlink(target, at(&workplace, "second.vcd")).unwrap();
        symlink("second.vcd", at(&workplace, "w.vcd")).unwrap();
        wave(&workplace, "w.vcd").succeeded();
        assert!(workplace.read(target).starts_with('$'), "{target}");
        assert_eq!(fs::read_link(at(&workplace, "w.vcd")).unwrap().to_str(), Some("second.vcd"));
        assert_eq!(workplace.names("store").len(), 1);
        assert_eq!(workplace.names(""), ["second.vcd", "store", "w.vcd"]);
    }
}

#[test]
fn a_link_to_itself_is_refused() {
    let workplace = Workplace::new();
    symlink("w.vcd", at(&workplace, "w.vcd")).unwrap();
    let stderr = wave(&workplace, "w.vcd").refused();
    assert!(stderr.starts_with("error: cannot write w.vcd: Too many levels of symbolic links"), "{stderr}");
}

#[test]
fn a_pipe_passes_the_bytes_on() {
    let workplace = Workplace::new();
    let path = pipe(&workplace, "w.vcd");
    let reader = thread::spawn(move || {
        let mut text = String::new();
        File::open(path).unwrap().read_to_string(&mut text).unwrap();
        text
    });
    wave(&workplace, "w.vcd").succeeded();
    assert!(reader.join().unwrap().contains("$enddefinitions"));
    assert_eq!(workplace.names(""), ["w.vcd"]);
}

#[test]
fn a_device_takes_the_bytes() {
    for (device, refused) in [("/dev/null", None), ("/dev/full", Some("No space left on device"))] {
        let workplace = Workplace::new();
        symlink(device, at(&workplace, "w.vcd")).unwrap();
        let finished = wave(&workplace, "w.vcd");
        let expected = if refused.is_some() { Some(2) } else { Some(0) };
        assert_eq!(finished.status, expected, "{finished:?}");
        assert!(finished.stderr.contains(refused.unwrap_or_default()), "{finished:?}");
        assert_eq!(workplace.names(""), ["w.vcd"]);
    }
}

#[test]
fn a_file_of_two_names_keeps_them_and_one_of_any_permissions_those() {
    let workplace = Workplace::new();
    workplace.write("w.vcd", "old");
    fs::set_permissions(at(&workplace, "w.vcd"), Permissions::from_mode(0o640)).unwrap();
    wave(&workplace, "w.vcd").succeeded();
    let data = fs::metadata(at(&workplace, "w.vcd")).unwrap();
    assert_eq!(data.mode() & 0o777, 0o640);
    fs::write(at(&workplace, "w.vcd"), "old").unwrap();
    fs::hard_link(at(&workplace, "w.vcd"), at(&workplace, "other")).unwrap();
    wave(&workplace, "w.vcd").succeeded();
    assert_eq!(workplace.read("other"), workplace.read("w.vcd"));
    assert!(workplace.read("other").starts_with('$'));
    assert_eq!(fs::metadata(at(&workplace, "other")).unwrap().nlink(), 2);
}

/// A file of NumPy with float32 numbers.
fn write_npy(workplace: &Workplace, name: &str, rows: usize, columns: usize) {
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}\n");
    let data = (0..rows * columns).flat_map(|place| (place as f32 - 8.0).to_le_bytes());
    let length = (header.len() as u16).to_le_bytes();
    let bytes = [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes()].concat();
    fs::write(at(workplace, name), bytes.into_iter().chain(data).collect::<Vec<u8>>()).unwrap();
}

#[test]
fn an_input_is_not_overwritten_under_any_name() {
    let workplace = Workplace::new();
    write_npy(&workplace, "w.npy", 16, 16);
    write_npy(&workplace, "a.npy", 1, 16);
    workplace.run(&["pack", "w.npy", "--out=packed"]).succeeded();
    workplace.write("p.vcd", "stages = 1\n");
    symlink("packed", at(&workplace, "link")).unwrap();
    fs::hard_link(at(&workplace, "w.npy"), at(&workplace, "hard.npy")).unwrap();
    let before = |name: &str| fs::read(at(&workplace, name)).unwrap();
    let files = ["w.npy", "a.npy", "packed", "p.vcd"].map(|name| (name, before(name)));
    for arguments in [
        &["pack", "w.npy", "--out=w.npy"][..],
        &["pack", "w.npy", "--out=hard.npy"],
        &["unpack", "packed", "--out=link"],
        &["model", "pacq_gemm", "--a=a.npy", "--b=packed", "--out=./a.npy"],
        &["model", "pacq_gemm", "--a=a.npy", "--b=packed", "--out=link"],
        &["simulate", "--a=a.npy", "--b=link", "--out=packed"],
        &["verify", "pacq_mul", "--config=p.vcd", "--wave=p.vcd"],
    ] {
        let stderr = workplace.run(arguments).refused();
        assert!(stderr.contains(" is the same file as the input "), "{arguments:?}: {stderr}");
    }
    files.iter().for_each(|(name, bytes)| assert_eq!(before(name), *bytes, "{name}"));
}

#[test]
fn a_packed_file_is_written_through_a_link_and_into_a_pipe() {
    let workplace = Workplace::new();
    write_npy(&workplace, "w.npy", 16, 16);
    workplace.write("store/old", "old");
    symlink("store/old", at(&workplace, "link")).unwrap();
    workplace.run(&["pack", "w.npy", "--out=link"]).succeeded();
    let path = pipe(&workplace, "pipe");
    let reader = thread::spawn(move || fs::read(path).unwrap());
    workplace.run(&["pack", "w.npy", "--out=pipe"]).succeeded();
    assert_eq!(reader.join().unwrap(), fs::read(at(&workplace, "store/old")).unwrap());
    assert_eq!(workplace.names("store"), ["old"]);
}
