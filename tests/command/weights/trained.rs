//! `gen-rtl pack --rounding tesseraq`.

use super::files::{floats, npy, words};
use super::packers::{Draw, FLOAT32, UINT32, gguf_with};
use super::write_npy;
use crate::support::{Workplace, end_by};
use std::fs;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

/// Rows of numbers from -1 to 1.
fn random(draw: &mut Draw, rows: usize, columns: usize) -> Vec<Vec<f64>> {
    let number = |draw: &mut Draw| draw.below(2049) as f64 / 1024.0 - 1.0;
    (0..rows).map(|_| (0..columns).map(|_| number(draw)).collect()).collect()
}

fn write_matrix(workplace: &Workplace, name: &str, seed: u64, rows: usize, columns: usize) {
    let values = random(&mut Draw(seed), rows, columns).concat();
    write_npy(workplace, name, rows, columns, |place| values[place] as f32);
}

/// A layer of 20 outputs and 40 inputs, and tokens.
fn workplace() -> Workplace {
    let workplace = Workplace::new();
    write_matrix(&workplace, "layer.npy", 1, 20, 40);
    write_matrix(&workplace, "tokens.npy", 2, 30, 40);
    write_matrix(&workplace, "others.npy", 3, 10, 40);
    workplace
}

const PACK: [&str; 7] = [
    "pack",
    "layer.npy",
    "--rounding=tesseraq",
    "--calibration=tokens.npy",
    "--rounds=4",
    "--steps=20",
    "--learning-rate=0.02",
];

/// The errors of a printed table, in percent: of the calibration, and of the validation.
fn errors(printed: &str, kind: &str) -> (f64, Option<f64>) {
    let line = printed.lines().find_map(|line| line.trim().strip_prefix(kind)).expect("it is in the table");
    let mut figures = line.split_whitespace().filter(|word| *word != "%");
    let mut figure = || figures.next().and_then(|figure| figure.parse().ok());
    (figure().expect("a figure"), figure())
}

#[test]
fn trained_codes_run_on_the_hardware() {
    let workplace = workplace();
    for options in [["--bits=2", "--group=16"], ["--bits=3", "--group=32"], ["--bits=2", "--group=0"]] {
        let options = [&options[..], &["--validation=others.npy", "--out=packed"]].concat();
        let printed = workplace.run(&[&PACK[..], &options].concat()).succeeded();
        let (nearest, trained) = (errors(&printed, "nearest "), errors(&printed, "tesseraq "));
        assert!(trained.0 < 0.8 * nearest.0, "{options:?}: {printed}");
        assert!(trained.1.is_some(), "{printed}");
        let printed = workplace.run(&["simulate", "--a=others.npy", "--b=packed"]).succeeded();
        assert!(printed.contains("all 200 results agree"), "{printed}");
    }
}

#[test]
fn a_seed_gives_the_same_bytes() {
    let workplace = workplace();
    let packed = |seed: &str| {
        let options = ["--bits=2", "--sequence=7", seed, "--out=packed"];
        workplace.run(&[&PACK[..], &options].concat()).succeeded();
        workplace.read_bytes("packed")
    };
    let first = packed("--seed=1");
    assert_eq!(first, packed("--seed=1"));
    assert_ne!(first, packed("--seed=2"));
}

