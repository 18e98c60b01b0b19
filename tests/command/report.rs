//! Figures of systems.

use crate::reference;
use crate::support::Workplace;
use crate::weights::files::npy;
use serde_json::Value;
use std::fs;

const ALEXNET: [&str; 5] = ["report", "loas", "--network", "alexnet", "--no-synthesis"];

#[test]
fn every_layer_has_its_cycles_beside_the_published_ones() {
    let report = Workplace::new().run(&[&ALEXNET[..], &["--json"]].concat()).succeeded();
    let report: Value = serde_json::from_str(&report).unwrap();
    reference::describes(&report);
    let layers = report["layers"].as_array().unwrap();
    assert_eq!(layers.iter().map(|layer| &layer["published"]).collect::<Vec<_>>(), [8866, 8724, 17035, 6634]);
    for layer in layers {
        // At most four matches per row and cycle are possible.
        assert!(4 * layer["cycles"].as_u64().unwrap() > layer["limit"].as_u64().unwrap(), "{layer}");
        assert!(layer["sparten"].as_u64() > layer["cycles"].as_u64(), "{layer}");
    }
    assert!(report["structures"].as_array().unwrap().len() > 5, "{report}");
    assert_eq!(report["sparten"], Value::Null);
}

#[test]
fn a_folder_without_the_maps_is_refused() {
    let workplace = Workplace::new();
    let stderr = workplace.run(&[&ALEXNET[..], &["--traces", "maps"]].concat()).refused();
    assert!(stderr.starts_with("error: cannot read spikes from maps/alexnet_layer0"), "{stderr}");
}

#[test]
fn a_map_of_another_shape_is_refused() {
    let workplace = Workplace::new();
    fs::create_dir(workplace.path().join("maps")).unwrap();
    // A header of 118 bytes and one spike, as numpy writes them.
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1, 1), }";
    let mut map = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    map.extend(format!("{header:117}\n\x01").bytes());
    for layer in 1..=4 {
        fs::write(workplace.path().join(format!("maps/alexnet_layer0{layer}.npy")), &map).unwrap();
    }
    let stderr = workplace.run(&[&ALEXNET[..], &["--traces", "maps"]].concat()).refused();
    assert!(stderr.contains("its shape is [1, 1, 1, 1]: expected (4, "), "{stderr}");
}

/// Layers are read in parallel, but the error is always that of the first one at fault.
#[test]
fn the_file_at_fault_is_named() {
    let workplace = Workplace::new();
    fs::create_dir(workplace.path().join("maps")).unwrap();
    // The file of AlexNet's first layer is complete: 4 steps and 64 channels of 8 x 8, all false. The others are
    // truncated.
    let header = "{'descr': '|b1', 'fortran_order': False, 'shape': (4, 64, 8, 8), }\n";
    let length = (header.len() as u16).to_le_bytes();
    let file = [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), &[0; 4 * 64 * 8 * 8]].concat();
    for layer in 1..=4 {
        let path = workplace.path().join(format!("maps/alexnet_layer0{layer}.npy"));
        fs::write(path, &file[..file.len() - (layer - 1)]).unwrap();
    }
    for _ in 0..5 {
        let stderr = workplace.run(&[&ALEXNET[..], &["--traces", "maps"]].concat()).refused();
        let expected = "error: cannot read spikes from maps/alexnet_layer02.npy: it is not a complete .npy file: an array of \
                        shape [4, 64, 8, 8] and type '|b1' takes 16384 bytes, but there are 16383\n";
        assert_eq!(stderr, expected);
    }
}

const OPT_125M: [&str; 8] = ["report", "meadow", "--network", "opt-125m", "--tokens", "512", "--keys", "512"];

