//! `gen-rtl simulate --snn`: spiking networks in files.

use crate::support::{Workplace, tool};
use crate::weights::files::{floats, npy};

/// A small array.
const SMALL: [&str; 8] = [
    "--set=rows=4",
    "--set=mask_bits=16",
    "--set=adders=8",
    "--set=columns=8",
    "--set=group=2",
    "--set=pipes=2",
    "--set=values=4",
    "--set=offsets_a=fast",
];

/// Numbers from -3 to 3, some of them 0.
fn weights(count: usize) -> Vec<u8> {
    (0..count).map(|place| ((place * 5 + place / 7) % 7) as u8).map(|value| value.wrapping_sub(3)).collect()
}

fn spikes(count: usize) -> Vec<u8> {
    (0..count).map(|place| u8::from(place * 7 % 5 < 2 || place % 11 == 0)).collect()
}

/// A residual network with every kind of layer, from files of every kind: its samples are 3 of 2 x 6 x 6, with four time steps.
fn workplace() -> Workplace {
    let workplace = Workplace::new();
    workplace.write_bytes("net/first.npy", &npy("|i1", false, "(4, 2, 3, 3)", &weights(72)));
    // Transposed by NumPy, and of the other byte order.
    let wide: Vec<u8> =
        weights(16).iter().flat_map(|weight| i16::from(*weight as i8).to_be_bytes()).collect();
    workplace.write_bytes("net/second.npy", &npy(">i2", true, "(4, 1, 2, 2)", &wide));
    workplace.write_bytes(
        "net/bias.npy",
        &npy("<i4", false, "(4,)", &[[200i32, -1, 0, 3].map(i32::to_le_bytes).concat()].concat()),
    );
    let row =
        |neuron: usize| (0..36).map(|input| (neuron * 3 + input * 5) as f64 % 8.0 / 8.0 - 0.5).collect();
    let rows: Vec<Vec<f64>> = (0..5).map(row).collect();
    workplace.write_tensors(
        "net/last.safetensors",
        &[("fc.weight", floats("F32", &rows)), ("other", floats("F64", &rows))],
    );
    workplace.write("net/network.toml", NETWORK);
    workplace.write_bytes("spikes.npy", &npy("|b1", false, "(3, 4, 2, 6, 6)", &spikes(864)));
    workplace
        .write_bytes("labels.npy", &npy("<i8", false, "(3,)", &[0i64, 1, 2].map(i64::to_le_bytes).concat()));
    workplace
}

const NETWORK: &str = r#"
time_steps = 4
leak = 1

[input]
shape = [2, 6, 6]

[[layer]]
name = "first"
kind = "conv"
weights = "first.npy"
padding = 1
bias = "bias.npy"
threshold = [2, 3, 4, 0]

[[layer]]
name = "depthwise"
kind = "conv"
weights = "second.npy"
groups = 4
padding = [1, 0]
dilation = [2, 1]
stride = [1, 1]
threshold = 1
reset = "soft"

[[layer]]
name = "larger"
kind = "max_pool"
input = "first"
kernel = 2
stride = 1

[[layer]]
name = "part"
kind = "conv"
weights = "second.npy"
input = "first"
groups = 4
stride = 2
threshold = 1
[[layer.current]]
kind = "conv"
input = "larger"
weights = "second.npy"
groups = 4
stride = 2
padding = [1, 1]
dilation = [2, 2]

[[layer]]
name = "sum"
kind = "add"
inputs = ["part", "part"]

[[layer]]
name = "flat"
kind = "flatten"

[[layer]]
name = "last"
kind = "linear"
weights = "last.safetensors:fc.weight"
bias = 0.25
neuron = "none"
quantise = true
"#;

fn simulate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["simulate", "--snn=net", "--input=spikes.npy"], &SMALL[..], more].concat()
}

