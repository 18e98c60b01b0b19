//! Matrices of floats, and files that are not what their names say.

use super::files::{float, floats, npy, safetensors};
use crate::support::Workplace;
use serde_json::json;

#[test]
fn weights_of_one_sign_are_kept() {
    let workplace = Workplace::new();
    for value in [0.5, -0.5, 3.0] {
        let data: Vec<u8> = (0..16).flat_map(|_| float("F32", value)).collect();
        workplace.write_bytes("w.npy", &npy("<f4", false, "(1, 16)", &data));
        let printed = workplace.run(&["pack", "w.npy", "--out=packed"]).succeeded();
        assert!(printed.contains("worst error: 0.0"), "{printed}");
        for row in workplace.unpacked("packed") {
            assert!((row[0] - value).abs() < 1e-3 * value.abs(), "{value}: {row:?}");
        }
    }
}

#[test]
fn the_worst_error_is_printed_in_steps() {
    let workplace = Workplace::new();
    // With steps of 1, the weight 6.5 lies halfway between two codes.
    let row: Vec<f64> = (0..16).map(|place| if place == 9 { 6.5 } else { f64::from(place) }).collect();
    workplace.write_tensors("w", &[("w", floats("F64", &[vec![0.0; 16], row]))]);
    let printed = workplace.run(&["pack", "w", "--out=packed"]).succeeded();
    assert!(printed.contains("worst error: 0.500 steps, at input 9 and output 1"), "{printed}");
}

#[test]
fn floats_of_all_types_and_orders_are_the_same_matrix() {
    let workplace = Workplace::new();
    let value = |row: usize, column: usize| (row * 37 + column * 11) as f64 % 64.0 / 8.0 - 4.0;
    let rows: Vec<Vec<f64>> = (0..5).map(|row| (0..48).map(|column| value(row, column)).collect()).collect();
    let mut packed = vec![];
    let mut add = |workplace: &Workplace, name: &str, arguments: &[&str]| {
        workplace.run(&[&["pack", name, "--out=packed"][..], arguments].concat()).succeeded();
        packed.push((name.to_string(), workplace.read_bytes("packed")));
    };
    for dtype in ["F16", "BF16", "F32", "F64"] {
        workplace.write_tensors(dtype, &[("w", floats(dtype, &rows))]);
        add(&workplace, dtype, &[]);
    }
    for (bytes, dtype) in [(2, "F16"), (4, "F32"), (8, "F64")] {
        for (order, is_big) in [("<", false), (">", true)] {
            for is_fortran in [false, true] {
                let places: Vec<(usize, usize)> = match is_fortran {
                    false => (0..5).flat_map(|row| (0..48).map(move |column| (row, column))).collect(),
                    true => (0..48).flat_map(|column| (0..5).map(move |row| (row, column))).collect(),
                };
                let number = |(row, column): (usize, usize)| {
                    let mut number = float(dtype, value(row, column));
                    if is_big {
                        number.reverse();
                    }
                    number
                };
                let data: Vec<u8> = places.into_iter().flat_map(number).collect();
                // The first bytes decide what a file is, not its name.
                workplace
                    .write_bytes("W.NPY", &npy(&format!("{order}f{bytes}"), is_fortran, "(5, 48)", &data));
                add(&workplace, "W.NPY", &[]);
            }
        }
    }
    assert_eq!(packed.len(), 16);
    let (_, first) = packed[0].clone();
    for (name, bytes) in packed {
        assert_eq!(bytes, first, "{name}");
    }
}

#[test]
fn a_missing_tensor_is_answered_with_the_nearest() {
    let workplace = Workplace::new();
    let names: Vec<String> = (0..60)
        .flat_map(|layer| {
            ["q", "k", "v", "o", "up", "gate", "down"]
                .map(|part| format!("model.layers.{layer}.self_attn.{part}_proj.weight"))
        })
        .collect();
    let tensor = floats("F16", &[vec![1.0; 16]]);
    let tensors: Vec<(&str, _)> = names.iter().map(|name| (name.as_str(), tensor.clone())).collect();
    workplace.write_tensors("model.safetensors", &tensors);
    let missing = "--tensor=model.layers.7.self_attn.q_prj.weight";
    let stderr = workplace.run(&["pack", "model.safetensors", missing, "--out=none"]).refused();
    assert!(stderr.contains("has no tensor `model.layers.7.self_attn.q_prj.weight`"), "{stderr}");
    assert!(stderr.contains("model.layers.7.self_attn.q_proj.weight"), "{stderr}");
    assert!(stderr.len() < 600, "{stderr}");
    let stderr = workplace.run(&["pack", "model.safetensors", "--out=none"]).refused();
    assert!(stderr.contains("has 420 layers") && stderr.len() < 600, "{stderr}");
    for from in ["gptq", "awq", "mlx"] {
        let arguments = ["pack", "model.safetensors", missing, "--out=none", "--from", from];
        let stderr = workplace.run(&arguments).refused();
        assert!(stderr.contains("error: ") && stderr.len() < 600, "{stderr}");
    }
}

