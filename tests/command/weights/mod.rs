//! `gen-rtl pack`, `unpack`, `model` and `simulate` on files of matrices.

pub mod files;
mod gguf;
mod layouts;
mod lossless;
mod many;
mod matrices;
mod packers;
mod trained;

use crate::support::Workplace;
use files::npy;
use std::fs;

/// A file of NumPy with rows of float32.
fn write_npy(workplace: &Workplace, name: &str, rows: usize, columns: usize, value: impl Fn(usize) -> f32) {
    let data: Vec<u8> = (0..rows * columns).flat_map(|place| value(place).to_le_bytes()).collect();
    workplace.write_bytes(name, &npy("<f4", false, &format!("({rows}, {columns})"), &data));
}

/// Weights of 20 outputs and 40 inputs, and 3 rows of activations.
fn workplace() -> Workplace {
    let workplace = Workplace::new();
    write_npy(&workplace, "layer.npy", 20, 40, |place| (place * 37 % 101) as f32 / 64.0 - 0.75);
    write_npy(&workplace, "tokens.npy", 3, 40, |place| (place * 29 % 61) as f32 / 16.0 - 2.0);
    workplace
}

#[test]
fn packed_weights_are_unpacked_exactly() {
    let workplace = workplace();
    for (bits, group_n) in [("4", "1"), ("2", "4")] {
        let options = ["--bits", bits, "--group=32", "--group-n", group_n, "--out=packed"];
        let printed = workplace.run(&[&["pack", "layer.npy"][..], &options].concat()).succeeded();
        assert!(printed.contains("40 inputs x 20 outputs"), "{printed}");
        workplace.run(&["unpack", "packed", "--out=codes"]).succeeded();
        workplace.run(&["pack", "codes", "--out=again"]).succeeded();
        assert_eq!(workplace.read_bytes("packed"), workplace.read_bytes("again"));
    }
}

#[test]
fn a_product_on_the_hardware_is_the_models() {
    let workplace = workplace();
    workplace.run(&["pack", "layer.npy", "--group=16", "--out=packed"]).succeeded();
    let factors = ["--a=tokens.npy", "--b=packed"];
    let printed = workplace.run(&[&["simulate"][..], &factors, &["--out=found.npy"]].concat()).succeeded();
    assert!(printed.contains("all 60 results agree"), "{printed}");
    workplace.run(&[&["model", "pacq_gemm"][..], &factors, &["--out=golden.npy"]].concat()).succeeded();
    assert_eq!(workplace.read_bytes("found.npy"), workplace.read_bytes("golden.npy"));
}

#[test]
fn wrong_files_are_named_and_nothing_is_left() {
    let workplace = workplace();
    write_npy(&workplace, "nan.npy", 2, 16, |place| if place == 17 { f32::NAN } else { 0.0 });
    write_npy(&workplace, "fine.npy", 1, 40, |_| 0.1);
    let cut = &workplace.read_bytes("layer.npy")[..300];
    fs::write(workplace.path().join("cut.npy"), cut).unwrap();
    workplace.run(&["pack", "layer.npy", "--out=packed"]).succeeded();
    let before = workplace.names(".");
    for (arguments, expected) in [
        (&["pack", "nan.npy", "--out=out"][..], "nan.npy: the weight of input 1 and output 1 is NaN"),
        (&["pack", "cut.npy", "--out=out"], "cut.npy: it is not a complete .npy file"),
        (&["pack", "absent.npy", "--out=out"], "absent.npy"),
        (&["pack", "packed", "--tensor=words", "--out=out"], "packed is packed already"),
        (&["pack", "layer.npy", "--group=24", "--out=out"], "--group cannot be 24"),
        (&["simulate", "--a=fine.npy", "--b=packed"], "is not an FP16 number"),
        (&["simulate", "--a=nan.npy", "--b=packed"], "nan.npy: its rows have 16 activations"),
        (&["unpack", "layer.npy", "--out=out"], "layer.npy is not a safetensors file"),
    ] {
        let stderr = workplace.run(arguments).refused();
        assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
    }
    assert_eq!(workplace.names("."), before);
}