#[test]
fn a_network_of_every_kind_of_layer_agrees() {
    let workplace = workplace();
    let printed = workplace.run(&simulate(&["--labels=labels.npy", "--out=sums.npy"])).succeeded();
    insta::assert_snapshot!(printed);
    let sums = workplace.read_bytes("sums.npy");
    // 15 numbers of 8 bytes follow the header.
    assert!(String::from_utf8_lossy(&sums[..sums.len() - 120]).contains("'<i8'"), "{sums:?}");
    // The same spikes as numbers, and fewer of them.
    let as_floats: Vec<u8> = spikes(864).iter().flat_map(|spike| f32::from(*spike).to_le_bytes()).collect();
    workplace.write_bytes("spikes.npy", &npy("<f4", false, "(3, 4, 2, 6, 6)", &as_floats));
    workplace.run(&simulate(&["--out=again.npy"])).succeeded();
    assert_eq!(workplace.read_bytes("again.npy"), sums);
    let one = workplace.run(&simulate(&["--samples=1"])).succeeded();
    assert!(one.contains("net/network.toml: samples: 1, time steps: 4"), "{one}");
}

#[test]
fn the_trained_network_recognises_digits() {
    let mnist = concat!(env!("CARGO_MANIFEST_DIR"), "/rtl-gen/reports/snn/mnist");
    let file = |name: &str| format!("{mnist}/{name}");
    let [digits, labels] = ["--input=", "--labels="].map(String::from);
    let files = [digits + &file("digits.npy"), labels + &file("labels.npy"), format!("--snn={mnist}")];
    let arguments: Vec<&str> =
        ["simulate", "--samples=20"].into_iter().chain(files.iter().map(String::as_str)).collect();
    let printed = Workplace::new().run(&arguments).succeeded();
    for expected in ["all 5,320 results agree with the golden network", "accuracy: 19 of 20 right, 95.0 %"] {
        assert!(printed.contains(expected), "{printed}");
    }
}

#[test]
fn the_report_of_loas_measures_a_users_network() {
    let workplace = workplace();
    let printed = workplace.run(&["report", "loas", "--network=net", "--input=spikes.npy"]).succeeded();
    insta::assert_snapshot!(printed);
    let two = workplace
        .run(&["report", "loas", "--network=net", "--network=vgg16", "--input=spikes.npy"])
        .refused();
    assert!(two.contains("--input is for one --network: 2 are given"), "{two}");
    for option in ["--seed=2", "--energy", "--no-synthesis"] {
        let both =
            workplace.run(&["report", "loas", "--network=net", "--input=spikes.npy", option]).refused();
        assert!(both.contains("cannot be used with"), "{both}");
    }
}

#[track_caller]
fn refused(workplace: &Workplace, arguments: &[&str]) -> String {
    let finished = workplace.run(arguments);
    assert_eq!(finished.status, Some(2), "{arguments:?}: {finished:?}");
    finished.refused()
}