/// Waits for a file.
fn wait_for(workplace: &Workplace, name: &str, child: &mut Child) {
    let start = Instant::now();
    while !workplace.path().join(name).exists() {
        assert!(
            start.elapsed() < Duration::from_secs(30) && child.try_wait().unwrap().is_none(),
            "no {name}"
        );
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn what_is_interrupted_goes_on_from_its_checkpoint() {
    let workplace = Workplace::new();
    write_matrix(&workplace, "layer.npy", 1, 128, 128);
    write_matrix(&workplace, "tokens.npy", 2, 60, 128);
    let options = ["--bits=2", "--rounds=30", "--steps=30", "--sequence=20"];
    let pack = |out, more: &[&'static str]| [&PACK[..4], &options, &[out], more].concat();
    workplace.run(&pack("--out=whole", &[])).succeeded();
    let mut child = workplace.start(&mut workplace.command(&pack("--out=packed", &[])));
    wait_for(&workplace, "packed.checkpoint", &mut child);
    let ended = end_by("INT", child);
    assert_eq!((ended.status, ended.stdout.as_str()), (Some(130), ""));
    assert_eq!(workplace.names("."), ["layer.npy", "packed.checkpoint", "tokens.npy", "whole"]);
    let stderr = workplace.run(&pack("--out=packed", &[])).refused();
    assert!(stderr.contains("packed.checkpoint is the checkpoint of an earlier run"), "{stderr}");
    let stderr = workplace.run(&pack("--out=packed", &["--resume", "--seed=1"])).refused();
    assert!(stderr.contains("weights, calibration or options differ"), "{stderr}");
    workplace.run(&pack("--out=packed", &["--resume"])).succeeded();
    assert_eq!(workplace.names("."), ["layer.npy", "packed", "tokens.npy", "whole"]);
    assert_eq!(workplace.read_bytes("packed"), workplace.read_bytes("whole"));
}

/// The sizes of a model of two blocks: 16 elements a token, 4 heads of queries and 2 of keys, 24 hidden elements, 10 tokens.
const METADATA: [(&str, u32, u32); 8] = [
    ("llama.block_count", UINT32, 2),
    ("llama.embedding_length", UINT32, 16),
    ("llama.attention.head_count", UINT32, 4),
    ("llama.attention.head_count_kv", UINT32, 2),
    ("llama.feed_forward_length", UINT32, 24),
    ("llama.attention.layer_norm_rms_epsilon", FLOAT32, 0x3727_c5ac),
    ("llama.rope.freq_base", FLOAT32, 0x461c_4000),
    ("llama.context_length", UINT32, 64),
];

fn model() -> Vec<(String, Vec<u64>, u32, Vec<u8>)> {
    let mut draw = Draw(9);
    let mut tensor = |name: String, shape: &[u64]| {
        let rows = random(&mut draw, shape.iter().skip(1).product::<u64>() as usize, shape[0] as usize);
        (name, shape.to_vec(), 0, floats("F32", &rows).2)
    };
    let mut tensors = vec![tensor("token_embd.weight".into(), &[16, 10])];
    for block in 0..2 {
        for (name, shape) in [
            ("attn_norm", &[16][..]),
            ("attn_q", &[16, 16]),
            ("attn_k", &[16, 8]),
            ("attn_v", &[16, 8]),
            ("attn_output", &[16, 16]),
            ("ffn_norm", &[16]),
            ("ffn_gate", &[16, 24]),
            ("ffn_up", &[16, 24]),
            ("ffn_down", &[24, 16]),
        ] {
            tensors.push(tensor(format!("blk.{block}.{name}.weight"), shape));
        }
    }
    tensors
}

fn write_ids(workplace: &Workplace, name: &str, shape: &str, ids: &[u32]) {
    workplace.write_bytes(name, &npy("<i4", false, shape, &words(ids)));
}

#[test]
fn a_decoder_block_is_trained_as_a_whole() {
    let workplace = Workplace::new();
    workplace.write_bytes("model.gguf", &gguf_with(&METADATA, &model()));
    write_ids(&workplace, "ids.npy", "(4, 6)", &(0..24).map(|place| place * 7 % 10).collect::<Vec<_>>());
    write_ids(&workplace, "others.npy", "(5,)", &[3, 1, 4, 1, 5]);
    write_matrix(&workplace, "tokens.npy", 5, 3, 16);
    let block = |number, more: &[&'static str]| {
        let fixed = ["pack", "model.gguf", "--rounding=tesseraq", "--requantise", "--bits=2", "--group=16"];
        let short = ["--rounds=5", "--steps=20", "--learning-rate=0.02", number, "--out=packed"];
        workplace.run(&[&fixed[..], &short, more].concat())
    };
    let printed =
        block("--decoder-block=1", &["--calibration=ids.npy", "--validation=others.npy"]).succeeded();
    let (nearest, trained) = (errors(&printed, "nearest "), errors(&printed, "tesseraq "));
    assert!(trained.0 < 0.8 * nearest.0, "{printed}");
    let names = ["attn_k", "attn_output", "attn_q", "attn_v", "ffn_down", "ffn_gate", "ffn_up"];
    assert_eq!(workplace.names("packed"), names.map(|name| format!("blk.1.{name}.safetensors")));
    assert_eq!(workplace.unpacked("packed/blk.1.ffn_down.safetensors").len(), 24);
    let remove = |folder: &str| fs::remove_dir_all(workplace.path().join(folder)).unwrap();
    remove("packed");
    // Activations are those in front of the block.
    block("--decoder-block=0", &["--calibration=tokens.npy"]).succeeded();
    fs::rename(workplace.path().join("packed"), workplace.path().join("first")).unwrap();
    // A block makes up for some of the error of the one before it.
    let behind = block("--decoder-block=1", &["--calibration=ids.npy", "--earlier", "first"]).succeeded();
    assert!(behind.starts_with("before: block 0 with 7 of 7 matrices from first\n"), "{behind}");
    assert!(errors(&behind, "nearest ").0 > nearest.0, "{behind}");
    remove("packed");
    write_ids(&workplace, "wrong.npy", "(2,)", &[3, 10]);
    for (number, more, expected) in [
        ("--decoder-block=2", "--calibration=ids.npy", "cannot be 2: model.gguf has blocks 0 to 1"),
        (
            "--decoder-block=0",
            "--calibration=wrong.npy",
            "the token id 10 is not in the vocabulary: expected 0 to 9",
        ),
        ("--decoder-block=0", "--calibration=model.gguf", "model.gguf is not a NumPy array"),
    ] {
        let stderr = block(number, &[more]).refused();
        assert!(stderr.contains(expected), "{stderr}");
    }
    fs::create_dir(workplace.path().join("packed")).unwrap();
    workplace.write("packed/own", "");
    let stderr = block("--decoder-block=1", &["--calibration=ids.npy"]).refused();
    assert!(stderr.contains("packed exists already"), "{stderr}");
    remove("packed");
    let stderr = block("--decoder-block=1", &["--calibration=tokens.npy", "--earlier", "first"]).refused();
    assert!(stderr.contains("--earlier does not apply"), "{stderr}");
    workplace.write_bytes(
        "copy/blk.0.attn_q.safetensors",
        &workplace.read_bytes("first/blk.0.attn_q.safetensors"),
    );
    workplace.write("other/blk.1.attn_q.safetensors", "");
    for (folders, expected) in [
        (["first", "none"], "--earlier none: there is no such folder"),
        (["first", "model.gguf"], "--earlier model.gguf: there is no such folder"),
        (
            ["first", "other"],
            "--earlier other: it has no file blk.N.TENSOR.safetensors of a block before --decoder-block 1",
        ),
        (["first", "copy"], "--earlier copy: block 0 is also in first"),
    ] {
        let [one, two] = folders;
        let stderr = block("--decoder-block=1", &["--calibration=ids.npy", "--earlier", one, two]).refused();
        assert!(stderr.contains(expected), "{stderr}");
    }
}

#[test]
fn wrong_weights_are_not_blamed_on_the_calibration() {
    let workplace = workplace();
    write_npy(&workplace, "nan.npy", 20, 40, |place| if place == 50 { f32::NAN } else { 1.0 });
    let stderr = workplace.run(&[&["pack", "nan.npy", "--out=packed"], &PACK[2..]].concat()).refused();
    assert!(stderr.starts_with("error: nan.npy: the weight of input 10 and output 1 is NaN"), "{stderr}");
    write_npy(&workplace, "wide.npy", 20, 40, |place| if place == 50 { 1e9 } else { 1.0 });
    let stderr = workplace.run(&[&["pack", "wide.npy", "--out=packed"], &PACK[2..]].concat()).refused();
    assert!(stderr.starts_with("error: wide.npy: the weights of the group"), "{stderr}");
    let mut tensors = model();
    tensors[2].3[..4].copy_from_slice(&f32::INFINITY.to_le_bytes());
    workplace.write_bytes("model.gguf", &gguf_with(&METADATA, &tensors));
    write_ids(&workplace, "ids.npy", "(2,)", &[3, 1]);
    let options = ["--rounding=tesseraq", "--requantise", "--decoder-block=1", "--calibration=ids.npy"];
    let stderr = workplace.run(&[&["pack", "model.gguf", "--out=packed"][..], &options].concat()).refused();
    let expected = "error: `blk.0.attn_q.weight` of model.gguf: the weight of input 0 and output 0 is inf";
    assert!(stderr.starts_with(expected), "{stderr}");
}

#[test]
fn no_input_is_overwritten() {
    let workplace = workplace();
    for (input, out) in
        [("layer.npy", "layer.npy"), ("tokens.npy", "tokens.dat"), ("others.npy", "others.dat")]
    {
        let path = |name: &str| workplace.path().join(name);
        if input != out {
            fs::hard_link(path(input), path(out)).unwrap();
        }
        let before = workplace.read_bytes(input);
        let options = ["--validation=others.npy", "--out", out];
        let stderr = workplace.run(&[&PACK[..], &options].concat()).refused();
        let expected = format!("--out {out} is the same file as the input {input}, which would be lost");
        assert!(stderr.contains(&expected), "{stderr}");
        assert_eq!(workplace.read_bytes(input), before);
    }
}

#[test]
fn models_of_other_kinds_are_refused() {
    let workplace = Workplace::new();
    write_ids(&workplace, "ids.npy", "(2,)", &[3, 1]);
    let refused = |metadata: &[(&str, u32, u32)], tensors: &[_], expected: &str| {
        workplace.write_bytes("model.gguf", &gguf_with(metadata, tensors));
        let options = ["--rounding=tesseraq", "--requantise", "--decoder-block=0", "--calibration=ids.npy"];
        let stderr =
            workplace.run(&[&["pack", "model.gguf", "--out=packed"][..], &options].concat()).refused();
        assert!(stderr.contains(expected), "{stderr}");
    };
    refused(&METADATA[1..], &model(), "the metadata lack llama.block_count");
    let with = |place: usize, bits: u32| {
        let mut metadata = METADATA;
        metadata[place].2 = bits;
        metadata
    };
    refused(&with(1, 0), &model(), "llama.embedding_length is 0: expected 1 to 1048576");
    refused(&with(3, 3), &model(), "it has 4 heads for 3 of keys");
    refused(&with(4, 25), &model(), "has 16 inputs and 24 outputs: expected 16 and 25");
    let mut biased = model();
    biased.push(("blk.0.attn_q.bias".into(), vec![16], 0, vec![0; 64]));
    refused(&METADATA, &biased, "has the tensor `blk.0.attn_q.bias`");
}

#[test]
fn wrong_options_are_named_and_nothing_is_left() {
    let workplace = workplace();
    write_ids(&workplace, "ids.npy", "(2, 40)", &[1; 80]);
    write_npy(&workplace, "zeros.npy", 3, 40, |_| 0.0);
    write_npy(&workplace, "nan.npy", 3, 40, |place| if place == 50 { f32::NAN } else { 1.0 });
    write_npy(&workplace, "great.npy", 3, 40, |place| if place == 50 { 1e30 } else { 1.0 });
    write_npy(&workplace, "tiny.npy", 3, 40, |_| 1e-30);
    let before = workplace.names(".");
    for (arguments, expected) in [
        (&["--calibration=tokens.npy"][..], "--calibration does not apply to --rounding nearest"),
        (&["--rounding=tesseraq"], "--rounding tesseraq needs --calibration FILE"),
        (&["--rounding=best"], "invalid value 'best'"),
        (
            &["--rounding=tesseraq", "--calibration=layer.npy", "--rounds=0"],
            "expected a number from 1 to 1000",
        ),
        (
            &["--rounding=tesseraq", "--calibration=layer.npy", "--steps=-1"],
            "expected a number from 1 to 1000000",
        ),
        (&["--rounding=tesseraq", "--calibration=layer.npy", "--learning-rate=0"], "above 0, at most 1"),
        (
            &["--rounding=tesseraq", "--calibration=layer.npy", "--transposed"],
            "have 40 activations, but the weights have 20",
        ),
        (&["--rounding=tesseraq", "--calibration=ids.npy"], "ids.npy holds integers"),
        (&["--rounding=tesseraq", "--calibration=zeros.npy"], "of rows 0 to 2 is 0.0: expected"),
        (
            &["--rounding=tesseraq", "--calibration=nan.npy"],
            "nan.npy: the activation in row 1, column 10 is NaN: expected",
        ),
        (
            &["--rounding=tesseraq", "--calibration=great.npy"],
            "great.npy: the activation in row 1, column 10 is 1.0000000150474662e30: expected -1.8446743e19 to 1.8446743e19",
        ),
        (
            &["--rounding=tesseraq", "--calibration=tiny.npy"],
            "tiny.npy: the sum of squares of the outputs of rows 0 to 2 is",
        ),
        (&["--rounding=tesseraq", "--calibration=none.npy"], "none.npy"),
        (&["--rounding=tesseraq", "--calibration=tokens.npy", "--decoder-block=0"], "needs a GGUF model"),
        (
            &["--rounding=tesseraq", "--calibration=tokens.npy", "--resume"],
            "there is no checkpoint out.checkpoint",
        ),
        (&["--rounding=tesseraq", "--calibration=tokens.npy", "--all"], "cannot be used with"),
        (&["--rounding=tesseraq", "--calibration=tokens.npy", "--out=none/out"], "there is no folder none"),
    ] {
        let has_out = arguments.iter().any(|argument| argument.starts_with("--out"));
        let out: &[&str] = if has_out { &[] } else { &["--out=out"] };
        let stderr = workplace.run(&[&["pack", "layer.npy"][..], arguments, out].concat()).refused();
        assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
    }
    assert_eq!(workplace.names("."), before);
}
