//! Layouts of other tools: each is read exactly, or refused by its name.

use super::files::{Tensor, floats, npy, words};
use super::packers::{Layer, awq, compressed_tensors, gptq, mlx};
use crate::support::Workplace;
use std::fs;

/// Packs `layer.safetensors`, and compares with what the layer stands for. Gives what was printed.
#[track_caller]
fn packs(workplace: &Workplace, tensors: &[(&str, Tensor)], arguments: &[&str], layer: &Layer) -> String {
    workplace.write_tensors("layer.safetensors", tensors);
    let printed =
        workplace.run(&[&["pack", "layer.safetensors", "--out=packed"][..], arguments].concat()).succeeded();
    assert_eq!(workplace.unpacked("packed"), layer.weights(), "{printed}");
    assert!(printed.contains("exact: every weight is as in the file"), "{printed}");
    printed
}

#[track_caller]
fn refuses(workplace: &Workplace, tensors: &[(&str, Tensor)], arguments: &[&str], expected: &[&str]) {
    workplace.write_tensors("layer.safetensors", tensors);
    let stderr =
        workplace.run(&[&["pack", "layer.safetensors", "--out=none"][..], arguments].concat()).refused();
    for part in expected {
        assert!(stderr.contains(part), "{part:?} in {stderr}");
    }
    assert!(!workplace.path().join("none").exists());
}

#[test]
fn gptq_of_both_versions_is_read_exactly() {
    let workplace = Workplace::new();
    for (k, n, bits, group) in
        [(256, 16, 4, 128), (64, 32, 4, 64), (64, 32, 2, 32), (128, 32, 3, 64), (192, 16, 4, 128)]
    {
        let layer = Layer::new(k, n, bits, group);
        // In the first version, a zero point of 0 is stored as the largest code.
        assert!(layer.zeros.iter().flatten().any(|zero| *zero == 0));
        for (from, is_v1) in [("--from=gptq", true), ("--from=gptq_v2", false)] {
            let printed = packs(&workplace, &gptq(&layer, is_v1), &[from], &layer);
            assert!(printed.contains(&format!("{k} inputs x {n} outputs")), "{printed}");
            assert_eq!(printed.contains("3-bit codes are packed as 4-bit ones"), bits == 3, "{printed}");
        }
    }
}

