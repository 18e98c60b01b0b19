//! The output folder: all files are written or none, and no file of the user's is lost.

use crate::support::Workplace;
use std::fs;
use std::os::unix::fs::PermissionsExt;

const DEFAULT: [&str; 2] = ["--block", "pacq_mul"];
const OUT: &str = "build/pacq_mul";
const FILES: [&str; 2] = ["manifest.json", "pacq_mul_fp16_w4.v"];

fn generated() -> Workplace {
    let workplace = Workplace::new();
    workplace.run(&DEFAULT).succeeded();
    assert_eq!(workplace.names(OUT), FILES);
    workplace
}

fn with(more: &[&'static str]) -> Vec<&'static str> {
    [&DEFAULT[..], more].concat()
}

#[test]
fn another_run_replaces_the_files_of_the_one_before() {
    let workplace = generated();
    workplace.run(&with(&["--set", "stages=1"])).succeeded();
    assert_eq!(workplace.names(OUT), ["manifest.json", "pacq_mul_fp16_w4_s1.v"]);
    workplace.run(&DEFAULT).succeeded();
    assert_eq!(workplace.names(OUT), FILES);
    assert_eq!(workplace.names("build"), ["pacq_mul"]);
}

#[test]
fn foreign_files_are_not_overwritten() {
    let workplace = generated();
    workplace.write("build/pacq_mul/notes.txt", "mine");
    let before = workplace.read("build/pacq_mul/manifest.json");
    let stderr = workplace.run(&with(&["--set", "stages=1"])).refused();
    assert!(
        stderr
            .starts_with("error: build/pacq_mul holds files that gen-rtl did not write: notes.txt\n  help: "),
        "{stderr}"
    );
    assert!(stderr.contains("--out DIR") && stderr.contains("--force"), "{stderr}");
    assert_eq!(workplace.names(OUT), ["manifest.json", "notes.txt", "pacq_mul_fp16_w4.v"]);
    assert_eq!(workplace.read("build/pacq_mul/manifest.json"), before);
}

#[test]
fn a_folder_without_a_manifest_is_foreign() {
    let workplace = Workplace::new();
    for name in ["a", "b", "c", "d", "e", "f", "g"] {
        workplace.write(&format!("rtl/{name}.v"), "mine");
    }
    let stderr = workplace.run(&with(&["--out", "rtl"])).refused();
    assert!(stderr.contains("did not write: a.v, b.v, c.v, d.v, e.v and 2 more\n"), "{stderr}");
    workplace.write("other/manifest.json", "{\"generator\": \"another\", \"files\": {}}");
    let stderr = workplace.run(&with(&["--out", "other"])).refused();
    assert!(stderr.contains("other holds files that gen-rtl did not write: manifest.json\n"), "{stderr}");
}

#[test]
fn force_keeps_foreign_files_and_removes_stale_ones() {
    let workplace = generated();
    workplace.write("build/pacq_mul/notes.txt", "mine");
    workplace.write("build/pacq_mul/sim/wave.vcd", "mine");
    workplace.run(&with(&["--set", "stages=1", "--force"])).succeeded();
    assert_eq!(workplace.names(OUT), ["manifest.json", "notes.txt", "pacq_mul_fp16_w4_s1.v", "sim"]);
    assert_eq!(workplace.read("build/pacq_mul/notes.txt"), "mine");
    assert_eq!(workplace.read("build/pacq_mul/sim/wave.vcd"), "mine");
}

#[test]
fn an_edited_file_is_the_user_s() {
    let workplace = generated();
    workplace.write("build/pacq_mul/pacq_mul_fp16_w4.v", "edited");
    let stderr = workplace.run(&with(&["--set", "stages=1"])).refused();
    assert!(
        stderr.contains("holds files that were edited since gen-rtl wrote them: pacq_mul_fp16_w4.v\n"),
        "{stderr}"
    );
    workplace.run(&with(&["--set", "stages=1", "--force"])).succeeded();
    assert_eq!(
        workplace.read("build/pacq_mul/pacq_mul_fp16_w4.v"),
        "edited",
        "its name is not among the new ones"
    );
    workplace.run(&with(&["--force"])).succeeded();
    assert_ne!(workplace.read("build/pacq_mul/pacq_mul_fp16_w4.v"), "edited");
}

#[test]
fn a_folder_in_the_place_of_a_file_stays() {
    let workplace = Workplace::new();
    workplace.write("rtl/pacq_mul_fp16_w4.v/mine.txt", "mine");
    let stderr = workplace.run(&with(&["--out", "rtl", "--force"])).refused();
    assert_eq!(stderr, "error: cannot write rtl/pacq_mul_fp16_w4.v: a folder of this name exists\n");
    assert_eq!(workplace.names("rtl"), ["pacq_mul_fp16_w4.v"]);
    assert_eq!(workplace.read("rtl/pacq_mul_fp16_w4.v/mine.txt"), "mine");
}

#[test]
fn a_manifest_cannot_name_files_outside_its_folder() {
    let workplace = generated();
    workplace.write("build/precious.v", "mine");
    let manifest = workplace.read("build/pacq_mul/manifest.json");
    let manifest = manifest.replace("pacq_mul_fp16_w4.v\":", "../precious.v\":");
    fs::remove_file(workplace.path().join("build/pacq_mul/pacq_mul_fp16_w4.v")).unwrap();
    workplace.write("build/pacq_mul/manifest.json", &manifest);
    workplace.run(&DEFAULT).succeeded();
    assert_eq!(workplace.read("build/precious.v"), "mine");
    assert_eq!(workplace.names(OUT), FILES);
}

#[test]
fn a_folder_of_any_spelling_serves() {
    for out in ["deep/er/rtl", "rtl/", ".", "empty", "empty/..", "link"] {
        let workplace = Workplace::new();
        fs::create_dir(workplace.path().join("empty")).unwrap();
        std::os::unix::fs::symlink("empty", workplace.path().join("link")).unwrap();
        workplace.run(&with(&["--out", out, "--force"])).succeeded();
        let names = workplace.names(out);
        assert!(FILES.iter().all(|file| names.contains(&file.to_string())), "{out}: {names:?}");
        assert!(!workplace.names("").iter().any(|name| name.starts_with(".gen-rtl")), "{out}");
    }
}

#[test]
fn the_folder_has_the_permissions_of_any_other() {
    let workplace = generated();
    let mode = |name: &str| fs::metadata(workplace.path().join(name)).unwrap().permissions().mode();
    fs::create_dir(workplace.path().join("other")).unwrap();
    workplace.write("other/file", "");
    assert_eq!(mode(OUT), mode("other"));
    assert_eq!(mode("build/pacq_mul/manifest.json"), mode("other/file"));
}

#[test]
fn a_folder_that_cannot_be_made_is_named_and_nothing_is_left() {
    let workplace = Workplace::new();
    workplace.write("file", "mine");
    let stderr = workplace.run(&with(&["--out", "file/rtl"])).refused();
    assert_eq!(stderr, "error: cannot make folder file: File exists (os error 17)\n");
    let stderr = workplace.run(&with(&["--out", "file"])).refused();
    assert_eq!(stderr, "error: cannot write file: Not a directory (os error 20)\n");
    let stderr = workplace.run(&with(&["--out", "/proc/none/rtl"])).refused();
    assert!(stderr.starts_with("error: cannot make folder /proc/none: "), "{stderr}");
    assert_eq!(workplace.names(""), ["file"]);
    assert_eq!(workplace.read("file"), "mine");
}
