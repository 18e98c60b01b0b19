//! `gen-rtl pack --scheme`: int8 matrices without loss; `gen-rtl quantize` makes such matrices.

use super::files::{floats, npy, safetensors};
use crate::support::Workplace;

/// Numbers that occur unequally often.
fn values(count: usize) -> Vec<u8> {
    let value = |place: usize| (place * place % 7 * (place % 3) / 2) as u8;
    (0..count).map(|place| if place % 5 == 0 { value(place).wrapping_neg() } else { value(place) }).collect()
}

fn matrix(rows: usize, columns: usize) -> Vec<u8> {
    npy("|i1", false, &format!("({rows}, {columns})"), &values(rows * columns))
}

#[test]
fn a_matrix_comes_back_bit_for_bit() {
    let workplace = Workplace::new();
    workplace.write_bytes("w.npy", &matrix(48, 160));
    for options in [
        &["--scheme=raw"][..],
        &["--scheme=best", "--transposed"],
        &["--scheme=huffman", "--lanes=64"],
        &["--scheme=meadow", "--ids=first-seen", "--packet-bits=128"],
        &["--scheme=meadow", "--width=fixed", "--chunk=1"],
    ] {
        let packed = workplace.run(&[&["pack", "w.npy", "--out=w.wpak"][..], options].concat()).succeeded();
        let scheme = options[0].trim_start_matches("--scheme=");
        assert!(packed.contains(scheme) || scheme == "best", "{options:?}: {packed}");
        let unpacked = workplace.run(&["unpack", "w.wpak", "--out=again.npy"]).succeeded();
        assert_eq!(workplace.read_bytes("w.npy"), workplace.read_bytes("again.npy"), "{options:?}");
        // Both print the same sizes.
        let sizes = |printed: &str| printed.lines().skip(1).take(3).map(String::from).collect::<Vec<_>>();
        assert_eq!(sizes(&packed), sizes(&unpacked));
        let bytes = workplace.read_bytes("w.wpak").len();
        assert!(sizes(&packed)[0].contains(&format!("7680 weights in {bytes} bytes")), "{packed}");
    }
}

/// The bytes of a line of sizes.
fn bytes_of(printed: &str, code: &str) -> f64 {
    let line = printed.lines().find_map(|line| line.trim().strip_prefix(code)).expect(printed);
    line.split_whitespace().next().and_then(|bytes| bytes.parse().ok()).expect(printed)
}

#[test]
fn sizes_stand_beside_that_of_zstd() {
    let workplace = Workplace::new();
    workplace.write_bytes("w.npy", &matrix(48, 160));
    let packed =
        workplace.run(&["pack", "w.npy", "--scheme=best", "--compare-zstd", "--out=w.wpak"]).succeeded();
    let unpacked = workplace.run(&["unpack", "w.wpak", "--compare-zstd", "--out=again.npy"]).succeeded();
    let bytes = bytes_of(&packed, "zstd -19");
    // The weights repeat after 105 of them, which zstd sees and a code of single weights does not.
    assert!(bytes > 105.0 * 0.25 && bytes < bytes_of(&packed, "order-0 entropy") / 4.0, "{packed}");
    assert_eq!(bytes_of(&unpacked, "zstd -19"), bytes);
    assert!(packed.contains(&format!("zstd -19 {bytes} bytes: ratio {:.4}", 7680.0 / bytes)), "{packed}");

    let tensors = ["a", "b"].map(|name| (name, ("I8", vec![48, 160], values(7680))));
    workplace.write_tensors("m.safetensors", &tensors);
    let all = ["pack", "m.safetensors", "--all", "--scheme=raw", "--compare-zstd", "--out=all"];
    let printed = workplace.run(&all).succeeded();
    assert_eq!(bytes_of(&printed, "zstd -19 of each"), 2.0 * bytes);

    workplace.write_bytes("f.npy", &npy("<f2", false, "(16, 16)", &[0; 512]));
    workplace.run(&["pack", "f.npy", "--bits=4", "--out=f.safetensors"]).succeeded();
    let refused =
        workplace.run(&["unpack", "f.safetensors", "--compare-zstd", "--out=c.safetensors"]).refused();
    assert!(refused.contains("for containers of int8 weights (.wpak): f.safetensors is none"), "{refused}");
    let refused = workplace.run(&["pack", "w.npy", "--compare-zstd", "--out=w.safetensors"]).refused();
    assert!(refused.contains("--scheme"), "{refused}");
}