#[test]
fn files_of_other_kinds_are_named() {
    let workplace = Workplace::new();
    workplace.write_bytes("w.npz", b"PK\x03\x04.......");
    workplace.write_bytes("model.bin", b"\x80\x02}q\0.....");
    workplace.write_bytes("model.gguf", b"GGUF\x03\0\0\0\0\0\0\0");
    workplace.write_bytes("model.h5", b"\x89HDF\r\n\x1a\n..");
    workplace.write("model.safetensors.index.json", r#"{"weight_map": {}}"#);
    workplace.write_bytes("w.npy", &npy("<f4", false, "(1, 1)", &[0; 4]));
    workplace.write_bytes("none.safetensors", &safetensors(&[], Some(json!({ "format": "pt" }))));
    let before = workplace.names(".");
    let kinds = [
        ("w.npz", "a ZIP archive, such as .npz"),
        ("model.bin", "a pickle"),
        ("model.h5", "an HDF5 file"),
        ("model.gguf", "a GGUF file"),
        ("model.safetensors.index.json", "JSON, such as an index of shards"),
        ("w.npy", "a NumPy array (.npy)"),
        (".", "a folder"),
    ];
    for (file, kind) in kinds {
        let stderr = workplace.run(&["unpack", file, "--out=none"]).refused();
        assert!(stderr.contains(&format!("{file} is not a safetensors file: it is {kind}")), "{stderr}");
        let factors = ["--a=w.npy", "--b", file];
        let stderr = workplace.run(&[&["simulate"][..], &factors].concat()).refused();
        assert!(stderr.contains(&format!("it is {kind}")), "{stderr}");
    }
    for (file, kind) in &kinds[..3] {
        let stderr = workplace.run(&["pack", file, "--out=none"]).refused();
        assert!(stderr.contains(&format!("it is {kind}")) && stderr.contains("help: save"), "{stderr}");
    }
    for (file, expected) in [
        ("none.safetensors", "none.safetensors holds no tensors"),
        ("model.safetensors.index.json", "holds no tensors"),
    ] {
        let stderr = workplace.run(&["pack", file, "--out=none"]).refused();
        assert!(stderr.contains(expected), "{stderr}");
    }
    let stderr = workplace.run(&["pack", "/dev/null", "--out=none"]).refused();
    assert!(stderr.contains("/dev/null is not a regular file"), "{stderr}");
    assert_eq!(workplace.names("."), before);
}

#[test]
fn lengths_that_the_file_has_not_are_refused() {
    let workplace = Workplace::new();
    let claims = |bytes: &[u8], expected: &str| {
        workplace.write_bytes("w", bytes);
        let stderr = workplace.run(&["pack", "w", "--out=none"]).refused();
        assert!(stderr.contains(expected), "{expected:?} in {stderr}");
    };
    for shape in ["(4294967296, 4294967296)", "(18446744073709551615, 2)", "(3, 6)"] {
        claims(&npy("<f4", false, shape, &[0; 68]), "it is not a complete .npy file: an array of shape");
    }
    claims(&npy("<f4", false, "(0, 18446744073709551615)", &[]), "it is empty");
    claims(&npy("<V2", false, "(1, 1)", &[0; 2]), "NumPy has no bfloat16");
    claims(
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff{}",
        "its header has 4294967295 bytes: at most 10000 are allowed",
    );
    claims(b"\x93NUMPY\x01", "it ends within its header");
    claims(b"\x93NUMPY\x07\x00\x01\x00{", "its version is 7");
    claims(&[&99_u64.to_le_bytes()[..], b"{}"].concat(), "its header claims 99 bytes, but the file has 10");
    claims(&[&u64::MAX.to_le_bytes()[..], b"{}"].concat(), "is not a safetensors file");
    let whole = safetensors(&[("w", floats("F32", &[vec![1.0; 16]]))], None);
    claims(&whole[..whole.len() - 1], "its header describes");
    claims(&[&whole[..], b"."].concat(), "its header describes");
    claims(b"", "it has 0 bytes");
}