/// Replaces a part of the description, or of the arguments, and gives what is refused.
#[test]
fn wrong_networks_are_refused_by_name() {
    let descriptions = [
        ("kind = \"add\"", "kind = \"sum\""),
        ("time_steps = 4", "time_step = 4"),
        ("time_steps = 4", "time_steps = 5"),
        ("shape = [2, 6, 6]", "shape = [2, 6]"),
        ("shape = [2, 6, 6]", "shape = [2, 6, 0]"),
        ("shape = [2, 6, 6]", "shape = [3, 6, 6]"),
        ("shape = [2, 6, 6]", "shape = [2, 6, 6]\nthresholds = [0.5, 0.25]"),
        ("name = \"sum\"", "name = \"part\""),
        ("weights = \"first.npy\"", "weights = \"absent.npy\""),
        ("weights = \"first.npy\"", "weights = \"../spikes.npy\""),
        ("weights = \"first.npy\"", "weights = \"first.npy:w\""),
        ("weights = \"first.npy\"", "weights = \"bias.npy\""),
        ("weights = \"first.npy\"", "weights = \"network.toml\""),
        ("weights = \"last.safetensors:fc.weight\"", "weights = \"last.safetensors\""),
        ("weights = \"last.safetensors:fc.weight\"", "weights = \"last.safetensors:fc.weights\""),
        ("quantise = true", "quantise = false"),
        ("quantise = true", "quantise = true\nstride = 2"),
        ("bias = \"bias.npy\"", "bias = [1, 2]"),
        ("threshold = [2, 3, 4, 0]", "threshold = -1"),
        ("threshold = [2, 3, 4, 0]", "threshold = 100000"),
        ("threshold = [2, 3, 4, 0]", "threshold = 1.5"),
        ("threshold = [2, 3, 4, 0]", "leak = 9\nthreshold = 1"),
        ("threshold = [2, 3, 4, 0]", ""),
        ("neuron = \"none\"", "neuron = \"none\"\nthreshold = 1"),
        ("inputs = [\"part\", \"part\"]", "inputs = [\"part\", \"last\"]"),
        ("inputs = [\"part\", \"part\"]", "inputs = [\"part\", \"first\"]"),
        ("threshold = [2, 3, 4, 0]", "leak = -1\nthreshold = 1"),
        ("padding = 1", "padding = -1"),
        ("kernel = 2", "kernel = 9"),
        ("kind = \"flatten\"", "kind = \"flatten\"\nkernel = 2"),
    ];
    let workplace = workplace();
    let mut all = String::new();
    for (from, to) in descriptions {
        assert!(NETWORK.contains(from), "{from}");
        workplace.write("net/network.toml", &NETWORK.replacen(from, to, 1));
        all += &format!("{to}\n{}\n", refused(&workplace, &simulate(&[])));
    }
    workplace.write("net/network.toml", NETWORK);
    workplace.write_bytes("twos.npy", &npy("|i1", false, "(3, 4, 2, 6, 6)", &[2; 864]));
    workplace.write_bytes("one.npy", &npy("|i1", false, "(3, 1, 2, 6, 6)", &[1; 216]));
    workplace.write_bytes("time_first.npy", &npy("|b1", false, "(4, 3, 2, 6, 6)", &spikes(864)));
    for more in [
        &["--input=twos.npy"][..],
        &["--input=one.npy"],
        &["--input=time_first.npy"],
        &["--input=labels.npy"],
        &["--input=net/last.safetensors"],
        &["--labels=spikes.npy"],
        &["--set=max_k=8"],
        &["--set=weight_bits=2"],
        &["--set=time_steps=8"],
        &["--set=threshold=8"],
        &["--set=leak=1"],
        &["--set=reset=soft"],
        &["--set=compare=greater"],
        &["--out=spikes.npy"],
        &["--out=net/bias.npy"],
        &["--out=x.safetensors"],
        &["--samples=0"],
    ] {
        let given = [&["simulate", "--snn=net"][..], &SMALL, more].concat();
        let input = more.iter().any(|option| option.starts_with("--input"));
        let given = if input { given } else { [&given[..], &["--input=spikes.npy"]].concat() };
        all += &format!("{}\n{}\n", more.join(" "), refused(&workplace, &given));
    }
    workplace.write_bytes("labels.npy", &npy("|u1", false, "(3,)", &[0, 1, 5]));
    all += &format!("label\n{}\n", workplace.run(&simulate(&["--labels=labels.npy"])).refused());
    all += &format!("no input\n{}\n", workplace.run(&["simulate", "--snn=net"]).refused());
    insta::assert_snapshot!(all);
}

/// A potential that adds up to -1016 and then rises by 762 does not reach its threshold.
#[test]
fn neurons_without_a_leak_do_not_saturate() {
    let workplace = Workplace::new();
    workplace.write_bytes("net/w.npy", &npy("|i1", false, "(1, 2)", &[129, 127]));
    workplace.write(
        "net/network.toml",
        "leak = 0\n[input]\nshape = [2]\n[[layer]]\nname = \"if\"\nkind = \"linear\"\nweights = \"w.npy\"\nthreshold = 127\n",
    );
    let spikes: Vec<u8> = (0..14).flat_map(|step| [u8::from(step < 8), u8::from(step >= 8)]).collect();
    workplace.write_bytes("spikes.npy", &npy("|b1", false, "(1, 14, 2)", &spikes));
    let printed = workplace.run(&simulate(&["--out=counts.npy"])).succeeded();
    assert!(printed.contains("sums have 11 bits: potentials without a leak"), "{printed}");
    assert_eq!(numbers(&workplace.read_bytes("counts.npy")), [0.0]);
    let narrow = refused(&workplace, &simulate(&["--set=sum_bits=9"]));
    assert!(narrow.contains("sum_bits is 9, they need 11"), "{narrow}");
    workplace.write(
        "net/network.toml",
        "[input]\nshape = [2]\n[[layer]]\nname = \"p\"\nkind = \"add\"\ninputs = [\"input\"]\n",
    );
    let without = refused(&workplace, &simulate(&[]));
    assert!(without.contains("it has no weights"), "{without}");
}