#[test]
fn a_name_of_another_format_is_refused() {
    let workplace = Workplace::new();
    workplace.write_bytes("w.npy", &matrix(48, 160));
    workplace.run(&["pack", "w.npy", "--scheme=raw", "--out=w.wpak"]).succeeded();
    for (arguments, written) in [
        (&["quantize", "w.npy", "--out=q.npy"][..], "safetensors"),
        (&["pack", "w.npy", "--out=q.npy"], "safetensors"),
        (&["pack", "w.npy", "--scheme=best", "--out=q.npy"], "wpak"),
        (&["unpack", "w.wpak", "--out=q.safetensors"], "npy"),
    ] {
        let error = workplace.run(arguments).refused();
        let named = arguments.last().unwrap().trim_start_matches("--out=");
        let expected = format!("--out {named}: a .{written} file is written, and the name says otherwise");
        assert!(error.contains(&expected) && error.contains(&format!("use q.{written}")), "{error}");
        assert!(!workplace.path().join(named).exists());
    }
}

#[test]
fn all_matrices_of_a_file_are_packed() {
    let workplace = Workplace::new();
    let tensors = [
        ("a.weight", ("I8", vec![32, 64], values(2048))),
        ("b", ("I8", vec![16, 128], values(2048))),
        ("scale", ("F32", vec![1], vec![0; 4])),
    ];
    workplace.write_tensors("m.safetensors", &tensors);
    let all = ["pack", "m.safetensors", "--all", "--scheme=best", "--out=packed"];
    let printed = workplace.run(&all).succeeded();
    assert!(printed.contains("all: 4096 weights in") && printed.contains("left out: scale"), "{printed}");
    assert_eq!(workplace.names("packed"), ["a.wpak", "b.wpak"]);
    workplace.run(&["unpack", "packed/b.wpak", "--out=b.npy"]).succeeded();
    assert!(workplace.read_bytes("b.npy").ends_with(&values(2048)));
    let one = ["pack", "m.safetensors", "--tensor=a.weight", "--scheme=best", "--out=a.wpak"];
    workplace.run(&one).succeeded();
    assert_eq!(workplace.read_bytes("a.wpak"), workplace.read_bytes("packed/a.wpak"));
}

#[test]
fn what_cannot_be_smaller_stays_as_it_is() {
    let workplace = Workplace::new();
    workplace.write_bytes("w.npy", &npy("|i1", false, "(16, 16)", &(0..=255).collect::<Vec<u8>>()));
    let printed = workplace.run(&["pack", "w.npy", "--scheme=meadow", "--out=w.wpak"]).succeeded();
    assert!(printed.contains("16 outputs, raw") && printed.contains("as it is"), "{printed}");
}