#[test]
fn the_page_of_a_model_shows_what_the_command_prints() {
    let page = include_str!("../../rtl-gen/reports/meadow/README.md");
    let printed = Workplace::new().run(&[&OPT_125M[..], &["--bandwidth", "1,4,12,51"]].concat()).succeeded();
    assert!(page.contains(&printed), "{printed}");
    // The last table says how far the model of a layer is from its RTL.
    let errors = printed.lines().filter_map(|line| line.strip_suffix(" %")?.rsplit(' ').next());
    let errors: Vec<f64> = errors.map(|error| error.parse().expect("a number")).collect();
    assert_eq!(errors.len(), 13);
    assert!(errors.iter().all(|error| error.abs() < 2.0), "{errors:?}");
}

#[test]
fn a_layer_has_its_latency_and_parts_in_every_design() {
    let arguments =
        ["--bandwidth", "12,1,12", "--packing", "1.11", "--unpacker", "16", "--no-simulation", "--json"];
    let report = Workplace::new().run(&[&OPT_125M[..], &arguments].concat()).succeeded();
    let report: Value = serde_json::from_str(&report).unwrap();
    let number = |value: &Value| value.as_f64().unwrap();
    assert_eq!((number(&report["packing"]), &report["unpacked_per_cycle"]), (1.11, &Value::from(16)));
    for phase in ["prefill", "decode"] {
        let points = report["modelled"][phase].as_array().unwrap();
        // Each bandwidth once, and published figures where there are some.
        assert_eq!(points.iter().map(|point| &point["gbps"]).collect::<Vec<_>>(), [1, 12]);
        assert!(points.iter().all(|point| point["published"].is_array()));
        for figure in points.iter().flat_map(|point| point["designs"].as_array().unwrap()) {
            let parts = ["fetch_ms", "compute_ms", "store_ms"].map(|part| number(&figure[part]));
            let sum: f64 = parts.iter().sum();
            // Parts add up, or overlap.
            assert!(number(&figure["latency_ms"]) <= sum * (1.0 + 1e-9), "{figure}");
            assert_eq!(figure["token"].is_null(), phase == "prefill", "{figure}");
        }
    }
    assert_eq!(report["layers"], Value::Null);
    for tile in report["measured"].as_array().unwrap() {
        assert_eq!(tile["measured"], tile["modelled"], "{tile}");
    }
}

#[test]
fn a_packing_ratio_has_limits() {
    for wrong in ["0.99", "8.1", "nan", "inf", "x"] {
        let stderr = Workplace::new().run(&["report", "meadow", "--packing", wrong]).refused();
        let expected =
            format!("error: invalid value '{wrong}' for '--packing <RATIO>': expected a ratio from 1 to 8");
        assert!(stderr.starts_with(&expected), "{stderr}");
    }
}

#[test]
fn weights_that_are_packed_are_matrices_of_int8() {
    let workplace = Workplace::new();
    workplace.write_bytes("floats.npy", &npy("<f4", false, "(2, 2)", &[0; 16]));
    workplace.write_bytes("row.npy", &npy("|i1", false, "(7,)", &[0; 7]));
    for (file, expected) in [
        ("floats.npy", "floats.npy: its type is '<f4': expected int8"),
        ("row.npy", "row.npy: its shape is [7]: expected two dimensions"),
        ("none.npy", "cannot read none.npy"),
    ] {
        let stderr = workplace.run(&["report", "meadow", "--weights", file]).refused();
        assert!(stderr.contains(expected), "{stderr}");
    }
}

/// Samples of two classes, which differ in the sign of each value.
fn samples(workplace: &Workplace) {
    fs::create_dir(workplace.path().join("samples")).unwrap();
    for (name, count) in [("train", 12u8), ("test", 8)] {
        let value = |sample: u8, place: u8| {
            let value = 40 + 7 * ((sample + place) % 9);
            if sample.is_multiple_of(2) { value } else { value.wrapping_neg() }
        };
        let values: Vec<u8> =
            (0..count).flat_map(|sample| (0..6).map(move |place| value(sample, place))).collect();
        let labels: Vec<u8> = (0..count).map(|sample| sample % 2).collect();
        let file = npy("|i1", false, &format!("({count}, 6)"), &values);
        workplace.write_bytes(&format!("samples/{name}.npy"), &file);
        let file = npy("|u1", false, &format!("({count},)"), &labels);
        workplace.write_bytes(&format!("samples/{name}_labels.npy"), &file);
    }
}