/// The elements of an array of float64 or int64, as floats.
fn numbers(bytes: &[u8]) -> Vec<f64> {
    let data = &bytes[10 + usize::from(bytes[8])..];
    let is_float = String::from_utf8_lossy(&bytes[..128.min(bytes.len())]).contains("<f8");
    let number = |bytes: &[u8]| {
        let bytes = bytes.try_into().expect("eight bytes");
        if is_float { f64::from_le_bytes(bytes) } else { i64::from_le_bytes(bytes) as f64 }
    };
    data.chunks(8).map(number).collect()
}

/// A graph of NIR at a width of weights: what is printed, the outputs, and those in floats.
fn graph(workplace: &Workplace, name: &str, weight_bits: u32) -> (String, Vec<f64>, Vec<f64>) {
    let file = |ending: &str| format!("{}/tests/command/nir/{name}{ending}", env!("CARGO_MANIFEST_DIR"));
    let given = [format!("--snn={}", file(".nir")), format!("--input={}", file("_spikes.npy"))];
    let width = format!("--set=weight_bits={weight_bits}");
    let arguments = [&["simulate", "--out=outputs.npy", &given[0], &given[1], &width][..], &SMALL].concat();
    let printed = workplace.run(&arguments).succeeded();
    let floats = std::fs::read(file("_outputs.npy")).expect("a file");
    (printed, numbers(&workplace.read_bytes("outputs.npy")), numbers(&floats))
}

#[test]
fn graphs_of_nir_do_what_they_do_in_floats() {
    let workplace = Workplace::new();
    let (printed, counts, floats) = graph(&workplace, "conv", 14);
    assert_eq!(counts, floats, "{printed}");
    let without_path = printed.split_once(": ").expect("a path").1;
    insta::assert_snapshot!(without_path);
    // Sums are in units of the weights: 8191 for the greatest one.
    let (printed, sums, floats) = graph(&workplace, "residual", 14);
    let unit =
        sums.iter().map(|sum| sum.abs()).sum::<f64>() / floats.iter().map(|sum| sum.abs()).sum::<f64>();
    let differ = sums.iter().zip(&floats).find(|(sum, float)| (*sum - *float * unit).abs() > 5.0);
    assert_eq!(differ, None, "{printed}");
    // With eight bits a neuron fires a spike more or less.
    let (_, counts, floats) = graph(&workplace, "conv", 8);
    assert!(
        counts.iter().zip(&floats).all(|(count, float)| (count - float).abs() <= 1.0),
        "{counts:?}, {floats:?}"
    );
}

#[test]
fn a_description_may_name_a_graph_of_nir() {
    let workplace = Workplace::new();
    let graph = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/command/nir/residual.nir"))
        .expect("a file");
    workplace.write_bytes("net/residual.nir", &graph);
    let frames: Vec<u8> = (0..18).map(|place| place * 13).collect();
    workplace.write_bytes("frames.npy", &npy("|u1", false, "(3, 6)", &frames));
    let arguments = [&["simulate", "--snn=net", "--input=frames.npy"][..], &SMALL].concat();
    let mut all = String::new();
    for description in [
        "nir = \"residual.nir\"\nreset = \"soft\"\n[input]\nthresholds = [150, 100, 50]\n",
        "nir = \"residual.nir\"\ndt = 1e-3\n[input]\nthresholds = [150, 100, 50]\n",
        "nir = \"residual.nir\"\ndt = -1\n",
        "nir = \"residual.nir\"\nleak = 2\n",
        "nir = \"residual.nir\"\n[input]\nshape = [6]\n",
        "nir = \"network.toml\"\n",
        "dt = 1e-3\n",
    ] {
        workplace.write("net/network.toml", description);
        let finished = workplace.run(&arguments);
        all += &format!("{description}{}{}\n", finished.stdout, finished.stderr);
    }
    insta::assert_snapshot!(all);
}

