//! Graphs that are refused.

use super::{Options, read};
use hdf5_pure::FileBuilder;
use std::fs;
use test_support::fuzz::survives;

/// A field of a node.
enum Field {
    Text(&'static str),
    Numbers(&'static [u64], &'static [f64]),
}

use Field::{Numbers, Text};

type Fields = Vec<(&'static str, Field)>;

/// The bytes of a file.
fn file(nodes: &[(&str, &str, Fields)], edges: &[&str]) -> Vec<u8> {
    let mut builder = FileBuilder::new();
    let mut root = builder.create_group("node");
    root.create_dataset("type").with_vlen_strings(&["NIRGraph"]);
    root.create_dataset("edges").with_vlen_strings(edges).with_shape(&[edges.len() as u64 / 2, 2]);
    let mut all = root.create_group("nodes");
    for (name, kind, fields) in nodes {
        let mut node = all.create_group(name);
        node.create_dataset("type").with_vlen_strings(&[kind]);
        for (name, field) in fields {
            match field {
                Text(text) => node.create_dataset(name).with_vlen_strings(&[text]),
                Numbers(shape, values) => node.create_dataset(name).with_f64_data(values).with_shape(shape),
            };
        }
        all.add_group(node.finish());
    }
    root.add_group(all.finish());
    builder.add_group(root.finish());
    builder.finish().expect("a file")
}

fn one(value: &'static [f64]) -> Field {
    Numbers(&[1], value)
}

/// A network of one neuron, whose node has these fields.
fn neuron(kind: &'static str, fields: Fields) -> Vec<u8> {
    around(("n", kind, fields), ("w", "Linear", vec![("weight", Numbers(&[1, 2], &[1.0, -0.5]))]))
}

/// A network with weights that have these fields.
fn weights(kind: &'static str, fields: Fields) -> Vec<u8> {
    around(("n", "IF", vec![("r", one(&[1.0])), ("v_threshold", one(&[1.0]))]), ("w", kind, fields))
}

fn around(neuron: (&str, &str, Fields), weights: (&str, &str, Fields)) -> Vec<u8> {
    let input = ("in", "Input", vec![("shape", Numbers(&[1], &[2.0]))]);
    file(&[input, weights, neuron, ("out", "Output", vec![])], &["in", "w", "w", "n", "n", "out"])
}

fn lif(tau: &'static [f64], rest: &'static [f64], reset: &'static [f64]) -> Fields {
    vec![
        ("tau", one(tau)),
        ("r", one(&[1.0])),
        ("v_leak", one(rest)),
        ("v_threshold", one(&[1.0])),
        ("v_reset", one(reset)),
    ]
}

fn refused(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.nir");
    fs::write(&path, bytes).unwrap();
    let error = read(&path, &Options::default(), 8).err().expect("it is refused");
    format!("{error:?}").replace(&format!("{}/", folder.path().display()), "")
}

/// The message of a refusal holds the text.
#[track_caller]
fn is_refused(bytes: &[u8], expected: &str) {
    let found = refused(bytes);
    assert!(found.contains(expected), "{found}");
}

#[test]
fn neurons_that_the_hardware_has_not_are_refused_by_name() {
    is_refused(
        &neuron("LIF", lif(&[1e-3], &[0.0], &[0.0])),
        "node `n` (LIF): tau is 1e-3: with dt = 1e-4 a potential keeps 0.9000 of itself, expected 1/2, 1/4, ... 1/128",
    );
    is_refused(&neuron("LIF", lif(&[1e-3], &[0.0], &[0.0])), "the nearest tau is 2e-4");
    is_refused(&neuron("LIF", lif(&[2e-4], &[0.0], &[0.5])), "node `n` (LIF): v_reset is 0.5: expected 0");
    is_refused(&neuron("LIF", lif(&[f64::NAN], &[0.0], &[0.0])), "node `n` (LIF): `tau` holds NaN");
    is_refused(
        &neuron("LIF", lif(&[2e-4], &[f64::INFINITY], &[0.0])),
        "node `n` (LIF): it holds inf: expected finite numbers",
    );
    is_refused(&neuron("LIF", vec![("r", one(&[1.0]))]), "node `n` (LIF): it has no `v_threshold`");
    let zero = vec![("r", one(&[0.0])), ("v_threshold", one(&[1.0]))];
    is_refused(&neuron("IF", zero), "node `n` (IF): r is 0: expected a number above 0");
    let three = vec![("r", Numbers(&[3], &[1.0; 3])), ("v_threshold", one(&[1.0]))];
    is_refused(&neuron("IF", three), "node `n` (IF): `r` has the shape [3], but its input is [1]");
    is_refused(&neuron("CubaLIF", vec![]), "node `n` (CubaLIF): its current has a state of its own");
    is_refused(&neuron("Threshold", vec![]), "node `n` (Threshold): nodes of this type are not supported");
    is_refused(&neuron("NIRGraph", vec![]), "node `n` (NIRGraph): graphs inside a graph are not supported");
    is_refused(
        &neuron("Flatten", vec![]),
        "node `n` (Flatten): it takes currents: expected neurons between weights and it",
    );
}

#[test]
fn weights_that_do_not_fit_are_refused_by_name() {
    is_refused(
        &weights("Linear", vec![("weight", Numbers(&[1, 3], &[1.0; 3]))]),
        "node `w` (Linear): its weights have 3 inputs, but its input [2] has 2 values",
    );
    is_refused(&weights("Linear", vec![]), "node `w` (Linear): it has no `weight`");
    is_refused(&weights("Linear", vec![("weight", Text("x"))]), "node `w` (Linear): `weight`:");
    is_refused(
        &weights("Affine", vec![("weight", Numbers(&[2], &[1.0; 2]))]),
        "`weight` has the shape [2]: expected [outputs, inputs]",
    );
    let bias = vec![("weight", Numbers(&[1, 2], &[1.0; 2])), ("bias", Numbers(&[2], &[1.0; 2]))];
    is_refused(&weights("Affine", bias), "node `w` (Affine): it has 2 biases: expected 1");
    let filter = || ("weight", Numbers(&[1, 2, 2, 1], &[1.0; 4]));
    is_refused(
        &weights("Conv2d", vec![filter()]),
        "its kernel covers 2 values along the height, but its input [2] has 1 with padding",
    );
    is_refused(
        &weights("Conv2d", vec![filter(), ("padding", Text("same"))]),
        "node `w` (Conv2d): its padding is `same`: expected a stride of 1 and an odd kernel for it",
    );
    is_refused(
        &weights("Conv2d", vec![filter(), ("padding", Text("full"))]),
        "its padding is `full`: expected numbers, same or valid",
    );
    is_refused(
        &weights("Conv2d", vec![filter(), ("stride", one(&[-1.0]))]),
        "`stride` is -1: expected a number from 0 on",
    );
    is_refused(
        &weights("Conv2d", vec![filter(), ("stride", Numbers(&[3], &[1.0; 3]))]),
        "`stride` is [1, 1, 1]: expected one or two numbers",
    );
}

#[test]
fn graphs_that_are_none_are_refused() {
    let node = |name: &'static str, kind: &'static str| (name, kind, Fields::new());
    let input = || ("in", "Input", vec![("shape", Numbers(&[1], &[2.0]))]);
    let [out, linear] = [node("out", "Output"), node("w", "Linear")];
    is_refused(b"\x89HDF\r\n\x1a\n", "x.nir: it is not a complete HDF5 file");
    is_refused(&FileBuilder::new().finish().unwrap(), "x.nir: it holds no NIR graph");
    is_refused(
        &file(&[input(), node("out", "Output")], &["in", "x"]),
        "the edge `in` to `x` names no node: `x`",
    );
    is_refused(
        &file(&[input(), node("out", "Output")], &["in", "out", "in", "out"]),
        "the edge `in` to `out` is there twice",
    );
    is_refused(&file(&[input(), node("out", "Output")], &["in", "out"]), "it has no layers");
    is_refused(
        &file(&[input(), linear, out], &["in", "out", "in", "w"]),
        "node `w` (Linear): 0 edges lead from it",
    );
    is_refused(&file(&[node("out", "Output")], &[]), "it has 0 nodes of type Input: expected 1");
    let cycle = file(
        &[input(), node("a", "Linear"), node("b", "IF"), node("out", "Output")],
        &["in", "a", "a", "b", "b", "a", "b", "out"],
    );
    is_refused(
        &cycle,
        "node `a` (Linear): it is in a cycle, or behind one: recurrent networks are not supported",
    );
}

#[test]
fn no_graph_panics() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.nir");
    survives(&[neuron("LIF", lif(&[2e-4], &[0.0], &[0.0])), b"\x89HDF\r\n\x1a\n".to_vec()], |bytes| {
        fs::write(&path, bytes).unwrap();
        drop(read(&path, &Options::default(), 8));
    });
}