#[test]
fn a_crossbar_has_its_clocks_and_learns_samples() {
    let workplace = Workplace::new();
    samples(&workplace);
    let report = workplace.run(&["report", "crossbar", "--data", "samples", "--json"]).succeeded();
    let report: Value = serde_json::from_str(&report).unwrap();
    reference::describes(&report);
    let recoveries = report["learning"]["recoveries"].as_array().unwrap();
    assert_eq!(recoveries.len(), 18);
    assert!(
        recoveries.iter().all(|recovery| recovery["before"] == 8 && recovery["aligned"] == 8),
        "{report}"
    );
    // Three seeds each: of three forms of updates, and of two noises.
    assert_eq!(report["learning"]["repairs"].as_array().unwrap().len(), 9);
    assert_eq!(report["learning"]["noisy"].as_array().unwrap().len(), 6);
    assert_eq!(report["learning"]["in_the_loop"]["samples"], 12);
    let programming = report["programming"].as_array().unwrap();
    let word = programming.iter().find(|word| word["levels"] == 16 && word["pulse_clocks"] == 100).unwrap();
    assert!(word["ember"].as_f64().unwrap() > 7.5 * word["at_once"].as_f64().unwrap(), "{word}");
    assert_eq!(report["missing"].as_array().unwrap().len(), 1);
}

#[test]
fn samples_that_are_not_what_they_should_be_are_refused() {
    let workplace = Workplace::new();
    samples(&workplace);
    let refused = || workplace.run(&["report", "crossbar", "--data", "samples"]).refused();
    for (name, file, expected) in [
        (
            "test",
            npy("|u1", false, "(8, 6)", &[0; 48]),
            "cannot read samples/test.npy: its type is '|u1': expected int8",
        ),
        (
            "test",
            npy("|i1", false, "(8, 5)", &[0; 40]),
            "test.npy: a sample has 5 values, one of train.npy 6",
        ),
        ("test", npy("|i1", false, "(48,)", &[0; 48]), "test.npy: its shape is [48]: expected 2 dimensions"),
        ("test", npy("|i1", true, "(8, 6)", &[0; 48]), "test.npy: it is in Fortran order: expected C order"),
        (
            "test_labels",
            npy("|u1", false, "(7,)", &[0; 7]),
            "it has 7 labels: expected one for each of 8 samples",
        ),
        (
            "test_labels",
            npy("|u1", false, "(8,)", &[200; 8]),
            "test_labels.npy: it has the class 200: expected 0 to 63",
        ),
        (
            "test_labels",
            npy("<i4", false, "(8,)", &[255; 32]),
            "test_labels.npy: it has the class -1: expected 0 to 63",
        ),
        (
            "test_labels",
            npy("<f4", false, "(8,)", &[0; 32]),
            "cannot read samples/test_labels.npy: its type is '<f4': expected an integer",
        ),
    ] {
        let path = format!("samples/{name}.npy");
        let right = fs::read(workplace.path().join(&path)).unwrap();
        workplace.write_bytes(&path, &file);
        let stderr = refused();
        assert!(stderr.contains(expected), "{stderr}");
        workplace.write_bytes(&path, &right);
    }
    fs::remove_file(workplace.path().join("samples/train_labels.npy")).unwrap();
    assert!(refused().contains("cannot read samples/train_labels.npy"));
}

#[test]
fn there_are_only_so_many_systems_and_networks() {
    let workplace = Workplace::new();
    assert!(workplace.run(&["report", "tpu"]).refused().contains("unrecognized subcommand 'tpu'"));
    let stderr = workplace.run(&["report", "loas", "--network", "lenet"]).refused();
    assert!(
        stderr.contains("--network lenet: expected alexnet, vgg16 or resnet19, or your own with --input"),
        "{stderr}"
    );
    let stderr = workplace.run(&["report", "meadow", "--network", "opt-6.7b"]).refused();
    assert!(stderr.contains("[possible values: opt-125m, opt-1.3b]"), "{stderr}");
}