/// A sweep over cells and converters of a small crossbar, whose netlists are only counted.
const SWEEP: [&str; 15] = [
    "sweep",
    "xbar_mvm",
    "--set=adc_bits=2,7",
    "--set=rows=8",
    "--set=lanes=8",
    "--set=input_bits=2",
    "--set=outputs=1",
    "--set=array=model",
    "--target=ice40",
    "--no-place",
    "--gate-level=0",
    "--out=out",
    "--accuracy=net",
    "--input=spikes.npy",
    "--labels=classes.npy",
];

#[test]
fn a_sweep_has_the_accuracy_of_a_network() {
    if tool("yosys", "GEN_RTL_YOSYS").is_none() {
        return;
    }
    let workplace = workplace();
    // What the golden network makes of the samples is right.
    let printed = workplace.run(&simulate(&[])).succeeded();
    let classes = printed.lines().find_map(|line| line.strip_prefix("predictions: ")).unwrap();
    let classes: Vec<u8> =
        classes.split(' ').flat_map(|class| class.parse::<i64>().unwrap().to_le_bytes()).collect();
    workplace.write_bytes("classes.npy", &npy("<i8", false, "(3,)", &classes));
    let printed = workplace.run(&SWEEP).succeeded();
    assert!(printed.contains("ice40: Pareto-optimal points in area of one block and error"), "{printed}");
    let csv = workplace.read("out/sweep.csv");
    let row =
        |start: &str| csv.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{csv}"));
    // With codes of 7 bits every sum is exact.
    assert!(row("7,ice40").contains(",100.00,"), "{csv}");
    assert!(!row("2,ice40").contains(",100.00,"), "{csv}");
    assert!(workplace.read("out/sweep.svg").contains("error, %"));
}

#[test]
fn a_sweep_has_the_accuracy_on_an_array_with_joins() {
    let workplace = workplace();
    workplace
        .write_bytes("classes.npy", &npy("<i8", false, "(3,)", &[0i64, 1, 2].map(i64::to_le_bytes).concat()));
    let sweep = |more: &[&str]| {
        let network = ["--accuracy=net", "--input=spikes.npy", "--labels=classes.npy", "--out=out"];
        let synthesis = ["--target=ice40", "--no-place", "--gate-level=0"];
        let one_row = ["--set=rows=1", "--set=rows_per_beat=1"];
        workplace
            .run(&[&["sweep", "loas_array"], &one_row[..], &SMALL[1..], &synthesis, &network, more].concat())
    };
    for (more, expected) in [
        (["--set=weight_bits=8,9", "--set=max_k=64"], "thresholds is `parameter`, but a network has its own"),
        (["--set=thresholds=column", "--set=time_steps=2,8"], "time_steps is 2: the samples have 4"),
        (["--set=thresholds=column", "--set=leak=0,1"], "leak is that of the network: leave it out"),
    ] {
        let refused = sweep(&more).refused();
        assert!(refused.contains(&format!("no point has an accuracy: {expected}")), "{refused}");
    }
    workplace.write("two.toml", "time_steps = 2\n");
    workplace.write("eight.toml", "time_steps = 8\n");
    let refused = sweep(&["--set=thresholds=column", "--config", "two.toml", "eight.toml"]).refused();
    assert!(refused.contains("no point has an accuracy: config=two: time_steps is 2: "), "{refused}");
    if tool("yosys", "GEN_RTL_YOSYS").is_some() {
        let printed = sweep(&["--set=thresholds=column"]).succeeded();
        assert!(printed.contains("Pareto-optimal points in area of one block and error"), "{printed}");
    }
}

#[test]
fn an_accuracy_needs_a_network_that_the_block_runs() {
    let workplace = workplace();
    let refused = |arguments: &[&str]| workplace.run(arguments).refused();
    let mut of_block = SWEEP;
    of_block[1] = "xbar_sequencer";
    let of_block = refused(&[&of_block[..2], &of_block[8..]].concat());
    assert!(of_block.contains("--accuracy: xbar_sequencer runs no network"), "{of_block}");
    let without = refused(&SWEEP[..13]);
    assert!(without.contains("--input <FILE>") && without.contains("--labels <FILE>"), "{without}");
    let missing = refused(&SWEEP);
    assert!(missing.contains("classes.npy"), "{missing}");
}