#[test]
fn what_is_said_beside_the_file_is_read() {
    let workplace = Workplace::new();
    let layer = Layer::new(192, 16, 4, 128);
    let mut tensors = gptq(&layer, true);
    tensors.retain(|(name, _)| *name != "g_idx");
    refuses(&workplace, &tensors, &["--from=gptq"], &["no file says how 192 inputs form 2 groups"]);
    refuses(
        &workplace,
        &tensors,
        &[],
        &["no file says whether the zero points", "choose with --from gptq or --from gptq_v2"],
    );
    let quantize_config = |text: &str| workplace.write("quantize_config.json", text);
    quantize_config(r#"{"bits": 4, "group_size": 128, "desc_act": false, "sym": false}"#);
    let printed = packs(&workplace, &tensors, &[], &layer);
    assert!(
        printed.contains("read as gptq: assumed, since quantize_config.json has no checkpoint_format"),
        "{printed}"
    );
    quantize_config(r#"{"bits": 4, "group_size": 128, "checkpoint_format": "gptq_v2"}"#);
    let printed = packs(&workplace, &gptq(&layer, false), &[], &layer);
    assert!(printed.contains("read as gptq_v2, as quantize_config.json says"), "{printed}");
    let printed = packs(&workplace, &tensors, &["--from=gptq"], &layer);
    assert!(
        printed.contains("read as gptq, as given with --from; quantize_config.json says otherwise"),
        "{printed}"
    );
    for (config, expected) in [
        (r#"{"bits": 8, "group_size": 128}"#, "and bits 8 in the configuration fits none of"),
        (r#"{"bits": 4, "group_size": 64, "checkpoint_format": "gptq"}"#, "makes 3 groups of 192 inputs"),
        (r#"{"bits": 4, "desc_act": true, "checkpoint_format": "gptq"}"#, "has no `g_idx`"),
        (
            r#"{"bits": 4, "group_size": 128, "checkpoint_format": "marlin"}"#,
            "`marlin`: expected gptq or gptq_v2",
        ),
        (
            r#"{"bits": 4, "quant_method": "awq"}"#,
            "it says `awq`, but the tensors of `` are laid out as gptq",
        ),
        (r#"{"bits": "four"}"#, "quantize_config.json: `bits` is \"four\""),
        ("{", "quantize_config.json: "),
    ] {
        quantize_config(config);
        refuses(&workplace, &tensors, &[], &[expected]);
    }
    fs::remove_file(workplace.path().join("quantize_config.json")).unwrap();
    workplace.write(
        "config.json",
        r#"{"quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 128, "checkpoint_format": "gptq"}}"#,
    );
    let printed = packs(&workplace, &tensors, &[], &layer);
    assert!(printed.contains("read as gptq, as config.json says"), "{printed}");
}

#[test]
fn symmetric_zero_points_tell_the_version() {
    let workplace = Workplace::new();
    let layer = Layer::new(64, 16, 4, 32).symmetric();
    for (version, is_v1) in [("gptq", true), ("gptq_v2", false)] {
        let printed = packs(&workplace, &gptq(&layer, is_v1), &[], &layer);
        assert!(printed.contains(&format!("read as {version}: assumed, since all zero points")), "{printed}");
    }
    workplace.write("quantize_config.json", r#"{"sym": true, "checkpoint_format": "gptq"}"#);
    refuses(
        &workplace,
        &gptq(&layer, false),
        &[],
        &["says gptq and sym, but the zero points", "--from gptq_v2"],
    );
    packs(&workplace, &gptq(&layer, false), &["--from=gptq_v2"], &layer);
    workplace.write("quantize_config.json", r#"{"format": "gptq"}"#);
    workplace.write_tensors("layer.safetensors", &gptq(&layer, false));
    let printed = workplace.run(&["pack", "layer.safetensors", "--out=packed"]).succeeded();
    assert!(printed.contains("symmetric weights in gptq_v2: try --from gptq_v2"), "{printed}");
}

/// The numbers are chosen so that every sum is exact in FP32, in any order.
#[test]
fn in_act_order_activations_follow_their_inputs() {
    let workplace = Workplace::new();
    let (k, n) = (112, 16);
    let mut layer = Layer::new(k, n, 4, 32).in_act_order();
    layer.scales.iter_mut().flatten().for_each(|scale| *scale = 0.25);
    let printed = packs(&workplace, &gptq(&layer, true), &["--from=gptq"], &layer);
    assert!(printed.contains("act-order: rows are in the order of `g_idx`"), "{printed}");
    let activation = |row: usize, input: usize| (row * 29 + input * 7) as f64 % 16.0 - 4.0;
    let rows: Vec<Vec<f64>> =
        (0..3).map(|row| (0..k).map(|input| activation(row, input)).collect()).collect();
    workplace.write_bytes("a.npy", &npy("<f2", false, &format!("(3, {k})"), &floats("F16", &rows).2));
    let factors = ["--a=a.npy", "--b=packed"];
    workplace.run(&[&["model", "pacq_gemm", "--out=golden.npy"][..], &factors].concat()).succeeded();
    let found = fs::read(workplace.path().join("golden.npy")).unwrap();
    let expected: Vec<u8> = rows
        .iter()
        .flat_map(|row| {
            (0..n).map(|output| (0..k).map(|input| row[input] * layer.weight(input, output)).sum())
        })
        .flat_map(|sum: f64| (sum as f32).to_le_bytes())
        .collect();
    assert_eq!(&found[found.len() - expected.len()..], expected);
    let printed = workplace.run(&[&["simulate", "--out=found.npy"][..], &factors].concat()).succeeded();
    assert!(printed.contains("all 48 results agree"), "{printed}");
    assert_eq!(fs::read(workplace.path().join("found.npy")).unwrap(), found);
    workplace.run(&["pack", "unpacked", "--out=again"]).succeeded();
    assert_eq!(workplace.read_bytes("again"), workplace.read_bytes("packed"));
}

#[test]
fn groups_that_the_hardware_has_not_are_refused() {
    let workplace = Workplace::new();
    let mut layer = Layer::new(96, 16, 4, 32);
    layer.index[40] = 0;
    refuses(
        &workplace,
        &gptq(&layer, true),
        &["--from=gptq"],
        &["`g_idx`", "group 1 has 31 inputs, the first 33"],
    );
    let mut layer = Layer::new(64, 16, 4, 32);
    layer.index[40] = 0;
    refuses(&workplace, &gptq(&layer, true), &["--from=gptq"], &["groups have 33 inputs", "multiple of 16"]);
    layer.index[40] = 2;
    refuses(
        &workplace,
        &gptq(&layer, true),
        &["--from=gptq"],
        &["input 40 is in group 2: there are 2 groups"],
    );
    let layer = Layer::new(64, 16, 4, 8);
    refuses(&workplace, &gptq(&layer, true), &["--from=gptq"], &["groups have 8 inputs", "--requantise"]);
}

#[test]
fn codes_of_8_bits_are_requantised_only_where_that_is_asked_for() {
    let workplace = Workplace::new();
    let layer = Layer::new(64, 16, 8, 32);
    let tensors = gptq(&layer, true);
    refuses(
        &workplace,
        &tensors,
        &["--from=gptq"],
        &["is in gptq and cannot be packed exactly", "have 8 bits"],
    );
    let arguments = ["pack", "layer.safetensors", "--out=packed", "--from=gptq", "--requantise"];
    let printed = workplace.run(&arguments).succeeded();
    assert!(printed.contains("requantised from gptq: its codes have 8 bits"), "{printed}");
    assert!(printed.contains("a scale for 32 x 1") && printed.contains("worst error: 0.5"), "{printed}");
    let expected = layer.weights();
    for (input, row) in workplace.unpacked("packed").iter().enumerate() {
        for (output, weight) in row.iter().enumerate() {
            // 16 of 256 steps become one step, and half of that is the error.
            let step = layer.scales[input / 32][output] * 17.1;
            assert!((weight - expected[input][output]).abs() <= 0.52 * step, "{input} {output}");
        }
    }
}

#[test]
fn awq_is_read_exactly() {
    let workplace = Workplace::new();
    let layer = Layer::new(128, 24, 4, 64);
    packs(&workplace, &awq(&layer), &["--from=awq"], &layer);
    let printed = packs(&workplace, &awq(&layer), &[], &layer);
    assert!(printed.contains("groups of 64 inputs: assumed, no file says so"), "{printed}");
    workplace.write("quant_config.json", r#"{"w_bit": 4, "q_group_size": 64, "version": "GEMM"}"#);
    let printed = packs(&workplace, &awq(&layer), &[], &layer);
    assert!(!printed.contains("assumed"), "{printed}");
    refuses(&workplace, &awq(&layer), &["--from=gptq"], &["--from gptq does not fit", "laid out as awq"]);
    workplace.write("quant_config.json", r#"{"w_bit": 4, "q_group_size": 64, "version": "GEMV"}"#);
    refuses(&workplace, &awq(&layer), &[], &["AutoAWQ's GEMV layout, which is not supported"]);
}

#[test]
fn compressed_tensors_are_read_exactly() {
    let workplace = Workplace::new();
    let symmetric = Layer::new(128, 16, 4, 32).symmetric();
    packs(&workplace, &compressed_tensors(&symmetric, "F16", false, false), &[], &symmetric);
    let layer = Layer::new(128, 16, 4, 128);
    let tensors = compressed_tensors(&layer, "F32", true, false);
    packs(&workplace, &tensors, &["--from=compressed-tensors"], &layer);
    for bits in [2, 3] {
        // 128 codes of 3 bits do not fill whole words of ten codes.
        let layer = Layer::new(128, 16, bits, 32);
        packs(&workplace, &compressed_tensors(&layer, "F32", true, false), &[], &layer);
    }
    let layer = Layer::new(128, 16, 4, 32).in_act_order();
    packs(&workplace, &compressed_tensors(&layer, "F32", true, true), &[], &layer);
    let mut layer = Layer::new(128, 16, 4, 32).symmetric();
    layer.scales.iter_mut().flatten().for_each(|scale| *scale = (*scale * 4096.0).round() / 4096.0);
    packs(&workplace, &compressed_tensors(&layer, "BF16", false, false), &[], &layer);
    let eight = Layer::new(128, 16, 8, 32);
    refuses(&workplace, &compressed_tensors(&eight, "F16", true, false), &[], &["have 8 bits"]);
    workplace.write(
        "config.json",
        r#"{"quantization_config": {"config_groups": {"group_0": {"weights": {"num_bits": 4, "symmetric": false}}}}}"#,
    );
    refuses(
        &workplace,
        &compressed_tensors(&layer, "BF16", false, false),
        &[],
        &["`weight_zero_point` is missing"],
    );
}

#[test]
fn scales_that_are_no_fp16_numbers_are_rounded_only_where_that_is_asked_for() {
    let workplace = Workplace::new();
    let mut layer = Layer::new(64, 16, 4, 32);
    layer.scales[1][3] = 0.01;
    let tensors = compressed_tensors(&layer, "F32", true, false);
    refuses(&workplace, &tensors, &[], &["of group 1, output 3 is not an FP16 number", "--requantise"]);
    let printed = workplace.run(&["pack", "layer.safetensors", "--out=packed", "--requantise"]).succeeded();
    assert!(
        printed.contains("are rounded, codes are kept") && printed.contains("worst error: 0.00"),
        "{printed}"
    );
    let expected = layer.weights();
    for (input, row) in workplace.unpacked("packed").iter().enumerate() {
        for (output, weight) in row.iter().enumerate() {
            assert!((weight - expected[input][output]).abs() <= 0.01 * layer.scales[input / 32][output]);
        }
    }
}

#[test]
fn mlx_is_read_where_biases_are_multiples_of_scales() {
    let workplace = Workplace::new();
    workplace.write("config.json", r#"{"quantization": {"group_size": 64, "bits": 4}}"#);
    let layer = Layer::new(128, 16, 4, 64);
    packs(&workplace, &mlx(&layer, 0.0), &["--from=mlx"], &layer);
    let moved = mlx(&layer, 1e-4);
    refuses(
        &workplace,
        &moved,
        &[],
        &["is in mlx and cannot be packed exactly", "must be an integer in the range of the codes"],
    );
    let printed = workplace.run(&["pack", "layer.safetensors", "--out=packed", "--requantise"]).succeeded();
    assert!(printed.contains("of mlx are rounded, codes are kept"), "{printed}");
    assert_eq!(workplace.unpacked("packed"), layer.weights());
    refuses(
        &workplace,
        &mlx(&Layer::new(128, 16, 2, 64), 0.0),
        &[],
        &["makes 1 groups of 64 inputs; the file has 2"],
    );
    workplace.write("config.json", r#"{"quantization": {"group_size": 32, "bits": 4, "mode": "mxfp4"}}"#);
    refuses(&workplace, &moved, &[], &["MLX's mode `mxfp4`, which is not supported"]);
    fs::remove_file(workplace.path().join("config.json")).unwrap();
    refuses(&workplace, &moved, &[], &["no file gives the bits or the group size"]);
}

#[test]
fn what_is_not_read_is_named() {
    let workplace = Workplace::new();
    let tensor = |dtype: &'static str, shape: &[usize], bytes: usize| -> Tensor {
        (dtype, shape.to_vec(), vec![0; shape.iter().product::<usize>() * bytes])
    };
    let (bytes, fp8) = (tensor("U8", &[16, 16], 1), tensor("F8_E4M3", &[16, 16], 1));
    let integers = tensor("I32", &[16, 4], 4);
    for (tensors, name) in [
        (vec![("a.weight", bytes.clone()), ("a.weight.absmax", tensor("F32", &[16], 4))], "NF4"),
        (vec![("a.W_q", bytes.clone()), ("a.scale", bytes.clone())], "HQQ"),
        (vec![("a.weight", fp8.clone())], "fp8"),
        (vec![("a.weight", bytes.clone()), ("a.weight_scale", fp8.clone())], "NVFP4"),
        (vec![("a.weight_packed", bytes.clone()), ("a.weight_scale", bytes.clone())], "MXFP4"),
        (vec![("a.w_blocks", bytes.clone()), ("a.w_scales", bytes.clone())], "MXFP4"),
        (vec![("a.weight", tensor("I8", &[16, 16], 1)), ("a.SCB", bytes.clone())], "LLM.int8()"),
        (
            vec![
                ("a.qweight", integers.clone()),
                ("a.qzeros", tensor("I32", &[16, 1], 4)),
                ("a.scales", tensor("F16", &[16, 8], 2)),
            ],
            "AutoAWQ's GEMV layout",
        ),
    ] {
        refuses(&workplace, &tensors, &[], &[name, "which is not supported"]);
    }
}

#[test]
fn scales_that_are_no_numbers_are_refused_wherever_they_are_read() {
    let workplace = Workplace::new();
    for infinite in [0x7c00_u16, 0xfc00, 0x7e00] {
        let spoil = |tensors: &mut Vec<(&'static str, Tensor)>, name: &str, bytes: &[u8]| {
            let (_, (_, _, data)) = tensors.iter_mut().find(|(own, _)| *own == name).unwrap();
            data[8..8 + bytes.len()].copy_from_slice(bytes);
        };
        let layer = Layer::new(64, 16, 4, 32);
        let mut tensors = gptq(&layer, true);
        spoil(&mut tensors, "scales", &infinite.to_le_bytes());
        refuses(&workplace, &tensors, &["--from=gptq"], &["tensor `scales`", "that of row 0, column 4 is"]);
        let mut tensors = awq(&layer);
        spoil(&mut tensors, "scales", &infinite.to_le_bytes());
        refuses(&workplace, &tensors, &["--from=awq"], &["tensor `scales`", "that of row 0, column 4 is"]);
        for name in ["scales", "biases"] {
            workplace.write("config.json", r#"{"quantization": {"group_size": 32, "bits": 4}}"#);
            let mut tensors = mlx(&layer, 0.0);
            spoil(&mut tensors, name, &f32::INFINITY.to_le_bytes());
            refuses(&workplace, &tensors, &["--requantise"], &[name, "that of row 1, column 0 is inf"]);
        }
        // The packed file itself is read.
        workplace.write_tensors("layer.safetensors", &awq(&layer));
        workplace.run(&["pack", "layer.safetensors", "--from=awq", "--out=packed"]).succeeded();
        workplace.run(&["unpack", "packed", "--out=codes"]).succeeded();
        let scale = super::files::half(layer.scales[0][4]).to_le_bytes();
        workplace.write_bytes("a.npy", &npy("<f2", false, "(1, 64)", &[0; 128]));
        for (file, commands) in [
            (
                "packed",
                &[
                    &["unpack", "spoilt", "--out=none"][..],
                    &["model", "pacq_gemm", "--a=a.npy", "--b=spoilt", "--out=none"],
                    &["simulate", "--a=a.npy", "--b=spoilt"],
                ][..],
            ),
            ("codes", &[&["pack", "spoilt", "--out=none"][..]]),
        ] {
            let mut bytes = workplace.read_bytes(file);
            let scales = words_of_scales(&layer);
            let place = bytes.windows(scales.len()).position(|window| window == scales).unwrap() + 8;
            assert_eq!(bytes[place..place + 2], scale);
            bytes[place..place + 2].copy_from_slice(&infinite.to_le_bytes());
            workplace.write_bytes("spoilt", &bytes);
            for command in commands {
                let stderr = workplace.run(command).refused();
                let expected = "tensor `scales` of spoilt: that of row 0, column 4 is";
                assert!(stderr.contains(expected), "{command:?}: {stderr}");
            }
        }
    }
}

/// The scales as a packed file has them.
fn words_of_scales(layer: &Layer) -> Vec<u8> {
    floats("F16", &layer.scales).2
}

#[test]
fn arguments_that_do_not_apply_are_refused() {
    let workplace = Workplace::new();
    let tensors = gptq(&Layer::new(64, 16, 4, 32), true);
    for (arguments, expected) in [
        (&["--bits=2"][..], "--bits does not apply: the weights of layer.safetensors are packed in gptq"),
        (&["--group=64", "--group-n=4"], "--group and --group-n do not apply"),
        (&["--transposed"], "cannot be used with"),
    ] {
        refuses(&workplace, &tensors, &[&["--from=gptq"], arguments].concat(), &[expected]);
    }
    let floats = [("w", floats("F32", &[vec![1.0; 16], vec![2.0; 16]]))];
    refuses(&workplace, &floats, &["--requantise"], &["--requantise does not apply", "are floats"]);
    refuses(
        &workplace,
        &floats,
        &["--from=awq"],
        &["--from awq does not fit `w`", "of layers in such a layout there are none"],
    );
    refuses(
        &workplace,
        &floats,
        &["--from=vllm"],
        &["invalid value 'vllm'", "use gptq or gptq_v2", "compressed-tensors"],
    );
    refuses(&workplace, &floats, &["--from=exl2"], &["[possible values: gptq, gptq_v2, awq, "]);
    workplace.write_tensors("layer.safetensors", &floats);
    workplace.run(&["pack", "layer.safetensors", "--out=packed"]).succeeded();
    workplace.run(&["unpack", "packed", "--out=codes"]).succeeded();
    for (arguments, expected) in [
        (&["pack", "codes", "--bits=4", "--out=none"][..], "--bits does not apply"),
        (&["pack", "codes", "--transposed", "--out=none"], "--transposed does not apply"),
        (&["pack", "codes", "--from=awq", "--out=none"], "--from awq does not fit codes"),
        (&["pack", "codes", "--all", "--out=none"], "codes holds one matrix"),
        (&["pack", "packed", "--out=none"], "packed is packed already"),
    ] {
        let stderr = workplace.run(arguments).refused();
        assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
    }
}

/// A file in which each size in turn is claimed to be larger than it is.
#[test]
fn shapes_that_do_not_go_together_are_refused() {
    let workplace = Workplace::new();
    let empty = |shape: &[usize]| -> Tensor { ("I32", shape.to_vec(), vec![]) };
    let huge = 1_usize << 61;
    let scales: Tensor = ("F16", vec![0, huge], vec![]);
    let tensors = [("qweight", empty(&[0, huge])), ("qzeros", empty(&[0, huge])), ("scales", scales)];
    for arguments in [&[][..], &["--from=gptq"], &["--from=awq"]] {
        refuses(&workplace, &tensors, arguments, &["error: "]);
    }
    let shape: Tensor = ("I64", vec![2], [-1_i64, 64].iter().flat_map(|size| size.to_le_bytes()).collect());
    let words: Tensor = ("I32", vec![1, 1], words(&[0]));
    let tensors =
        [("weight_packed", words), ("weight_shape", shape), ("weight_scale", floats("F32", &[vec![1.0]]))];
    refuses(&workplace, &tensors, &[], &["`weight_shape`", "it is [-1, 64]"]);
}
