//! Models of many layers: shards, folders, `--all`.

use super::files::{Tensor, floats, safetensors};
use super::packers::{Layer, block_of_q4, gguf, gptq, named};
use crate::support::Workplace;
use serde_json::json;

/// A layer of floats whose weights pack exactly.
fn layer(n: usize) -> Tensor {
    let row = |output: usize| (0..16).map(|input| (input as f64 - 8.0) * (output + 1) as f64).collect();
    floats("F32", &(0..n).map(row).collect::<Vec<Vec<f64>>>())
}

/// A model of two shards.
fn model(workplace: &Workplace) {
    workplace.write_tensors(
        "model/model-00001-of-00002.safetensors",
        &[
            ("embed_tokens.weight", layer(3)),
            ("h.0.q.weight", layer(4)),
            ("norm.weight", ("F32", vec![1], vec![0; 4])),
        ],
    );
    workplace.write_tensors("model/model-00002-of-00002.safetensors", &[("h.1.q.weight", layer(8))]);
    let index = json!({ "weight_map": {
        "embed_tokens.weight": "model-00001-of-00002.safetensors",
        "h.0.q.weight": "model-00001-of-00002.safetensors",
        "norm.weight": "model-00001-of-00002.safetensors",
        "h.1.q.weight": "model-00002-of-00002.safetensors",
    }});
    workplace.write("model/model.safetensors.index.json", &index.to_string());
}

#[test]
fn a_folder_and_an_index_are_packed_whole() {
    let workplace = Workplace::new();
    model(&workplace);
    for (source, out) in [("model", "a"), ("model/model.safetensors.index.json", "b")] {
        let printed = workplace.run(&["pack", source, "--out", out]).succeeded();
        assert!(printed.contains(&format!("{out}/h.1.q.safetensors: 16 inputs x 8 outputs")), "{printed}");
        assert!(printed.contains("left out: embed_tokens.weight\n"), "{printed}");
        assert!(printed.contains("worst error: 0.000 steps"), "{printed}");
        assert_eq!(workplace.names(out), ["h.0.q.safetensors", "h.1.q.safetensors"]);
        assert_eq!(workplace.unpacked(&format!("{out}/h.0.q.safetensors"))[1], [-7.0, -14.0, -21.0, -28.0]);
    }
    workplace.run(&["pack", "model", "--tensor=h.1.q.weight", "--out=one"]).succeeded();
    assert_eq!(workplace.read_bytes("one"), workplace.read_bytes("a/h.1.q.safetensors"));
    let stderr = workplace.run(&["pack", "model", "--out=a"]).refused();
    assert!(stderr.contains("a exists already"), "{stderr}");
}

#[test]
fn a_file_of_several_layers_is_packed_where_all_are_asked_for() {
    let workplace = Workplace::new();
    let layers = [Layer::new(64, 16, 4, 32), Layer::new(64, 32, 4, 32)];
    let packed = layers.clone().map(|layer| gptq(&layer, true));
    let extra = layer(2);
    let mut tensors: Vec<(String, &Tensor)> = named("h.0.q", &packed[0]);
    tensors.extend(named("h.1.q", &packed[1]));
    tensors.push(("lm_head.weight".into(), &extra));
    let tensors: Vec<(&str, Tensor)> =
        tensors.iter().map(|(name, tensor)| (name.as_str(), (*tensor).clone())).collect();
    workplace.write_tensors("model.safetensors", &tensors);
    let stderr = workplace.run(&["pack", "model.safetensors", "--out=none"]).refused();
    assert!(stderr.contains("has 2 layers") && stderr.contains("--all"), "{stderr}");
    let printed =
        workplace.run(&["pack", "model.safetensors", "--all", "--from=gptq", "--out=all"]).succeeded();
    assert!(printed.contains("exact") && printed.contains("left out: lm_head.weight"), "{printed}");
    for (number, layer) in layers.iter().enumerate() {
        assert_eq!(workplace.unpacked(&format!("all/h.{number}.q.safetensors")), layer.weights());
    }
    let options = ["--all", "--from=gptq", "--bits=4", "--out=none"];
    let stderr = workplace.run(&[&["pack", "model.safetensors"][..], &options].concat()).refused();
    assert!(stderr.contains("--bits does not apply: the weights of `h.0.q`"), "{stderr}");
    assert_eq!(workplace.names("."), ["all", "model.safetensors", "unpacked"]);
}

#[test]
fn where_a_layer_is_refused_nothing_is_left() {
    let workplace = Workplace::new();
    let block = |minimum: Option<f64>| block_of_q4(1.0, minimum, &[5; 32]);
    let tensors = [
        ("blk.0.a.weight", [32, 1], 2, block(None)),
        ("blk.0.b.weight", [32, 1], 3, block(Some(-0.5))),
        ("token_embd.weight", [32, 1], 2, block(None)),
    ];
    workplace.write_bytes("model.gguf", &gguf(&tensors));
    let stderr = workplace.run(&["pack", "model.gguf", "--all", "--out=all"]).refused();
    assert!(stderr.contains("`blk.0.b.weight` of model.gguf is in Q4_1"), "{stderr}");
    assert_eq!(workplace.names("."), ["model.gguf"]);
    let printed = workplace.run(&["pack", "model.gguf", "--all", "--requantise", "--out=all"]).succeeded();
    assert!(printed.contains("requantised from Q4_1") && printed.contains("(1 of 2 layers)"), "{printed}");
    assert_eq!(workplace.names("all"), ["blk.0.a.safetensors", "blk.0.b.safetensors"]);
}

#[test]
fn an_index_and_its_shards_have_to_agree() {
    let workplace = Workplace::new();
    workplace.write_bytes("there.safetensors", &safetensors(&[("a.weight", layer(2))], None));
    for (shard, expected) in [
        ("model-00001-of-00002.safetensors", "which is missing"),
        ("../there.safetensors", "is not a file name in the same folder"),
        ("/etc/passwd", "is not a file name in the same folder"),
        ("there.safetensors", "`b.weight` in there.safetensors, which has no such tensor"),
    ] {
        let index = json!({ "weight_map": { "b.weight": shard } });
        workplace.write("model.safetensors.index.json", &index.to_string());
        let stderr = workplace.run(&["pack", "model.safetensors.index.json", "--out=none"]).refused();
        assert!(stderr.contains(expected) && stderr.contains(shard), "{stderr}");
    }
    workplace.write("config.json", "{}");
    let stderr = workplace.run(&["pack", "config.json", "--out=none"]).refused();
    assert!(stderr.contains("config.json is not an index of shards: missing field `weight_map`"), "{stderr}");
}