#[test]
fn wrong_files_and_options_are_named_and_nothing_is_left() {
    let workplace = Workplace::new();
    workplace.write_bytes("w.npy", &matrix(48, 160));
    workplace.write_bytes("float.npy", &npy("<f4", false, "(2, 2)", &[0; 16]));
    workplace.write_bytes("empty.npy", &npy("|i1", false, "(0, 4)", &[]));
    workplace.write_bytes("vector.npy", &npy("|i1", false, "(4,)", &[0; 4]));
    workplace.write_bytes("huge.npy", &npy("|i1", false, "(65536, 65536)", &[0; 4]));
    let float = ("f", ("F16", vec![2, 2], vec![0; 8]));
    workplace.write_bytes("float.safetensors", &safetensors(&[float], None));
    workplace.write_bytes("none.safetensors", &safetensors(&[("e", ("I8", vec![0, 4], vec![]))], None));
    workplace.run(&["pack", "w.npy", "--scheme=huffman", "--out=w.wpak"]).succeeded();
    let packed = workplace.read_bytes("w.wpak");
    let mut damaged = packed.clone();
    damaged[300] ^= 4;
    workplace.write_bytes("damaged.wpak", &damaged);
    workplace.write_bytes("cut.wpak", &packed[..packed.len() / 2]);
    workplace.write_bytes("short.wpak", &packed[..8]);
    let mut version = packed;
    version[4] = 9;
    workplace.write_bytes("version.wpak", &version);
    workplace.write_bytes("other.wpak", b"WPAC and more");
    let before = workplace.names(".");
    for (arguments, expected) in [
        (&["pack", "float.npy", "--scheme=best"][..], "its type is '<f4': expected int8"),
        (&["pack", "float.safetensors", "--scheme=best", "--tensor=f"], "its type is F16: expected I8"),
        (&["pack", "float.safetensors", "--scheme=best"], "holds no matrix of int8"),
        (&["pack", "float.safetensors", "--scheme=best", "--all"], "holds no matrix of int8"),
        (&["pack", "none.safetensors", "--scheme=best"], "4 inputs and 0 outputs: it is empty"),
        (&["pack", "empty.npy", "--scheme=best"], "it is empty"),
        (&["pack", "vector.npy", "--scheme=best"], "expected two dimensions"),
        (&["pack", "huge.npy", "--scheme=best"], "takes 4294967296 bytes, but there are 4"),
        (&["pack", "w.wpak", "--scheme=best"], "it is a container of packed int8 weights"),
        (&["pack", "w.npy", "--scheme=best", "--all"], "holds one matrix"),
        (&["pack", "w.npy", "--scheme=best", "--bits=4"], "cannot be used with"),
        (&["pack", "w.npy", "--lanes=4"], "--scheme"),
        (&["pack", "w.npy", "--scheme=huffman", "--lanes=65"], "65 is not in 1..=64"),
        (
            &["pack", "w.npy", "--scheme=meadow", "--packet-bits=96"],
            "packet_bits is 96: legal values are 64, 128",
        ),
        (&["unpack", "damaged.wpak"], "damaged.wpak cannot be unpacked: "),
        (&["unpack", "cut.wpak"], "it is truncated"),
        (&["unpack", "short.wpak"], "it is truncated"),
        (&["unpack", "version.wpak"], "its version is 9: expected 1"),
        (&["unpack", "other.wpak"], "other.wpak is not a safetensors file"),
    ] {
        let stderr = workplace.run(&[arguments, &["--out=out"]].concat()).refused();
        assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
    }
    assert_eq!(workplace.names("."), before);
}

#[test]
fn floats_are_quantised_and_packed() {
    let workplace = Workplace::new();
    let rows = vec![vec![127.0, 2.5, -1.5, 0.0], vec![-254.0, 3.0, 5.0, 1.0]];
    for dtype in ["F16", "BF16", "F32"] {
        workplace.write_tensors("m", &[("a", floats(dtype, &rows)), ("b.embed", floats(dtype, &rows))]);
        let all = ["quantize", "m", "--all", "--scale=output", "--out=q"];
        let printed = workplace.run(&all).succeeded();
        assert!(printed.contains("a: 2 x 4, scales: 2, worst error 0.500 steps"), "{printed}");
        assert!(printed.contains("left out: b.embed"), "{printed}");
        let bytes = workplace.read_bytes("q");
        let codes = [127i8, 2, -2, 0, -127, 2, 2, 0].map(|code| code as u8);
        let scales = [1f32, 2.0].map(f32::to_le_bytes).concat();
        assert!(bytes.windows(8).any(|part| part == codes) && bytes.windows(8).any(|part| part == scales));
        workplace.run(&["pack", "q", "--scheme=best", "--out=w.wpak"]).succeeded();
        workplace.run(&["unpack", "w.wpak", "--out=w.npy"]).succeeded();
        assert!(workplace.read_bytes("w.npy").ends_with(&codes));
    }
    workplace.write_tensors("nan", &[("n", ("F32", vec![1, 1], f32::NAN.to_le_bytes().into()))]);
    let stderr = workplace.run(&["quantize", "nan", "--out=out"]).refused();
    assert!(stderr.contains("`n` of nan: the weight of row 0, column 0 is NaN"), "{stderr}");
    let stderr = workplace.run(&["quantize", "q", "--out=out"]).refused();
    assert!(stderr.contains("holds no matrix of weights"), "{stderr}");
}
